/// The usual layers. Images are `[batch, channels, height, width]`, sequences
/// `[batch, tokens, features]`; labels follow the reference code of each family where it has some.
extension WorkloadBuilder {
  /// How much a convolution or a pooling extends its input on each side.
  public enum Padding: Sendable, Equatable {
    case amount(Int)
    /// As much as keeps `ceil(size / stride)` elements, as TensorFlow pads.
    case same
    /// Half the kernel on each side, as most papers mean by "same".
    case half
    /// A different amount for height and width.
    case each(Int, Int)
  }

  // MARK: - Convolution

  /// A convolution over two spatial dimensions.
  ///
  /// ```
  /// out = ⌊(in + 2·padding − dilation·(kernel − 1) − 1) / stride⌋ + 1
  /// ```
  public func convolution(
    _ input: ValueID, to channels: Int, kernel: Int = 1, stride: Int = 1,
    padding: Padding = .half, dilation: Int = 1, groups: Int = 1, bias: Bool = false,
    named label: String = "conv"
  ) -> ValueID {
    convolution(
      input, to: channels, kernel: (kernel, kernel), stride: (stride, stride), padding: padding,
      dilation: dilation, groups: groups, bias: bias, named: label)
  }

  /// A convolution whose kernel or stride differs between height and width.
  public func convolution(
    _ input: ValueID, to channels: Int, kernel: (Int, Int), stride: (Int, Int) = (1, 1),
    padding: Padding = .half, dilation: Int = 1, groups: Int = 1, bias: Bool = false,
    named label: String = "conv"
  ) -> ValueID {
    let shape = shape(input)
    guard shape.rank == 4 else {
      fail("a convolution needs [batch, channels, height, width], not \(shape)", at: label)
      return input
    }
    guard groups > 0, channels > 0, shape[1] % groups == 0, channels % groups == 0 else {
      fail("\(shape[1]) channels to \(channels) do not divide into \(groups) groups", at: label)
      return input
    }
    let vertical = extent(shape[2], kernel.0, stride.0, padding, dilation, isHeight: true, label)
    let horizontal = extent(shape[3], kernel.1, stride.1, padding, dilation, isHeight: false, label)
    let kind = OperationKind.convolution(
      Convolution(kernel: kernel, stride: stride, groups: groups))
    var operands = [
      input, weight("weight", [channels, shape[1] / groups, kernel.0, kernel.1]),
    ]
    if bias { operands.append(weight("bias", [channels])) }
    return operation(label, kind, operands, to: [shape[0], channels, vertical, horizontal])
  }

  /// One kernel for each channel.
  public func depthwiseConvolution(
    _ input: ValueID, kernel: Int, stride: Int = 1, padding: Padding = .half, dilation: Int = 1,
    bias: Bool = false, named label: String = "conv_dw"
  ) -> ValueID {
    let channels = dimension(input, 1)
    return convolution(
      input, to: channels, kernel: kernel, stride: stride, padding: padding, dilation: dilation,
      groups: channels, bias: bias, named: label)
  }

  /// A convolution that enlarges: `out = (in − 1)·stride − 2·padding + kernel + outputPadding`.
  public func transposedConvolution(
    _ input: ValueID, to channels: Int, kernel: Int, stride: Int, padding: Int = 0,
    outputPadding: Int = 0, groups: Int = 1, bias: Bool = false,
    named label: String = "conv_transpose"
  ) -> ValueID {
    let shape = shape(input)
    guard shape.rank == 4, groups > 0, shape[1] % groups == 0, channels % groups == 0 else {
      fail("a transposed convolution to \(channels) channels does not fit \(shape)", at: label)
      return input
    }
    let sides = [shape[2], shape[3]].map {
      ($0 - 1) * stride - 2 * padding + kernel + outputPadding
    }
    guard sides.allSatisfy({ $0 > 0 }) else {
      fail("nothing is left of \(shape)", at: label)
      return input
    }
    let kind = OperationKind.transposedConvolution(
      Convolution(
        kernel: [Int32(kernel), Int32(kernel)], stride: [Int32(stride), Int32(stride)],
        groups: groups))
    var operands = [input, weight("weight", [shape[1], channels / groups, kernel, kernel])]
    if bias { operands.append(weight("bias", [channels])) }
    return operation(label, kind, operands, to: [shape[0], channels, sides[0], sides[1]])
  }

  /// A convolution over time, height and width on `[batch, channels, frames, height, width]`.
  public func convolution3D(
    _ input: ValueID, to channels: Int, kernel: (Int, Int, Int), stride: (Int, Int, Int),
    bias: Bool = true, named label: String = "conv"
  ) -> ValueID {
    let shape = shape(input)
    guard shape.rank == 5 else {
      fail("a convolution needs [batch, channels, frames, height, width], not \(shape)", at: label)
      return input
    }
    let frames = extent(shape[2], kernel.0, stride.0, .amount(0), 1, isHeight: true, label)
    let height = extent(shape[3], kernel.1, stride.1, .amount(0), 1, isHeight: true, label)
    let width = extent(shape[4], kernel.2, stride.2, .amount(0), 1, isHeight: false, label)
    let kind = OperationKind.convolution(
      Convolution(
        kernel: [Int32(kernel.0), Int32(kernel.1), Int32(kernel.2)],
        stride: [Int32(stride.0), Int32(stride.1), Int32(stride.2)], groups: 1))
    var operands = [
      input, weight("weight", [channels, shape[1], kernel.0, kernel.1, kernel.2]),
    ]
    if bias { operands.append(weight("bias", [channels])) }
    return operation(label, kind, operands, to: [shape[0], channels, frames, height, width])
  }

  private func extent(
    _ size: Int, _ kernel: Int, _ stride: Int, _ padding: Padding, _ dilation: Int,
    isHeight: Bool, roundUp: Bool = false, _ label: String
  ) -> Int {
    guard kernel > 0, stride > 0, dilation > 0, size > 0, size < 1 << 40, kernel < 1 << 20,
      dilation < 1 << 20
    else {
      fail("kernel \(kernel), stride \(stride) on a side of \(size)", at: label)
      return 1
    }
    let reach = dilation * (kernel - 1) + 1
    let added: Int
    switch padding {
    case .amount(let amount): added = 2 * amount
    case .each(let height, let width): added = 2 * (isHeight ? height : width)
    case .half: added = 2 * (dilation * (kernel - 1) / 2)
    case .same: return (size + stride - 1) / stride
    }
    let span = size + added - reach
    guard span >= 0 else {
      fail("a window of \(reach) does not fit a side of \(size); use a larger image", at: label)
      return 1
    }
    var extent = (span + (roundUp ? stride - 1 : 0)) / stride + 1
    // A window must start inside the input or its left padding.
    if roundUp, (extent - 1) * stride >= size + added / 2 { extent -= 1 }
    return extent
  }

  // MARK: - Matrices

  /// `x·Wᵀ + b` over the last dimension.
  public func linear(
    _ input: ValueID, to features: Int, bias: Bool = true, named label: String = "fc",
    format: StorageFormat? = nil
  ) -> ValueID {
    let shape = shape(input)
    guard shape.rank > 0, features > 0 else {
      fail("a linear layer to \(features) features on \(shape)", at: label)
      return input
    }
    var operands = [input, weight("weight", [features, shape.innermost], format)]
    if bias { operands.append(weight("bias", [features])) }
    return operation(
      label, .matrixMultiply(MatrixMultiply(transposedRight: true)), operands,
      to: shape.replacing(-1, with: features))
  }

  /// `[…, M, K] · […, K, N]`, or `[…, N, K]` when `transposedRight`.
  public func matrixMultiply(
    _ left: ValueID, _ right: ValueID, transposedRight: Bool = false,
    named label: String = "matmul"
  ) -> ValueID {
    let (first, second) = (shape(left), shape(right))
    guard first.rank >= 2, second.rank >= 2,
      first.innermost == second[second.rank - (transposedRight ? 1 : 2)]
    else {
      fail("\(first) cannot be multiplied with \(second)", at: label)
      return left
    }
    let columns = second[second.rank - (transposedRight ? 2 : 1)]
    return operation(
      label, .matrixMultiply(MatrixMultiply(transposedRight: transposedRight)), [left, right],
      to: first.replacing(-1, with: columns))
  }

  /// Attention over `[batch, heads, tokens, size]`; keys and values may have fewer heads.
  public func attention(
    query: ValueID, key: ValueID, value: ValueID, mask: AttentionMask = .full,
    named label: String = "attention"
  ) -> ValueID {
    let (queries, keys, values) = (shape(query), shape(key), shape(value))
    guard queries.rank == 4, keys.rank == 4, values.rank == 4, keys[1] > 0,
      queries[1] % keys[1] == 0, queries[3] == keys[3], keys[2] == values[2]
    else {
      fail("attention of \(queries) over \(keys) and \(values)", at: label)
      return query
    }
    return operation(
      label, .attention(Attention(mask)), [query, key, value],
      to: queries.replacing(-1, with: values.innermost))
  }

  /// Self-attention of a vision transformer on `[batch, tokens, features]`: one projection to
  /// queries, keys and values, attention, one projection back.
  public func selfAttention(
    _ input: ValueID, heads: Int, keyValueBias: Bool = true, projectionBias: Bool = true
  ) -> ValueID {
    let shape = shape(input)
    guard shape.rank == 3, heads > 0, shape[2] % heads == 0 else {
      fail("attention with \(heads) heads on \(shape)", at: "attn")
      return input
    }
    let joined = linear(input, to: 3 * shape[2], bias: keyValueBias, named: "qkv")
    let size = shape[2] / heads
    let parts = (0..<3).map { _ in
      reshape(joined, [shape[0], heads, shape[1], size], named: "head_view")
    }
    let mixed = attention(query: parts[0], key: parts[1], value: parts[2])
    let tokens = reshape(mixed, shape, named: "merge")
    return linear(tokens, to: shape[2], bias: projectionBias, named: "proj")
  }

  /// Rows of a table `[vocabulary, features]` for token ids `[batch, tokens]`.
  public func embedding(
    _ ids: ValueID, vocabulary: Int, features: Int, named label: String = "embedding"
  ) -> ValueID {
    embedding(ids, table: weight("weight", [vocabulary, features]), named: label)
  }

  public func embedding(
    _ ids: ValueID, table: ValueID, named label: String = "embedding"
  ) -> ValueID {
    var shape = shape(ids)
    guard shape.rank < Shape.maximumRank else {
      fail("indices of \(shape)", at: label)
      return ids
    }
    shape.append(dimension(table, 1))
    return operation(label, .embedding, [table, ids], to: shape, format: activationFormat)
  }

  // MARK: - Normalisation

  /// A scale and a shift for every channel, with running mean and variance as buffers.
  public func batchNorm(_ input: ValueID, named label: String = "bn") -> ValueID {
    let channels = dimension(input, 1)
    return operation(
      label, .normalization(.batch),
      [
        input, weight("weight", [channels]), weight("bias", [channels]),
        value("running_mean", [channels], .buffer, weightFormat),
        value("running_var", [channels], .buffer, weightFormat),
      ], to: shape(input))
  }

  /// Over the last dimension.
  public func layerNorm(
    _ input: ValueID, bias: Bool = true, affine: Bool = true, named label: String = "norm"
  ) -> ValueID {
    normalization(.layer, input, size: dimension(input, -1), bias: bias, affine: affine, label)
  }

  /// Over the channels of an image, every pixel by itself.
  public func channelNorm(_ input: ValueID, bias: Bool = true, named label: String = "norm")
    -> ValueID
  {
    normalization(.layer, input, size: dimension(input, 1), bias: bias, affine: true, label)
  }

  /// Over the last dimension, without a shift.
  public func rootMeanSquareNorm(_ input: ValueID, named label: String = "norm") -> ValueID {
    normalization(
      .rootMeanSquare, input, size: dimension(input, -1), bias: false, affine: true, label)
  }

  public func groupNorm(_ input: ValueID, affine: Bool = true, named label: String = "norm")
    -> ValueID
  {
    normalization(.group, input, size: dimension(input, 1), bias: true, affine: affine, label)
  }

  private func normalization(
    _ kind: Normalization, _ input: ValueID, size: Int, bias: Bool, affine: Bool, _ label: String
  ) -> ValueID {
    var operands = [input]
    if affine {
      operands.append(weight("weight", [size]))
      if bias { operands.append(weight("bias", [size])) }
    }
    return operation(label, .normalization(kind), operands, to: shape(input))
  }

  // MARK: - Elementwise

  public func activation(
    _ function: ElementwiseFunction, _ input: ValueID, named label: String? = nil
  ) -> ValueID {
    operation(label ?? function.rawValue, .elementwise(function), [input], to: shape(input))
  }

  public func add(_ left: ValueID, _ right: ValueID, named label: String = "add") -> ValueID {
    elementwise(.add, left, right, named: label)
  }

  public func multiply(_ left: ValueID, _ right: ValueID, named label: String = "mul") -> ValueID {
    elementwise(.multiply, left, right, named: label)
  }

  /// A function of two tensors, one of which may be broadcast.
  public func elementwise(
    _ function: ElementwiseFunction, _ left: ValueID, _ right: ValueID, named label: String
  ) -> ValueID {
    let (first, second) = (shape(left), shape(right))
    guard let shape = first == second ? first : Shape.broadcast(first, second) else {
      fail("\(first) and \(second) do not fit together", at: label)
      return left
    }
    return operation(label, .elementwise(function), [left, right], to: shape)
  }

  /// A learned tensor that is added, such as a table of positions, of the input's shape without
  /// the batch.
  public func addParameter(_ input: ValueID, _ shape: Shape, named label: String) -> ValueID {
    add(input, weight(label, shape), named: label)
  }

  /// A learned factor for every channel (layer scale), along `axis`.
  public func scale(_ input: ValueID, axis: Int = -1, named label: String = "gamma") -> ValueID {
    let shape = shape(input)
    let place = axis < 0 ? shape.rank + axis : axis
    guard place >= 0, place < shape.rank else {
      fail("a tensor of \(shape) has no dimension \(axis)", at: label)
      return input
    }
    var factors = Shape()
    for index in place..<shape.rank { factors.append(index == place ? shape[place] : 1) }
    return multiply(input, weight(label, factors), named: label)
  }

  public func softmax(_ input: ValueID, named label: String = "softmax") -> ValueID {
    operation(label, .softmax, [input], to: shape(input))
  }

  // MARK: - Pooling

  public func maxPool(
    _ input: ValueID, kernel: Int, stride: Int, padding: Padding = .amount(0),
    roundUp: Bool = false, named label: String = "maxpool"
  ) -> ValueID {
    pool(.maximum, input, kernel, stride, padding, roundUp, label)
  }

  public func averagePool(
    _ input: ValueID, kernel: Int, stride: Int, padding: Padding = .amount(0),
    roundUp: Bool = false, named label: String = "avgpool"
  ) -> ValueID {
    pool(.average, input, kernel, stride, padding, roundUp, label)
  }

  private func pool(
    _ function: Pooling.Function, _ input: ValueID, _ kernel: Int, _ stride: Int,
    _ padding: Padding, _ roundUp: Bool, _ label: String
  ) -> ValueID {
    let shape = shape(input)
    guard shape.rank == 4 else {
      fail("pooling needs [batch, channels, height, width], not \(shape)", at: label)
      return input
    }
    let height = extent(
      shape[2], kernel, stride, padding, 1, isHeight: true, roundUp: roundUp, label)
    let width = extent(
      shape[3], kernel, stride, padding, 1, isHeight: false, roundUp: roundUp, label)
    return operation(
      label, .pooling(Pooling(function, window: kernel * kernel)), [input],
      to: [shape[0], shape[1], height, width])
  }

  /// The mean of every channel: `[batch, channels, 1, 1]`, or `[batch, channels]` when `flatten`.
  public func globalAveragePool(
    _ input: ValueID, flatten: Bool = true, named label: String = "global_pool"
  ) -> ValueID {
    adaptiveAveragePool(input, size: 1, flatten: flatten, named: label)
  }

  /// Means over an even grid of `size`×`size` windows.
  public func adaptiveAveragePool(
    _ input: ValueID, size: Int, flatten: Bool = false, named label: String = "avgpool"
  ) -> ValueID {
    let shape = shape(input)
    guard shape.rank == 4, size > 0 else {
      fail("pooling needs [batch, channels, height, width], not \(shape)", at: label)
      return input
    }
    let plane = Int(min(Double(shape[2]) * Double(shape[3]) / Double(size * size), 1e15))
    let output: Shape =
      flatten ? [shape[0], shape[1] * size * size] : [shape[0], shape[1], size, size]
    return operation(
      label, .pooling(Pooling(.average, window: max(1, plane))), [input], to: output)
  }

  /// The mean over `axis`, which disappears.
  public func mean(_ input: ValueID, axis: Int, named label: String = "mean") -> ValueID {
    let shape = shape(input)
    var kept = Shape()
    for index in 0..<shape.rank where index != axis { kept.append(shape[index]) }
    return operation(label, .reduction, [input], to: kept)
  }

  // MARK: - Layout

  /// Another name for the same elements, or for a part of them.
  public func reshape(_ input: ValueID, _ shape: Shape, named label: String = "view") -> ValueID {
    operation(label, .movement(.view), [input], to: shape, format: format(input))
  }

  /// `[batch, channels, height, width]` to `[batch, channels·height·width]`.
  public func flatten(_ input: ValueID) -> ValueID {
    let shape = shape(input)
    var rest = 1
    for axis in 1..<max(1, shape.rank) {
      let (product, overflow) = rest.multipliedReportingOverflow(by: shape[axis])
      guard !overflow else {
        fail("\(shape) is too large", at: "flatten")
        return input
      }
      rest = product
    }
    return reshape(input, [shape.first ?? 1, rest], named: "flatten")
  }

  /// `[batch, channels, height, width]` to `[batch, height·width, channels]`.
  public func tokens(_ image: ValueID) -> ValueID {
    let shape = shape(image)
    guard shape.rank == 4 else {
      fail("an image is [batch, channels, height, width], not \(shape)", at: "tokens")
      return image
    }
    return operation(
      "tokens", .movement(.view), [image], to: [shape[0], shape[2] * shape[3], shape[1]])
  }

  /// `[batch, height·width, channels]` to `[batch, channels, height, width]`.
  public func image(_ tokens: ValueID, height: Int, width: Int) -> ValueID {
    let shape = shape(tokens)
    guard shape.rank == 3, shape[1] == height * width else {
      fail("\(shape) are not the tokens of a \(height)×\(width) image", at: "image")
      return tokens
    }
    return operation(
      "image", .movement(.view), [tokens], to: [shape[0], shape[2], height, width])
  }

  public func transpose(_ input: ValueID, to shape: Shape, named label: String = "transpose")
    -> ValueID
  {
    operation(label, .movement(.transpose), [input], to: shape, format: format(input))
  }

  public func concatenate(_ inputs: [ValueID], axis: Int, named label: String = "cat") -> ValueID {
    guard let first = inputs.first else {
      fail("nothing to join", at: label)
      return ValueID(0)
    }
    var joined = shape(first)
    for input in inputs.dropFirst() {
      let next = shape(input)
      guard next.rank == joined.rank, axis < next.rank,
        next.replacing(axis, with: joined[axis]) == joined
      else {
        fail("\(next) cannot be joined to \(joined) along dimension \(axis)", at: label)
        return first
      }
      joined[axis] += next[axis]
    }
    return operation(label, .movement(.concatenate), inputs, to: joined)
  }

  /// A part of `input` along `axis`, which moves nothing.
  public func slice(_ input: ValueID, axis: Int, count: Int, named label: String = "slice")
    -> ValueID
  {
    let shape = shape(input)
    guard axis < shape.rank, count >= 0, count <= shape[axis] else {
      fail("\(count) elements of dimension \(axis) of \(shape)", at: label)
      return input
    }
    return reshape(input, shape.replacing(axis, with: count), named: label)
  }

  /// Enlarges (or shrinks) the plane of an image.
  public func resize(_ input: ValueID, height: Int, width: Int, named label: String = "resize")
    -> ValueID
  {
    let shape = shape(input)
    guard shape.rank == 4 else {
      fail("an image is [batch, channels, height, width], not \(shape)", at: label)
      return input
    }
    return operation(
      label, .movement(.resize), [input], to: [shape[0], shape[1], height, width])
  }

  // MARK: - Common groups

  /// Squeeze and excitation: mean, two 1×1 convolutions with a bias, a factor for every channel.
  public func squeezeExcite(
    _ input: ValueID, reduced: Int, activation function: ElementwiseFunction = .relu,
    gate: ElementwiseFunction = .sigmoid, named label: String = "se"
  ) -> ValueID {
    scope(label) {
      let channels = dimension(input, 1)
      var weights = globalAveragePool(input, flatten: false)
      weights = convolution(weights, to: reduced, bias: true, named: "conv_reduce")
      weights = activation(function, weights)
      weights = convolution(weights, to: channels, bias: true, named: "conv_expand")
      return multiply(input, activation(gate, weights))
    }
  }
}

extension Shape {
  /// The shape of an elementwise function of two tensors, as NumPy broadcasts.
  public static func broadcast(_ left: Shape, _ right: Shape) -> Shape? {
    let rank = Swift.max(left.rank, right.rank)
    var result = Shape()
    for place in 0..<rank {
      let first = place - (rank - left.rank)
      let second = place - (rank - right.rank)
      let one = first < 0 ? 1 : left[first]
      let other = second < 0 ? 1 : right[second]
      guard one == other || one == 1 || other == 1 else { return nil }
      result.append(one == 1 ? other : one)
    }
    return result
  }
}
