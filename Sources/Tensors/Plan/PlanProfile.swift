import CTensorKernels

/// What an instruction of a plan does and takes.
public struct PlannedInstruction: Sendable {
  /// As `product 32×64·64×256, bias, relu`.
  public let name: String
  /// Of what it writes.
  public let shape: Shape
  /// Floating-point operations of its formula, a function like the exponential counted as one.
  public let flop: Double
  /// Processor time, the median of several runs; nil where it was not measured.
  public var secondsPerRun: Double?
}

extension Plan {
  /// The instructions in their order.
  public var listing: [PlannedInstruction] {
    instructions.map { PlannedInstruction(name: $0.name, shape: $0.shape, flop: $0.flop) }
  }

  /// The instructions with their times, each measured over many runs in its place.
  ///
  /// - Parameter repetitions: how often an instruction is timed; the median counts.
  public func profile(repetitions: Int = 11) throws(RunError) -> [PlannedInstruction] {
    try run()
    var listing = listing
    for place in listing.indices {
      var failure = 0
      func seconds(_ count: Int) -> Double {
        let start = ThreadClock.seconds
        for _ in 0..<count { tensor_run(code + place, 1, &failure) }
        return (ThreadClock.seconds - start) / Double(count)
      }
      let count = max(1, Int(2e-5 / max(1e-8, seconds(3))))
      listing[place].secondsPerRun =
        (0..<max(1, repetitions)).map { _ in seconds(count) }.sorted()[max(1, repetitions) / 2]
    }
    return listing
  }
}
