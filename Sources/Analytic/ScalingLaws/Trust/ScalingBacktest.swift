import Foundation
import Mathematics

/// What a form would have said of larger runs, had only smaller ones been there.
public struct ScalingBacktest: Sendable {
  /// One run, predicted by a fit to much smaller ones.
  public struct Trial: Sendable {
    public let row: Int
    /// Its size over that of the largest run that the fit saw.
    public let ratio: Double
    public let runs: Int
    public let observed: Double
    public let predicted: Double

    /// ln(observed ÷ predicted)
    public var error: Double { log(observed / predicted) }
  }

  public let trials: [Trial]

  /// Every run that has enough runs of at most a share of its size, at most forty of them.
  ///
  /// - Parameters:
  ///   - ratio: how many times larger it is than what the fit sees.
  ///   - perParameter: how many runs a fit must see for each of its parameters.
  public init(_ fit: ScalingFit, ratio: Double = 4, perParameter: Double = 2) {
    let size = fit.runs.size(fit.form)
    let order = size.indices.sorted { size[$0] < size[$1] }
    let chosen = order.filter { place in
      Double(size.count { $0 <= size[place] / ratio }) >= perParameter
        * Double(fit.form.parameters.count)
    }
    let step = max(1, (chosen.count + 39) / 40)
    let targets = stride(from: chosen.count - 1, through: 0, by: -step).map { chosen[$0] }
    trials = targets.compactMap { Self.trial(fit, $0, ratio: ratio) }
  }

  /// One run by those of at most a share of its size; nil where they determine no fit.
  static func trial(_ fit: ScalingFit, _ place: Int, ratio: Double) -> Trial? {
    let size = fit.runs.size(fit.form)
    let seen = size.indices.filter { size[$0] <= size[place] / ratio * (1 + 1e-9) }
    guard let largest = seen.map({ size[$0] }).max(),
      let smaller = try? fit.anew(fit.runs.subset(seen)),
      let predicted = try? smaller.law.predict(fit.runs.point(place)), predicted.isFinite,
      predicted > 0
    else { return nil }
    return Trial(
      row: fit.runs.rows[place], ratio: size[place] / largest, runs: seen.count,
      observed: fit.runs.target[place], predicted: predicted)
  }

  /// How an error grows with the distance: the robust deviation of error over ln ratio, of the trials that
  /// saw the most runs, which resemble the fit most; 0 without trials.
  public var growth: Double {
    let far = trials.filter { $0.ratio > 2 }.sorted { $0.runs > $1.runs }
    let slopes = far.prefix(max(8, far.count / 2)).map { abs($0.error) / log($0.ratio) }
    return slopes.isEmpty ? 0 : 1.4826 * median(slopes)
  }

  /// The median size of the errors; nil without trials.
  public var medianError: Double? {
    trials.isEmpty ? nil : median(trials.map { abs($0.error) })
  }
}
