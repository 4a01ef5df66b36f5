extension ONNXOperators {
  static let attention: [String: ONNXRule] = [
    "Attention": { call throws(WorkloadError) in
      let query = try call.input(0)
      return try attend(
        call, query, try call.input(1), try call.input(2), past: (4, 5),
        heads: call.int("q_num_heads") ?? (query.rank == 4 ? query.shape[1] : 0),
        keyHeads: call.int("kv_num_heads"), isCausal: call.int("is_causal", 0) != 0)
    },
    "com.microsoft.MultiHeadAttention": { call throws(WorkloadError) in
      guard let key = call.optional(1), let value = call.optional(2) else {
        throw call.fail("queries, keys and values in one tensor cannot be counted")
      }
      return try attend(
        call, try call.input(0), key, value, past: (6, 7), heads: call.int("num_heads", 0),
        keyHeads: nil, isCausal: call.int("unidirectional", 0) != 0)
    },
    "com.microsoft.GroupQueryAttention": { call throws(WorkloadError) in
      let query = try call.input(0)
      let heads = call.int("num_heads", 0)
      let keyHeads = call.int("kv_num_heads", heads)
      if let key = call.optional(1), let value = call.optional(2) {
        return try attend(
          call, query, key, value, past: (3, 4), heads: heads, keyHeads: keyHeads, isCausal: true)
      }
      // All three in one tensor: [batch, tokens, (heads + 2 · key heads) · size].
      let parts = heads + 2 * keyHeads
      guard query.rank == 3, heads > 0, keyHeads > 0, parts < 1 << 40,
        query.shape[2] % parts == 0
      else { throw call.fail("\(heads) heads in \(query.shape)") }
      let size = query.shape[2] / parts
      var shapes: [(Shape, DataType)] = []
      for count in [heads, keyHeads, keyHeads] {
        shapes.append(
          (try call.shape([query.shape[0], query.shape[1], count * size]), query.type))
      }
      let views = call.emit(.movement(.view), [query], shapes, nil, ".split")
      return try attend(
        call, views[0], views[1], views[2], past: (3, 4), heads: heads, keyHeads: keyHeads,
        isCausal: true)
    },
    "com.microsoft.Attention": { call throws(WorkloadError) in
      let (input, weight) = (try call.input(0), call.weight(try call.input(1)))
      guard input.rank == 3, weight.rank == 2, weight.shape[0] == input.shape[2],
        weight.shape[1] % 3 == 0
      else { throw call.fail("\(input.shape) with a weight of \(weight.shape)") }
      let width = weight.shape[1] / 3
      let joined = call.emit(
        .matrixMultiply(MatrixMultiply()), [input, weight] + call.some(2),
        try call.shape([input.shape[0], input.shape[1], weight.shape[1]]), label: ".qkv")
      let shape = try call.shape([input.shape[0], input.shape[1], width])
      let views = call.emit(
        .movement(.view), [joined], [(Shape, DataType)](repeating: (shape, input.type), count: 3),
        nil, ".split")
      return try attend(
        call, views[0], views[1], views[2], past: (4, 4), heads: call.int("num_heads", 0),
        keyHeads: nil, isCausal: call.int("unidirectional", 0) != 0)
    },
    "RotaryEmbedding": { call throws(WorkloadError) in
      let input = try call.input(0)
      return [
        call.emit(.elementwise(.rotaryEmbedding), call.inputs.compactMap { $0 }, input.shape)
      ]
    },
  ]

  /// Queries `[B, S, H·D]` or `[B, H, S, D]`, keys and values likewise, those kept from before
  /// `[B, G, P, D]`.
  private static func attend(
    _ call: ONNXCall, _ query: ONNXTensor, _ key: ONNXTensor, _ value: ONNXTensor,
    past: (Int, Int), heads: Int, keyHeads: Int?, isCausal: Bool
  ) throws(WorkloadError) -> [ONNXTensor] {
    guard heads > 0, heads < 1 << 40 else { throw call.fail("the number of heads is missing") }
    let groups = keyHeads ?? heads
    func split(_ tensor: ONNXTensor, _ count: Int, _ suffix: String) throws(WorkloadError)
      -> ONNXTensor
    {
      if tensor.rank == 4 { return tensor }
      guard tensor.rank == 3, count > 0, tensor.shape[2] % count == 0 else {
        throw call.fail("\(count) heads in \(tensor.shape)")
      }
      return call.view(
        tensor,
        try call.shape([tensor.shape[0], count, tensor.shape[1], tensor.shape[2] / count]), suffix)
    }
    let queries = try split(query, heads, ".query")
    var keys = try split(key, groups, ".key")
    var values = try split(value, groups, ".value")
    var present: [ONNXTensor] = []
    if let oldKeys = call.optional(past.0), oldKeys.rank == 4, past.0 != past.1,
      let oldValues = call.optional(past.1), oldValues.rank == 4
    {
      keys = try joined(call, oldKeys, keys, ".keys")
      values = try joined(call, oldValues, values, ".values")
      present = [keys, values]
    } else if call.wants(1) {
      present = [keys, values]
    }
    guard keys.shape[3] == queries.shape[3], keys.shape[2] == values.shape[2],
      keys.shape[1] > 0, queries.shape[1] % keys.shape[1] == 0
    else {
      throw call.fail("attention of \(queries.shape) over \(keys.shape) and \(values.shape)")
    }
    let mixed = call.emit(
      .attention(Attention(isCausal ? .causal : .full)), [queries, keys, values],
      queries.shape.replacing(-1, with: values.shape[3]))
    let result =
      query.rank == 4
      ? mixed
      : call.view(
        mixed,
        try call.shape([
          query.shape[0], query.shape[1],
          try call.dimension(Double(heads) * Double(values.shape[3])),
        ]), ".merge")
    return [result] + present
  }

  private static func joined(
    _ call: ONNXCall, _ old: ONNXTensor, _ new: ONNXTensor, _ suffix: String
  ) throws(WorkloadError) -> ONNXTensor {
    var shape = new.shape
    shape[2] = try call.dimension(Double(old.shape[2]) + Double(new.shape[2]))
    return call.emit(.movement(.concatenate), [old, new], shape, label: suffix)
  }
}
