import Foundation

/// Runs that a law of the others does not explain.
public struct ScalingOutliers: Sendable {
  public struct Outlier: Sendable, Hashable {
    /// Its place among the runs, and in their file.
    public let place: Int
    public let row: Int
    public let observed: Double
    /// By the law of the runs that stay.
    public let predicted: Double
    /// Its distance in robust deviations of those.
    public let deviations: Double
  }

  /// The worst first.
  public let outliers: [Outlier]
  /// The law without them.
  public let fit: ScalingFit

  /// Beyond so many robust deviations a run is no member of the same population. Huber's function bounds
  /// the pull of the milder ones, which stay.
  public static let threshold = 11.0

  /// Takes the worst run out and fits again, for as long as one is beyond the threshold and less than a
  /// tenth of the runs are out.
  ///
  /// - Throws: `ScalingError` where too few runs stay.
  public init(_ fit: ScalingFit) throws(ScalingError) {
    var current = fit
    var kept = Array(0..<fit.runs.count)
    while kept.count > fit.form.parameters.count + 2,
      fit.runs.count - kept.count < fit.runs.count / 10,
      let worst = current.residuals.indices.max(by: {
        abs(current.residuals[$0]) < abs(current.residuals[$1])
      }), current.deviation > 0,
      abs(current.residuals[worst]) > Self.threshold * current.deviation
    {
      kept.remove(at: worst)
      current = try current.refitted(to: fit.runs.subset(kept))
    }
    let law = current.law
    let out = Array(Set(0..<fit.runs.count).subtracting(kept))
    var found: [Outlier] = []
    for place in out {
      let predicted = try law.predict(fit.runs.point(place))
      let observed = fit.runs.target[place]
      let residual = fit.form.isRelative ? log(observed / predicted) : observed - predicted
      found.append(
        Outlier(
          place: place, row: fit.runs.rows[place], observed: observed, predicted: predicted,
          deviations: residual / current.deviation))
    }
    outliers = found.sorted { (-abs($0.deviations), $0.place) < (-abs($1.deviations), $1.place) }
    self.fit = current
  }
}
