import Predictions
import Quantities

extension PowerCurveReport {
  private struct Document: Encodable {
    let run, device, method: String
    let assumptions: [String]
    let curve: [Point]
    let best: [String: Best]
    let traits: Traits
    let measurements: [Measured]

    init(_ curve: PowerCurve) {
      run = curve.run
      device = curve.device
      method = curve.method
      assumptions = curve.assumptions
      self.curve = curve.points.map(Point.init)
      best = Dictionary(
        uniqueKeysWithValues: zip(["energy", "energy_delay", "cost"], curve.optima).map {
          (
            $0,
            Best(objective: $1.objective, limited: Point($1.point), locked: Point($1.lockedClock))
          )
        })
      traits = Traits(
        time: curve.traits.fullClockTime.value, power: curve.traits.neededPower.value,
        clockShare: curve.traits.clockShare, busyShare: curve.traits.busyShare)
      measurements = curve.measurements.map {
        Measured(limit: $0.limit.value, time: $0.time.value, power: $0.power.value)
      }
    }
  }

  private struct Point: Encodable {
    let limit: Double?
    let clockShare: Double
    let clock: Double?
    let time, power, energy: EstimateReport
    let isMet: Bool

    init(_ point: PowerPoint) {
      isMet = point.isMet
      limit = point.limit?.value
      clockShare = point.clockShare
      clock = point.clock?.value
      time = EstimateReport(point.time)
      power = EstimateReport(point.power)
      energy = EstimateReport(point.energy)
    }

    private enum CodingKeys: String, CodingKey {
      case limit = "limit_w"
      case clockShare = "clock_share"
      case clock = "clock_hz"
      case time = "time_s"
      case power = "power_w"
      case energy = "energy_j"
      case isMet = "limit_is_met"
    }
  }

  private struct Best: Encodable {
    let objective: String
    let limited, locked: Point

    private enum CodingKeys: String, CodingKey {
      case objective
      case limited = "under_limit"
      case locked = "locked_clock"
    }
  }

  private struct Traits: Encodable {
    let time, power, clockShare, busyShare: Double

    private enum CodingKeys: String, CodingKey {
      case time = "full_clock_time_s"
      case power = "needed_power_w"
      case clockShare = "clock_share_of_busy_time"
      case busyShare = "busy_share"
    }
  }

  private struct Measured: Encodable {
    let limit, time, power: Double

    private enum CodingKeys: String, CodingKey {
      case limit = "limit_w"
      case time = "time_s"
      case power = "power_w"
    }
  }

  /// A list with an object for each curve.
  public func json() throws -> String { try JSONReport.text(curves.map(Document.init)) }

  /// A row for each limit, then one for each best limit; `row` tells them apart.
  public var csv: String {
    CSVReport.text(
      header: [
        "run", "device", "row", "limit_w", "clock_share", "clock_hz", "time_s", "time_low_s",
        "time_high_s", "power_w", "power_low_w", "power_high_w", "energy_j", "energy_low_j",
        "energy_high_j",
      ],
      rows: curves.flatMap { curve in
        curve.points.map { Self.row(curve, "limit", $0) }
          + curve.optima.map { Self.row(curve, "least \($0.objective)", $0.point) }
      })
  }

  private static func row(_ curve: PowerCurve, _ kind: String, _ point: PowerPoint) -> [String] {
    func ends<Amount: Quantity>(_ estimate: Estimate<Amount>) -> [String] {
      [estimate.value.value, estimate.interval?.low.value, estimate.interval?.high.value].map {
        $0.map { "\($0)" } ?? ""
      }
    }
    return [
      curve.run, curve.device, kind, point.limit.map { "\($0.value)" } ?? "",
      "\(point.clockShare)", point.clock.map { "\($0.value)" } ?? "",
    ] + ends(point.time) + ends(point.power) + ends(point.energy)
  }
}
