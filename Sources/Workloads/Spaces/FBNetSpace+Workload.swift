extension FBNetSpace {
  /// Channels of the last pointwise convolution.
  public static let headChannels = 1504
  public static let classes = 10

  /// The network of `architecture` on 32×32 pixels, layer by layer.
  ///
  /// A 3×3 stem, the 22 layers, a pointwise convolution to 1504 channels, pooling and a classifier;
  /// batch normalisation after every convolution, ReLU after all but a block's last.
  ///
  /// - Source: B. Wu et al., *FBNet*, CVPR 2019, figure 3 and table 1; C. Li et al., *HW-NAS-Bench*,
  ///   ICLR 2021, for the input and the head.
  public func workload(of architecture: Architecture, batch: Int) throws(WorkloadError)
    -> Workload
  {
    try check(architecture, batch: batch)
    let net = WorkloadBuilder(notation(of: architecture))
    net.source = "B. Wu et al., FBNet, CVPR 2019; C. Li et al., HW-NAS-Bench, ICLR 2021"
    net.assumptions = [
      "a skip whose shapes differ is one pointwise convolution",
      "a block adds its input where the shapes agree",
    ]
    let side = Self.inputResolution
    let image = net.input("image", [batch, 3, side, side])
    var x = Self.stem(net, image)
    for (place, layer) in Self.layers.enumerated() {
      net.scope("layer\(place)") {
        x = Self.run(net, x, Self.blocks[Int(architecture.operations[place])], layer)
      }
    }
    net.result(Self.head(net, x))
    return try net.finish()
  }

  static func stem(_ net: WorkloadBuilder, _ image: ValueID) -> ValueID {
    convolution(net, image, to: stemChannels, kernel: 3, named: "stem")
  }

  static func head(_ net: WorkloadBuilder, _ input: ValueID) -> ValueID {
    let x = convolution(net, input, to: headChannels, named: "head")
    return net.linear(net.globalAveragePool(x), to: classes, named: "classifier")
  }

  static func run(_ net: WorkloadBuilder, _ input: ValueID, _ block: Block, _ layer: Layer)
    -> ValueID
  {
    let keepsShape = layer.stride == 1 && layer.inputChannels == layer.outputChannels
    if block.isSkip {
      if keepsShape { return input }
      return convolution(
        net, input, to: layer.outputChannels, stride: layer.stride, named: "skip")
    }
    let middle = layer.inputChannels * block.expansion
    var x = convolution(net, input, to: middle, groups: block.groups, named: "expand")
    if block.groups > 1 { x = net.transpose(x, to: net.shape(x), named: "shuffle") }
    x = convolution(
      net, x, to: middle, kernel: block.kernel, stride: layer.stride, groups: middle,
      named: "depthwise")
    x = convolution(
      net, x, to: layer.outputChannels, groups: block.groups, isActivated: false, named: "project")
    return keepsShape ? net.add(x, input) : x
  }

  private static func convolution(
    _ net: WorkloadBuilder, _ input: ValueID, to channels: Int, kernel: Int = 1, stride: Int = 1,
    groups: Int = 1, isActivated: Bool = true, named label: String
  ) -> ValueID {
    var x = net.convolution(
      input, to: channels, kernel: kernel, stride: stride, groups: groups, named: label)
    x = net.batchNorm(x, named: label + "_bn")
    return isActivated ? net.activation(.relu, x, named: label + "_relu") : x
  }
}
