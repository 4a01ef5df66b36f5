/// How a predictor came to be: enough to make it again and to know what to expect of it.
public struct TrainingCard: Sendable, Hashable {
  /// Where the latencies come from, and on what terms.
  public let dataset: String
  public let licence: String
  /// The source architectures, in words.
  public let pool: String
  public let seed: Int
  public let command: String
  /// Leave-one-device-out over the sources; empty where there were too few.
  public let leaveOneOut: LeaveOneOut?

  public struct LeaveOneOut: Sendable, Hashable {
    public let samples: Int
    public let spearman: Double
    public let medianRelativeError: Double
    public let coverage: Double

    public init(samples: Int, spearman: Double, medianRelativeError: Double, coverage: Double) {
      self.samples = samples
      self.spearman = spearman
      self.medianRelativeError = medianRelativeError
      self.coverage = coverage
    }
  }

  public init(
    dataset: String, licence: String, pool: String, seed: Int, command: String,
    leaveOneOut: LeaveOneOut?
  ) {
    self.dataset = dataset
    self.licence = licence
    self.pool = pool
    self.seed = seed
    self.command = command
    self.leaveOneOut = leaveOneOut
  }
}
