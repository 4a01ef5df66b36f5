/// From nodes to instructions: what is only seen differently is a view, what follows a product is done with
/// it, and elementwise functions of one shape are a chain.
struct Lowering {
  let graph: Graph
  let order: [Int]
  /// Nodes that read a node, each once.
  var readers: [Int: [Int]] = [:]
  /// Nodes whose elements stay after a run.
  private(set) var kept: Set<Int> = []
  private(set) var buffers: [Buffer] = []
  private(set) var instructions: [Instruction] = []
  private var views: [Int: View] = [:]
  /// Products with what is done to their sums, by the node that is written.
  var products: [Int: FusedProduct] = [:]
  /// Nodes that are part of another's instruction.
  var absorbed: Set<Int> = []
  /// For elementwise nodes the one that ends their chain.
  var chains: [Int: Int] = [:]
  /// The places of gradients that a node is computed in.
  private var targets: [Int: Int] = [:]

  /// - Parameters:
  ///   - outputs: nodes whose elements stay after a run.
  ///   - gradients: nodes that are written to places of a block of their own.
  init(
    _ graph: Graph, outputs: [Node], gradients: [(offset: Int, node: Node)],
    parameters: ParameterLayout
  ) throws(ParameterError) {
    self.graph = graph
    order = graph.needed(for: outputs + gradients.map(\.node))
    for place in order {
      for input in Set(inputs(place)) { readers[input, default: []].append(place) }
    }
    for node in outputs { kept.formUnion([node.place, source(node.place)]) }
    for (offset, node) in gradients {
      let source = source(node.place)
      if isComputed(source), !kept.contains(source) { targets[source] = offset }
      kept.formUnion([node.place, source])
    }
    fuseProducts()
    chainElementwise()
    for place in order where !absorbed.contains(place) { try lower(place, parameters) }
    for (offset, node) in gradients {
      let view = view(node.place)
      if buffers[view.buffer].location == .gradient(offset: offset), view.isContiguous { continue }
      let target = newBuffer(node.shape.count, .gradient(offset: offset))
      copy(view, to: View(target, node.shape), name: "gradient")
    }
    // What outputs show is not overwritten.
    for node in outputs {
      let buffer = view(node.place).buffer
      if buffers[buffer].location == .arena { buffers[buffer].location = .kept }
    }
  }

  func view(_ place: Int) -> View {
    guard let view = views[place] else { preconditionFailure("node \(place) is not computed") }
    return view
  }

  func shape(_ place: Int) -> Shape { graph.entries[place].shape }
  func operation(_ place: Int) -> Operation { graph.entries[place].operation }
  func inputs(_ place: Int) -> [Int] { graph.entries[place].inputs }

  /// The node whose elements another shows in the same order.
  private func source(_ place: Int) -> Int {
    var place = place
    while case .reshape = operation(place) { place = inputs(place)[0] }
    return place
  }

  /// Whether a node has elements of its own, written by an instruction in the order of rows.
  private func isComputed(_ place: Int) -> Bool {
    switch operation(place) {
    case .input, .parameter, .fill, .reshape, .transpose, .slice, .broadcast: false
    default: true
    }
  }

  // MARK: - Buffers

  mutating func newBuffer(_ count: Int, _ location: Buffer.Location = .arena) -> Int {
    buffers.append(Buffer(count: count, location: location))
    return buffers.count - 1
  }

  /// The elements that a node is computed in.
  mutating func result(_ place: Int) -> View {
    let location = targets[place].map { Buffer.Location.gradient(offset: $0) } ?? .arena
    return View(newBuffer(shape(place).count, location), shape(place))
  }

  mutating func define(_ place: Int, _ view: View) { views[place] = view }

  mutating func emit(
    _ work: Instruction.Work, _ name: String, _ shape: Shape, flop: Double
  ) {
    instructions.append(Instruction(work: work, name: name, shape: shape, flop: flop))
  }

  /// The elements side by side in the order of rows, copied where they are not.
  mutating func contiguous(_ view: View) -> View {
    guard !view.isContiguous else { return view }
    let shape = Shape(view.lengths)
    let target = View(newBuffer(shape.count), shape)
    copy(view, to: target, name: "copy")
    return target
  }

  // MARK: - Nodes

  private mutating func lower(_ place: Int, _ parameters: ParameterLayout) throws(ParameterError) {
    let shape = shape(place)
    if let product = products[place] { return lower(product, at: place) }
    if let end = chains[place] {
      if end == place { lowerChain(place) }
      return
    }
    switch operation(place) {
    case .input(let name):
      define(place, View(newBuffer(shape.count, .input(name)), shape))
    case .parameter(let name):
      guard let entry = parameters.entries.first(where: { $0.name == name }) else {
        throw .missing(name, shape)
      }
      guard entry.shape == shape else { throw .shape(name, found: entry.shape, wanted: shape) }
      define(place, View(newBuffer(shape.count, .parameter(offset: entry.offset)), shape))
    case .fill(let value):
      define(place, View(newBuffer(1, .constant(value)), .scalar).broadcast(to: shape))
    case .reshape:
      let own = view(inputs(place)[0])
      define(place, own.reshaped(shape) ?? View(contiguous(own).buffer, shape))
    case .transpose(let order): define(place, view(inputs(place)[0]).transposed(order))
    case .slice(let axis, let start, let count):
      define(place, view(inputs(place)[0]).sliced(axis: axis, start: start, count: count))
    case .broadcast: define(place, view(inputs(place)[0]).broadcast(to: shape))
    case .concatenate(let axis):
      let result = result(place)
      var start = 0
      for input in inputs(place) {
        let count = self.shape(input).axes[axis]
        copy(
          view(input), to: result.sliced(axis: axis, start: start, count: count),
          name: "concatenate")
        start += count
      }
      define(place, result)
    case .embed(let axis, let start, _):
      let (own, result) = (view(inputs(place)[0]), result(place))
      let zero = View(newBuffer(1, .constant(0)), .scalar)
      copy(zero.broadcast(to: shape), to: result, name: "embed")
      copy(
        own, to: result.sliced(axis: axis, start: start, count: own.lengths[axis]), name: "embed")
      define(place, result)
    case .sum(let axes): lowerSum(place, axes)
    case .largest, .softmax, .softmaxGradient, .logSoftmax, .normalize, .normalizeGradient:
      lowerRows(place)
    case .gather, .scatter: lowerPick(place)
    case .keep(let rate, let seed):
      let result = result(place)
      emit(
        .keep(out: Place(buffer: result.buffer), count: shape.count, rate: rate, seed: seed),
        "keep", shape, flop: 0)
      define(place, result)
    default: preconditionFailure("\(operation(place)) is a product or elementwise")
    }
  }

  private mutating func lowerSum(_ place: Int, _ axes: [Int]) {
    var own = contiguous(view(inputs(place)[0]))
    var left = axes
    // Neighbouring axes at once, the last ones first.
    while let last = left.popLast() {
      var first = last
      while let next = left.last, next == first - 1 { first = left.removeLast() }
      var lengths = own.lengths
      let outer = lengths[..<first].reduce(1, *)
      let middle = lengths[first...last].reduce(1, *)
      let inner = lengths[(last + 1)...].reduce(1, *)
      for axis in first...last { lengths[axis] = 1 }
      let sum =
        left.isEmpty ? result(place) : View(newBuffer(outer * inner), Shape(lengths))
      emit(
        .sum(out: sum.start, x: own.start, outer: outer, middle: middle, inner: inner),
        "sum [\(outer), \(middle), \(inner)]", Shape(lengths),
        flop: Double(outer * middle * inner))
      own = sum
    }
    define(place, own)
  }

  private mutating func lowerRows(_ place: Int) {
    let operands = inputs(place)
    let x = contiguous(view(operands[0]))
    let y = operands.count > 1 ? contiguous(view(operands[1])) : x
    let function: Instruction.RowFunction
    // Arithmetic for each element, a function like the exponential counted as one.
    let flop: Double
    var epsilon = 0.0
    switch operation(place) {
    case .largest: (function, flop) = (.largest, 1)
    case .softmax: (function, flop) = (.softmax, 5)
    case .softmaxGradient: (function, flop) = (.softmaxGradient, 4)
    case .logSoftmax: (function, flop) = (.logSoftmax, 5)
    case .normalize(let own): (function, flop, epsilon) = (.normalize, 6, own)
    case .normalizeGradient(let own): (function, flop, epsilon) = (.normalizeGradient, 12, own)
    default: preconditionFailure("\(operation(place)) is not of rows")
    }
    let own = shape(operands[0])
    let result = result(place)
    emit(
      .rows(
        function, out: result.start, x: x.start, y: y.start, rows: own.count / own.last,
        length: own.last, epsilon: epsilon),
      operation(place).kind.rawValue, own, flop: flop * Double(own.count))
    define(place, result)
  }

  private mutating func lowerPick(_ place: Int) {
    let operands = inputs(place)
    let x = contiguous(view(operands[0]))
    let indices = contiguous(view(operands[1]))
    let result = result(place)
    let isGather = operation(place).kind == .gather
    let count = isGather ? x.lengths[0] : result.lengths[0]
    let pick = Instruction.Pick(
      out: result.start, x: x.start, indices: indices.start, rows: indices.lengths[0],
      width: shape(place).count / shape(place).axes[0], count: count)
    emit(
      isGather ? .gather(pick) : .scatter(pick), operation(place).kind.rawValue, shape(place),
      flop: isGather ? 0 : Double(shape(operands[0]).count))
    define(place, result)
  }
}

extension View {
  var start: Place { Place(buffer: buffer, offset: offset) }
}
