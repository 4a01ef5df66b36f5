import Analytic
import Foundation
import Predictions
import Quantities
import Testing

@Suite("Ranking of runs") struct RankingTests {
  private func candidate(
    _ name: String, _ latency: Double, on device: String = "d", shared: Double = 0.1,
    own: Double = 0.1, memory: Double = 1
  ) -> RunRanking.Candidate {
    RunRanking.Candidate(
      run: RunLabel(workload: name, batch: 1, settings: ""), device: device,
      forecast: RunForecast(
        latency: Seconds(latency), energy: Joules(latency), memory: Bytes(memory),
        latencyDeviation: LatencyDeviation(shared: shared, own: own), energyDeviation: 0.3))
  }

  private func items(_ ratio: Double, _ groups: [Int], shared: Double, own: Double)
    -> PlaceSampler
  {
    PlaceSampler(
      [0, log(ratio)].enumerated().map {
        .init(
          logarithm: $1, group: groups[$0],
          deviation: LatencyDeviation(shared: shared, own: own))
      }, groups: 2)
  }

  @Test("of two runs on one device the error they share leaves the order: Φ(Δ/(√2 σ_own))")
  func oneDevice() {
    for ratio in [1.02, 1.1, 1.3] {
      let exact = normal(below: log(ratio) / (0.1 * 2.0.squareRoot()))
      let found = items(ratio, [0, 0], shared: 0.5, own: 0.1)
        .probabilities(draws: 100_000, seed: 1)
      // Three standard errors of 100,000 draws.
      #expect(abs(found[0] - exact) < 0.005 && found[0] == found[1], "\(ratio): \(found) \(exact)")
    }
  }

  @Test("of two runs on two devices all errors count: Φ(Δ/√(2(σ_shared² + σ_own²)))")
  func twoDevices() {
    let deviation = (2 * (0.2 * 0.2 + 0.1 * 0.1)).squareRoot()
    let exact = normal(below: log(1.2) / deviation)
    let found = items(1.2, [0, 1], shared: 0.2, own: 0.1).probabilities(draws: 100_000, seed: 2)
    #expect(abs(found[0] - exact) < 0.005, "\(found) \(exact)")
  }

  @Test("a ranking's probabilities are those of 4,000 draws, the same at every call")
  func ranking() {
    let candidates = [candidate("slow", 1.1), candidate("fast", 1)]
    let ranking = RunRanking(candidates, by: .latency)
    #expect(ranking.places == [1, 0])
    let exact = normal(below: log(1.1) / (0.1 * 2.0.squareRoot()))
    #expect(abs(ranking.placeProbabilities[0] - exact) < 0.025)
    #expect(
      RunRanking(candidates, by: .latency).placeProbabilities == ranking.placeProbabilities)
    // The other way round the same places are as sure.
    let reversed = RunRanking(candidates, by: .latency, worstFirst: true)
    #expect(reversed.places == [0, 1])
    #expect(abs(reversed.placeProbabilities[0] - exact) < 0.025)
  }

  @Test("what has no error keeps its place for sure, equals in the order they came")
  func memory() {
    let ranking = RunRanking(
      [candidate("b", 1, memory: 2), candidate("a", 1, memory: 1), candidate("c", 1, memory: 2)],
      by: .memory)
    #expect(ranking.places == [1, 0, 2])
    #expect(ranking.placeProbabilities == [1, 1, 1])
  }

  @Test("what is beyond a limit has no place, and says which limit it misses") func limits() {
    let limits: [Limit] = [.latency(.milliseconds(5)), .energy(Joules(1))]
    let ranking = RunRanking(
      [candidate("slow", 0.006), candidate("fast", 0.004)], by: .latency, limits: limits)
    #expect(ranking.places == [1] && ranking.beyond == [0])
    let left = ranking.unranked(limits: limits)
    #expect(left.count == 1 && left[0].run.workload == "slow")
    #expect(left[0].reason.hasPrefix("6.00 ms is beyond latency=5.00 ms, which holds with"))
    let run = ranking.run(at: 0, limits: limits)
    let deviation = (2 * 0.1 * 0.1).squareRoot()
    #expect(
      abs(run.withinProbabilities[0].probability - normal(below: log(1.25) / deviation)) < 1e-12)
  }

  @Test("the interval's ends are where a limit holds with probability 0.05 and 0.95")
  func intervals() throws {
    let forecast = candidate("a", 0.01).forecast
    #expect(forecast.probability(within: .latency(Seconds(0.01))) == 0.5)
    let latency = try #require(forecast.estimate(.latency, as: Seconds.self)?.interval)
    #expect(abs(forecast.probability(within: .latency(latency.low)) - 0.05) < 1e-9)
    #expect(abs(forecast.probability(within: .latency(latency.high)) - 0.95) < 1e-9)
    let product = try #require(forecast.estimate(.edp, as: JouleSeconds.self)?.interval)
    #expect(abs(forecast.probability(within: .edp(product.high)) - 0.95) < 1e-9)
  }

  @Test("what is known by its time alone has a place by time and none by energy")
  func timesAlone() {
    let candidates = [
      candidate("known", 2),
      RunRanking.Candidate(
        run: RunLabel(workload: "timed", batch: 1, settings: ""), device: "e",
        forecast: RunForecast(
          latency: Seconds(1), energy: nil, memory: Bytes(1),
          latencyDeviation: LatencyDeviation(shared: 0.1, own: 0.1), energyDeviation: 0)),
    ]
    #expect(RunRanking(candidates, by: .latency).places == [1, 0])
    for metric in [Metric.energy, .edp] {
      let ranking = RunRanking(candidates, by: metric)
      #expect(ranking.places == [0] && ranking.beyond == [1])
      #expect(ranking.unranked(limits: []).first?.reason == "its \(metric.rawValue) is not known")
    }
    // A limit of what is not known does not hold.
    #expect(RunRanking(candidates, by: .latency, limits: [.energy(Joules(9))]).places == [0])
  }

  @Test("the error of energy × delay is that of both: a slow device is slow twice")
  func product() {
    let forecast = candidate("a", 1, shared: 0.3, own: 0.4).forecast
    // σ_T = 0.5 > σ_E = 0.3: energy's error is 0.6 of time's, and the product's 1.6 of it.
    #expect(abs(forecast.deviation(of: .energy).total - 0.3) < 1e-12)
    #expect(abs(forecast.deviation(of: .edp).total - 0.8) < 1e-12)
    let sure = candidate("b", 1, shared: 0.12, own: 0.16).forecast
    // σ_T = 0.2, σ_E = 0.3: what is left, √(0.3² − 0.2²), all runs on a device share.
    #expect(abs(sure.deviation(of: .energy).total - 0.3) < 1e-12)
    #expect(abs(sure.deviation(of: .energy).own - 0.16) < 1e-12)
    #expect(abs(sure.deviation(of: .edp).total - (4 * 0.04 + 0.05).squareRoot()) < 1e-12)
  }
}
