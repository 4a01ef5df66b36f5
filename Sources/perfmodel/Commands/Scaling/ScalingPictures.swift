import Analytic
import Foundation
import Quantities
import Reports

/// Pictures of a fitted law: what a paper would show of it.
struct ScalingPictures {
  let name: String
  let fit: ScalingFit
  let bootstrap: ScalingBootstrap
  /// All runs, the dropped ones too.
  let runs: ScalingRuns

  /// Writes `fit.svg`, and beside it `fit-contours.svg`, `fit-budgets.svg`, `fit-residuals.svg` and
  /// `fit-bootstrap.svg`.
  ///
  /// - Throws: `DatasetError.unwritable`.
  func write(to path: String) throws {
    func sibling(_ part: String) -> String {
      let stem = path.hasSuffix(".svg") ? String(path.dropLast(4)) : path
      return "\(stem)-\(part).svg"
    }
    if let curves = ScalingCurves(fit.law, bootstrap), let sizes = runs.columns["C"],
      let low = sizes.min(), let high = sizes.max()
    {
      try Picture.write(frontier(curves, sizes, low...10 * high), to: path)
      try Picture.write(contours(curves, sizes, low...10 * high), to: sibling("contours"))
      try Picture.write(budgets(curves, low...10 * high), to: sibling("budgets"))
    } else {
      try Picture.write(observed(), to: path)
    }
    try Picture.write(residuals(), to: sibling("residuals"))
    try Picture.write(cloud(), to: sibling("bootstrap"))
  }

  private func frontier(
    _ curves: ScalingCurves, _ sizes: [Double], _ range: ClosedRange<Double>
  ) -> String {
    let points = curves.frontier(range)
    return LineChart(
      title: "loss against compute", subtitle: subtitle,
      x: .quantity("training compute", FLOP.self, .logarithmic),
      y: .number("loss", .logarithmic),
      series: [
        LineChart.Series(
          "runs", zip(sizes, runs.target).map { ($0, ChartValue($1)) }, origin: .measured),
        LineChart.Series(
          "best for each budget",
          points.map {
            (
              $0.flop,
              ChartValue(
                $0.loss, low: $0.lossInterval?.lowerBound, high: $0.lossInterval?.upperBound,
                coverage: 0.9)
            )
          }),
      ]
    ).svg
  }

  private func contours(
    _ curves: ScalingCurves, _ sizes: [Double], _ range: ClosedRange<Double>
  ) -> String {
    guard let n = runs.columns["N"], let low = n.min(), let high = n.max() else { return "" }
    let points = curves.frontier(range)
    // Where N is best: the budgets for which resamples call it so.
    let valley = zip(points, points.dropFirst()).map { point, next in
      let slope = log(next.flop / point.flop) / log(next.parameters / point.parameters)
      func budget(_ parameters: Double?) -> Double? {
        parameters.map { point.flop * pow(point.parameters / $0, slope) }
      }
      return (
        point.parameters,
        ChartValue(
          point.flop, low: budget(point.parametersInterval?.upperBound),
          high: budget(point.parametersInterval?.lowerBound), coverage: 0.9)
      )
    }
    let levels = curves.levels(range).map { level in
      LineChart.Series(
        String(format: "loss %.3g", level),
        curves.isoLoss(level, parameters: low / 2...20 * high, flop: range).map {
          ($0.parameters, ChartValue($0.flop))
        }, origin: .reference)
    }
    return LineChart(
      title: "compute for a loss, by size", subtitle: subtitle,
      x: .number("parameters", .logarithmic),
      y: .quantity("training compute", FLOP.self, .logarithmic),
      series: [
        LineChart.Series(
          "runs", zip(n, sizes).map { ($0, ChartValue($1)) }, origin: .measured),
        LineChart.Series("best size", valley),
      ] + levels
    ).svg
  }

  /// The loss over sizes for budgets a decade apart, and the valley of their bottoms.
  private func budgets(_ curves: ScalingCurves, _ range: ClosedRange<Double>) -> String {
    guard let n = runs.columns["N"], let low = n.min(), let high = n.max() else { return "" }
    let points = curves.frontier(range)
    let top = 1.05 * (runs.target.max() ?? .infinity)
    let decades = stride(
      from: log10(range.lowerBound).rounded(.up), through: log10(range.upperBound), by: 1)
    let lines = decades.map { decade in
      LineChart.Series(
        "\(FLOP(pow(10, decade)))",
        curves.isoFLOP(pow(10, decade), parameters: low / 2...20 * high)
          .filter { $0.loss < top }.map { ($0.parameters, ChartValue($0.loss)) },
        origin: .reference)
    }
    return LineChart(
      title: "loss for a budget, by size", subtitle: subtitle,
      x: .number("parameters", .logarithmic), y: .number("loss", .logarithmic),
      series: [
        LineChart.Series(
          "runs", zip(n, runs.target).map { ($0, ChartValue($1)) }, origin: .measured),
        LineChart.Series(
          "best size", points.map { ($0.parameters, ChartValue($0.loss)) }),
      ] + lines
    ).svg
  }

  private func observed() -> String {
    let sizes = runs.size(fit.form)
    let fitted = zip(fit.runs.size(fit.form), zip(fit.runs.target, fit.residuals)).map {
      ($0, ChartValue(fit.form.isRelative ? $1.0 * exp(-$1.1) : $1.0 - $1.1))
    }
    return LineChart(
      title: "what the runs show", subtitle: subtitle, x: .number("size", .logarithmic),
      y: .number("target"),
      series: [
        LineChart.Series(
          "runs", zip(sizes, runs.target).map { ($0, ChartValue($1)) }, origin: .measured),
        LineChart.Series("fit", fitted),
      ], includesZero: false
    ).svg
  }

  private func residuals() -> String {
    let law = fit.law
    let sizes = runs.size(fit.form)
    let points = sizes.indices.compactMap { place -> (x: Double, y: ChartValue)? in
      guard let predicted = try? law.predict(runs.columns.mapValues { $0[place] }) else {
        return nil
      }
      let observed = runs.target[place]
      let error = fit.form.isRelative ? log(observed / predicted) : observed - predicted
      return (sizes[place], ChartValue(fit.form.isRelative ? 100 * error : error))
    }
    let ends = [sizes.min() ?? 1, sizes.max() ?? 1].map { (x: $0, y: ChartValue(0)) }
    return LineChart(
      title: "what the law leaves", subtitle: subtitle,
      x: runs.columns["C"] == nil
        ? .number("size", .logarithmic)
        : .quantity("training compute", FLOP.self, .logarithmic),
      y: fit.form.isRelative
        ? .number("observed over predicted", unit: "%") : .number("observed less predicted"),
      series: [
        LineChart.Series("runs", points, origin: .measured),
        LineChart.Series("the law", ends, origin: .reference),
      ], includesZero: false
    ).svg
  }

  /// Two parameters of each resample: the exponents, where there are two.
  private func cloud() -> String {
    let parameters = fit.form.parameters
    let exponents = parameters.indices.filter { !parameters[$0].isLogarithmic }
    let pair = (exponents + parameters.indices.filter { !exponents.contains($0) }).prefix(2)
    guard let first = pair.first, let second = pair.last else { return "" }
    let step = max(1, bootstrap.samples.count / 1500)
    let dots = stride(from: 0, to: bootstrap.samples.count, by: step).map {
      (x: bootstrap.samples[$0][first], y: ChartValue(bootstrap.samples[$0][second]))
    }
    func axis(_ place: Int) -> ChartAxis {
      .number(parameters[place].name, parameters[place].isLogarithmic ? .logarithmic : .linear)
    }
    return LineChart(
      title: "resamples of the runs", subtitle: subtitle, x: axis(first), y: axis(second),
      series: [
        LineChart.Series("resamples", dots, origin: .measured),
        LineChart.Series(
          "the fit", [(fit.values[first], ChartValue(fit.values[second]))], origin: .measured),
      ], includesZero: false
    ).svg
  }

  private var subtitle: String {
    "\(name): \(fit.form.title), \(fit.runs.count) runs"
  }
}
