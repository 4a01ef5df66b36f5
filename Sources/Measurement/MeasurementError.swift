import Quantities

/// What can be wrong with a measurement: its settings, or the run of one architecture.
public enum MeasurementError: Error, Equatable {
  // MARK: Settings

  case tooSmall(setting: String, found: Int, minimum: Int)
  case tooLarge(setting: String, found: Int, maximum: Int)
  case notADuration(setting: String, found: Seconds)
  case unknownCore(String, available: [String])
  case impossibleMacro(channels: [Int], resolution: Int, cellsPerStage: Int)
  case unsupportedSpace(String)
  case noArchitectures
  case emptyCommand
  case unfinishedQuote(command: String)
  case missingPlaceholder(command: String)

  // MARK: One architecture

  case foreignArchitecture(space: String, operations: [Int])
  case inputCount(found: Int, expected: Int)
  case noTemporaryFile(directory: String, reason: String)
  case cannotStart(program: String, reason: String)
  case timeLimit(program: String, limit: Seconds, errors: String)
  case exitCode(program: String, code: Int, errors: String)
  case signal(program: String, signal: Int, errors: String)
  case tooMuchOutput(program: String, limit: Bytes)
  case noOutput(program: String, errors: String)
  case notATime(program: String, line: String)

  static func check(
    _ setting: String, _ found: Int, atLeast minimum: Int, atMost maximum: Int
  ) throws(MeasurementError) {
    if found < minimum { throw .tooSmall(setting: setting, found: found, minimum: minimum) }
    if found > maximum { throw .tooLarge(setting: setting, found: found, maximum: maximum) }
  }
}
