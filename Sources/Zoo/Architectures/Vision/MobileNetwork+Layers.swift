import Workloads

/// The layers of mobile blocks, in the normalisation and with the pooling of the network.
extension MobileNetwork {
  func normalize(_ net: WorkloadBuilder, _ input: ValueID, _ label: String) -> ValueID {
    normalization == .batch
      ? net.batchNorm(input, named: label) : net.groupNorm(input, named: label)
  }

  /// Convolution, normalisation, activation, and the pooling that may stand for a stride.
  func convolve(
    _ net: WorkloadBuilder, _ input: ValueID, to channels: Int, kernel: Int = 1, stride: Int = 1,
    groups: Int = 1, _ function: ElementwiseFunction?, _ label: String, _ normLabel: String
  ) -> ValueID {
    let pools = downsampling != .stride && stride > 1
    var x = net.convolution(
      input, to: channels, kernel: kernel, stride: pools ? 1 : stride, groups: groups,
      named: label)
    x = normalize(net, x, normLabel)
    if let function { x = net.activation(function, x) }
    guard pools else { return x }
    return downsampling == .blur
      ? net.blurPool(x, stride: stride) : net.averagePool(x, kernel: stride, stride: stride)
  }

  func depthwise(
    _ net: WorkloadBuilder, _ input: ValueID, _ block: MobileBlock, stride: Int,
    _ function: ElementwiseFunction, _ label: String, _ normLabel: String
  ) -> ValueID {
    let channels = net.dimension(input, 1)
    guard block.kernels.count > 1 else {
      return convolve(
        net, input, to: channels, kernel: block.kernels[0], stride: stride,
        groups: channels / (block.groupSize ?? 1), function, label, normLabel)
    }
    let shares = Self.shares(of: channels, block.kernels.count)
    let parts = block.kernels.indices.map { index in
      net.depthwiseConvolution(
        net.slice(input, axis: 1, count: shares[index]), kernel: block.kernels[index],
        stride: stride, named: label)
    }
    return net.activation(function, normalize(net, net.concatenate(parts, axis: 1), normLabel))
  }

  func pointwise(
    _ net: WorkloadBuilder, _ input: ValueID, to channels: Int, parts: Int, _ label: String
  ) -> ValueID {
    guard parts > 1 else { return net.convolution(input, to: channels, named: label) }
    let from = Self.shares(of: net.dimension(input, 1), parts)
    let to = Self.shares(of: channels, parts)
    let outputs = (0..<parts).map { part in
      net.convolution(
        net.slice(input, axis: 1, count: from[part]), to: to[part], named: label)
    }
    return net.concatenate(outputs, axis: 1)
  }

  /// Even shares, what is left over going to the first.
  private static func shares(of channels: Int, _ parts: Int) -> [Int] {
    var shares = [Int](repeating: channels / parts, count: parts)
    shares[0] += channels % parts
    return shares
  }

  func squeeze(
    _ net: WorkloadBuilder, _ input: ValueID, _ block: MobileBlock,
    _ function: ElementwiseFunction
  ) -> ValueID {
    guard block.squeeze > 0 else { return input }
    let expansion = squeezeExcite.isOfExpanded ? 1 : block.expansion
    let exact = Double(net.dimension(input, 1)) * (block.squeeze / expansion)
    let reduced =
      squeezeExcite.isRounded
      ? roundedChannels(exact, limit: roundingLimit) : Int(exact.rounded(.toNearestOrEven))
    return net.squeezeExcite(
      input, reduced: reduced, activation: squeezeExcite.activation ?? function,
      gate: squeezeExcite.gate)
  }

  func multiQueryAttention(
    _ net: WorkloadBuilder, _ input: ValueID, _ block: MobileBlock, heads: Int, size: Int,
    keyStride: Int
  ) -> ValueID {
    let x = normalize(net, input, "norm")
    let (batch, height, width) = (
      net.dimension(x, 0), net.dimension(x, 2), net.dimension(x, 3)
    )
    let query = net.convolution(x, to: heads * size, named: "query")
    var pair: [ValueID] = []
    for label in ["key", "value"] {
      var part = x
      if keyStride > 1 {
        part = net.depthwiseConvolution(
          part, kernel: block.kernels[0], stride: keyStride, named: "\(label)_down")
        part = normalize(net, part, "\(label)_norm")
      }
      part = net.convolution(part, to: size, named: label)
      let positions = net.dimension(part, 2) * net.dimension(part, 3)
      pair.append(net.reshape(part, [batch, 1, positions, size]))
    }
    let mixed = net.attention(
      query: net.reshape(query, [batch, heads, height * width, size]), key: pair[0],
      value: pair[1])
    let image = net.reshape(mixed, [batch, heads * size, height, width])
    return net.convolution(image, to: block.channels, named: "output")
  }
}
