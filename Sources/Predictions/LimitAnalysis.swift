import Quantities

/// What would have to change for a run to keep its limits, and what it depends on.
public struct LimitAnalysis: Sendable {
  /// A limit as the run stands, and what would bring the run to it.
  public struct Answer: Sendable {
    public let limit: Limit
    /// Predicted, in the SI unit of the limit's metric.
    public let value: Double
    /// That the limit holds.
    public let probability: Double
    public let needs: [Need]

    public var holds: Bool { value <= limit.value }

    public init(limit: Limit, value: Double, probability: Double, needs: [Need]) {
      self.limit = limit
      self.value = value
      self.probability = probability
      self.needs = needs
    }
  }

  /// A change of one figure, all others as they are, or of all of them.
  public struct Need: Sendable {
    public let name: String
    /// nil for several figures at once.
    public let figure: Figure?
    public let outcome: Outcome

    public init(name: String, figure: Figure?, outcome: Outcome) {
      self.name = name
      self.figure = figure
      self.outcome = outcome
    }
  }

  public enum Outcome: Sendable, Equatable {
    /// The figure times this meets the limit exactly.
    case factor(Double)
    /// However much better the figure, this is left.
    case unreachable(best: Double)
    /// The limit holds even with a thousandth of the figure.
    case unneeded
  }

  /// A figure of the device with its amount.
  public struct Figure: Sendable {
    public let name: String
    /// In the SI unit; nil for rates of several formats.
    public let value: Double?
    public let kind: any Quantity.Type

    public init(name: String, value: Double?, kind: any Quantity.Type) {
      self.name = name
      self.value = value
      self.kind = kind
    }

    /// An amount of its kind with the unit.
    public func text(_ value: Double) -> String {
      func text<Amount: Quantity>(_ kind: Amount.Type) -> String {
        Amount(value).text(significantDigits: 3)
      }
      return text(kind)
    }
  }

  /// By how many per cent a total changes with one per cent of a figure.
  public struct Sensitivity: Sendable {
    public let figure: Figure
    /// ∂ ln latency / ∂ ln figure
    public let latency: Double
    /// ∂ ln energy / ∂ ln figure
    public let energy: Double

    public init(figure: Figure, latency: Double, energy: Double) {
      self.figure = figure
      self.latency = latency
      self.energy = energy
    }
  }

  public enum BatchAnswer: Sendable, Equatable {
    /// The largest that keeps all limits and fits the memory.
    case largest(Int)
    /// Not even one.
    case none
    /// Beyond every batch that was tried.
    case atLeast(Int)
    /// Why other batches cannot be tried.
    case unknown(String)
  }

  /// The same run in another precision.
  public struct Trial: Sendable {
    public let precision: String
    public let isCurrent: Bool
    public let latency: Seconds
    public let energy: Joules
    public let memory: Bytes
    /// For each limit.
    public let probabilities: [Double]
    /// Whether it keeps all limits and fits the memory.
    public let holds: Bool
    /// In which other format the products are taken.
    public let note: String

    public init(
      precision: String, isCurrent: Bool, latency: Seconds, energy: Joules, memory: Bytes,
      probabilities: [Double], holds: Bool, note: String
    ) {
      self.precision = precision
      self.isCurrent = isCurrent
      self.latency = latency
      self.energy = energy
      self.memory = memory
      self.probabilities = probabilities
      self.holds = holds
      self.note = note
    }
  }

  /// A total against the factor on a figure.
  public struct Curve: Sendable {
    public let name: String
    public let points: [(factor: Double, value: Double)]

    public init(name: String, points: [(factor: Double, value: Double)]) {
      self.name = name
      self.points = points
    }
  }

  public let latency: Estimate<Seconds>
  public let energy: Estimate<Joules>
  public let memory: Bytes
  /// nil where the device does not state it.
  public let capacity: Bytes?
  public let answers: [Answer]
  public let batch: BatchAnswer
  public let trials: [Trial]
  public let sensitivities: [Sensitivity]
  /// Latency's sensitivities to rates, clock and powers less those to overheads: −1 where nothing else
  /// takes time.
  public let latencySum: Double
  /// The metric of the curves.
  public let curveMetric: Metric
  public let curves: [Curve]
  public let assumptions: [String]

  public init(
    latency: Estimate<Seconds>, energy: Estimate<Joules>, memory: Bytes, capacity: Bytes?,
    answers: [Answer], batch: BatchAnswer, trials: [Trial], sensitivities: [Sensitivity],
    latencySum: Double, curveMetric: Metric, curves: [Curve], assumptions: [String]
  ) {
    self.latency = latency
    self.energy = energy
    self.memory = memory
    self.capacity = capacity
    self.answers = answers
    self.batch = batch
    self.trials = trials
    self.sensitivities = sensitivities
    self.latencySum = latencySum
    self.curveMetric = curveMetric
    self.curves = curves
    self.assumptions = assumptions
  }
}
