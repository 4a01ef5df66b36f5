import Foundation
import Mathematics

/// How well an intensity goes with measured efficiency over many networks.
public struct ReuseCorrelation: Sendable {
  private let reuse: [DataReuse]
  private let efficiency: [Double]

  /// - Parameter efficiency: of each network, above 0: MACs in a second, or for a joule.
  /// - Precondition: as many as networks.
  public init(_ reuse: [DataReuse], efficiency: [Double]) {
    precondition(reuse.count == efficiency.count, "\(reuse.count) and \(efficiency.count) networks")
    self.reuse = reuse
    self.efficiency = efficiency.map { log($0) }
  }

  /// Pearson's correlation of ln AI with ln efficiency; nil where either is constant.
  public var ofArithmeticIntensity: Double? {
    correlation { $0.arithmeticIntensity }
  }

  /// Pearson's correlation of ln DI(α) with ln efficiency.
  public func ofWeightedIntensity(activationWeight alpha: Double) -> Double? {
    correlation { $0.weightedIntensity(activationWeight: alpha) }
  }

  /// The weight of activations, in hundredths, under which the correlation is highest.
  public var bestActivationWeight: Double {
    let weights = (1...99).map { Double($0) / 100 }
    let scores = weights.map { ofWeightedIntensity(activationWeight: $0) ?? -1 }
    let best = scores.indices.max { scores[$0] < scores[$1] } ?? 0
    return weights[best]
  }

  private func correlation(_ intensity: (DataReuse) -> Double) -> Double? {
    pearson(reuse.map { log(intensity($0)) }, efficiency)
  }
}
