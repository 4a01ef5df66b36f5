extension NASBench201Space {
  /// The network of `architecture` on CIFAR-10, layer by layer.
  ///
  /// A 3×3 stem, five cells, a residual block of stride 2, five cells, another block, five cells,
  /// normalisation, pooling and a classifier. An edge's convolution is ReLU, convolution and batch
  /// normalisation; a node is the sum of the edges that end in it.
  ///
  /// - Parameter runsAllEdges: whether edges that reach nothing are run as well, as the benchmark's
  ///   own networks do; a deployed network leaves them out.
  /// - Source: X. Dong, Y. Yang, *NAS-Bench-201*, ICLR 2020, figure 1 and section 2.1.
  public func workload(
    of architecture: Architecture, batch: Int = 1, runsAllEdges: Bool
  ) throws(WorkloadError) -> Workload {
    try check(architecture, batch: batch)
    let edges =
      runsAllEdges
      ? architecture.operations.map { $0 != Operation.none.rawValue }
      : Self.liveEdges(architecture)
    let net = WorkloadBuilder(notation(of: architecture))
    net.source = "X. Dong, Y. Yang, NAS-Bench-201, ICLR 2020"
    net.assumptions = [
      runsAllEdges
        ? "every edge that is not 'none' is run, whether or not it reaches the output"
        : "edges that are on no path from a cell's input to its output are left out",
      "a node that no edge reaches is a tensor of zeros",
    ]
    let side = Self.stageResolutions[0]
    let image = net.input("image", [batch, Self.inputChannels, side, side])
    var x = net.convolution(image, to: Self.stageChannels[0], kernel: 3, named: "stem")
    x = net.batchNorm(x, named: "stem_bn")
    for (stage, channels) in Self.stageChannels.enumerated() {
      if stage > 0 {
        x = net.scope("reduction\(stage)") { Self.residualBlock(net, x, to: channels) }
      }
      // Cells are alike in shape and have weights of their own.
      net.scope("stage\(stage + 1)", instances: Self.cellsPerStage) {
        x = Self.cell(net, x, architecture, edges)
      }
    }
    x = net.activation(.relu, net.batchNorm(x, named: "last_bn"))
    net.result(net.linear(net.globalAveragePool(x), to: Self.classes, named: "classifier"))
    return try net.finish()
  }

  private static func cell(
    _ net: WorkloadBuilder, _ input: ValueID, _ architecture: Architecture, _ isRun: [Bool]
  ) -> ValueID {
    var nodes: [ValueID?] = [input, nil, nil, nil]
    for (place, edge) in edges.enumerated() where isRun[place] {
      let source = nodes[edge.from] ?? zeros(net, like: input)
      nodes[edge.from] = source
      let next = net.scope("edge\(edge.from)\(edge.to)") {
        run(net, architecture.operations[place], source)
      }
      nodes[edge.to] = nodes[edge.to].map { net.add($0, next, named: "node\(edge.to)") } ?? next
    }
    return nodes[3] ?? zeros(net, like: input)
  }

  private static func run(_ net: WorkloadBuilder, _ operation: UInt8, _ input: ValueID) -> ValueID {
    switch Operation(rawValue: operation) {
    case .convolution1x1, .convolution3x3:
      let kernel = operation == Operation.convolution1x1.rawValue ? 1 : 3
      let x = net.activation(.relu, input)
      return net.batchNorm(net.convolution(x, to: net.dimension(x, 1), kernel: kernel))
    case .averagePooling3x3:
      return net.averagePool(input, kernel: 3, stride: 1, padding: .amount(1))
    default:
      return input
    }
  }

  private static func zeros(_ net: WorkloadBuilder, like input: ValueID) -> ValueID {
    net.operation(
      "zeros", .movement(.expand), [net.value("zero", [1], .buffer)], to: net.shape(input))
  }

  /// Two convolutions of 3×3, the first of stride 2; beside them a pooling and one of 1×1.
  private static func residualBlock(_ net: WorkloadBuilder, _ input: ValueID, to channels: Int)
    -> ValueID
  {
    var x = net.activation(.relu, input)
    x = net.convolution(x, to: channels, kernel: 3, stride: 2, named: "conv_a")
    x = net.activation(.relu, net.batchNorm(x, named: "bn_a"))
    x = net.convolution(x, to: channels, kernel: 3, named: "conv_b")
    x = net.batchNorm(x, named: "bn_b")
    let shortcut = net.averagePool(input, kernel: 2, stride: 2)
    return net.add(net.convolution(shortcut, to: channels, named: "downsample"), x)
  }
}

extension SearchSpace {
  /// - Throws: `WorkloadError.setting` for operations that the space does not have.
  func check(_ architecture: Architecture, batch: Int) throws(WorkloadError) {
    guard (1...1_000_000_000).contains(batch) else {
      throw .setting("a batch of \(batch); it is between 1 and 1000000000")
    }
    guard architecture.operations.count == positions.count,
      zip(architecture.operations, positions).allSatisfy({ $0 < $1.operations.count })
    else { throw .setting("\(architecture.operations) is not an architecture of \(name)") }
  }
}
