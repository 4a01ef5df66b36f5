import Workloads

/// Lays a network out: which buffers there are and which steps run over them, in order.
struct NetworkCompiler {
  /// An activation's extent in each image of the batch: `side`² pixels.
  struct Shape: Hashable {
    var side: Int
    var channels: Int
  }

  /// How many floats of a product's left side are made at once: with the weights they fit into a
  /// second-level cache of half a mebibyte.
  private static let operandFloats = 40_960

  let batch: Int
  let threads: Int
  let arena = BufferArena()
  let input: UnsafeMutablePointer<Float>
  let logits: UnsafeMutablePointer<Float>
  private(set) var steps: [NetworkStep] = []

  private let operand: UnsafeMutablePointer<Float>
  private let product: UnsafeMutablePointer<Float>
  private var borders: [Shape: UnsafeMutablePointer<Float>] = [:]
  private var rowSums: [Shape: UnsafeMutablePointer<Float>] = [:]

  init(
    _ architecture: Architecture, _ macro: NetworkMacro, _ parameters: NetworkParameters,
    batch: Int, threads: Int
  ) {
    self.batch = batch
    self.threads = threads
    let pixels = macro.resolution * macro.resolution
    input = arena.floats(batch * NASBench201Space.inputChannels * pixels)
    logits = arena.floats(batch * NASBench201Space.classes)
    let shapes = macro.channels.enumerated().map {
      Shape(side: macro.resolution >> $0, channels: $1)
    }
    let widest = max(NASBench201Space.inputChannels, macro.channels.max()!)
    // One row of neighbourhoods is the least that is gathered.
    operand = arena.floats(max(macro.resolution * 9 * widest, threads * Self.operandFloats))
    product = arena.floats(shapes.map { batch * $0.side * $0.side * $0.channels }.max()!)

    var nodes = nodeBuffers(shapes[0])
    addStem(parameters.stem, into: nodes[0], shapes[0])
    for (stage, shape) in shapes.enumerated() {
      if stage > 0 {
        let next = nodeBuffers(shape)
        addReduction(
          parameters.reductions[stage - 1], nodes[0], shapes[stage - 1], into: next, shape)
        nodes = next
      }
      for cell in 0..<macro.cellsPerStage {
        let edges = parameters.cells[stage * macro.cellsPerStage + cell]
        addCell(architecture, edges, nodes, shape)
        nodes.swapAt(0, 3)  // a cell's output is the input of the next one
      }
    }
    addHead(parameters, nodes[0], shapes[shapes.count - 1])
  }

  // MARK: - Blocks

  private mutating func addStem(
    _ stem: ConvolutionParameters, into target: UnsafeMutablePointer<Float>, _ shape: Shape
  ) {
    let outside = Shape(side: shape.side, channels: stem.inputChannels)
    let bordered = border(outside)
    steps.append(
      .unpack(input, bordered, images: batch, side: outside.side, channels: outside.channels))
    addNeighbourhoodProducts(stem, bordered, into: target, shape, isAdded: false)
  }

  private mutating func addCell(
    _ architecture: Architecture, _ parameters: [ConvolutionParameters?],
    _ nodes: [UnsafeMutablePointer<Float>], _ shape: Shape
  ) {
    let count = count(shape)
    let live = NASBench201Space.liveEdges(architecture)
    guard live.contains(true) else {
      steps.append(.fill(nodes[3], count: count))
      return
    }
    var isReached = [true, false, false, false]
    for (edge, ends) in NASBench201Space.edges.enumerated() where live[edge] {
      let (source, target) = (nodes[ends.from], nodes[ends.to])
      let isAdded = isReached[ends.to]
      isReached[ends.to] = true
      if let parameters = parameters[edge] {
        addConvolution(parameters, source, shape, into: target, shape, isAdded: isAdded)
      } else if architecture.operations[edge] == NASBench201Space.Operation.skip.rawValue {
        steps.append(
          isAdded ? .add(source, target, count: count) : .copy(source, target, count: count))
      } else {
        steps.append(
          .averagePool3x3(
            source, target, sums: rowSums(shape), images: batch, side: shape.side,
            channels: shape.channels, isAdded: isAdded))
      }
    }
  }

  private mutating func addReduction(
    _ parameters: ReductionParameters, _ source: UnsafeMutablePointer<Float>, _ wide: Shape,
    into nodes: [UnsafeMutablePointer<Float>], _ shape: Shape
  ) {
    let middle = nodes[1]
    addConvolution(parameters.first, source, wide, into: middle, shape, isAdded: false)
    addConvolution(parameters.second, middle, shape, into: nodes[0], shape, isAdded: false)
    let pooled = arena.floats(count(Shape(side: shape.side, channels: wide.channels)))
    steps.append(
      .averagePool2x2(
        source, pooled, images: batch, side: shape.side, channels: wide.channels))
    addProduct(
      parameters.shortcut, arena.floats(copying: parameters.shortcut.folded()), shift: nil,
      pooled, into: nodes[0], pixels: batch * shape.side * shape.side, isAdded: true)
  }

  private mutating func addHead(
    _ parameters: NetworkParameters, _ source: UnsafeMutablePointer<Float>, _ shape: Shape
  ) {
    let (classes, channels) = (NASBench201Space.classes, shape.channels)
    let pooled = arena.floats(batch * channels)
    steps.append(
      .globalAveragePool(
        source, pooled, scale: arena.floats(copying: parameters.lastScale),
        shift: arena.floats(copying: parameters.lastShift), images: batch,
        pixels: shape.side * shape.side, channels: channels))
    var transposed: [Float] = []
    for channel in 0..<channels {
      for unit in 0..<classes {
        transposed.append(parameters.classifier[unit * channels + channel])
      }
    }
    steps.append(
      .multiply(
        pooled, arena.floats(copying: transposed), logits, rows: batch, columns: classes,
        inner: channels))
    steps.append(
      .shift(
        logits, by: arena.floats(copying: parameters.bias), pixels: batch, channels: classes))
  }

  // MARK: - Convolutions

  /// ReLU, convolution, batch normalisation; stored, or added to what is there.
  private mutating func addConvolution(
    _ parameters: ConvolutionParameters, _ source: UnsafeMutablePointer<Float>, _ from: Shape,
    into target: UnsafeMutablePointer<Float>, _ shape: Shape, isAdded: Bool
  ) {
    if parameters.kernel == 3 {
      let bordered = border(from)
      steps.append(
        .rectifyIntoBorder(
          source, bordered, images: batch, side: from.side, channels: from.channels))
      addNeighbourhoodProducts(parameters, bordered, into: target, shape, isAdded: isAdded)
      return
    }
    let weights = arena.floats(copying: parameters.folded())
    let shift = parameters.shift.map { arena.floats(copying: $0) }
    let (inner, outer) = (parameters.inputChannels, parameters.outputChannels)
    let pixels = batch * shape.side * shape.side
    let tile = max(1, threads * Self.operandFloats / inner)
    for first in stride(from: 0, to: pixels, by: tile) {
      let count = min(tile, pixels - first)
      steps.append(.rectify(source + first * inner, operand, count: count * inner))
      addProduct(
        parameters, weights, shift: shift, operand, into: target + first * outer, pixels: count,
        isAdded: isAdded)
    }
  }

  private mutating func addNeighbourhoodProducts(
    _ parameters: ConvolutionParameters, _ bordered: UnsafeMutablePointer<Float>,
    into target: UnsafeMutablePointer<Float>, _ shape: Shape, isAdded: Bool
  ) {
    let weights = arena.floats(copying: parameters.folded())
    let shift = parameters.shift.map { arena.floats(copying: $0) }
    let rowFloats = shape.side * 9 * parameters.inputChannels
    let tile = max(1, threads * Self.operandFloats / rowFloats)
    let rows = batch * shape.side
    for first in stride(from: 0, to: rows, by: tile) {
      let range = first..<min(first + tile, rows)
      steps.append(
        .gather(
          bordered, operand, rows: range, side: shape.side, stride: parameters.stride,
          channels: parameters.inputChannels))
      addProduct(
        parameters, weights, shift: shift, operand,
        into: target + first * shape.side * shape.channels, pixels: range.count * shape.side,
        isAdded: isAdded)
    }
  }

  /// The product of `pixels` rows of `left` with the weights, and the batch normalisation's shift.
  private mutating func addProduct(
    _ parameters: ConvolutionParameters, _ weights: UnsafeMutablePointer<Float>,
    shift: UnsafeMutablePointer<Float>?, _ left: UnsafeMutablePointer<Float>,
    into target: UnsafeMutablePointer<Float>, pixels: Int, isAdded: Bool
  ) {
    let channels = parameters.outputChannels
    steps.append(
      .multiply(
        left, weights, isAdded ? product : target, rows: pixels, columns: channels,
        inner: parameters.kernel * parameters.kernel * parameters.inputChannels))
    switch (shift, isAdded) {
    case (let shift?, true):
      steps.append(.addShifted(product, target, by: shift, pixels: pixels, channels: channels))
    case (let shift?, false):
      steps.append(.shift(target, by: shift, pixels: pixels, channels: channels))
    case (nil, true): steps.append(.add(product, target, count: pixels * channels))
    case (nil, false): break
    }
  }

  // MARK: - Buffers

  private func count(_ shape: Shape) -> Int { batch * shape.side * shape.side * shape.channels }

  private func nodeBuffers(_ shape: Shape) -> [UnsafeMutablePointer<Float>] {
    (0..<4).map { _ in arena.floats(count(shape)) }
  }

  /// The bordered copy of an activation. One for each shape: its border is never written.
  private mutating func border(_ shape: Shape) -> UnsafeMutablePointer<Float> {
    let wide = shape.side + 2
    let buffer = borders[shape] ?? arena.floats(batch * wide * wide * shape.channels)
    borders[shape] = buffer
    return buffer
  }

  /// A row's vertical sums with a pixel of zeros on each side. One for each shape, likewise.
  private mutating func rowSums(_ shape: Shape) -> UnsafeMutablePointer<Float> {
    let buffer = rowSums[shape] ?? arena.floats((shape.side + 2) * shape.channels)
    rowSums[shape] = buffer
    return buffer
  }
}
