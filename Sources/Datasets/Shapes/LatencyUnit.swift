import Foundation

/// The unit of latencies in a file.
public enum LatencyUnit: String, Sendable, CaseIterable {
  case nanoseconds = "ns"
  case microseconds = "us"
  case milliseconds = "ms"
  case seconds = "s"

  public var seconds: Double {
    switch self {
    case .nanoseconds: 1e-9
    case .microseconds: 1e-6
    case .milliseconds: 1e-3
    case .seconds: 1
    }
  }

  /// - Throws: `DatasetError.unknownUnit`.
  public init(named name: String) throws(DatasetError) {
    guard let unit = LatencyUnit(rawValue: name) else { throw .unknownUnit(path: "", found: name) }
    self = unit
  }

  /// The unit that a file's name or a column's name ends in: `latency_ms.csv.gz`, `latency_s`.
  init?(suffixOf name: String) {
    let stem = (name as NSString).lastPathComponent.split(separator: ".").first.map(String.init)
    guard let ending = stem?.split(separator: "_").last,
      stem?.contains("_") == true, let unit = LatencyUnit(rawValue: String(ending))
    else { return nil }
    self = unit
  }

  /// The one column of `header` that is a latency, with its unit.
  public static func latencyColumn(in header: [String]) -> (name: String, unit: LatencyUnit)? {
    for unit in allCases where header.contains("latency_\(unit.rawValue)") {
      return ("latency_\(unit.rawValue)", unit)
    }
    return nil
  }
}
