import Workloads

/// Groups of layers that the families of convolutional networks share.
extension WorkloadBuilder {
  /// A convolution without bias, its batch normalisation and, unless nil, an activation.
  func normalizedConvolution(
    _ input: ValueID, to channels: Int, kernel: Int = 1, stride: Int = 1,
    padding: Padding = .half, groups: Int = 1, activation function: ElementwiseFunction? = .relu,
    named label: String = "conv"
  ) -> ValueID {
    normalizedConvolution(
      input, to: channels, kernel: (kernel, kernel), stride: stride, padding: padding,
      groups: groups, activation: function, named: label)
  }

  /// The same with a kernel that differs between height and width.
  func normalizedConvolution(
    _ input: ValueID, to channels: Int, kernel: (Int, Int), stride: Int = 1,
    padding: Padding = .half, groups: Int = 1, activation function: ElementwiseFunction? = .relu,
    named label: String = "conv"
  ) -> ValueID {
    scope(label) {
      let x = batchNorm(
        convolution(
          input, to: channels, kernel: kernel, stride: (stride, stride), padding: padding,
          groups: groups))
      guard let function else { return x }
      return activation(function, x)
    }
  }

  /// Batch normalisation and an activation before the layer that they belong to.
  func normalizedActivation(
    _ input: ValueID, _ function: ElementwiseFunction = .relu, named label: String = "norm"
  ) -> ValueID {
    activation(function, batchNorm(input, named: label))
  }

  /// A binomial 3×3 filter with stride 2 over every channel, which keeps high frequencies from
  /// folding back (R. Zhang, Making Convolutional Networks Shift-Invariant Again, ICML 2019).
  func blurPool(_ input: ValueID, named label: String = "blur") -> ValueID {
    let shape = shape(input)
    guard shape.rank == 4 else {
      fail("an image is [batch, channels, height, width], not \(shape)", at: label)
      return input
    }
    let filter = value("filter", [shape[1], 1, 3, 3], .buffer, weightFormat)
    return operation(
      label, .convolution(Convolution(kernel: [3, 3], stride: [2, 2], groups: shape[1])),
      [input, filter], to: [shape[0], shape[1], (shape[2] + 1) / 2, (shape[3] + 1) / 2])
  }

  /// Efficient channel attention: the mean of every channel, one short convolution along the
  /// channels, a factor for each (Q. Wang et al., ECA-Net, CVPR 2020).
  ///
  /// ```
  /// kernel = the odd number at or above ⌊(log₂ channels + 1) / 2⌋, at least 3
  /// ```
  func efficientChannelAttention(_ input: ValueID, named label: String = "eca") -> ValueID {
    scope(label) {
      let shape = shape(input)
      guard shape.rank == 4, shape[1] > 0 else {
        fail("an image is [batch, channels, height, width], not \(shape)")
        return input
      }
      let channels = shape[1]
      let logarithm = Int.bitWidth - 1 - channels.leadingZeroBitCount
      let kernel = max(3, (logarithm + 1) / 2 | 1)
      let means = globalAveragePool(input)
      var factors = reshape(means, [shape[0], 1, 1, channels])
      factors = activation(.sigmoid, convolution(factors, to: 1, kernel: (1, kernel)))
      return multiply(input, reshape(factors, [shape[0], channels, 1, 1]))
    }
  }

  /// The mean over the picture and the last matrix.
  func classifier(_ input: ValueID, classes: Int = 1000, named label: String = "fc") -> ValueID {
    linear(globalAveragePool(input), to: classes, named: label)
  }
}

/// A factor for every channel that a residual block computes from its own output.
enum ChannelAttention: Sendable {
  case none
  /// Squeeze and excitation through `ratio` of the channels, in whole eights.
  case squeezeExcite(ratio: Double)
  case efficient

  static let squeezeExcite = ChannelAttention.squeezeExcite(ratio: 1.0 / 16)

  func callAsFunction(_ net: WorkloadBuilder, _ x: ValueID) -> ValueID {
    switch self {
    case .none: return x
    case .squeezeExcite(let ratio):
      let reduced = max(8, Int(Double(net.dimension(x, 1)) * ratio + 4) / 8 * 8)
      return net.squeezeExcite(x, reduced: reduced)
    case .efficient: return net.efficientChannelAttention(x)
    }
  }
}
