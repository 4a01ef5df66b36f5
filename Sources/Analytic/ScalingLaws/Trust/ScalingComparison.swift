import Foundation
import Mathematics

/// Forms beside each other on the same runs: how well they fit, and how well they reach further.
public struct ScalingComparison: Sendable {
  public struct Entry: Sendable {
    public let form: ScalingForm
    public let parameters: Int
    /// The mean size of ln(observed ÷ predicted) over the fitted runs.
    public let fitError: Double
    /// Of Laplace's distribution, which Huber's function with a small δ is that of.
    ///
    /// ```
    /// AIC = 2 p + 2 n (1 + ln 2b)        b the mean size of a residual
    /// ```
    public let aic: Double
    /// The median error of fifths of the runs by size, each predicted by the others.
    public let crossValidation: Double
    /// The median error of runs that are `ratio` times what the fit saw.
    public let backtest: ScalingBacktest
    /// The largest run, predicted by runs of at most 1/ratio of its size.
    public let largest: ScalingBacktest.Trial?
    /// In which those runs place it.
    public let largestInterval: ClosedRange<Double>?
  }

  public let entries: [Entry]
  /// Forms that these runs cannot determine, and why.
  public let refused: [(form: String, error: ScalingError)]
  public let ratio: Double

  public init(
    _ forms: [ScalingForm], _ runs: ScalingRuns, options: ScalingFit.Options = .init(),
    ratio: Double = 20, resamples: Int = 0
  ) {
    self.ratio = ratio
    var entries: [Entry] = []
    var refused: [(form: String, error: ScalingError)] = []
    for form in forms {
      do throws(ScalingError) {
        let fit = try ScalingFit(form, runs, options: options)
        entries.append(Self.entry(fit, ratio: ratio, resamples: resamples))
      } catch {
        refused.append((form.name, error))
      }
    }
    // The best at reaching further first; where nothing can be held out, the best fit.
    self.entries = entries.sorted { key($0) < key($1) }
    self.refused = refused
    func key(_ entry: Entry) -> (Double, Double) {
      (entry.largest.map { abs($0.error) } ?? .infinity, entry.aic)
    }
  }

  private static func entry(_ fit: ScalingFit, ratio: Double, resamples: Int) -> Entry {
    let (n, p) = (Double(fit.runs.count), Double(fit.form.parameters.count))
    let size = mean(fit.residuals.map { abs($0) })
    let sizes = fit.runs.size(fit.form)
    let largest = sizes.indices.max { sizes[$0] < sizes[$1] }
    return Entry(
      form: fit.form, parameters: fit.form.parameters.count, fitError: size,
      aic: 2 * p + 2 * n * (1 + log(2 * max(size, 1e-12))), crossValidation: crossValidation(fit),
      backtest: ScalingBacktest(fit, ratio: ratio),
      largest: largest.flatMap { ScalingBacktest.trial(fit, $0, ratio: ratio) },
      largestInterval: largest.flatMap { interval(fit, $0, ratio: ratio, resamples: resamples) })
  }

  /// What the smaller runs alone say of one, with all that they leave open.
  private static func interval(
    _ fit: ScalingFit, _ place: Int, ratio: Double, resamples: Int
  ) -> ClosedRange<Double>? {
    let sizes = fit.runs.size(fit.form)
    let seen = sizes.indices.filter { sizes[$0] <= sizes[place] / ratio * (1 + 1e-9) }
    guard resamples > 0, let smaller = try? fit.anew(fit.runs.subset(seen)),
      let bootstrap = try? ScalingBootstrap(smaller, count: resamples)
    else { return nil }
    let forecast = ScalingForecast(smaller, bootstrap, ScalingBacktest(smaller))
    return try? forecast.loss(fit.runs.point(place)).interval
  }

  private static func crossValidation(_ fit: ScalingFit) -> Double {
    let sizes = fit.runs.size(fit.form)
    let order = sizes.indices.sorted { (sizes[$0], $0) < (sizes[$1], $1) }
    var errors: [Double] = []
    for fold in 0..<5 {
      let held = order[(fold * order.count / 5)..<((fold + 1) * order.count / 5)]
      let kept = order.filter { !held.contains($0) }
      guard let other = try? fit.anew(fit.runs.subset(kept)) else { continue }
      for place in held {
        guard let predicted = try? other.law.predict(fit.runs.point(place)) else { continue }
        let observed = fit.runs.target[place]
        errors.append(
          fit.form.isRelative ? abs(log(observed / predicted)) : abs(observed - predicted))
      }
    }
    let finite = errors.filter(\.isFinite)
    return finite.isEmpty ? .nan : median(finite)
  }
}
