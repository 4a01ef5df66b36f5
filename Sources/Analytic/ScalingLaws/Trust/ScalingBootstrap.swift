import Foundation
import Mathematics
import Synchronization

/// What a fit would have been with other runs of the same kind.
public struct ScalingBootstrap: Sendable {
  /// What is drawn again.
  public enum Unit: String, CaseIterable, Sendable, Codable {
    /// Rows, with replacement.
    case cases
    /// Residuals, around what the fit says of the rows as they are.
    case residuals
    /// Whole trainings, with all rows of each.
    case runs
  }

  public let unit: Unit
  public let seed: UInt64
  public let form: ScalingForm
  public let convention: FLOPConvention
  /// Parameters of each resample, in the form's own units.
  public let samples: [[Double]]

  /// - Parameter count: how many resamples; each has a random stream of its own, so that the result does
  ///   not depend on how many cores there are.
  /// - Throws: `ScalingError`.
  public init(
    _ fit: ScalingFit, unit: Unit = .cases, count: Int, seed: UInt64 = 0,
    progress: @Sendable (Double) -> Void = { _ in }
  ) throws {
    self.unit = unit
    self.seed = seed
    form = fit.form
    convention = fit.runs.convention
    let labels = Dictionary(grouping: fit.runs.labels.indices) { fit.runs.labels[$0] }
      .values.sorted { $0[0] < $1[0] }
    let block = 50
    let blocks = (count + block - 1) / block
    let done = Counter()
    samples = try parallelMap(blocks) { part -> [[Double]] in
      let regression = try fit.regression()
      let resampler = Resampler(fit, regression, unit, labels)
      let range = part * block..<min(count, (part + 1) * block)
      let result = range.compactMap { resampler.sample(seed: seed, index: $0) }
      progress(Double(done.add(range.count)) / Double(count))
      return result
    }.flatMap(\.self)
  }

  public init(
    form: ScalingForm, convention: FLOPConvention, unit: Unit, seed: UInt64, samples: [[Double]]
  ) {
    self.form = form
    self.convention = convention
    self.unit = unit
    self.seed = seed
    self.samples = samples
  }

  public var laws: [ScalingLaw] {
    samples.map { ScalingLaw(form: form, values: $0, convention: convention) }
  }

  /// The percentile interval of a parameter.
  public func interval(ofParameter place: Int, coverage: Double = 0.9) -> ClosedRange<Double>? {
    Self.interval(samples.map { $0[place] }, coverage: coverage)
  }

  /// The percentile interval of what follows from the parameters; resamples in which it is not finite
  /// are left out.
  public func interval(
    coverage: Double = 0.9, of quantity: (ScalingLaw) -> Double?
  ) -> ClosedRange<Double>? {
    Self.interval(laws.compactMap(quantity), coverage: coverage)
  }

  /// The percentile interval of values that resamples gave; nil of fewer than twenty.
  public static func interval(_ values: [Double], coverage: Double) -> ClosedRange<Double>? {
    let sorted = values.filter(\.isFinite).sorted()
    guard sorted.count >= 20 else { return nil }
    let tail = (1 - coverage) / 2
    return quantile(sorted: sorted, tail)...quantile(sorted: sorted, 1 - tail)
  }
}

/// Draws and fits resamples on one thread.
private final class Resampler {
  private let fit: ScalingFit
  private let regression: HuberRegression
  private let unit: ScalingBootstrap.Unit
  private let labels: [[Int]]
  private let starts: [[Double]]
  private let predicted: [Double]
  private let residuals: [Double]

  init(
    _ fit: ScalingFit, _ regression: HuberRegression, _ unit: ScalingBootstrap.Unit,
    _ labels: [[Int]]
  ) {
    self.fit = fit
    self.regression = regression
    self.unit = unit
    self.labels = labels
    starts = [fit.internalValues] + fit.others
    let target = fit.form.isRelative ? fit.runs.target.map { log($0) } : fit.runs.target
    predicted = zip(target, fit.residuals).map { $0 - $1 }
    // Residuals of a fit are smaller than errors.
    let (n, p) = (Double(fit.runs.count), Double(fit.form.parameters.count))
    let center = mean(fit.residuals)
    let factor = (n / max(1, n - p)).squareRoot()
    residuals = fit.residuals.map { ($0 - center) * factor }
  }

  /// nil where no start ends at a finite fit.
  func sample(seed: UInt64, index: Int) -> [Double]? {
    var random = RandomStream(seed: seed, label: "resample \(index)")
    let runs = fit.runs
    switch unit {
    case .cases:
      var weights = [Double](repeating: 0, count: runs.count)
      for _ in 0..<runs.count {
        let row = random.integer(below: runs.count)
        weights[row] += runs.weights[row]
      }
      regression.weights = weights
    case .runs:
      var weights = [Double](repeating: 0, count: runs.count)
      for _ in labels {
        for row in labels[random.integer(below: labels.count)] { weights[row] += runs.weights[row] }
      }
      regression.weights = weights
    case .residuals:
      let drawn = predicted.map { $0 + residuals[random.integer(below: residuals.count)] }
      (regression.model as? ScalingResiduals)?.replace(target: drawn)
    }
    let ends = starts.map {
      regression.minimum(from: $0, iterations: 60, tolerance: 1e-7)
    }
    guard let best = ends.min(by: { $0.cost < $1.cost }), best.cost.isFinite else { return nil }
    return fit.form.values(best.parameters)
  }
}

/// Counts from several threads.
private final class Counter: Sendable {
  private let count = Mutex(0)

  func add(_ number: Int) -> Int {
    count.withLock {
      $0 += number
      return $0
    }
  }
}
