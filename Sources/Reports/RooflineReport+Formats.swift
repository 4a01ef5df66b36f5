import Predictions
import Quantities

extension RooflineReport {
  // MARK: - JSON

  private struct Document: Encodable {
    let workload, device: String
    let latency: EstimateReport
    let leastTime, flop: Double
    let peaks: [Peak]
    let memories: [Memory]
    let ridgePoints: [RidgePoint]
    let reuse: Reuse
    let meanArithmeticIntensity, activationWeight: Double
    let method: String
    let assumptions: [String]
    let operations: [Row]

    private enum CodingKeys: String, CodingKey {
      case workload, device, flop, peaks, memories, reuse, method, assumptions, operations
      case latency = "latency_s"
      case leastTime = "least_time_s"
      case ridgePoints = "ridge_points"
      case meanArithmeticIntensity = "mean_arithmetic_intensity"
      case activationWeight = "activation_weight"
    }
  }

  private struct Peak: Encodable {
    let name: String
    let rate: Double
    let isUsed: Bool

    private enum CodingKeys: String, CodingKey {
      case name
      case rate = "flop_per_s"
      case isUsed = "used"
    }
  }

  private struct Memory: Encodable {
    let name: String
    let bandwidth: Double?
    let isAssumed: Bool
    let traffic: Double
    let intensity: Double?

    private enum CodingKeys: String, CodingKey {
      case name
      case bandwidth = "bandwidth_b_per_s"
      case isAssumed = "bandwidth_assumed"
      case traffic = "traffic_bytes"
      case intensity = "intensity_flop_per_byte"
    }
  }

  private struct RidgePoint: Encodable {
    let peak, memory: String
    let point: Double

    private enum CodingKeys: String, CodingKey {
      case peak, memory
      case point = "flop_per_byte"
    }
  }

  private struct Reuse: Encodable {
    let arithmeticIntensity, weightedIntensity: Double
    let weightReuse: Double?
    let activationReuse: Double

    private enum CodingKeys: String, CodingKey {
      case arithmeticIntensity = "arithmetic_intensity"
      case weightedIntensity = "weighted_intensity"
      case weightReuse = "weight_reuse"
      case activationReuse = "activation_reuse"
    }

    init(_ reuse: RooflineAnalysis.Reuse) {
      arithmeticIntensity = reuse.arithmeticIntensity
      weightedIntensity = reuse.weightedIntensity
      weightReuse = reuse.weightReuse
      activationReuse = reuse.activationReuse
    }
  }

  private struct Row: Encodable {
    let operation, kind: String
    let instances, latency, leastTime, roofShare: Double
    let bound: String
    let flop, rate: Double
    let attainable: Double?
    let bytes, cacheBytes: Double
    let intensity, cacheIntensity: Double?
    let reuse: Reuse?

    private enum CodingKeys: String, CodingKey {
      case operation, kind, instances, bound, flop, bytes, reuse
      case latency = "latency_s"
      case leastTime = "least_time_s"
      case roofShare = "roof_share"
      case rate = "achieved_flop_per_s"
      case attainable = "attainable_flop_per_s"
      case cacheBytes = "cache_bytes"
      case intensity = "intensity_flop_per_byte"
      case cacheIntensity = "cache_intensity_flop_per_byte"
    }

    init(_ operation: RooflineAnalysis.Operation) {
      let cost = operation.cost
      self.operation = cost.operation
      kind = cost.kind
      instances = cost.instances
      latency = cost.latency.value
      leastTime = operation.leastTime.value
      roofShare = operation.roofShare
      bound = cost.bound.rawValue
      flop = cost.flop.value
      rate = cost.latency > .zero ? operation.rate.value : 0
      attainable = operation.attainableRate?.value
      bytes = cost.bytes.value
      cacheBytes = operation.cacheTraffic.value
      intensity = RooflineReport.intensity(cost.flop, cost.bytes)
      cacheIntensity = RooflineReport.intensity(cost.flop, operation.cacheTraffic)
      reuse = operation.reuse.map(Reuse.init)
    }
  }

  /// nil where nothing moves.
  fileprivate static func intensity(_ work: FLOP, _ traffic: Bytes) -> Double? {
    traffic > .zero ? (work / traffic).value : nil
  }

  public func json() throws -> String {
    try JSONReport.text(
      Document(
        workload: workload, device: device, latency: EstimateReport(prediction.latency),
        leastTime: analysis.leastTime.value, flop: analysis.flop.value,
        peaks: analysis.peaks.map { Peak(name: $0.name, rate: $0.rate.value, isUsed: $0.isUsed) },
        memories: analysis.levels.map {
          Memory(
            name: $0.name, bandwidth: $0.bandwidth?.value, isAssumed: $0.isAssumed,
            traffic: $0.traffic.value, intensity: Self.intensity(analysis.flop, $0.traffic))
        },
        ridgePoints: analysis.peaks.flatMap { peak in
          analysis.levels.compactMap { level in
            analysis.ridgePoint(peak, level).map {
              RidgePoint(peak: peak.name, memory: level.name, point: $0.value)
            }
          }
        },
        reuse: Reuse(analysis.reuse), meanArithmeticIntensity: analysis.meanArithmeticIntensity,
        activationWeight: analysis.activationWeight, method: prediction.method,
        assumptions: prediction.assumptions, operations: analysis.operations.map(Row.init)))
  }

  // MARK: - CSV

  /// A row for each operation.
  public var csv: String {
    CSVReport.text(
      header: [
        "operation", "kind", "instances", "latency_s", "least_time_s", "roof_share", "bound",
        "flop", "achieved_flop_per_s", "attainable_flop_per_s", "bytes", "cache_bytes",
        "intensity_flop_per_byte", "cache_intensity_flop_per_byte", "arithmetic_intensity",
        "weighted_intensity", "weight_reuse", "activation_reuse",
      ],
      rows: analysis.operations.map { operation in
        let row = Row(operation)
        func text(_ value: Double?) -> String { value.map { "\($0)" } ?? "" }
        return [
          row.operation, row.kind, text(row.instances), text(row.latency), text(row.leastTime),
          text(row.roofShare), row.bound, text(row.flop), text(row.rate), text(row.attainable),
          text(row.bytes), text(row.cacheBytes), text(row.intensity), text(row.cacheIntensity),
          text(row.reuse?.arithmeticIntensity), text(row.reuse?.weightedIntensity),
          text(row.reuse?.weightReuse), text(row.reuse?.activationReuse),
        ]
      })
  }
}
