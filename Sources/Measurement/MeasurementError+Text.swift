import Quantities

extension MeasurementError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .tooSmall(let setting, let found, let minimum):
      "\(setting) is \(found); it is at least \(minimum)."
    case .tooLarge(let setting, let found, let maximum):
      "\(setting) is \(found); it is at most \(maximum)."
    case .notADuration(let setting, let found):
      "\(setting) is \(found.value) s; it is positive and finite."
    case .unknownCore(let core, let available) where available.isEmpty:
      "the kernels '\(core)' cannot be chosen: this BLAS was built for one processor only."
    case .unknownCore(let core, let available):
      "the kernels '\(core)' are not here; this processor and BLAS have "
        + available.joined(separator: ", ") + "."
    case .impossibleMacro(let channels, let resolution, let cellsPerStage):
      "\(channels.count) stages of \(cellsPerStage) cells with channels "
        + "\(channels.map(String.init).joined(separator: ", ")) on \(resolution)×\(resolution) "
        + "cannot be built; numbers are positive, and every stage after the first halves the "
        + "resolution."
    case .unsupportedSpace(let space):
      "the built-in runner knows nasbench201, not '\(space)'; measure with a program of your own "
        + "(--command 'program {architecture}')."
    case .noArchitectures:
      "there is no architecture to measure."
    case .emptyCommand:
      "the command is empty; write a program and its arguments, such as 'program {architecture}'."
    case .unfinishedQuote(let command):
      "the command '\(command)' ends inside a quotation or after a backslash."
    case .missingPlaceholder(let command):
      "the command '\(command)' does not say where the architecture goes; write {architecture} in "
        + "one of its arguments."
    case .foreignArchitecture(let space, let operations):
      "\(operations) is not an architecture of \(space): one operation index for each position."
    case .inputCount(let found, let expected):
      "the input has \(found) numbers; this network takes \(expected)."
    case .noTemporaryFile(let directory, let reason):
      "\(directory): a temporary file cannot be made: \(reason)."
    case .cannotStart(let program, let reason):
      "\(program): cannot be started: \(reason)."
    case .timeLimit(let program, let limit, let errors):
      "\(program): stopped after the time limit of \(limit)." + quoted(errors)
    case .exitCode(let program, let code, let errors):
      "\(program): exit code \(code)." + quoted(errors)
    case .signal(let program, let signal, let errors):
      "\(program): ended by signal \(signal)." + quoted(errors)
    case .tooMuchOutput(let program, let limit):
      "\(program): stopped after writing more than \(limit)."
    case .noOutput(let program, let errors):
      "\(program): wrote nothing; its last line holds the run times in seconds." + quoted(errors)
    case .notATime(let program, let line):
      "\(program): the last line is '\(line)'; it holds run times in seconds, positive numbers "
        + "between spaces."
    }
  }

  private func quoted(_ errors: String) -> String {
    errors.isEmpty ? "" : " It said: \(errors)"
  }
}
