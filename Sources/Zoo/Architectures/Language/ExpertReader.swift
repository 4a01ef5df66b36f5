import Workloads

/// Where a family publishes the numbers of its experts.
struct ExpertKeys: Sendable {
  var count: KeyNames = ["num_experts", "num_local_experts", "n_routed_experts", "moe_num_experts"]
  var perToken: KeyNames = [
    "num_experts_per_tok", "num_experts_per_token", "experts_per_token", "moe_topk", "moe_k",
    "top_k_experts",
  ]
  /// Width of one expert; the first that is there.
  var size: KeyNames = ["moe_intermediate_size", "expert_ffn_hidden_size", "intermediate_size"]
  var isGated = true
  var activation = ElementwiseFunction.silu
  /// How many experts of the same width every token uses.
  var shared: KeyNames = ["n_shared_experts", "num_shared_experts", "moe_num_shared_experts"]
  /// Width of all shared experts together, where it is published so.
  var sharedSize: KeyNames = [
    "shared_expert_intermediate_size", "moe_shared_expert_intermediate_size",
    "share_expert_dim", "shared_intermediate_size",
  ]
  var hasSharedGate = false
  var hasBalancingBias = false
  var hasRouterBias = false
}

extension ConfigurationFile {
  func experts(_ keys: ExpertKeys) throws(WorkloadError) -> ExpertFeedForward {
    let count = try integer(anyOf: keys.count, in: 1...1_000_000)
    let perToken = try integer(anyOf: keys.perToken, in: 1...1_000_000)
    guard perToken <= count else {
      throw wrong(
        keys.perToken.first { has($0) } ?? keys.perToken[0],
        "is \(perToken), more than the \(count) experts")
    }
    let size = try integer(anyOf: keys.size)
    var layer = ExpertFeedForward(
      experts: count, perToken: perToken, size: size, isGated: keys.isGated)
    layer.activation = keys.activation
    if let key = keys.sharedSize.first(where: { has($0) }) {
      layer.sharedSize = try integer(key, in: 0...10_000_000)
      if let number = keys.shared.first(where: { has($0) }),
        key == "moe_shared_expert_intermediate_size"
      {
        layer.sharedSize *= try integer(number, in: 0...10_000)
      }
    } else if let key = keys.shared.first(where: { has($0) }) {
      layer.sharedSize = try integer(key, in: 0...10_000) * size
    }
    layer.hasSharedGate = keys.hasSharedGate && layer.sharedSize > 0
    layer.hasBalancingBias = keys.hasBalancingBias
    layer.hasRouterBias = keys.hasRouterBias
    return layer
  }

  /// For every layer whether it has experts: all but the first `first_k_dense_replace`, those in
  /// `mlp_only_layers`, and those between the steps of `decoder_sparse_step` or `moe_layer_freq`.
  func expertLayers(of count: Int) throws(WorkloadError) -> [Bool] {
    let dense = try integer("first_k_dense_replace", default: 0, in: 0...10_000)
    let step = try integer("decoder_sparse_step", default: 1, in: 1...10_000)
    let excluded = Set(try integers("mlp_only_layers") ?? [])
    var result = (0..<count).map {
      $0 >= dense && ($0 + 1) % step == 0 && !excluded.contains($0)
    }
    if isArray("moe_layer_freq") {
      let flags = try integers("moe_layer_freq", in: 0...1) ?? []
      guard flags.count == count else {
        throw wrong("moe_layer_freq", "has \(flags.count) entries for \(count) layers")
      }
      result = flags.map { $0 == 1 }
    } else {
      let frequency = try integer("moe_layer_freq", default: 1, in: 1...10_000)
      if frequency > 1 { result = result.indices.map { result[$0] && $0 % frequency == 0 } }
    }
    if let kinds = try texts("mlp_layer_types") {
      guard kinds.count == count else {
        throw wrong("mlp_layer_types", "has \(kinds.count) entries for \(count) layers")
      }
      result = try sparseFlags(kinds)
    }
    return result
  }

  private func sparseFlags(_ kinds: [String]) throws(WorkloadError) -> [Bool] {
    var flags: [Bool] = []
    for (index, kind) in kinds.enumerated() {
      switch kind {
      case "sparse", "moe": flags.append(true)
      case "dense": flags.append(false)
      default: throw refuse("mlp_layer_types[\(index)]", kind, known: ["dense", "sparse"])
      }
    }
    return flags
  }
}
