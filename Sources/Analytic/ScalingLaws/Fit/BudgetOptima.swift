import Foundation
import Mathematics

/// The best size for each budget as the runs themselves show it, without a form of the loss.
///
/// ```
/// N* = k C^a
/// ```
/// - Source: Hoffmann et al. 2022, approaches 1 and 2.
public struct BudgetOptima: Sendable {
  public enum Method: String, CaseIterable, Sendable {
    /// Approach 1: the lowest of all training curves over compute.
    case envelope
    /// Approach 2: the bottoms of parabolas over ln N through runs of one budget.
    case isoflop
  }

  public struct Point: Sendable {
    public let flop: Double
    public let parameters: Double
    public let tokens: Double
    public let loss: Double
    public let runs: Int
  }

  public let method: Method
  public let points: [Point]
  /// a and ln k
  public let exponent: Double
  public let logCoefficient: Double
  /// 90 % of resampled runs.
  public let exponentInterval: ClosedRange<Double>?
  public let convention: FLOPConvention

  /// - Throws: `ScalingError` where fewer than three budgets have an optimum.
  public init(
    _ runs: ScalingRuns, method: Method, resamples: Int = 1000, seed: UInt64 = 0
  ) throws(ScalingError) {
    let missing = ["N", "D", "C"].filter { runs.columns[$0] == nil }
    guard missing.isEmpty else { throw .missingColumns(form: method.rawValue, columns: missing) }
    let finder = Finder(runs, method)
    let points = finder.points(finder.groups)
    guard points.count >= 3, let line = Self.line(points) else {
      throw .unreachable(
        method == .isoflop
          ? "\(points.count) budgets have a parabola with a bottom; three are needed, of five runs each at "
            + "nearly the same FLOP"
          : "the lowest of the training curves changes hands too rarely; bring runs with checkpoints (--run)"
      )
    }
    self.method = method
    self.points = points
    exponent = line.slope
    logCoefficient = line.intercept
    convention = runs.convention
    var random = RandomStream(seed: seed, label: "runs of budgets")
    let drawn = (0..<resamples).compactMap { _ in
      Self.line(finder.points(finder.resampled(&random)))?.slope
    }
    exponentInterval = ScalingBootstrap.interval(drawn, coverage: 0.9)
  }

  public func parameters(flop: Double) -> Double { exp(logCoefficient + exponent * log(flop)) }

  private static func line(_ points: [Point]) -> LineFit? {
    LineFit(points.map { (x: log($0.flop), y: log($0.parameters)) })
  }
}

/// Groups of runs and the bottoms that they have.
private struct Finder {
  let runs: ScalingRuns
  let method: BudgetOptima.Method
  /// Of one budget each, or of one training each.
  let groups: [[Int]]
  private let n: [Double]
  private let c: [Double]

  init(_ runs: ScalingRuns, _ method: BudgetOptima.Method) {
    self.runs = runs
    self.method = method
    let c = runs.columns["C"] ?? []
    n = runs.columns["N"] ?? []
    self.c = c
    switch method {
    case .envelope:
      groups = Dictionary(grouping: runs.labels.indices) { runs.labels[$0] }
        .values.sorted { $0[0] < $1[0] }
    case .isoflop:
      // A budget holds what takes up to a quarter more than its first run.
      var budgets: [[Int]] = []
      for place in c.indices.sorted(by: { c[$0] < c[$1] }) {
        if let first = budgets.last?.first, c[place] < 1.25 * c[first] {
          budgets[budgets.count - 1].append(place)
        } else {
          budgets.append([place])
        }
      }
      groups = budgets
    }
  }

  func resampled(_ random: inout RandomStream) -> [[Int]] {
    switch method {
    case .envelope: groups.map { _ in groups[random.integer(below: groups.count)] }
    case .isoflop:
      groups.map { group in group.map { _ in group[random.integer(below: group.count)] } }
    }
  }

  func points(_ groups: [[Int]]) -> [BudgetOptima.Point] {
    method == .isoflop ? groups.compactMap(parabola) : envelope(groups)
  }

  private func parabola(_ group: [Int]) -> BudgetOptima.Point? {
    guard Set(group.map { n[$0] }).count >= 5 else { return nil }
    let center = mean(group.map { log(n[$0]) })
    let x = group.map { log(n[$0]) - center }
    let y = group.map { runs.target[$0] }
    guard let fit = linearRegression([x, zip(x, x).map(*)], y), fit[2] > 0 else { return nil }
    let bottom = -fit[1] / (2 * fit[2])
    guard bottom > x.min() ?? 0, bottom < x.max() ?? 0 else { return nil }
    let flop = exp(mean(group.map { log(c[$0]) }))
    let parameters = exp(center + bottom)
    return BudgetOptima.Point(
      flop: flop, parameters: parameters, tokens: runs.convention.tokens(parameters, flop: flop),
      loss: fit[0] + fit[1] * bottom + fit[2] * bottom * bottom, runs: group.count)
  }

  /// At sixty budgets, the training whose curve is lowest; those where the smallest or largest model is,
  /// are left out, because the best may lie beyond.
  private func envelope(_ groups: [[Int]]) -> [BudgetOptima.Point] {
    let curves = groups.map { $0.sorted { c[$0] < c[$1] } }.filter { $0.count > 1 }
    guard let low = curves.compactMap({ $0.first.map { c[$0] } }).min(),
      let high = curves.compactMap({ $0.last.map { c[$0] } }).max(), high > low
    else { return [] }
    let sizes = curves.map { n[$0[0]] }
    var points: [BudgetOptima.Point] = []
    for step in 0..<60 {
      let flop = low * pow(high / low, (Double(step) + 0.5) / 60)
      let losses = curves.map { loss($0, flop) }
      guard losses.count(where: \.isFinite) >= 3,
        let best = losses.indices.min(by: { losses[$0] < losses[$1] })
      else { continue }
      let present = zip(sizes, losses).filter { $0.1.isFinite }.map(\.0)
      guard sizes[best] > present.min() ?? 0, sizes[best] < present.max() ?? 0 else { continue }
      points.append(
        BudgetOptima.Point(
          flop: flop, parameters: sizes[best],
          tokens: runs.convention.tokens(sizes[best], flop: flop), loss: losses[best],
          runs: present.count))
    }
    return points
  }

  /// A training's loss at a budget, between its checkpoints along a line over ln C; infinite outside.
  private func loss(_ curve: [Int], _ flop: Double) -> Double {
    guard let after = curve.firstIndex(where: { c[$0] >= flop }) else { return .infinity }
    let (right, left) = (curve[after], curve[max(0, after - 1)])
    if c[right] == flop { return runs.target[right] }
    guard after > 0 else { return .infinity }
    let share = log(flop / c[left]) / log(c[right] / c[left])
    return runs.target[left] + share * (runs.target[right] - runs.target[left])
  }
}
