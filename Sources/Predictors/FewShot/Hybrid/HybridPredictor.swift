import Features
import Foundation
import Mathematics
import Predictions
import Quantities

/// Physics and sources, mixed with weights that the samples themselves decide.
///
/// With y the latencies in units of the samples' mean, every hypothesis h of a grid is the model
/// ```
/// y = B_V w + r + ε
/// w ~ N(b, D)                               coefficients of some columns V of [physics | surrogates]
/// r ~ GP(0, z R Rᵀ + o O diag(v) Oᵀ)        what sources and single operations add
/// ε ~ N(0, s λᵢ + τ²/12)                    noise, and the rounding of a clock with tick τ
/// ```
/// once with free and once with non-negative coefficients (the maximum a posteriori, then Gaussian
/// on its positive ones). Three families of hypotheses stand for three ways to know a device: physics
/// as the sources priced it, physics unpriced, and one source device itself. A hypothesis weighs
/// ```
/// log a_h = log p(y | h) + log p(h)
/// ```
/// A second pass gives samples that stray a larger λᵢ, as under a Student-t law. The prediction is
/// the average over the grid; its interval is the mixture's.
///
/// R are the surrogates less their mean, O the operations at each position (centred), v how much the
/// sources stray there from physics.
public struct HybridPredictor: FewShotPredictor {
  public let settings: HybridSettings

  public init(settings: HybridSettings = HybridSettings()) { self.settings = settings }

  public let name = "hybrid"

  public func adapt(
    _ knowledge: SourceKnowledge, to samples: Samples
  ) throws -> any AdaptedPredictor {
    let prior = HybridPrior(knowledge, settings)
    return try HybridFit(prior, samples, settings).adaptation()
  }
}

/// The constants of `HybridPredictor`, chosen by leaving devices and families of devices out.
public struct HybridSettings: Sendable {
  /// Factors on the sources' variance of the coefficients.
  public var sourcePriorScales = [10.0, 100]
  /// Factors on the variance of unpriced coefficients.
  public var freePriorScales = [1.0, 8]
  /// Standard deviation of unpriced coefficients, of the scale of one source, and of its offset.
  public var freeDeviation = 0.2
  /// Scales z of the sources' residuals, for each family.
  public var residualScales = [0, 0.1, 1, 4]
  public var freeResidualScales = [0.0]
  public var nearestResidualScales = [0, 0.1, 1]
  /// Scales o of the operations' own deviations.
  public var operationScales = [0, 0.0003, 0.01]
  /// Noise variances s.
  public var noiseVariances = [1e-4, 3e-4, 1e-3, 0.003, 0.01, 0.03, 0.06]
  /// How many single sources are hypotheses, and their log prior.
  public var nearestCount = 3
  public var nearestLogPrior = -2.0
  /// Log prior of physics unpriced: on a device of a new kind, which ten samples cannot tell from a
  /// known kind with noise, it fails least.
  public var freeLogPrior = 1.0
  /// Log prior of coefficients that may be negative, where that makes a difference: work costs time.
  public var signedLogPrior = -3.0
  /// Floor of the sources' standard deviation of a coefficient.
  public var coefficientFloor = 0.02
  /// Degrees of freedom of the heavy-tailed law.
  public var tailFreedom = 4.0
  /// Pseudo-samples with which a normal spread of the left-out errors is assumed.
  public var spreadPrior = 4.0
  /// Half width of the 90 % interval in standard deviations.
  public var intervalFactor = 1.9
  /// Hypotheses whose own variance is followed in a prediction.
  public var leadingHypotheses = 4
  /// Hypotheses below this weight are left out of the prediction.
  public var smallestWeight = 1e-4

  public init() {}
}
