import Foundation
import Mathematics
import Predictions
import Quantities

/// A law with all that is unsure of it: its parameters, one run beside another, and how far its form
/// reaches.
///
/// ```
/// ln L = ln f(θ_b; run) + s z₁ + g ln(size/largest) z₂          θ_b a resample's, z normal
/// ```
/// s is what the fit left, g what backtests showed beyond the largest run.
public struct ScalingForecast: Sendable {
  public let law: ScalingLaw
  public let bootstrap: ScalingBootstrap
  /// s: the standard deviation of one run, of the logarithm where the form is relative.
  public let deviation: Double
  /// g
  public let growth: Double
  /// Of the runs that were fitted.
  public let largestSize: Double
  public let smallestSize: Double

  /// Beyond so many times the largest run an answer is a guess, and is called one.
  public static let reach = 10.0

  public init(
    law: ScalingLaw, bootstrap: ScalingBootstrap, deviation: Double, growth: Double,
    smallestSize: Double, largestSize: Double
  ) {
    self.law = law
    self.bootstrap = bootstrap
    self.deviation = deviation
    self.growth = growth
    self.smallestSize = smallestSize
    self.largestSize = largestSize
  }

  public init(_ fit: ScalingFit, _ bootstrap: ScalingBootstrap, _ backtest: ScalingBacktest) {
    let (n, p) = (Double(fit.runs.count), Double(fit.form.parameters.count))
    let size = fit.runs.size(fit.form)
    self.init(
      law: fit.law, bootstrap: bootstrap,
      deviation: fit.deviation * (n / max(1, n - p)).squareRoot(), growth: backtest.growth,
      smallestSize: size.min() ?? 0, largestSize: size.max() ?? 0)
  }

  /// What one further run would show, with the interval that should hold it.
  ///
  /// - Throws: `ScalingError.missingColumns`.
  public func loss(
    _ point: [String: Double], coverage: Double = 0.9
  ) throws(ScalingError) -> (value: Double, interval: ClosedRange<Double>?) {
    let value = try law.predict(point)
    let beyond = max(0, log(size(of: point) / largestSize))
    let own = hypot(deviation, growth * beyond)
    var random = RandomStream(seed: bootstrap.seed, label: "one further run")
    var drawn: [Double] = []
    for sample in bootstrap.laws {
      let predicted = try sample.predict(point)
      for _ in 0..<4 {
        let error = own * random.normal()
        drawn.append(law.form.isRelative ? predicted * exp(error) : predicted + error)
      }
    }
    guard let interval = ScalingBootstrap.interval(drawn, coverage: coverage) else {
      return (value, nil)
    }
    return (value, min(value, interval.lowerBound)...max(value, interval.upperBound))
  }

  public func size(of point: [String: Double]) -> Double {
    if let flop = point["C"] { return flop }
    if let n = point["N"], let d = point["D"] { return law.convention.flop(n, d) }
    return law.form.columns.first.flatMap { point[$0] } ?? largestSize
  }

  /// What a reader should be told where a question lies outside of the runs; nil within.
  public func warning(size: Double) -> String? {
    if size > largestSize * 1.001 {
      let times = size / largestSize
      return times > Self.reach
        ? "that is \(Self.text(times)) times the largest run of the fit: the form has not been seen to "
          + "hold there, and the interval knows only what smaller runs showed"
        : "that is \(Self.text(times)) times the largest run of the fit"
    }
    if size < smallestSize * 0.999 {
      return
        "that is \(Self.text(smallestSize / size)) times smaller than the smallest run of the fit"
    }
    return nil
  }

  private static func text(_ times: Double) -> String {
    times < 10 ? String(format: "%.1f", times) : String(format: "%.0f", times)
  }
}
