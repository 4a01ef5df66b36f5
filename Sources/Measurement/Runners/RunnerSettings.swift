import Quantities

/// How the built-in runner measures.
public struct RunnerSettings: Sendable, Hashable {
  /// Threads of a matrix product; everything between products runs on one. At the benchmark's size
  /// two can be slower than one: what one core has gathered, the others fetch from its cache.
  public var threads: Int
  /// Images in one run.
  public var batch: Int
  /// The kernels of the BLAS, such as `Haswell`; `nil` for those that are chosen by themselves.
  public var core: String?
  /// Runs before the first that counts, at each visit.
  public var warmUps: Int
  /// The fewest runs that count at a visit.
  public var repeats: Int
  /// A visit goes on to this time, through at most ten times `repeats` runs.
  public var visitTime: Seconds
  /// How often each architecture is visited, in another order each time.
  public var passes: Int
  /// Of weights, inputs and the orders of the passes.
  public var seed: UInt64

  public init(
    threads: Int = 1, batch: Int = 1, core: String? = nil, warmUps: Int = 3, repeats: Int = 15,
    visitTime: Seconds = .milliseconds(150), passes: Int = 3, seed: UInt64 = 0
  ) {
    self.threads = threads
    self.batch = batch
    self.core = core
    self.warmUps = warmUps
    self.repeats = repeats
    self.visitTime = visitTime
    self.passes = passes
    self.seed = seed
  }

  /// - Throws: `MeasurementError` naming the setting, what was found and what is allowed.
  public func validate() throws(MeasurementError) {
    try MeasurementError.check("threads", threads, atLeast: 1, atMost: 1024)
    try MeasurementError.check("batch", batch, atLeast: 1, atMost: 4096)
    try MeasurementError.check("warm-ups", warmUps, atLeast: 0, atMost: 1_000_000)
    try MeasurementError.check("repeats", repeats, atLeast: 1, atMost: 1_000_000)
    try MeasurementError.check("passes", passes, atLeast: 1, atMost: 1000)
    guard visitTime.isFinite, visitTime > .zero else {
      throw .notADuration(setting: "visit time", found: visitTime)
    }
  }
}
