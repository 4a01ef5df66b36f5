extension ONNXOperators {
  static let normalization: [String: ONNXRule] = [
    "BatchNormalization": { call throws(WorkloadError) in try batch(call) },
    "InstanceNormalization": { call throws(WorkloadError) in
      try normalize(call, .instance, call.some(0, 1, 2))
    },
    "GroupNormalization": { call throws(WorkloadError) in
      try normalize(call, .group, call.some(0, 1, 2))
    },
    "com.microsoft.GroupNorm": { call throws(WorkloadError) in
      try normalize(call, .group, call.some(0, 1, 2))
    },
    "LayerNormalization": { call throws(WorkloadError) in
      try normalize(call, .layer, call.some(0, 1, 2), statistics: true)
    },
    "RMSNormalization": { call throws(WorkloadError) in
      try normalize(call, .rootMeanSquare, call.some(0, 1))
    },
    "SimplifiedLayerNormalization": { call throws(WorkloadError) in
      try normalize(call, .rootMeanSquare, call.some(0, 1), statistics: true)
    },
    "LRN": { call throws(WorkloadError) in
      try normalize(call, .localResponse, call.some(0))
    },
    "MeanVarianceNormalization": { call throws(WorkloadError) in
      try normalize(call, .instance, call.some(0))
    },
    "LpNormalization": { call throws(WorkloadError) in
      try normalize(call, .rootMeanSquare, call.some(0))
    },
    "com.microsoft.SkipLayerNormalization": { call throws(WorkloadError) in
      try skip(call, .layer, parameters: call.some(2, 3), bias: 4)
    },
    "com.microsoft.SkipSimplifiedLayerNormalization": { call throws(WorkloadError) in
      try skip(call, .rootMeanSquare, parameters: call.some(2), bias: 3)
    },
    "com.microsoft.EmbedLayerNormalization": { call throws(WorkloadError) in try embed(call) },
  ]

  /// With stored statistics; right after a convolution that nothing else reads, every runtime folds
  /// it into the weights.
  private static func batch(_ call: ONNXCall) throws(WorkloadError) -> [ONNXTensor] {
    let input = try call.input(0)
    let source = call.node.input[0]
    let isFolded =
      call.names.foldable.contains(source) && call.names.readers[source] == 1
      && call.int("training_mode", 0) == 0 && call.some(1, 2, 3, 4).allSatisfy(\.isConstant)
    let parameters = call.some(1, 2, 3, 4)
    let result = call.emit(
      .normalization(isFolded ? .folded : .batch), [input] + parameters, input.shape)
    return [result] + parameters.suffix(2)
  }

  private static func normalize(
    _ call: ONNXCall, _ kind: Normalization, _ inputs: [ONNXTensor], statistics: Bool = false
  ) throws(WorkloadError) -> [ONNXTensor] {
    let input = try call.input(0)
    guard statistics, call.node.output.count > 1 else {
      return [call.emit(.normalization(kind), inputs, input.shape)]
    }
    let axis = try call.axis(call.int("axis", -1), input.rank)
    let reduced = try call.shape(input.shape.indices.map { $0 < axis ? input.shape[$0] : 1 })
    return call.emit(
      .normalization(kind), inputs,
      [(input.shape, input.type), (reduced, .float32), (reduced, .float32)])
  }

  /// A sum and its normalisation; the fourth output is the sum.
  private static func skip(
    _ call: ONNXCall, _ kind: Normalization, parameters: [ONNXTensor], bias: Int
  ) throws(WorkloadError) -> [ONNXTensor] {
    var sum = try binary(call, .add, try call.input(0), try call.input(1), suffix: ".sum")
    if let bias = call.optional(bias) {
      sum = try binary(call, .add, sum, bias, suffix: ".bias")
    }
    let result = call.emit(.normalization(kind), [sum] + parameters, sum.shape)
    guard call.node.output.count > 1 else { return [result] }
    let reduced = try call.shape(Array(sum.shape.dropLast()) + [1])
    let statistics = ONNXTensor(reduced, .float32, .value)
    return [result, statistics, statistics, sum]
  }

  /// Rows of the tables of words, positions and segments, summed and normalised.
  private static func embed(_ call: ONNXCall) throws(WorkloadError) -> [ONNXTensor] {
    let (ids, words) = (try call.input(0), try call.input(2))
    guard ids.rank == 2, words.rank == 2 else {
      throw call.fail("ids of \(ids.shape) in a table of \(words.shape)")
    }
    let shape = try call.shape(Array(ids.shape) + [words.shape[1]])
    var sum = call.emit(.embedding, [words, ids], shape, words.type, label: ".words")
    for (place, label) in [(3, ".positions"), (4, ".segments")] {
      guard let table = call.optional(place) else { continue }
      let rows = call.emit(.embedding, [table, ids], shape, table.type, label: label)
      sum = try binary(call, .add, sum, rows, suffix: label + ".sum")
    }
    let result = call.emit(.normalization(.layer), [sum] + call.some(5, 6), shape)
    return [result, call.known([], try call.shape([ids.shape[0]]), .int32), sum]
  }
}
