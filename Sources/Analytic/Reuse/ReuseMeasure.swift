/// By which of its intensities a network is judged; each in products for an element.
public enum ReuseMeasure: String, CaseIterable, Sendable, Hashable {
  /// M/(W + A) of the sums over all layers.
  case intensity
  /// The mean over the layers of M/(W + A).
  case mean
  /// M/(α·A + (1 − α)·W) of the sums.
  case weighted
  /// M/W: how often a weight is used.
  case weights
  /// M/A: how often an activation is used.
  case activations
}

extension NetworkReuse {
  /// - Parameter alpha: the weight of activations in the weighted intensity, 0 to 1.
  public func value(
    of measure: ReuseMeasure, activationWeight alpha: Double = DataReuse.publishedActivationWeight
  ) -> Double {
    switch measure {
    case .intensity: total.arithmeticIntensity
    case .mean: meanArithmeticIntensity
    case .weighted: total.weightedIntensity(activationWeight: alpha)
    case .weights: total.weightReuse
    case .activations: total.activationReuse
    }
  }
}
