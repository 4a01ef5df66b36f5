extension Graph {
  /// The derivatives of one number by several nodes: nodes of the same graph, whose own derivatives can be
  /// taken again.
  ///
  /// - Returns: for each of `nodes` one of its shape; zeros where the number does not depend on it.
  public func derivatives(of number: Node, by nodes: [Node]) -> [Node] {
    guard number.shape.count == 1 else {
      report(.notScalar(number.shape))
      return nodes.map { fill(0, $0.shape) }
    }
    let wanted = Set(nodes.map(\.place))
    var depends = [Bool](repeating: false, count: entries.count)
    for place in entries.indices {
      depends[place] = wanted.contains(place) || entries[place].inputs.contains { depends[$0] }
    }
    var slopes: [Int: Node] = [number.place: fill(1, number.shape)]
    for place in stride(from: number.place, through: 0, by: -1) where depends[place] {
      guard let slope = slopes[place] else { continue }
      let node = Node(graph: self, place: place)
      for (input, own) in zip(node.inputs, node.backward(slope)) where depends[input.place] {
        guard let own else { continue }
        slopes[input.place] = slopes[input.place].map { $0 + own } ?? own
      }
    }
    return nodes.map { slopes[$0.place] ?? fill(0, $0.shape) }
  }
}

extension Node {
  /// What each operand adds to the slope of the number, given that of this node; nil where it is flat.
  ///
  /// For y of x with the slope s: `s · ∂y/∂x`, summed over what was stretched.
  fileprivate func backward(_ s: Node) -> [Node?] {
    let x = inputs
    switch operation {
    case .input, .parameter, .fill: return []
    case .keep: return []
    case .step, .sign: return [nil]
    case .greater: return [nil, nil]
    case .negate: return [-s]
    case .exponential: return [s * self]
    case .logarithm: return [s / x[0]]
    case .squareRoot: return [0.5 * s / self]
    case .reciprocal: return [-(s * self * self)]
    case .tanh: return [s * (1 - self * self)]
    case .sigmoid: return [s * self * (1 - self)]
    case .softplus: return [s * x[0].sigmoid]
    // Above 0 where x is; y is at hand.
    case .relu: return [s * self.step]
    case .absolute: return [s * x[0].sign]
    // 2/√π e^(−x²)
    case .errorFunction: return [2 / Double.pi.squareRoot() * s * (-(x[0] * x[0])).exponential]
    case .gelu: return [s * x[0].geluSlope]
    // φ(x)(2 − x²), φ the normal density
    case .geluSlope:
      let square = x[0] * x[0]
      let density = 1 / (2 * Double.pi).squareRoot() * (-0.5 * square).exponential
      return [s * density * (2 - square)]
    case .scale(let factor): return [factor * s]
    case .offset: return [s]

    case .add: return [s.shrunk(to: x[0]), s.shrunk(to: x[1])]
    case .subtract: return [s.shrunk(to: x[0]), (-s).shrunk(to: x[1])]
    case .multiply: return [(s * x[1]).shrunk(to: x[0]), (s * x[0]).shrunk(to: x[1])]
    case .divide:
      return [(s / x[1]).shrunk(to: x[0]), (-(s * self / x[1])).shrunk(to: x[1])]
    case .maximum:
      let right = x[1].greater(than: x[0])
      return [(s * (1 - right)).shrunk(to: x[0]), (s * right).shrunk(to: x[1])]
    case .minimum:
      let right = x[0].greater(than: x[1])
      return [(s * (1 - right)).shrunk(to: x[0]), (s * right).shrunk(to: x[1])]

    case .matmul(let left, let right):
      // Y = A·B: S·Bᵀ and Aᵀ·S, transposed as the operands are.
      let a =
        left
        ? matmul(x[1], s, transposingLeft: right, transposingRight: true)
        : matmul(s, x[1], transposingRight: !right)
      let b =
        right
        ? matmul(s, x[0], transposingLeft: true, transposingRight: left)
        : matmul(x[0], s, transposingLeft: !left)
      return [a.shrunk(to: x[0]), b.shrunk(to: x[1])]

    case .sum: return [s.broadcast(to: x[0].shape)]
    case .largest:
      // Equals share the slope.
      let isLargest = 1 - self.greater(than: x[0])
      return [s * isLargest / isLargest.sum(-1, keepingAxes: true)]
    case .softmax: return [softmaxGradient(s, self)]
    case .softmaxGradient:
      // Of y∘(t − Σ t∘y): the Jacobian of softmax is symmetric.
      let (t, y) = (x[0], x[1])
      let inner = (t * y).sum(-1, keepingAxes: true)
      return [softmaxGradient(s, y), s * (t - inner) - t * (s * y).sum(-1, keepingAxes: true)]
    case .normalize(let epsilon): return [normalizeGradient(s, x[0], epsilon)]
    case .normalizeGradient(let epsilon):
      // Of F = Σ s∘g for g = r(t − mean t − x̂·mean(t∘x̂)): the Jacobian J of x̂ is symmetric, g = J t, and
      // ∂r/∂x = −r² x̂/n, so ∂F/∂x = −r(x̂·mean(s∘g) + mean(t∘x̂)·J s + mean(s∘x̂)·J t).
      let (t, own) = (x[0], x[1])
      let normalized = own.normalized(epsilon: epsilon)
      let centered = own - own.mean(-1, keepingAxes: true)
      let r = (centered.squared.mean(-1, keepingAxes: true) + epsilon).squareRoot.reciprocal
      let (js, jt) = (normalizeGradient(s, own, epsilon), self)
      func mean(_ a: Node, _ b: Node) -> Node { (a * b).mean(-1, keepingAxes: true) }
      let sum = normalized * mean(s, jt) + mean(t, normalized) * js + mean(s, normalized) * jt
      return [js, -(r * sum)]
    case .logSoftmax: return [s - exponential * s.sum(-1, keepingAxes: true)]

    case .broadcast: return [s.shrunk(to: x[0])]
    case .reshape: return [s.reshaped(x[0].shape)]
    case .transpose(let order):
      return [s.transposed(order.indices.map { order.firstIndex(of: $0) ?? $0 })]
    case .concatenate(let axis):
      var start = 0
      return x.map { part in
        let length = part.shape.axes[axis]
        defer { start += length }
        return s.slice(axis: axis, start..<(start + length))
      }
    case .slice(let axis, let start, _):
      return [s.embedded(axis: axis, start: start, count: x[0].shape.axes[axis])]
    case .embed(let axis, let start, _):
      return [s.slice(axis: axis, start..<(start + x[0].shape.axes[axis]))]
    case .gather: return [s.scatter(x[1], count: x[0].shape.axes[0]), nil]
    case .scatter: return [s.gather(x[1]), nil]
    }
  }

  private func softmaxGradient(_ slope: Node, _ softmax: Node) -> Node {
    graph.append(.softmaxGradient, [slope, softmax], shape)
  }

  private func normalizeGradient(_ slope: Node, _ x: Node, _ epsilon: Double) -> Node {
    graph.append(.normalizeGradient(epsilon: epsilon), [slope, x], x.shape)
  }

  /// Summed over the axes along which `other` was stretched to this shape.
  private func shrunk(to other: Node) -> Node {
    guard shape != other.shape else { return self }
    let extra = shape.rank - other.shape.rank
    let axes = shape.axes.indices.filter {
      $0 < extra || other.shape.axes[$0 - extra] == 1 && shape.axes[$0] > 1
    }
    return sum(over: axes, keepingAxes: true).reshaped(other.shape)
  }
}
