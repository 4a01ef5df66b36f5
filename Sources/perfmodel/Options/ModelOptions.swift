import ArgumentParser
import Workloads
import Zoo

/// At what size and in which phase a network runs.
struct RunOptions: ParsableArguments {
  @Option(help: "Pictures or sequences in one run.")
  var batch: Int?

  @Option(
    help: ArgumentHelp(
      "A size of the network, as image=384 or tokens=128; may be given several times.",
      valueName: "name=value"))
  var set: [String] = []

  @Option(help: "What is run: prefill (one pass), decode (one token) or training (a whole step).")
  var phase: WorkloadRequest.Phase?

  @Option(help: "Tokens of the prompt, or that a decoded token sees.")
  var context: Int?

  @Option(help: "Optimiser of a training step: sgd, momentum or adam.")
  var optimizer = Optimizer.adam

  func request() throws -> WorkloadRequest {
    var request = WorkloadRequest()
    request.batch = batch
    request.phase = phase
    request.context = context
    request.optimizer = optimizer
    for text in set {
      let pair = text.split(separator: "=", maxSplits: 1)
      guard pair.count == 2, let value = Int(pair[1]) else {
        throw ValidationError("--set is '\(text)'; write name=number, as image=384")
      }
      guard request.settings.updateValue(value, forKey: String(pair[0])) == nil else {
        throw ValidationError("--set names '\(pair[0])' twice")
      }
    }
    return request
  }
}

/// At what size a network runs, and how it is counted.
struct WorkloadOptions: ParsableArguments {
  @OptionGroup var run: RunOptions

  @Option(help: "How a built-in network of pictures is stored, as fp32, fp16 or int8.")
  var type = DataType.float32

  @Option(
    help: "What counts as a MAC: fvcore (with normalisations, as published tables) or matrix.")
  var convention = CountingConvention.fvcore

  @Option(help: "Scores that a causal mask hides: skipped, or counted as some peers do.")
  var hiddenScores = HiddenScores.skipped

  @Flag(help: "Refuse a file with an operator that can only be counted as elementwise.")
  var strict = false

  func request() throws -> WorkloadRequest {
    var request = try run.request()
    request.type = type
    return request
  }

  /// The graph of `network` and its counts; remarks go to standard error.
  func counted(_ network: String) throws -> (Workload, WorkloadCounts) {
    let workload = try NetworkReference(network).workload(request())
    if strict {
      let unknown = Set(
        workload.operations.compactMap { operation -> String? in
          if case .opaque(let name) = operation.kind { return name }
          return nil
        })
      guard unknown.isEmpty else {
        throw ValidationError(
          "\(network): no rule counts \(unknown.sorted().joined(separator: ", ")); without "
            + "--strict they count as elementwise")
      }
    }
    for warning in workload.warnings { Console.remark("perfmodel: \(warning)") }
    return (workload, workload.counts(hiddenScores: hiddenScores))
  }
}

extension CountingConvention: ExpressibleByArgument {}
extension HiddenScores: ExpressibleByArgument {}
extension Optimizer: ExpressibleByArgument {}
extension DataType: ExpressibleByArgument {}
extension WorkloadRequest.Phase: ExpressibleByArgument {}
