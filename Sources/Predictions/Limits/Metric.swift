import Quantities

/// What a run is judged by. Less is better of each.
public enum Metric: String, CaseIterable, Sendable, Hashable {
  case latency, energy, memory
  /// Energy × delay.
  case edp

  /// The kind of its amounts.
  public var kind: any Quantity.Type {
    switch self {
    case .latency: Seconds.self
    case .energy: Joules.self
    case .memory: Bytes.self
    case .edp: JouleSeconds.self
    }
  }

  /// Its key or column with the unit: `latency_s`, `edp_j_s`.
  public var key: String { (self == .memory ? "peak_memory" : rawValue) + kind.suffix }

  /// An amount in the SI unit as text with its unit.
  public func text(_ value: Double) -> String {
    func text<Amount: Quantity>(_ kind: Amount.Type) -> String { "\(Amount(value))" }
    return text(kind)
  }

  /// The metric of that name.
  ///
  /// - Throws: `LimitError.unknownMetric` with the nearest one.
  public init(named name: String) throws(LimitError) {
    guard let metric = Metric(rawValue: name) else {
      throw .unknownMetric(
        name: name, nearest: nearestName(to: name, among: Metric.allCases.map(\.rawValue)))
    }
    self = metric
  }
}
