import Predictions
import Quantities
import Reports

/// Charts of made-up but plausible numbers, on which the tests look at the pictures.
enum Samples {
  static let all: [(name: String, svg: String)] = [
    ("roofline", roofline.svg), ("roofline-decode", decode.svg),
    ("roofline-thousand", thousand.svg), ("roofline-one", oneOperation.svg),
    ("roofline-roofs", roofsOnly.svg), ("roofline-empty", emptyRoofline.svg),
    ("breakdown", breakdown(.absolute).svg), ("breakdown-normalized", breakdown(.normalized).svg),
    ("breakdown-one", oneBar.svg), ("breakdown-empty", emptyBreakdown.svg),
    ("pareto", pareto.svg), ("pareto-costs", twoCosts.svg), ("pareto-crowd", crowd.svg),
    ("pareto-one", onePoint.svg), ("pareto-empty", emptyPareto.svg),
    ("line", sweep.svg), ("line-scaling", scaling.svg), ("line-many", manyLines.svg),
    ("line-one", oneValue.svg), ("line-empty", emptyLine.svg),
    ("share", share.svg), ("share-empty", emptyShare.svg), ("hostile-pareto", hostile.svg),
    ("hostile-roofline", hostileRoofline.svg),
    ("hostile-breakdown", hostileBreakdown(.absolute).svg),
    ("hostile-breakdown-normalized", hostileBreakdown(.normalized).svg),
    ("hostile-line", hostileLines(.linear).svg),
    ("hostile-line-logarithmic", hostileLines(.logarithmic).svg),
    ("hostile-share", hostileShare.svg),
  ]

  /// Numbers in 0 ..< 1 that are the same in every run.
  struct Noise {
    private var state: UInt64
    init(_ seed: UInt64) { state = seed }
    mutating func next() -> Double {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Double(state >> 11) / 9_007_199_254_740_992
    }
  }
}
