import Foundation
import Quantities
import Workloads

/// Runs a program of the user's own for each architecture and reads run times from its output.
///
/// The last line that is not empty holds seconds: one number, or several between white space, each
/// one run. What the program does before that, warming up for instance, is its own affair.
public struct CommandRunner: ArchitectureRunner {
  public let template: CommandTemplate
  public let space: any SearchSpace
  /// A program that runs longer is stopped, with everything it started.
  public let timeLimit: Seconds

  /// - Parameter command: such as `program --net {architecture}`; see `CommandTemplate`.
  /// - Throws: `MeasurementError` for a command that cannot be read or a limit that is not positive.
  public init(
    command: String, space: any SearchSpace, timeLimit: Seconds = Seconds(60)
  ) throws(MeasurementError) {
    guard timeLimit.isFinite, timeLimit > .zero else {
      throw .notADuration(setting: "time limit", found: timeLimit)
    }
    template = try CommandTemplate(parsing: command)
    self.space = space
    self.timeLimit = timeLimit
  }

  public func runs(of architecture: Architecture) throws(MeasurementError) -> [Seconds] {
    guard architecture.operations.count == space.positions.count,
      zip(architecture.operations, space.positions).allSatisfy({ $0 < $1.operations.count })
    else {
      throw .foreignArchitecture(
        space: space.name, operations: architecture.operations.map { Int($0) })
    }
    let arguments = template.arguments(for: space.notation(of: architecture))
    let program = arguments[0]
    let result = try ChildProcess.run(arguments, timeLimit: timeLimit)
    let errors = Self.tail(of: result.errors)
    switch result.ending {
    case .timeLimit: throw .timeLimit(program: program, limit: timeLimit, errors: errors)
    case .tooMuchOutput:
      throw .tooMuchOutput(program: program, limit: ChildProcess.outputLimit)
    case .signal(let signal):
      throw .signal(program: program, signal: signal, errors: errors)
    case .exit(let code) where code != 0:
      throw .exitCode(program: program, code: code, errors: errors)
    case .exit: break
    }
    guard let line = Self.lines(of: result.output).last else {
      throw .noOutput(program: program, errors: errors)
    }
    var runs: [Seconds] = []
    for word in line.split(whereSeparator: \.isWhitespace) {
      guard let time = Double(word), time.isFinite, time > 0 else {
        throw .notATime(program: program, line: Self.shortened(line))
      }
      runs.append(Seconds(time))
    }
    return runs
  }

  // MARK: - Reading output

  private static func lines(of text: String) -> [String] {
    text.split(whereSeparator: \.isNewline)
      .map { $0.trimmingCharacters(in: .whitespacesAndNewlines) }.filter { !$0.isEmpty }
  }

  /// The last lines, for a message of one line.
  private static func tail(of errors: String) -> String {
    let text = lines(of: errors).suffix(3).joined(separator: " / ")
    return text.count > 300 ? "…" + text.suffix(300) : text
  }

  private static func shortened(_ line: String) -> String {
    line.count > 100 ? line.prefix(100) + "…" : line
  }
}
