import Analytic
import Foundation
import Predictions
import Quantities
import Testing

@Suite("A job's fit under power limits") struct PowerLimitFitTests {
  /// Two points of a job of the public Zeus traces, and what a NumPy implementation of the same fit
  /// makes of them: parameters, the least sum, and seconds and watts under every limit of the board.
  struct Vector: Sendable, CustomTestStringConvertible {
    let name: String
    let design: Double
    let floor: Double
    /// limit, time, power
    let points: [[Double]]
    let cost: Double
    /// T₀, d, κ, a
    let parameters: [Double]
    let limits: [Double]
    let times: [Double]
    let powers: [Double]

    var testDescription: String { name }
  }

  private static func logistic(_ x: Double) -> Double { 1 / (1 + exp(-x)) }

  static let vectors: [Vector] = [
    Vector(
      name: "ResNet-50 on V100", design: 250, floor: 36.218_861_172_179_19,
      points: [
        [100, 6781.173_333_333_332, 98.382_405_552_741_53],
        [250, 3514.986_666_666_666, 220.250_295_302_454_53],
      ], cost: 2.4166,
      parameters: [exp(8.066_454), exp(0.249_786), logistic(0.584_466), logistic(1.419_668)],
      limits: [100, 125, 150, 175, 200, 225, 250],
      times: [6773.2, 4886.7, 4153.7, 3931.5, 3762.9, 3629.0, 3519.1],
      powers: [99.30, 120.86, 141.40, 161.96, 182.26, 202.33, 222.22]),
    Vector(
      name: "ShuffleNet V2 on V100", design: 250, floor: 36.218_861_172_179_19,
      points: [
        [100, 17.306_666_666_666_67, 83.953_316_455_237_09],
        [250, 17.15, 123.090_957_818_154_86],
      ], cost: 2.2249,
      parameters: [exp(2.837_001), exp(-0.723_620), logistic(-2.778_548), logistic(0.452_416)],
      limits: [100, 125, 150, 175, 250], times: [17.393, 17.216, 17.110, 17.065, 17.065],
      powers: [83.77, 98.96, 114.11, 123.00, 123.00]),
    Vector(
      name: "BERT on P100", design: 250, floor: 33.453_211_798_006_26,
      points: [
        [125, 3386.805, 116.571_713_726_080_73], [250, 2921.45, 174.327_974_863_998_04],
      ], cost: 1.8380,
      parameters: [exp(7.980_983), exp(-0.449_151), logistic(0.512_634), logistic(1.532_088)],
      limits: [125, 150, 175, 200, 250], times: [3382.9, 3180.6, 3035.1, 2924.8, 2924.8],
      powers: [115.23, 135.52, 155.54, 175.11, 175.11]),
    Vector(
      name: "ResNet-50 on Quadro RTX 6000", design: 260, floor: 55.375_873_641_135_81,
      points: [
        [100, 12_754.515, 98.671_407_062_549_22], [260, 5141.475, 230.252_138_988_639_53],
      ], cost: 0.3230,
      parameters: [exp(8.506_634), exp(-0.107_693), logistic(0.318_690), logistic(1.470_179)],
      limits: [100, 125, 150, 175, 200, 225, 250, 260],
      times: [12_751.6, 7701.6, 6240.3, 5854.2, 5578.4, 5368.2, 5200.8, 5142.6],
      powers: [99.73, 121.55, 142.03, 162.56, 182.80, 202.82, 222.66, 230.55]),
    Vector(
      name: "DeepSpeech2 on Quadro RTX 6000", design: 260, floor: 55.375_873_641_135_81,
      points: [
        [100, 16_250.544_999_999_998, 95.137_498_388_290_18],
        [260, 9421.529_999_999_999, 202.992_877_084_142_07],
      ], cost: 9.1288,
      parameters: [exp(9.146_717), exp(-0.486_062), logistic(-2.174_578), logistic(1.413_750)],
      limits: [100, 125, 150, 175, 200, 225, 250],
      times: [16_316, 10_546, 9712.1, 9564.3, 9462.6, 9387.1, 9383.6],
      powers: [99.61, 117.75, 137.40, 157.41, 177.37, 197.30, 198.39]),
  ]

  private static func fit(_ vector: Vector) throws -> PowerLimitFit {
    try PowerLimitFit(
      PowerLimitModel(
        name: "board", thermalDesign: Watts(vector.design), floor: Watts(vector.floor)),
      vector.points.map {
        PowerMeasurement(limit: Watts($0[0]), time: Seconds($0[1]), power: Watts($0[2]))
      })
  }

  @Test("two points give the curve of an independent implementation to 0.2 %", arguments: vectors)
  func independent(vector: Vector) throws {
    let fit = try Self.fit(vector)
    #expect(abs(fit.cost - vector.cost) < 0.002)
    let found = [
      fit.job.fullClockTime.value, fit.job.dynamicPower, fit.job.clockShare, fit.job.busyShare,
    ]
    for (value, expected) in zip(found, vector.parameters) {
      #expect(abs(value / expected - 1) < 0.005)
    }
    for (limit, (time, power)) in zip(vector.limits, zip(vector.times, vector.powers)) {
      let point = fit.point(limit: Watts(limit))
      #expect(abs(point.time.value.value / time - 1) < 0.002)
      #expect(abs(point.power.value.value / power - 1) < 0.002)
    }
  }

  // MARK: - Recovery

  /// What a known job would be measured at.
  private func measured(
    _ job: PowerLimitJob, _ model: PowerLimitModel, _ limits: [Double]
  ) -> [PowerMeasurement] {
    limits.map { limit in
      let state = model.state(of: job, limit: Watts(limit))
      return PowerMeasurement(limit: Watts(limit), time: state.time, power: state.power)
    }
  }

  private static let known: [PowerLimitJob] = [
    job(0.8, 0.6, 0.85, time: 3600), job(1.2, 0.8, 0.9, time: 12), job(0.5, 0.25, 0.7, time: 0.2),
  ]

  @Test("many points of a known job give its parameters back", arguments: known)
  func recovery(job: PowerLimitJob) throws {
    let model = board()
    let limits = stride(from: 30.0, through: 100, by: 5).map(\.self)
    let fit = try PowerLimitFit(model, measured(job, model, limits))
    // The priors pull a little.
    #expect(abs(fit.job.fullClockTime / job.fullClockTime - 1) < 0.02)
    #expect(abs(fit.job.dynamicPower / job.dynamicPower - 1) < 0.06)
    #expect(abs(fit.job.clockShare - job.clockShare) < 0.04)
    #expect(abs(fit.job.busyShare - job.busyShare) < 0.04)
    for limit in limits {
      let point = fit.point(limit: Watts(limit))
      let truth = model.state(of: job, limit: Watts(limit))
      #expect(abs(point.time.value / truth.time - 1) < 0.005)
      #expect(abs(point.power.value / truth.power - 1) < 0.005)
    }
  }

  @Test(
    "two points of a known job give its curve, and their order does not matter", arguments: known)
  func twoPoints(job: PowerLimitJob) throws {
    let model = board()
    let points = measured(job, model, [40, 100])
    let fit = try PowerLimitFit(model, points)
    let reversed = try PowerLimitFit(model, points.reversed())
    for limit in stride(from: 40.0, through: 100, by: 10) {
      let point = fit.point(limit: Watts(limit))
      let truth = model.state(of: job, limit: Watts(limit))
      #expect(point.time.interval?.contains(truth.time) == true)
      #expect(point.power.interval?.contains(truth.power) == true)
      let other = reversed.point(limit: Watts(limit))
      #expect(abs(point.time.value / other.time.value - 1) < 1e-4)
    }
  }

  // MARK: - Intervals

  @Test("more points never widen the interval of a limit that none has") func narrower() throws {
    let model = board()
    let job = job(0.8, 0.6, 0.85, time: 100)
    let widths = try [[100.0], [40, 100], [40, 55, 85, 100]].map { limits in
      let point = try PowerLimitFit(model, measured(job, model, limits)).point(limit: Watts(65))
      let interval = try #require(point.time.interval)
      #expect(interval.contains(point.time.value) && interval.coverage == 0.9)
      #expect(try #require(point.power.interval).contains(point.power.value))
      #expect(try #require(point.energy.interval).contains(point.energy.value))
      return interval.high / interval.low
    }
    #expect(widths[0] > widths[1] && widths[1] > widths[2])
  }

  @Test("without a point the priors speak, and times are over that at full clock") func none()
    throws
  {
    let fit = try PowerLimitFit(board(), [])
    // ln d = −0.42; logit κ = 0.65 − 2.5·0.42, logit a = 1.9 − 2.75·0.42.
    #expect(abs(fit.job.dynamicPower - exp(-0.42)) < 1e-12)
    #expect(abs(fit.job.clockShare - 1 / (1 + exp(0.4))) < 1e-12)
    #expect(abs(fit.job.busyShare - 1 / (1 + exp(-0.745))) < 1e-12)
    let full = fit.point(limit: Watts(100))
    #expect(full.time.value == Seconds(1))
    let low = fit.point(limit: Watts(40))
    #expect(low.time.value > full.time.value)
    #expect(try #require(low.power.interval).low < Watts(35))
  }

  @Test("a point that is not positive is refused") func refused() {
    let point = PowerMeasurement(limit: Watts(100), time: Seconds(0), power: Watts(50))
    #expect(
      throws: PowerLimitError.invalidPoint(
        limit: Watts(100), time: Seconds(0), power: Watts(50))
    ) { try PowerLimitFit(board(), [point]) }
  }

  @Test("one prompt at half the power of an H100 is slower by what others have measured")
  func splitwise() throws {
    // P. Patel et al., Splitwise (ISCA 2024): a prompt takes 1.30 of its time at half the power; a
    // point just below the limit, on a board whose floor is 0.15 of it.
    let fit = try PowerLimitFit(
      board(), [PowerMeasurement(limit: Watts(100), time: Seconds(1), power: Watts(90))])
    let slowdown = fit.point(limit: Watts(50)).time.value / fit.point(limit: Watts(100)).time.value
    #expect(abs(slowdown / 1.30 - 1) < 0.1)
  }

  // MARK: - Curve

  @Test("a curve shows the limits of the device and those of the measurements") func curve() throws
  {
    let model = PowerLimitModel(
      name: "board", thermalDesign: Watts(250), floor: Watts(36), fullClock: .gigahertz(1.38),
      limits: Watts(100)...Watts(250))
    let fit = try PowerLimitFit(
      model, measured(job(0.8, 0.6, 0.85, time: 100), model, [90, 260]))
    let curve = fit.curve(run: "job", eta: 0.5, method: "fit", assumptions: [])
    let limits = curve.points.compactMap { $0.limit?.value }
    #expect(limits == [90] + stride(from: 100, through: 240, by: 20) + [260])
    #expect(curve.optima.count == 3)
    for optimum in curve.optima {
      let limit = try #require(optimum.point.limit)
      #expect(limit >= Watts(90) && limit <= Watts(260))
      #expect(optimum.lockedClock.limit == nil)
    }
    let few = fit.curve(
      run: "job", limits: [Watts(200), Watts(150)], eta: 1, method: "fit", assumptions: [])
    #expect(few.points.map(\.limit) == [Watts(150), Watts(200)])
    #expect(
      abs((few.optima[2].point.limit ?? .zero).value - (few.optima[0].point.limit ?? .zero).value)
        < 0.01)
  }
}
