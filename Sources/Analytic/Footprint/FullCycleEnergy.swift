import Quantities

/// The energy of a model over its life: found, trained, and used `n` times.
///
/// ```
/// E(n)   = E_search + E_train + n · e_use
/// E(n)/n → e_use for many uses, → (E_search + E_train)/n for few
/// ```
///
/// - Source: B. Li et al., *Full-Cycle Energy Consumption Benchmark for Low-Carbon Computer Vision*,
///   2021.
public struct FullCycleEnergy: Sendable, Hashable {
  public var search: Joules
  public var training: Joules
  /// Of one use.
  public var use: Joules

  public init(search: Joules = .zero, training: Joules, use: Joules) {
    self.search = search
    self.training = training
    self.use = use
  }

  /// What a training of `epochs` over `pictures` takes when one step of `batch` takes `step`.
  ///
  /// ```
  /// E_train = pictures · epochs / batch · E_step
  /// ```
  public static func training(
    pictures: Double, epochs: Double, batch: Double, step: Joules
  ) -> Joules {
    step * (pictures * epochs / batch)
  }

  /// Before it is used for the first time.
  public var fixed: Joules { search + training }

  public func total(uses: Double) -> Joules { fixed + use * uses }

  /// - Precondition: `uses > 0`.
  public func perUse(uses: Double) -> Joules { total(uses: uses) / uses }

  /// How often this model must be used until what it took more to train than `other` is saved.
  ///
  /// ```
  /// n* = (E_fixed − E_fixed′)/(e_use′ − e_use)
  /// ```
  /// - Returns: nil where one of the two is better from the first use on, so that neither overtakes.
  public func breakEven(against other: FullCycleEnergy) -> Double? {
    let more = (fixed - other.fixed).value
    let saved = (other.use - use).value
    guard more != 0, saved != 0, (more > 0) == (saved > 0) else { return nil }
    return more / saved
  }
}
