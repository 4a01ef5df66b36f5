extension ONNXOperators {
  static let attention: [String: ONNXRule] = [
    "Attention": { call throws(WorkloadError) in try standardAttention(call) },
    "com.microsoft.Attention": { call throws(WorkloadError) in try projectedAttention(call) },
    "com.microsoft.MultiHeadAttention": { call throws(WorkloadError) in
      try multiHeadAttention(call)
    },
    "com.microsoft.GroupQueryAttention": { call throws(WorkloadError) in
      try groupQueryAttention(call)
    },
    "RotaryEmbedding": { call throws(WorkloadError) in
      let input = try call.input(0)
      return [call.emit(.elementwise(.rotaryEmbedding), call.some(0, 1, 2, 3), input.shape)]
    },
  ]

  // MARK: - Operators

  /// Of the standard's operator set 23: heads as a dimension of their own or side by side.
  private static func standardAttention(_ call: ONNXCall) throws(WorkloadError) -> [ONNXTensor] {
    let query = try heads(call, try call.input(0), call.int("q_num_heads"), ".query")
    var key = try heads(call, try call.input(1), call.int("kv_num_heads"), ".key")
    var value = try heads(call, try call.input(2), call.int("kv_num_heads"), ".value")
    key = try appended(call, call.optional(4), key, ".key_cache")
    value = try appended(call, call.optional(5), value, ".value_cache")
    let mask: AttentionMask = call.int("is_causal", 0) != 0 ? .causal : .full
    let result = try attend(call, query, key, value, mask)
    var outputs = [
      try call.input(0).rank == 3 ? try merged(call, result) : result, key, value,
    ]
    if call.wants(3) {
      outputs.append(
        ONNXTensor(
          try call.shape([query.shape[0], query.shape[1], query.shape[2], key.shape[2]]),
          query.type, .value))
    }
    return outputs
  }

  /// With the projections of query, key and value in front: weight `[width, 3·heads·size]`.
  private static func projectedAttention(_ call: ONNXCall) throws(WorkloadError) -> [ONNXTensor] {
    let (input, weight) = (try call.input(0), call.weight(try call.input(1)))
    let count = call.int("num_heads", 0)
    guard input.rank == 3, weight.rank == 2, weight.shape[0] == input.shape[2], count > 0 else {
      throw call.fail("\(input.shape) with a weight of \(weight.shape) for \(count) heads")
    }
    let widths = call.ints("qkv_hidden_sizes") ?? Array(repeating: weight.shape[1] / 3, count: 3)
    guard widths.count == 3, widths.allSatisfy({ $0 > 0 && $0 <= weight.shape[1] }),
      widths.reduce(0.0, { $0 + Double($1) }) == Double(weight.shape[1])
    else { throw call.fail("\(weight.shape) holds no three projections") }
    let projected = call.emit(
      .matrixMultiply(MatrixMultiply()), [input, weight] + call.some(2),
      try call.shape([input.shape[0], input.shape[1], weight.shape[1]]), label: ".qkv")
    func part(_ place: Int, _ label: String) throws(WorkloadError) -> ONNXTensor {
      let flat = call.emit(
        .movement(.view), [projected], projected.shape.replacing(2, with: widths[place]),
        label: label)
      return try heads(call, flat, count, label)
    }
    let query = try part(0, ".query")
    var (key, value) = (try part(1, ".key"), try part(2, ".value"))
    var present: [ONNXTensor] = []
    if let past = call.optional(4) {
      // `[2, batch, heads, steps, size]`.
      guard past.rank == 5 else { throw call.fail("a cache of \(past.shape)") }
      let half = try call.shape(Array(past.shape.dropFirst()))
      key = try appended(
        call, call.emit(.movement(.view), [past], half, label: ".past_key"), key, ".key_cache")
      value = try appended(
        call, call.emit(.movement(.view), [past], half, label: ".past_value"), value,
        ".value_cache")
    }
    if call.wants(1) {
      present = [
        ONNXTensor(try call.shape([2] + Array(key.shape)), key.type, .value)
      ]
    }
    let mask: AttentionMask = call.int("unidirectional", 0) != 0 ? .causal : .full
    return [try merged(call, try attend(call, query, key, value, mask))] + present
  }

  private static func multiHeadAttention(_ call: ONNXCall) throws(WorkloadError) -> [ONNXTensor] {
    let input = try call.input(0)
    let count = call.int("num_heads", 0)
    guard count > 0 else { throw call.fail("\(count) heads") }
    var query: ONNXTensor
    var key: ONNXTensor
    var value: ONNXTensor
    if input.rank == 5 {
      // `[batch, steps, heads, 3, size]`.
      let shape = try call.shape([
        input.shape[0], input.shape[2], input.shape[1], input.shape[4],
      ])
      query = call.emit(.movement(.view), [input], shape, label: ".query")
      key = call.emit(.movement(.view), [input], shape, label: ".key")
      value = call.emit(.movement(.view), [input], shape, label: ".value")
    } else {
      query = try heads(call, input, count, ".query")
      let keys = try call.input(1)
      if keys.rank == 5 {
        // `[batch, steps, heads, 2, size]`.
        let shape = try call.shape([keys.shape[0], keys.shape[2], keys.shape[1], keys.shape[4]])
        key = call.emit(.movement(.view), [keys], shape, label: ".key")
        value = call.emit(.movement(.view), [keys], shape, label: ".value")
      } else {
        key = try heads(call, keys, count, ".key")
        value = try heads(call, try call.input(2), count, ".value")
      }
    }
    key = try appended(call, call.optional(6), key, ".key_cache")
    value = try appended(call, call.optional(7), value, ".value_cache")
    let mask: AttentionMask = call.int("unidirectional", 0) != 0 ? .causal : .full
    return [try merged(call, try attend(call, query, key, value, mask)), key, value]
  }

  /// Causal, with fewer heads of keys than of queries and a cache.
  private static func groupQueryAttention(_ call: ONNXCall) throws(WorkloadError) -> [ONNXTensor] {
    let input = try call.input(0)
    let (count, groups) = (call.int("num_heads", 0), call.int("kv_num_heads", 0))
    guard input.rank == 3, count > 0, groups > 0, count % groups == 0,
      count <= input.shape[2], groups <= input.shape[2]
    else { throw call.fail("\(count) heads in \(groups) groups for \(input.shape)") }
    var query: ONNXTensor
    var key: ONNXTensor
    var value: ONNXTensor
    if let keys = call.optional(1) {
      query = try heads(call, input, count, ".query")
      key = try heads(call, keys, groups, ".key")
      value = try heads(call, try call.input(2), groups, ".value")
    } else {
      guard input.shape[2] % (count + 2 * groups) == 0 else {
        throw call.fail("\(input.shape) does not hold \(count) + 2·\(groups) heads")
      }
      let size = input.shape[2] / (count + 2 * groups)
      func part(_ heads: Int, _ label: String) throws(WorkloadError) -> ONNXTensor {
        call.emit(
          .movement(.view), [input],
          try call.shape([input.shape[0], heads, input.shape[1], size]), label: label)
      }
      query = try part(count, ".query")
      key = try part(groups, ".key")
      value = try part(groups, ".value")
    }
    if call.int("do_rotary", 0) != 0 {
      query = rotated(call, query, ".query_rotary")
      key = rotated(call, key, ".key_rotary")
    }
    key = try appended(call, call.optional(3), key, ".key_cache")
    value = try appended(call, call.optional(4), value, ".value_cache")
    let window = call.int("local_window_size", -1)
    let result = try attend(call, query, key, value, window > 0 ? .window(window) : .causal)
    return [try merged(call, result), key, value]
  }

  // MARK: - Parts

  private static func rotated(_ call: ONNXCall, _ input: ONNXTensor, _ label: String) -> ONNXTensor
  {
    call.emit(
      .elementwise(.rotaryEmbedding), [input] + call.some(7, 8), input.shape, label: label)
  }

  /// `[batch, steps, heads·size]` as `[batch, heads, steps, size]`, which a fused kernel reads in
  /// place.
  private static func heads(_ call: ONNXCall, _ input: ONNXTensor, _ count: Int?, _ label: String)
    throws(WorkloadError) -> ONNXTensor
  {
    if input.rank == 4 { return input }
    guard input.rank == 3, let count, count > 0, input.shape[2] % count == 0 else {
      throw call.fail("\(input.shape) does not hold \(count ?? 0) heads")
    }
    return call.emit(
      .movement(.view), [input],
      try call.shape([input.shape[0], count, input.shape[1], input.shape[2] / count]),
      label: label)
  }

  private static func merged(_ call: ONNXCall, _ input: ONNXTensor) throws(WorkloadError)
    -> ONNXTensor
  {
    let width = try call.dimension(Double(input.shape[1]) * Double(input.shape[3]))
    return call.emit(
      .movement(.view), [input], try call.shape([input.shape[0], input.shape[2], width]),
      label: ".merge")
  }

  /// The cache with the new steps behind it.
  private static func appended(
    _ call: ONNXCall, _ past: ONNXTensor?, _ new: ONNXTensor, _ label: String
  ) throws(WorkloadError) -> ONNXTensor {
    guard let past else { return new }
    guard past.rank == 4, new.rank == 4 else {
      throw call.fail("\(new.shape) cannot follow \(past.shape)")
    }
    let steps = try call.dimension(Double(past.shape[2]) + Double(new.shape[2]))
    guard past.shape.replacing(2, with: 0) == new.shape.replacing(2, with: 0) else {
      throw call.fail("\(new.shape) cannot follow \(past.shape)")
    }
    return call.emit(
      .movement(.concatenate), [past, new],
      try call.shape(Array(past.shape.replacing(2, with: steps))), label: label)
  }

  private static func attend(
    _ call: ONNXCall, _ query: ONNXTensor, _ key: ONNXTensor, _ value: ONNXTensor,
    _ mask: AttentionMask
  ) throws(WorkloadError) -> ONNXTensor {
    guard query.rank == 4, key.rank == 4, value.rank == 4, key.shape[1] > 0,
      query.shape[1] % key.shape[1] == 0, query.shape[3] == key.shape[3],
      key.shape[2] == value.shape[2]
    else {
      throw call.fail("attention of \(query.shape) over \(key.shape) and \(value.shape)")
    }
    return call.emit(
      .attention(Attention(mask)), [query, key, value],
      try call.shape(Array(query.shape.replacing(3, with: value.shape[3]))))
  }
}
