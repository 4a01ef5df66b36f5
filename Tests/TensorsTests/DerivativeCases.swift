import Tensors
import Testing

/// An operation at some place, for derivatives by each of its inputs.
struct DerivativeCase: Sendable, CustomTestStringConvertible {
  let kinds: [Operation.Kind]
  /// Shapes of the inputs, named a, b, …
  let shapes: [Shape]
  /// Where the inputs' elements lie; kinks are left out of it.
  let range: ClosedRange<Double>
  /// Elements of the last input, where they are indices.
  let indices: [Double]?
  let build: @Sendable ([Node]) -> Node

  var testDescription: String { kinds.map(\.rawValue).joined(separator: ", ") + " of \(shapes)" }

  init(
    _ kinds: Operation.Kind..., of shapes: [Shape], in range: ClosedRange<Double> = -1.7...1.9,
    indices: [Double]? = nil, build: @escaping @Sendable ([Node]) -> Node
  ) {
    self.kinds = kinds
    self.shapes = shapes
    self.range = range
    self.indices = indices
    self.build = build
  }

  /// Every kind of operation stands in one of these; what is flat or a leaf, in a product with others.
  static let all: [DerivativeCase] = [
    DerivativeCase(.input, .parameter, .fill, .scale, .offset, of: [[3, 2]]) {
      2 * $0[0] * $0[0] + $0[0].graph.fill(0.7, [2]) + 0.3
    },
    DerivativeCase(.negate, of: [[4]]) { -($0[0] * $0[0]) },
    DerivativeCase(.exponential, of: [[2, 3]]) { $0[0].exponential },
    DerivativeCase(.logarithm, of: [[5]], in: 0.4...2) { $0[0].logarithm },
    DerivativeCase(.squareRoot, of: [[5]], in: 0.4...2) { $0[0].squareRoot },
    DerivativeCase(.reciprocal, of: [[5]], in: 0.4...2) { $0[0].reciprocal },
    DerivativeCase(.tanh, of: [[5]]) { $0[0].tanh },
    DerivativeCase(.sigmoid, of: [[5]]) { $0[0].sigmoid },
    DerivativeCase(.softplus, of: [[5]]) { $0[0].softplus },
    DerivativeCase(.relu, .step, of: [[7]]) { ($0[0] * $0[0].relu).relu },
    DerivativeCase(.absolute, .sign, of: [[7]]) { $0[0].absolute * $0[0] * $0[0].sign },
    DerivativeCase(.errorFunction, of: [[5]]) { $0[0].errorFunction },
    DerivativeCase(.gelu, .geluSlope, of: [[6]]) { $0[0].gelu },
    DerivativeCase(.scale, of: [[6]]) { ($0[0] * 0.3 * $0[0]).tanh * 1.5 },
    DerivativeCase(.multiply, of: [[6]]) { $0[0].silu },
    DerivativeCase(.add, of: [[2, 3], [3]]) { ($0[0] + $0[1]).squared },
    DerivativeCase(.add, of: [[2, 1, 3], [4, 1]]) { ($0[0] + $0[1]).squared },
    DerivativeCase(.subtract, of: [[2, 3], []]) { ($0[0] - $0[1]).squared * $0[0] },
    DerivativeCase(.multiply, of: [[2, 1], [1, 3]]) { $0[0] * $0[1] * $0[0] },
    DerivativeCase(.divide, of: [[2, 3], [2, 1]], in: 0.5...2) { $0[0] / $0[1] },
    DerivativeCase(.maximum, .greater, of: [[3, 4], [4]]) { $0[0].maximum($0[1]).squared },
    DerivativeCase(.minimum, of: [[3, 4], [3, 1]]) { $0[0].minimum($0[1]).squared },
    DerivativeCase(.matmul, of: [[2, 3], [3, 4]]) { matmul($0[0], $0[1]).squared },
    DerivativeCase(.matmul, of: [[3, 2], [3, 4]]) {
      matmul($0[0], $0[1], transposingLeft: true).squared
    },
    DerivativeCase(.matmul, of: [[2, 3], [4, 3]]) {
      matmul($0[0], $0[1], transposingRight: true).squared
    },
    DerivativeCase(.matmul, of: [[3, 2], [4, 3]]) {
      matmul($0[0], $0[1], transposingLeft: true, transposingRight: true).squared
    },
    DerivativeCase(.matmul, of: [[2, 2, 3], [2, 3, 2]]) { matmul($0[0], $0[1]).squared },
    DerivativeCase(.matmul, of: [[2, 2, 3], [3, 2]]) { matmul($0[0], $0[1]).squared },
    DerivativeCase(.matmul, of: [[2, 3], [2, 4, 3]]) {
      matmul($0[0], $0[1], transposingRight: true).squared
    },
    DerivativeCase(.sum, of: [[2, 3, 2]]) { $0[0].squared.sum(1) * $0[0].sum(0, 2)[0] },
    DerivativeCase(.sum, of: [[2, 3]]) { $0[0].squared.mean(-1, keepingAxes: true) * $0[0] },
    DerivativeCase(.largest, of: [[3, 4]]) { $0[0].largest.squared * $0[0] },
    DerivativeCase(.softmax, .softmaxGradient, of: [[3, 4]]) { $0[0].softmax.squared },
    DerivativeCase(.normalize, .normalizeGradient, of: [[3, 4]]) {
      $0[0].normalized(epsilon: 0.02).exponential
    },
    DerivativeCase(.keep, of: [[3, 4]]) { $0[0].squared.dropout(0.4, seed: 5) },
    DerivativeCase(.logSoftmax, of: [[3, 4]]) { $0[0].logSoftmax.squared },
    DerivativeCase(.broadcast, of: [[2, 1]]) { $0[0].broadcast(to: [3, 2, 4]).squared },
    DerivativeCase(.reshape, of: [[2, 6]]) { $0[0].reshaped(3, -1).squared.sum(0) },
    DerivativeCase(.transpose, of: [[2, 3, 4]]) { $0[0].transposed([2, 0, 1]).squared.sum(1) },
    DerivativeCase(.concatenate, of: [[2, 3], [2, 1]]) {
      concatenate([$0[0], $0[1], $0[0]]).squared.sum(0)
    },
    DerivativeCase(.concatenate, of: [[1, 3], [2, 3]]) {
      concatenate([$0[0], $0[1]], axis: 0).squared
    },
    DerivativeCase(.slice, .embed, of: [[4, 3]]) {
      $0[0].slice(axis: 0, 1..<3).squared * $0[0].slice(axis: -1, 2..<3).slice(axis: 0, 0..<2)
    },
    DerivativeCase(.gather, of: [[4, 2], [5]], indices: [3, 0, 0, 2, 3]) {
      $0[0].gather($0[1]).squared
    },
    DerivativeCase(.scatter, of: [[5, 2], [5]], indices: [1, 0, 1, 2, 1]) {
      $0[0].scatter($0[1], count: 4).squared
    },
  ]
}

extension Node {
  /// The first of the last axis, so that shapes of a case meet.
  fileprivate subscript(_ place: Int) -> Node { slice(axis: -1, place..<(place + 1)) }
}
