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

  /// Squeeze and excitation with one matrix, which keeps the width (Y. Lee, J. Park, CenterMask,
  /// CVPR 2020).
  func effectiveSqueezeExcite(_ input: ValueID, named label: String = "ese") -> ValueID {
    scope(label) {
      let means = globalAveragePool(input, flatten: false)
      let weights = convolution(means, to: dimension(input, 1), bias: true, named: "fc")
      return multiply(input, activation(.hardSigmoid, weights))
    }
  }

  /// Global context: a mean weighted by one attention map, an eighth of the channels, a factor for
  /// each (Y. Cao et al., GCNet, ICCVW 2019).
  func globalContext(_ input: ValueID, named label: String = "gc") -> ValueID {
    scope(label) {
      let shape = shape(input)
      guard shape.rank == 4 else {
        fail("an image is [batch, channels, height, width], not \(shape)")
        return input
      }
      let pixels = shape[2] * shape[3]
      let map = convolution(input, to: 1, bias: true, named: "conv_attn")
      let weights = softmax(reshape(map, [shape[0], pixels, 1]))
      let context = matrixMultiply(reshape(input, [shape[0], shape[1], pixels]), weights)
      var factors = reshape(context, [shape[0], shape[1], 1, 1])
      factors = convolution(factors, to: max(1, shape[1] / 8), bias: true, named: "fc1")
      factors = activation(.relu, channelNorm(factors))
      factors = convolution(factors, to: shape[1], bias: true, named: "fc2")
      return multiply(input, activation(.sigmoid, factors))
    }
  }

  /// A convolution whose weights are brought to zero mean and unit variance in every run (S. Qiao
  /// et al., Weight Standardization, arXiv:1903.10520); odd kernels, half padded.
  func standardizedConvolution(
    _ input: ValueID, to channels: Int, kernel: Int = 1, stride: Int = 1,
    named label: String = "conv"
  ) -> ValueID {
    let shape = shape(input)
    guard shape.rank == 4, shape[2] > 0, shape[3] > 0 else {
      fail("a convolution needs [batch, channels, height, width], not \(shape)", at: label)
      return input
    }
    let weights = weight("weight", [channels, shape[1], kernel, kernel])
    let standardized = operation(
      "standardize", .normalization(.instance), [weights], to: self.shape(weights))
    let kind = OperationKind.convolution(
      Convolution(
        kernel: [Int32(kernel), Int32(kernel)], stride: [Int32(stride), Int32(stride)], groups: 1))
    return operation(
      label, kind, [input, standardized],
      to: [shape[0], channels, (shape[2] - 1) / stride + 1, (shape[3] - 1) / stride + 1])
  }

  /// EvoNorm-S0, a normalisation and an activation in one (H. Liu et al., Evolving
  /// Normalization-Activation Layers, NeurIPS 2020).
  ///
  /// ```
  /// x · sigmoid(v·x) / deviation of the group · γ + β
  /// ```
  func evolvedNorm(_ input: ValueID, activates: Bool = true, named label: String = "norm")
    -> ValueID
  {
    scope(label) {
      let channels = dimension(input, 1)
      var x = input
      if activates {
        let gate = multiply(x, weight("v", [channels, 1, 1]))
        x = multiply(x, activation(.sigmoid, gate))
      }
      let deviation = operation(
        "deviation", .reduction, [input], to: [dimension(input, 0), channels, 1, 1])
      x = elementwise(.divide, x, deviation, named: "div")
      x = multiply(x, weight("weight", [channels, 1, 1]))
      return add(x, weight("bias", [channels, 1, 1]))
    }
  }

  /// Filter response normalisation with a thresholded unit (S. Singh, S. Krishnan, CVPR 2020).
  ///
  /// ```
  /// max(x / √(mean of x² in the channel) · γ + β, τ)
  /// ```
  func filterResponseNorm(_ input: ValueID, named label: String = "norm") -> ValueID {
    scope(label) {
      let channels = dimension(input, 1)
      let response = operation(
        "response", .reduction, [input], to: [dimension(input, 0), channels, 1, 1])
      var x = elementwise(.divide, input, response, named: "div")
      x = multiply(x, weight("weight", [channels, 1, 1]))
      x = add(x, weight("bias", [channels, 1, 1]))
      return elementwise(.maximum, x, weight("tau", [channels, 1, 1]), named: "threshold")
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
  case effectiveSqueezeExcite
  case globalContext

  static let squeezeExcite = ChannelAttention.squeezeExcite(ratio: 1.0 / 16)

  func callAsFunction(_ net: WorkloadBuilder, _ x: ValueID) -> ValueID {
    switch self {
    case .none: return x
    case .squeezeExcite(let ratio):
      let reduced = max(8, Int(Double(net.dimension(x, 1)) * ratio + 4) / 8 * 8)
      return net.squeezeExcite(x, reduced: reduced)
    case .efficient: return net.efficientChannelAttention(x)
    case .effectiveSqueezeExcite: return net.effectiveSqueezeExcite(x)
    case .globalContext: return net.globalContext(x)
    }
  }
}
