// Every operation with its shapes. A mistake is kept by the graph, and the node that stands for the result
// has the shape of the first operand.

extension Node {
  private func unary(_ operation: Operation) -> Node { graph.append(operation, [self], shape) }

  /// The number that it is everywhere, where it is one.
  private var constant: Double? {
    if case .fill(let value) = operation { value } else { nil }
  }

  private func filled(_ value: Double, _ shape: Shape? = nil) -> Node {
    graph.fill(value, shape ?? self.shape)
  }

  public var exponential: Node { unary(.exponential) }
  /// Natural.
  public var logarithm: Node { unary(.logarithm) }
  public var squareRoot: Node { unary(.squareRoot) }
  public var reciprocal: Node { unary(.reciprocal) }
  public var tanh: Node { unary(.tanh) }
  /// `1/(1 + e^−x)`
  public var sigmoid: Node { unary(.sigmoid) }
  /// `ln(1 + e^x)`
  public var softplus: Node { unary(.softplus) }
  /// `max(x, 0)`
  public var relu: Node { unary(.relu) }
  public var absolute: Node { unary(.absolute) }
  public var step: Node { unary(.step) }
  public var sign: Node { unary(.sign) }
  public var errorFunction: Node { unary(.errorFunction) }
  public var squared: Node { self * self }
  /// `x · Φ(x)`, with the normal distribution and not its approximation by tanh.
  public var gelu: Node { unary(.gelu) }
  var geluSlope: Node { unary(.geluSlope) }
  /// `x/(1 + e^−x)`
  public var silu: Node { self * sigmoid }

  /// Stretched to a shape: axes are matched from the last, and one of length 1 repeats.
  public func broadcast(to target: Shape) -> Node {
    guard shape != target else { return self }
    guard shape.stretches(to: target) else {
      graph.report(
        .shapes(.broadcast, shape, target, wanted: "an axis is not 1 and has to stretch"))
      return self
    }
    if let constant { return filled(constant, target) }
    return graph.append(.broadcast(target), [self], target)
  }

  /// The same elements in the order of rows; one axis may be −1, which is what the others leave.
  public func reshaped(_ axes: Int...) -> Node { reshaped(Shape(axes)) }

  public func reshaped(_ target: Shape) -> Node {
    var axes = target.axes
    if let open = axes.firstIndex(of: -1) {
      let known = axes.filter { $0 != -1 }.reduce(1, *)
      axes[open] = known > 0 ? shape.count / known : 0
    }
    let target = Shape(axes)
    guard target.count == shape.count, axes.allSatisfy({ $0 > 0 }) else {
      graph.report(.shapes(.reshape, shape, target, wanted: "they differ in their elements"))
      return self
    }
    if let constant { return filled(constant, target) }
    if case .reshape = operation { return inputs[0].reshaped(target) }
    return target == shape ? self : graph.append(.reshape(target), [self], target)
  }

  /// Axes in another order; the last two change places without one.
  public func transposed(_ order: [Int]? = nil) -> Node {
    var axes = Array(0..<shape.rank)
    if let order {
      axes = order
    } else if shape.rank > 1 {
      axes.swapAt(shape.rank - 1, shape.rank - 2)
    }
    guard axes.sorted() == Array(0..<shape.rank) else {
      graph.report(.shape(.transpose, shape, wanted: "\(axes) does not name each axis once"))
      return self
    }
    guard axes != Array(0..<shape.rank) else { return self }
    return graph.append(.transpose(axes), [self], Shape(axes.map { shape.axes[$0] }))
  }

  /// The sum over axes, all without any; they stay with length 1 where asked.
  public func sum(_ axes: Int..., keepingAxes: Bool = false) -> Node {
    sum(over: axes.isEmpty ? Array(0..<shape.rank) : axes, keepingAxes: keepingAxes)
  }

  func sum(over axes: [Int], keepingAxes: Bool = false) -> Node {
    let places = Set(axes.map { $0 < 0 ? $0 + shape.rank : $0 })
    guard places.allSatisfy({ (0..<shape.rank).contains($0) }) else {
      graph.report(.shape(.sum, shape, wanted: "it has no axis \(axes)"))
      return self
    }
    let kept = Shape(shape.axes.enumerated().map { places.contains($0.offset) ? 1 : $0.element })
    let sum =
      places.allSatisfy { shape.axes[$0] == 1 }
      ? self : graph.append(.sum(axes: places.sorted()), [self], kept)
    guard !keepingAxes else { return sum }
    return sum.reshaped(
      Shape(shape.axes.enumerated().filter { !places.contains($0.offset) }.map(\.element)))
  }

  /// The mean over axes, all without any.
  public func mean(_ axes: Int..., keepingAxes: Bool = false) -> Node {
    let axes = axes.isEmpty ? Array(0..<shape.rank) : axes
    let sum = sum(over: axes, keepingAxes: keepingAxes)
    return Double(max(1, sum.shape.count)) / Double(max(1, shape.count)) * sum
  }

  /// Along the last axis, which stays with length 1.
  public var largest: Node {
    graph.append(
      .largest, [self], Shape(Array(shape.axes.dropLast()) + (shape.rank > 0 ? [1] : [])))
  }

  /// `e^x / Σ e^x` along the last axis.
  public var softmax: Node { unary(.softmax) }
  /// `x − ln Σ e^x` along the last axis.
  public var logSoftmax: Node { unary(.logSoftmax) }
  /// `(x − μ)/√(σ² + ε)` along the last axis.
  public func normalized(epsilon: Double = 1e-5) -> Node { unary(.normalize(epsilon: epsilon)) }

  /// Each element dropped with a probability, and the others made larger so that the mean stays.
  ///
  /// What is dropped depends on the seed and on how often the plan has run.
  /// - Source: N. Srivastava et al., *Dropout* (2014), in the form that divides while training.
  public func dropout(_ rate: Double, seed: UInt64) -> Node {
    guard rate >= 0, rate < 1 else {
      graph.report(.shape(.keep, shape, wanted: "a rate of \(rate) is not in 0 ..< 1"))
      return self
    }
    return rate == 0 ? self : self * graph.append(.keep(rate: rate, seed: seed), [], shape)
  }

  /// A range of one axis, which may be counted from the last as −1.
  public func slice(axis: Int, _ range: Range<Int>) -> Node {
    let place = axis < 0 ? axis + shape.rank : axis
    guard (0..<shape.rank).contains(place), range.lowerBound >= 0, !range.isEmpty,
      range.upperBound <= shape.axes[place]
    else {
      graph.report(.shape(.slice, shape, wanted: "it has no \(range) in axis \(axis)"))
      return self
    }
    guard range.count < shape.axes[place] else { return self }
    var axes = shape.axes
    axes[place] = range.count
    return graph.append(
      .slice(axis: place, start: range.lowerBound, count: range.count), [self], Shape(axes))
  }

  /// Zeros around along one axis: `slice` of the result gives it back.
  func embedded(axis: Int, start: Int, count: Int) -> Node {
    var axes = shape.axes
    axes[axis] = count
    return graph.append(.embed(axis: axis, start: start, count: count), [self], Shape(axes))
  }

  /// Rows by their indices: `[n, …][m] = [m, …]`.
  public func gather(_ indices: Node) -> Node {
    guard shape.rank > 0, indices.shape.rank == 1 else {
      graph.report(
        .shapes(.gather, shape, indices.shape, wanted: "rows are taken by one axis of indices"))
      return self
    }
    return graph.append(
      .gather, [self, indices], Shape(indices.shape.axes + shape.axes.dropFirst()))
  }

  /// Rows added up in `count` rows by their indices: sums of segments.
  public func scatter(_ indices: Node, count: Int) -> Node {
    guard shape.rank > 0, indices.shape.rank == 1, indices.shape.axes[0] == shape.axes[0], count > 0
    else {
      graph.report(
        .shapes(
          .scatter, shape, indices.shape, wanted: "every row has one index, and rows are left"))
      return self
    }
    return graph.append(
      .scatter(count: count), [self, indices], Shape([count] + shape.axes.dropFirst()))
  }

  // MARK: - Two operands

  private static func binary(_ operation: Operation, _ left: Node, _ right: Node) -> Node {
    guard let shape = left.shape.broadcast(with: right.shape) else {
      left.graph.report(
        .shapes(operation.kind, left.shape, right.shape, wanted: "axes differ and neither is 1"))
      return left
    }
    return left.graph.append(operation, [left, right], shape)
  }

  public static func + (left: Node, right: Node) -> Node {
    left == right ? 2 * left : binary(.add, left, right)
  }
  public static func - (left: Node, right: Node) -> Node { binary(.subtract, left, right) }
  public static func * (left: Node, right: Node) -> Node {
    // A number everywhere is a factor.
    if let factor = left.constant, left.shape.stretches(to: right.shape) { return factor * right }
    if let factor = right.constant, right.shape.stretches(to: left.shape) { return left * factor }
    return binary(.multiply, left, right)
  }
  public static func / (left: Node, right: Node) -> Node { binary(.divide, left, right) }
  public static prefix func - (node: Node) -> Node {
    switch node.operation {
    case .negate: node.inputs[0]
    case .scale(let factor): -factor * node.inputs[0]
    case .fill(let value): node.filled(-value)
    default: node.unary(.negate)
    }
  }

  public static func + (left: Node, right: Double) -> Node {
    right == 0 ? left : left.unary(.offset(right))
  }
  public static func + (left: Double, right: Node) -> Node { right + left }
  public static func - (left: Node, right: Double) -> Node { left + -right }
  public static func - (left: Double, right: Node) -> Node { -right + left }
  public static func * (left: Node, right: Double) -> Node {
    switch left.operation {
    case _ where right == 1: left
    case .scale(let factor): left.inputs[0] * (factor * right)
    case .negate: left.inputs[0] * -right
    case .fill(let value): left.filled(value * right)
    default: left.unary(.scale(right))
    }
  }
  public static func * (left: Double, right: Node) -> Node { right * left }
  public static func / (left: Node, right: Double) -> Node { left * (1 / right) }
  public static func / (left: Double, right: Node) -> Node { right.reciprocal * left }

  /// The larger of both; of equals the left.
  public func maximum(_ other: Node) -> Node { Self.binary(.maximum, self, other) }
  /// The smaller of both; of equals the left.
  public func minimum(_ other: Node) -> Node { Self.binary(.minimum, self, other) }
  /// 1 where it is above the other, else 0.
  public func greater(than other: Node) -> Node { Self.binary(.greater, self, other) }
}

/// `[…, m, k] · […, k, n] = […, m, n]`; axes before the last two are equal, or one operand has none.
///
/// - Parameters:
///   - transposingLeft: the left is `[…, k, m]`.
///   - transposingRight: the right is `[…, n, k]`.
public func matmul(
  _ left: Node, _ right: Node, transposingLeft: Bool = false, transposingRight: Bool = false
) -> Node {
  let (a, b) = (left.shape.axes, right.shape.axes)
  let batch = a.count >= b.count ? a.dropLast(2) : b.dropLast(2)
  guard a.count > 1, b.count > 1, a.dropLast(2).isEmpty || a.dropLast(2) == batch,
    b.dropLast(2).isEmpty || b.dropLast(2) == batch,
    a[a.count - (transposingLeft ? 2 : 1)] == b[b.count - (transposingRight ? 1 : 2)]
  else {
    let way =
      (transposingLeft ? " left transposed" : "") + (transposingRight ? " right transposed" : "")
    left.graph.report(
      .shapes(
        .matmul, left.shape, right.shape,
        wanted: "[…, m, k] and [… , k, n] are multiplied" + (way.isEmpty ? "" : "," + way)))
    return left
  }
  // Rows of many matrices before one matrix are rows of one.
  if a.count > 2, b.count == 2, !transposingLeft {
    let rows = matmul(left.reshaped(-1, a[a.count - 1]), right, transposingRight: transposingRight)
    return rows.reshaped(Shape(a.dropLast() + [rows.shape.last]))
  }
  let m = a[a.count - (transposingLeft ? 1 : 2)]
  let n = b[b.count - (transposingRight ? 2 : 1)]
  return left.graph.append(
    .matmul(left: transposingLeft, right: transposingRight), [left, right],
    Shape(Array(batch) + [m, n]))
}

/// One after another along an axis, which may be counted from the last as −1.
///
/// - Precondition: at least one node.
public func concatenate(_ nodes: [Node], axis: Int = -1) -> Node {
  precondition(!nodes.isEmpty, "nothing to concatenate")
  let first = nodes[0]
  let place = axis < 0 ? axis + first.shape.rank : axis
  var axes = first.shape.axes
  for node in nodes.dropFirst() {
    var other = node.shape.axes
    guard axes.indices.contains(place), other.count == axes.count else {
      first.graph.report(
        .shapes(.concatenate, first.shape, node.shape, wanted: "they have no common axis \(axis)"))
      return first
    }
    let length = other[place]
    other[place] = axes[place]
    guard other == axes else {
      first.graph.report(
        .shapes(.concatenate, first.shape, node.shape, wanted: "axes but \(axis) are equal"))
      return first
    }
    axes[place] += length
  }
  return nodes.count == 1
    ? first : first.graph.append(.concatenate(axis: place), nodes, Shape(axes))
}
