import Workloads

/// Groups of layers that several families of convolutional networks share.
extension WorkloadBuilder {
  /// Convolution, batch normalisation (or a bias in its place) and activation.
  func normalizedConvolution(
    _ input: ValueID, to channels: Int, kernel: Int = 1, stride: Int = 1, groups: Int = 1,
    _ function: ElementwiseFunction?, bias: Bool = false, isNormalized: Bool = true,
    named label: String
  ) -> ValueID {
    scope(label) {
      var x = convolution(
        input, to: channels, kernel: kernel, stride: stride, groups: groups, bias: bias)
      if isNormalized { x = batchNorm(x) }
      return function.map { activation($0, x) } ?? x
    }
  }

  /// Expansion, 3×3 depthwise convolution, projection, without the shortcut. Inner layers that are
  /// not normalised have a bias.
  func invertedResidual(
    _ input: ValueID, to channels: Int, by expansion: Double, stride: Int = 1,
    _ function: ElementwiseFunction, isNormalized: Bool = true
  ) -> ValueID {
    let inner = Int((Double(dimension(input, 1)) * expansion).rounded())
    var x = normalizedConvolution(
      input, to: inner, function, bias: !isNormalized, isNormalized: isNormalized,
      named: "inverted_conv")
    x = normalizedConvolution(
      x, to: inner, kernel: 3, stride: stride, groups: inner, function, bias: !isNormalized,
      isNormalized: isNormalized, named: "depth_conv")
    return normalizedConvolution(x, to: channels, nil, named: "point_conv")
  }

  /// Expansion by a dense 3×3 convolution and projection, without the shortcut.
  func fusedResidual(
    _ input: ValueID, to channels: Int, by expansion: Double, stride: Int = 1,
    _ function: ElementwiseFunction, bias: Bool = false
  ) -> ValueID {
    let inner = Int((Double(dimension(input, 1)) * expansion).rounded())
    let x = normalizedConvolution(
      input, to: inner, kernel: 3, stride: stride, function, bias: bias, named: "spatial_conv")
    return normalizedConvolution(x, to: channels, nil, named: "point_conv")
  }

  /// A fixed 3×3 binomial filter over every channel, taken at every `stride`-th place.
  ///
  /// - Source: R. Zhang, Making Convolutional Networks Shift-Invariant Again, ICML 2019
  func blurPool(_ input: ValueID, stride: Int, named label: String = "blur") -> ValueID {
    let shape = shape(input)
    guard shape.rank == 4 else {
      fail("an image is [batch, channels, height, width], not \(shape)", at: label)
      return input
    }
    let filter = value("filter", [shape[1], 1, 3, 3], .buffer, weightFormat)
    let kind = OperationKind.convolution(
      Convolution(
        kernel: [3, 3],
        stride: [Int32(truncatingIfNeeded: stride), Int32(truncatingIfNeeded: stride)],
        groups: shape[1]))
    return operation(
      label, kind, [input, filter],
      to: [
        shape[0], shape[1], (shape[2] + stride - 1) / stride, (shape[3] + stride - 1) / stride,
      ])
  }
}
