/// What can be wrong with a limit in text.
public enum LimitError: Error, Equatable, Sendable {
  case malformed(text: String)
  case unknownMetric(name: String, nearest: String?)
  case missingValue(Metric)
  case notANumber(Metric, text: String)
  /// `owner` is the metric that the unit belongs to, where there is one.
  case wrongUnit(Metric, text: String, unit: String, owner: Metric?, allowed: [String])
  case notPositive(Metric, text: String)
  case repeated(Metric, first: Limit, second: Limit)
}

extension LimitError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .malformed(let text):
      "'\(text)' is no limit; write metric=value unit, as latency=5ms."
    case .unknownMetric(let name, let nearest):
      "there is no metric '\(name)'." + (nearest.map { " Did you mean '\($0)'?" } ?? "")
        + " Metrics are \(Metric.allCases.map(\.rawValue).joined(separator: ", "))."
    case .missingValue(let metric):
      "'\(metric.rawValue)' has no value; write \(Self.example(metric))."
    case .notANumber(let metric, let text):
      "'\(text)' is not an amount of \(metric.rawValue); write \(Self.example(metric))."
    case .wrongUnit(let metric, let text, let unit, let owner, let allowed):
      (owner.map { "'\(unit)' is a unit of \($0.rawValue)" } ?? "there is no unit '\(unit)'")
        + " in '\(text)'; \(metric.rawValue) is in \(allowed.joined(separator: ", "))."
    case .notPositive(let metric, let text):
      "a limit of \(metric.rawValue) is a finite amount above 0, and not '\(text)'."
    case .repeated(let metric, let first, let second):
      "two limits of one metric, \(first) and \(second); name one \(metric.rawValue)."
    }
  }

  private static func example(_ metric: Metric) -> String {
    switch metric {
    case .latency: "latency=5ms"
    case .energy: "energy=20mJ"
    case .memory: "memory=8GB"
    case .edp: "edp=1mJs"
    }
  }
}
