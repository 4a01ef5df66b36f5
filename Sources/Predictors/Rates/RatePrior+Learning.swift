import Features
import Foundation
import Mathematics
import Quantities

extension RatePrior {
  /// Learns a prior, and what the anchors' latencies say of the networks that the devices have run.
  ///
  /// - Parameters:
  ///   - anchors: the networks that a new device is measured with.
  ///   - floor, quantile: of a network that nobody has run, and of a known one; from an evaluation.
  /// - Throws: `LinearAlgebraError` where the measurements determine nothing.
  public static func learn(
    _ data: RateMeasurements, _ hyper: RateHyperparameters, anchors names: [String],
    floor: Double = 0.15, quantile: Double = 1.95, knownFloor: Double = 0.1,
    knownQuantile: Double = 1.7
  ) throws(LinearAlgebraError) -> RatePrior {
    var learning = RatePriorLearning(data, hyper)
    try learning.run()
    var prior = RatePrior(
      shape: learning.shape,
      mean: (0..<learning.mean.rows).map { Array(learning.mean.row($0)) },
      covariance: (0..<learning.covariance.rows).map { Array(learning.covariance.row($0)) },
      deviation: learning.deviation, floor: floor, quantile: quantile, anchors: nil)
    let places = names.compactMap { name in data.networks.firstIndex { $0.name == name } }
    guard places.count == names.count else { return prior }
    let works = data.works(prior.shape)
    var knowledge = AnchorKnowledge(
      names: names, work: places.map { Array(works.row($0)) },
      offsets: places.map { learning.offsets[$0] }, featureMean: [], featureDeviation: [],
      loadings: [:], floor: knownFloor, quantile: knownQuantile)
    prior.anchors = knowledge
    try knowledge.learnLoadings(data, prior, places, works)
    prior.anchors = knowledge
    return prior
  }
}

extension AnchorKnowledge {
  /// Offsets and loadings of every network from what the anchors leave unexplained: a ridge with Huber's
  /// weights.
  fileprivate mutating func learnLoadings(
    _ data: RateMeasurements, _ prior: RatePrior, _ places: [Int], _ works: Matrix
  ) throws(LinearAlgebraError) {
    let width = places.count + (prior.mean.count > 1 ? 1 : 0)
    var features: [[Double]] = []
    var errors: [[Double]] = []
    var weights: [Double] = []
    featureMean = [Double](repeating: 0, count: width)
    for device in 0..<data.deviceCount {
      let present = places.filter { data.logLatency[device, $0].isFinite }
      guard !present.isEmpty else { continue }
      let rates = try AdaptedRates(
        prior,
        samples: present.map { place in
          AdaptedRates.Sample(
            network: data.networks[place].name, work: Array(works.row(place)),
            latency: .milliseconds(exp(data.logLatency[device, place])))
        }, threads: data.threads[device]
      ).logRates
      let levels = zip(places, offsets).map { place, offset in
        let measured = data.logLatency[device, place]
        return measured.isFinite
          ? measured : AdaptedRates.logTime(Array(works.row(place)), rates) + offset
      }
      features.append(Self.features(levels, threads: data.threads[device], count: width))
      errors.append(
        data.networks.indices.map { network in
          data.logLatency[device, network]
            - AdaptedRates.logTime(Array(works.row(network)), rates)
        })
      weights.append(data.weights[device])
    }
    let total = weights.reduce(0, +)
    featureDeviation = featureMean
    for index in 0..<width {
      let center = zip(features, weights).reduce(0) { $0 + $1.0[index] * $1.1 } / total
      let variance =
        zip(features, weights).reduce(0) { sum, item in
          sum + item.1 * (item.0[index] - center) * (item.0[index] - center)
        } / total
      featureMean[index] = center
      featureDeviation[index] = variance.squareRoot() + 1e-6
    }
    let rows = features.map { feature in
      [1]
        + feature.enumerated().map { index, value in
          min(max((value - featureMean[index]) / featureDeviation[index], -Self.clip), Self.clip)
        }
    }
    for (network, item) in data.networks.enumerated() where !names.contains(item.name) {
      let seen = errors.indices.filter { errors[$0][network].isFinite }
      guard seen.count >= 3 else { continue }
      loadings[item.name] = try Self.ridge(
        Matrix(seen.map { rows[$0] }), seen.map { errors[$0][network] },
        seen.map { weights[$0] })
    }
  }

  private static func ridge(
    _ x: Matrix, _ y: [Double], _ weights: [Double]
  ) throws(LinearAlgebraError) -> [Double] {
    var beta = [Double](repeating: 0, count: x.columns)
    for _ in 0..<4 {
      let left = zip(y, x.multiplied(by: beta)).map { $0 - $1 }
      let spread = 1.48 * median(left.map(abs)) + 0.02
      let own = zip(left, weights).map { $1 * min(1, 2 * spread / max(abs($0), 1e-9)) }
      var scaled = x
      for row in 0..<x.rows {
        for column in 0..<x.columns { scaled[row, column] *= own[row].squareRoot() }
      }
      var normal = scaled.multiplied(by: scaled, transposingSelf: true)
      for index in 0..<x.columns { normal[index, index] += index == 0 ? 0.3 : 10 }
      let moment = scaled.transposedMultiplied(
        by: zip(y, own).map { $0 * $1.squareRoot() })
      beta = try Cholesky(normal).solve(moment)
    }
    return beta
  }
}
