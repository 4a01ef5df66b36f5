import Foundation
import Mathematics
import Predictions
import Quantities

/// Runs in the order of a metric, each with the probability that its place is right.
public struct RunRanking: Sendable {
  /// A run of a workload on a device.
  public struct Candidate: Sendable {
    public let run: RunLabel
    public let device: String
    public let forecast: RunForecast

    public init(run: RunLabel, device: String, forecast: RunForecast) {
      self.run = run
      self.device = device
      self.forecast = forecast
    }
  }

  public let metric: Metric
  public let candidates: [Candidate]
  /// Indices of candidates within all limits, best first.
  public let places: [Int]
  /// Indices of candidates beyond a limit, or of which the metric is not known, in its order.
  public let beyond: [Int]
  /// For each place, the probability that the candidate on it belongs there.
  public let placeProbabilities: [Double]

  /// How often errors are drawn; less often for more than 5,000 candidates.
  public static let draws = 4000

  /// - Parameters:
  ///   - limits: what is predicted beyond one has no place.
  ///   - worstFirst: the other way round.
  public init(
    _ candidates: [Candidate], by metric: Metric, limits: [Limit] = [], worstFirst: Bool = false,
    seed: UInt64 = 0
  ) {
    self.metric = metric
    self.candidates = candidates
    let sign = worstFirst ? -1.0 : 1.0
    let keys = candidates.map { candidate in
      let value = candidate.forecast.value(of: metric)
      return value.isNaN ? .infinity : sign * value
    }
    func hasPlace(_ index: Int) -> Bool {
      keys[index] < .infinity && candidates[index].forecast.isWithin(limits)
    }
    let order = candidates.indices.sorted { (keys[$0], $0) < (keys[$1], $1) }
    places = order.filter(hasPlace)
    beyond = order.filter { !hasPlace($0) }
    var groups: [String: Int] = [:]
    let items = places.map { index in
      let candidate = candidates[index]
      let group = groups[candidate.device] ?? groups.count
      groups[candidate.device] = group
      return PlaceSampler.Item(
        logarithm: log(candidate.forecast.value(of: metric)), group: group,
        deviation: candidate.forecast.deviation(of: metric))
    }
    placeProbabilities = PlaceSampler(items, groups: groups.count, sign: sign)
      .probabilities(draws: Self.draws(for: items.count), seed: seed)
  }

  /// The candidate on a place, with its probabilities.
  ///
  /// - Parameter accuracy: of the workload, where it is known.
  public func run(at place: Int, limits: [Limit], accuracy: Double? = nil) -> RankedRun {
    let candidate = candidates[places[place]]
    let forecast = candidate.forecast
    return RankedRun(
      run: candidate.run, device: candidate.device,
      latency: forecast.estimate(.latency, as: Seconds.self) ?? Estimate(forecast.latency),
      energy: forecast.estimate(.energy, as: Joules.self),
      memory: forecast.estimate(.memory, as: Bytes.self) ?? Estimate(forecast.memory),
      edp: forecast.estimate(.edp, as: JouleSeconds.self),
      placeProbability: placeProbabilities[place],
      withinProbabilities: limits.map { ($0, forecast.probability(within: $0)) },
      accuracy: accuracy)
  }

  /// What is predicted beyond a limit, with the limit that it misses.
  public func unranked(limits: [Limit]) -> [UnrankedRun] {
    beyond.map { index in
      let candidate = candidates[index]
      let missed = limits.filter { !candidate.forecast.isWithin([$0]) }.map { limit in
        let value = candidate.forecast.value(of: limit.metric)
        let probability = candidate.forecast.probability(within: limit)
        return "\(limit.metric.text(value)) is beyond \(limit), which holds with probability "
          + String(format: "%.2f", probability)
      }
      return UnrankedRun(
        run: candidate.run, device: candidate.device,
        reason: missed.isEmpty
          ? "its \(metric.rawValue) is not known" : missed.joined(separator: "; "))
    }
  }

  /// At most 20 million errors: some seconds.
  static func draws(for count: Int) -> Int {
    max(100, min(draws, 20_000_000 / max(1, count)))
  }
}

/// How often items keep their places when their errors are drawn.
///
/// ```
/// ln x_i + σ_shared Z_device + σ_own Z_i
/// ```
package struct PlaceSampler {
  package struct Item {
    let logarithm: Double
    let group: Int
    let deviation: LatencyDeviation

    package init(logarithm: Double, group: Int, deviation: LatencyDeviation) {
      self.logarithm = logarithm
      self.group = group
      self.deviation = deviation
    }
  }

  let items: [Item]
  let groups: Int
  let sign: Double

  /// - Parameter items: in the order of their places.
  package init(_ items: [Item], groups: Int, sign: Double = 1) {
    self.items = items
    self.groups = groups
    self.sign = sign
  }

  package func probabilities(draws: Int, seed: UInt64) -> [Double] {
    var random = RandomStream(seed: seed, label: "places of a ranking")
    var hits = [Int](repeating: 0, count: items.count)
    var shared = [Double](repeating: 0, count: groups)
    var keys: [(key: Double, place: Int)] = []
    keys.reserveCapacity(items.count)
    for _ in 0..<draws {
      for group in shared.indices { shared[group] = random.normal() }
      keys.removeAll(keepingCapacity: true)
      for (place, item) in items.enumerated() {
        let error =
          item.deviation.shared * shared[item.group] + item.deviation.own * random.normal()
        keys.append((sign * (item.logarithm + error), place))
      }
      keys.sort { ($0.key, $0.place) < ($1.key, $1.place) }
      for (place, drawn) in keys.enumerated() where drawn.place == place { hits[place] += 1 }
    }
    return hits.map { Double($0) / Double(draws) }
  }
}
