extension LanguageModel {
  public static let tokenLimit = 1_000_000_000

  /// One run over `batch` sequences.
  ///
  /// - Parameters:
  ///   - images: pictures before each prompt; their tokens are part of the prompt's.
  ///   - encoderTokens: tokens that the encoder of an encoder–decoder read, or reads now in a prefill.
  /// - Throws: `WorkloadError.setting` for numbers outside 1 … 10⁹, `.tooLarge` where a tensor has no
  ///   exact count.
  public func workload(
    _ phase: LanguagePhase, batch: Int = 1, images: Int = 0, encoderTokens: Int? = nil
  ) throws(WorkloadError) -> Workload {
    for (name, value) in [
      ("batch", batch), ("tokens", phase.tokens), ("context", phase.context),
      ("encoder tokens", encoderTokens ?? 1),
    ] where !(1...Self.tokenLimit).contains(value) {
      throw .setting("\(name)=\(value); it is between 1 and \(Self.tokenLimit)")
    }
    guard (0...100_000).contains(images) else {
      throw .setting("images=\(images); it is between 0 and 100000")
    }
    if images > 0, vision == nil {
      throw .setting("\(name) takes no pictures; leave 'images' out")
    }
    if images > 0, phase.isDecode {
      throw .setting("pictures are read in the prefill; leave 'images' out of a decoding step")
    }
    let writer = LanguageModelWriter(self, phase, batch: batch)
    return try writer.write(images: images, encoderTokens: encoderTokens ?? phase.context)
  }
}

/// Writes one run of a language model, part by part.
private struct LanguageModelWriter {
  let model: LanguageModel
  let phase: LanguagePhase
  let batch: Int
  let tokens: Int
  let context: Int
  let net: WorkloadBuilder

  init(_ model: LanguageModel, _ phase: LanguagePhase, batch: Int) {
    self.model = model
    self.phase = phase
    self.batch = batch
    tokens = phase.tokens
    context = phase.context
    net = WorkloadBuilder(model.name, activations: model.formats.activations)
    net.weightFormat = model.formats.other
    net.source = model.source
    net.warnings = model.warnings
    net.assumptions = model.assumptions
  }

  // MARK: - The whole

  func write(images: Int, encoderTokens: Int) throws(WorkloadError) -> Workload {
    let vocabulary = model.embedding.vocabulary
    let width = model.embedding.width ?? model.hiddenSize
    let table =
      vocabulary > 0
      ? net.weight("embed_tokens", [vocabulary, width], model.formats.embedding) : nil
    if let vision = model.vision { visionTower(vision, images: images) }
    var states: ValueID?
    if let encoder = model.encoder {
      states = encode(encoder, table, tokens: encoderTokens)
    }
    var x = embed(table, tokens: tokens)
    for run in model.layers {
      x = net.scope(run.label, instances: run.count, sharedWeights: model.sharesLayers) {
        layer(run.layer, x, size: model.hiddenSize, tokens: tokens, encoded: states)
      }
    }
    if model.hasFinalNormalization { x = normalize(x, "norm") }
    if model.extraParameters > 0 {
      x = net.operation(
        "collapse", .elementwise(.multiply), [x, net.weight("other", [model.extraParameters])],
        to: net.shape(x))
    }
    net.result(head(x, table))
    let forward = try net.finish()
    if case .training(_, let optimizer) = phase {
      return try forward.trainingStep(optimizer: optimizer)
    }
    return forward
  }

  private func embed(_ table: ValueID?, tokens: Int) -> ValueID {
    guard let table else {
      return net.input("hidden_states", [batch, tokens, model.hiddenSize])
    }
    let ids = net.input("input_ids", [batch, tokens], .int32)
    return net.scope("embedding") {
      var x = net.embedding(ids, table: table, named: "tokens")
      let width = net.dimension(table, 1)
      if !model.embedding.hasWidePositions { x = addPositions(x, ids) }
      if model.embedding.segments > 0 {
        let rows = net.weight(
          "segments", [model.embedding.segments, width], model.formats.embedding)
        x = net.add(x, net.embedding(ids, table: rows, named: "segments"))
      }
      if model.embedding.hasNormalization { x = normalize(x, "norm") }
      embedForLayers(ids, x)
      if width != model.hiddenSize {
        x = linear(
          x, to: model.hiddenSize, bias: model.embedding.hasProjectionBias, "project",
          model.formats.embedding)
      }
      return model.embedding.hasWidePositions ? addPositions(x, ids) : x
    }
  }

  private func addPositions(_ x: ValueID, _ ids: ValueID) -> ValueID {
    guard model.embedding.positions > 0 else { return x }
    let rows = net.weight(
      "positions", [model.embedding.positions, net.dimension(x, -1)], model.formats.embedding)
    return net.add(x, net.embedding(ids, table: rows, named: "positions"))
  }

  /// The vectors that every layer adds by itself: from a table, and from the token's embedding.
  private func embedForLayers(_ ids: ValueID, _ x: ValueID) {
    let size = model.embedding.perLayerSize
    guard size > 0 else { return }
    let width = model.layerCount * size
    net.scope("per_layer") {
      let table = net.weight(
        "weight", [model.embedding.perLayerVocabulary, width], model.formats.embedding)
      let looked = net.embedding(ids, table: table, named: "tokens")
      let projected = linear(x, to: width, bias: false, "projection", model.formats.embedding)
      _ = net.add(looked, headNorm(projected, size, "norm", false))
    }
  }

  /// A gate into the layer's own vector, and back.
  private func perLayerInput(_ x: ValueID) -> ValueID {
    let size = model.embedding.perLayerSize
    return net.scope("per_layer") {
      let gate = net.activation(
        .gelu, linear(x, to: size, bias: false, "input_gate", model.formats.feedForward))
      let mixed = linear(
        gate, to: model.hiddenSize, bias: false, "projection", model.formats.feedForward)
      return net.add(x, normalize(mixed, "norm"), named: "residual")
    }
  }

  /// Scores of the sampled positions: all in training and in encoders, else the last.
  private func head(_ states: ValueID, _ table: ValueID?) -> ValueID {
    var x = states
    let head = model.head
    let isEveryToken = phase.isTraining || model.isEncoder
    if !isEveryToken, tokens > 1, head.vocabulary > 0 {
      x = net.slice(x, axis: 1, count: 1, named: "last_token")
    }
    return net.scope("head") {
      if let dense = head.dense {
        if !head.denseIsPerToken { x = net.slice(x, axis: 1, count: 1, named: "first_token") }
        x = linear(x, to: dense, bias: head.denseHasBias, "dense", model.formats.feedForward)
        x = net.activation(head.vocabulary > 0 ? .gelu : .tanh, x)
        if head.denseIsNormalized { x = normalize(x, "norm") }
      }
      guard head.vocabulary > 0 else { return x }
      if let width = model.embedding.width, head.isTied, width != net.dimension(x, -1) {
        x = linear(x, to: width, bias: false, "project", model.formats.embedding)
      }
      let weight: ValueID
      if head.isTied, let table {
        weight = table
      } else {
        weight = net.weight(
          "weight", [head.vocabulary, net.dimension(x, -1)], model.formats.embedding)
      }
      var operands = [x, weight]
      if head.hasBias { operands.append(net.weight("bias", [head.vocabulary])) }
      return net.operation(
        "lm_head", .matrixMultiply(MatrixMultiply(transposedRight: true)), operands,
        to: net.shape(x).replacing(-1, with: head.vocabulary))
    }
  }

  // MARK: - Encoders

  private func encode(_ encoder: EncoderStack, _ table: ValueID?, tokens: Int) -> ValueID {
    // A decoding step finds the encoder's states in the cache of every cross-attention.
    if phase.isDecode {
      net.scope("encoder") {
        for run in encoder.layers {
          net.scope(run.label, instances: run.count) { declare(run.layer) }
        }
        if encoder.positions > 0 {
          _ = net.weight("positions", [encoder.positions, model.hiddenSize])
        }
        for present in [encoder.hasEmbeddingNormalization, encoder.hasFinalNormalization]
        where present {
          declareNormalization(model.hiddenSize)
        }
      }
      return net.value("encoder_states", [batch, tokens, model.hiddenSize], .input)
    }
    return net.scope("encoder") {
      var x: ValueID
      if let table {
        let ids = net.input("encoder_ids", [batch, tokens], .int32)
        x = net.embedding(ids, table: table, named: "tokens")
        if encoder.positions > 0 {
          let rows = net.weight("positions", [encoder.positions, model.hiddenSize])
          x = net.add(x, net.embedding(ids, table: rows, named: "positions"))
        }
      } else {
        x = net.input("features", [batch, tokens, model.hiddenSize])
      }
      if encoder.hasEmbeddingNormalization { x = normalize(x, "embedding_norm") }
      for run in encoder.layers {
        x = net.scope(run.label, instances: run.count) {
          layer(run.layer, x, size: model.hiddenSize, tokens: tokens, encoded: nil)
        }
      }
      return encoder.hasFinalNormalization ? normalize(x, "norm") : x
    }
  }

  private func visionTower(_ tower: VisionTower, images: Int) {
    net.scope("vision") {
      let rows = images * tower.patches
      guard images > 0 else {
        _ = net.weight("patch_embed", [tower.hiddenSize, tower.patchElements], model.formats.other)
        if tower.hasPatchBias { _ = net.weight("bias", [tower.hiddenSize]) }
        if tower.positions > 0 { _ = net.weight("positions", [tower.positions, tower.hiddenSize]) }
        for run in tower.layers {
          net.scope(run.label, instances: run.count) {
            declare(run.layer, size: tower.hiddenSize, tower.normalization)
          }
        }
        declareOuter(tower)
        for projection in tower.projections {
          _ = net.weight(projection.label, [projection.output, projection.input])
          if projection.hasBias { _ = net.weight("bias", [projection.output]) }
        }
        return
      }
      let patches = net.input("patches", [batch, rows, tower.patchElements])
      var x = linear(
        patches, to: tower.hiddenSize, bias: tower.hasPatchBias, "patch_embed",
        model.formats.other)
      if tower.positions > 0 {
        let table = net.weight("positions", [tower.positions, tower.hiddenSize])
        x = net.operation(
          "positions", .elementwise(.add), [x, table], to: net.shape(x))
      }
      for run in tower.layers {
        x = net.scope(run.label, instances: run.count) {
          layer(
            run.layer, x, size: tower.hiddenSize, tokens: rows, encoded: nil,
            tower.normalization, attended: tower.patches)
        }
      }
      declareOuter(tower)
      let count = rows / max(1, tower.patchesPerToken)
      for projection in tower.projections {
        let input = net.reshape(x, [batch, count, projection.input])
        x = linear(
          input, to: projection.output, bias: projection.hasBias, projection.label,
          model.formats.other)
      }
    }
  }

  private func declareOuter(_ tower: VisionTower) {
    for _ in 0..<tower.outerNorms { declareNormalization(tower.hiddenSize, tower.normalization) }
    for size in tower.projectionNorms { _ = net.weight("norm", [size]) }
    if tower.extraParameters > 0 { _ = net.weight("other", [tower.extraParameters]) }
  }

  /// The weights of a layer that does not run now.
  private func declare(
    _ layer: TransformerLayer, size: Int? = nil, _ normalization: LayerNormalization? = nil
  ) {
    let idle = LanguageModelWriter(model, .prefill(tokens: 1), batch: 1)
    let size = size ?? model.hiddenSize
    let x = idle.net.input("x", [1, 1, size])
    _ = idle.layer(layer, x, size: size, tokens: 1, encoded: nil, normalization, attended: 1)
    for value in idle.net.values where value.role == .weight {
      _ = net.weight(value.label, value.shape, value.format)
    }
  }

  private func declareNormalization(_ size: Int, _ kind: LayerNormalization? = nil) {
    switch kind ?? model.normalization {
    case .layer(let bias):
      _ = net.weight("norm", [size])
      if bias { _ = net.weight("bias", [size]) }
    case .rootMeanSquare: _ = net.weight("norm", [size])
    case .plain: break
    }
  }

  // MARK: - Layers

  private func layer(
    _ layer: TransformerLayer, _ input: ValueID, size: Int, tokens: Int, encoded: ValueID?,
    _ normalization: LayerNormalization? = nil, attended: Int? = nil
  ) -> ValueID {
    let norm = { (x: ValueID, label: String) in self.normalize(x, label, normalization) }
    var x = input
    let mixes = layer.mixer != .none
    switch layer.arrangement {
    case .parallel(let norms):
      let first = norm(x, "input_norm")
      let second = norms > 1 ? norm(x, "mlp_norm") : first
      let mixed = mix(layer.mixer, first, tokens: tokens, attended: attended)
      x = net.add(x, mixed, named: "residual")
      for part in layer.feedForward {
        x = net.add(x, feedForward(part, second, tokens), named: "mlp_residual")
      }
    case .before, .around, .after:
      let isBefore = layer.arrangement != .after
      let isAfter = layer.arrangement != .before
      if mixes {
        var y = isBefore && !layer.skipsFirstNorm ? norm(x, "input_norm") : x
        y = mix(layer.mixer, y, tokens: tokens, attended: attended)
        if layer.arrangement == .around { y = norm(y, "post_attention_norm") }
        x = net.add(x, y, named: "residual")
        if layer.arrangement == .after { x = norm(x, "attention_norm") }
      }
      if let cross = layer.crossAttention, let encoded {
        var y = isBefore ? norm(x, "cross_norm") : x
        y = crossAttention(cross, y, encoded)
        x = net.add(x, y, named: "cross_residual")
        if !isBefore { x = norm(x, "cross_norm") }
      }
      if !layer.feedForward.isEmpty {
        let input = isBefore ? norm(x, "mlp_norm") : x
        var sum: ValueID?
        for part in layer.feedForward {
          let y = feedForward(part, input, tokens)
          sum = sum.map { net.add($0, y, named: "branches") } ?? y
        }
        if var y = sum {
          if layer.arrangement == .around { y = norm(y, "post_mlp_norm") }
          x = net.add(x, y, named: "mlp_residual")
        }
        if isAfter, layer.arrangement == .after { x = norm(x, "output_norm") }
      }
    }
    for _ in 0..<layer.extraNorms { x = norm(x, "extra_norm") }
    if model.embedding.perLayerSize > 0, attended == nil { x = perLayerInput(x) }
    if layer.extraParameters > 0 {
      let vector = net.weight("other", [layer.extraParameters])
      x = net.operation("scale", .elementwise(.multiply), [x, vector], to: net.shape(x))
    }
    return x
  }

  private func mix(
    _ mixer: TransformerLayer.Mixer, _ x: ValueID, tokens: Int, attended: Int?
  ) -> ValueID {
    switch mixer {
    case .attention(let layer):
      net.scope("attention") { attention(layer, x, tokens: tokens, attended: attended) }
    case .latentAttention(let layer): net.scope("attention") { latentAttention(layer, x) }
    case .compressedAttention(let layer):
      net.scope("attention") { compressedAttention(layer, x) }
    case .recurrent(let layer): net.scope("mixer") { recurrent(layer, x) }
    case .none: x
    }
  }

  private func normalize(
    _ x: ValueID, _ label: String, _ kind: LayerNormalization? = nil
  ) -> ValueID {
    switch kind ?? model.normalization {
    case .layer(let bias): net.layerNorm(x, bias: bias, named: label)
    case .rootMeanSquare: net.rootMeanSquareNorm(x, named: label)
    case .plain: net.layerNorm(x, affine: false, named: label)
    }
  }

  private func linear(
    _ x: ValueID, to width: Int, bias: Bool, _ label: String, _ format: StorageFormat
  ) -> ValueID {
    net.linear(x, to: width, bias: bias, named: label, format: format)
  }

  // MARK: - Attention

  private func attention(
    _ layer: AttentionLayer, _ x: ValueID, tokens: Int, attended: Int?
  ) -> ValueID {
    let format = model.formats.attention
    let size = net.dimension(x, -1)
    let keyHeads = layer.sharesCache ? 0 : layer.keyValueHeads
    let queryWidth = layer.heads * layer.headSize
    let keyWidth = keyHeads * layer.headSize
    let valueWidth = layer.keysAreValues ? 0 : keyHeads * layer.valueSize
    let gateWidth =
      switch layer.gate {
      case .none: 0
      case .perElement: layer.heads * layer.valueSize
      case .perHead: layer.heads
      }
    var bias = 0
    if layer.hasInputBias {
      bias = queryWidth + valueWidth + (layer.gate == .perElement ? gateWidth : 0)
      if layer.hasKeyBias ?? true { bias += keyWidth }
    }
    let joined = projection(
      x, queryWidth + keyWidth + valueWidth + gateWidth, bias: bias, "qkv_proj", format)
    let encodes = attended != nil || model.isEncoder
    // Pictures attend within themselves: the patches of one picture are one sequence.
    let length = attended ?? tokens
    let sequences = batch * (tokens / max(1, length))
    let queryShape: Shape = [sequences, layer.heads, length, layer.headSize]
    let newKeys: Shape = [sequences, max(1, layer.keyValueHeads), length, layer.headSize]
    var query = net.reshape(joined, queryShape, named: "query")
    var key = net.reshape(joined, newKeys, named: "key")
    let value = net.reshape(
      joined, newKeys.replacing(-1, with: layer.valueSize), named: "value")
    switch layer.headNormalization {
    case .none: break
    case .perHead:
      query = headNorm(query, layer.headSize, "query_norm", layer.hasHeadNormalizationBias)
      if keyHeads > 0 {
        key = headNorm(key, layer.headSize, "key_norm", layer.hasHeadNormalizationBias)
      }
    case .full:
      query = headNorm(query, queryWidth, "query_norm", layer.hasHeadNormalizationBias)
      if keyHeads > 0 {
        key = headNorm(key, keyWidth, "key_norm", layer.hasHeadNormalizationBias)
      }
    }
    if layer.isRotary {
      query = net.operation(
        "rotate_query", .elementwise(.rotaryEmbedding), [query], to: net.shape(query))
      if keyHeads > 0 {
        key = net.operation(
          "rotate_key", .elementwise(.rotaryEmbedding), [key], to: net.shape(key))
      }
    }
    if let indexer = layer.indexer { index(indexer, x, x, normalizesQueries: true) }
    var operands = [query, key, value]
    if !encodes, !phase.isTraining {
      operands = [query] + cached(layer, key, value)
    }
    if layer.hasSinks { operands.append(net.weight("sinks", [layer.heads])) }
    if layer.relativePositions > 0 {
      operands.append(net.weight("relative_positions", [layer.relativePositions, layer.heads]))
    }
    let mask: AttentionMask
    switch layer.mask {
    case .causal, .full, .selected: mask = encodes ? .full : layer.mask
    case .window, .chunk: mask = layer.mask
    }
    let mixed = net.operation(
      "attention", .attention(Attention(mask)), operands,
      to: queryShape.replacing(-1, with: layer.valueSize))
    var y = net.reshape(
      mixed, [batch, tokens, layer.heads * layer.valueSize], named: "merge")
    if layer.gate != .none {
      y = net.operation(
        "gate", .elementwise(.sigmoid), [y, joined], to: net.shape(y))
    }
    return linear(y, to: size, bias: layer.hasOutputBias, "o_proj", format)
  }

  /// A linear layer with a bias on some of its outputs.
  private func projection(
    _ x: ValueID, _ width: Int, bias: Int, _ label: String, _ format: StorageFormat
  ) -> ValueID {
    let shape = net.shape(x)
    var operands = [x, net.weight("weight", [width, shape.innermost], format)]
    if bias > 0 { operands.append(net.weight("bias", [bias])) }
    return net.operation(
      label, .matrixMultiply(MatrixMultiply(transposedRight: true)), operands,
      to: shape.replacing(-1, with: width))
  }

  private func headNorm(_ x: ValueID, _ size: Int, _ label: String, _ bias: Bool) -> ValueID {
    var operands = [x, net.weight("weight", [size])]
    if bias { operands.append(net.weight("bias", [size])) }
    return net.operation(label, .normalization(.rootMeanSquare), operands, to: net.shape(x))
  }

  /// New keys and values join those that are kept; a window keeps no more than it shows.
  private func cached(_ layer: AttentionLayer, _ key: ValueID, _ value: ValueID) -> [ValueID] {
    let kept: Int
    switch layer.mask {
    case .window(let size): kept = min(context, max(size, 1) + tokens - 1)
    case .chunk(let size):
      let size = max(size, 1)
      kept = min(context, size + tokens - 1, (context - 1) % size + 1 + (tokens - 1) / size * size)
    default: kept = context
    }
    let length = max(kept, tokens)
    let format = model.formats.cache
    // What a layer shares belongs to the layer that made it.
    let role: Value.Role = layer.sharesCache ? .activation : .cache
    let keys = net.value(
      "keys", [batch, layer.keyValueHeads, length, layer.headSize], role, format)
    if layer.keysAreValues {
      if !layer.sharesCache { net.operation("append", .movement(.scatter), [key], outputs: [keys]) }
      return [keys, keys]
    }
    let values = net.value(
      "values", [batch, layer.keyValueHeads, length, layer.valueSize], role, format)
    if !layer.sharesCache {
      net.operation("append", .movement(.scatter), [key, value], outputs: [keys, values])
    }
    return [keys, values]
  }

  private func crossAttention(
    _ layer: AttentionLayer, _ x: ValueID, _ encoded: ValueID
  ) -> ValueID {
    net.scope("cross_attention") {
      let format = model.formats.attention
      let size = net.dimension(x, -1)
      let query = linear(
        x, to: layer.heads * layer.headSize, bias: layer.hasInputBias, "q_proj", format)
      let width = layer.keyValueHeads * layer.headSize
      let count = net.dimension(encoded, 1)
      let shape: Shape = [batch, layer.keyValueHeads, count, layer.headSize]
      let biasWidth = layer.hasInputBias ? (layer.hasKeyBias ?? true ? 2 : 1) * width : 0
      let keys: ValueID
      let values: ValueID
      if phase.isDecode {
        _ = net.weight("weight", [2 * width, net.dimension(encoded, -1)], format)
        if biasWidth > 0 { _ = net.weight("bias", [biasWidth]) }
        keys = net.value("keys", shape, .cache, model.formats.cache)
        values = net.value("values", shape, .cache, model.formats.cache)
      } else {
        let joined = projection(encoded, 2 * width, bias: biasWidth, "kv_proj", format)
        keys = net.reshape(joined, shape, named: "key")
        values = net.reshape(joined, shape, named: "value")
      }
      let heads = net.reshape(
        query, [batch, layer.heads, tokens, layer.headSize], named: "query")
      let mixed = net.attention(query: heads, key: keys, value: values)
      let y = net.reshape(mixed, [batch, tokens, layer.heads * layer.headSize], named: "merge")
      return linear(y, to: size, bias: layer.hasOutputBias, "o_proj", format)
    }
  }

  private func latentAttention(_ layer: LatentAttentionLayer, _ x: ValueID) -> ValueID {
    let format = model.formats.attention
    let size = net.dimension(x, -1)
    let keySize = layer.plainSize + layer.rotarySize
    var compressed = x
    if let rank = layer.queryRank {
      compressed = linear(x, to: rank, bias: layer.hasBias, "q_a_proj", format)
      compressed = net.rootMeanSquareNorm(compressed, named: "q_a_norm")
    }
    let queries = linear(
      compressed, to: layer.heads * keySize, bias: false,
      layer.queryRank == nil ? "q_proj" : "q_b_proj", format)
    let width = layer.latentSize + layer.rotarySize
    let joined = linear(x, to: width, bias: layer.hasBias, "kv_a_proj", format)
    let latent = net.operation(
      "kv_a_norm", .normalization(.rootMeanSquare),
      [
        net.reshape(joined, [batch, tokens, layer.latentSize]),
        net.weight("weight", [layer.latentSize]),
      ], to: [batch, tokens, layer.latentSize])
    let query = net.reshape(queries, [batch, layer.heads, tokens, keySize], named: "query")
    _ = net.operation(
      "rotate_query", .elementwise(.rotaryEmbedding),
      [net.reshape(query, [batch, layer.heads, tokens, layer.rotarySize])],
      to: [batch, layer.heads, tokens, layer.rotarySize])
    var mask = AttentionMask.causal
    if let indexer = layer.indexer {
      mask = .selected(indexer.selected)
      if !indexer.isShared { index(indexer, x, compressed) }
    }
    // The expansion to keys and to values, together kv_b_proj.
    let keyMatrix = net.weight(
      "k_up", [layer.heads, layer.plainSize, layer.latentSize], format)
    let valueMatrix = net.weight(
      "v_up", [layer.heads, layer.valueSize, layer.latentSize], format)
    let mixed: ValueID
    let outputShape: Shape = [batch, layer.heads, tokens, layer.valueSize]
    if phase.isTraining {
      let keys = expand(
        latent, keyMatrix, [batch, layer.heads, tokens, layer.plainSize], layer, "k_up_proj")
      let values = expand(latent, valueMatrix, outputShape, layer, "v_up_proj")
      let whole = net.reshape(keys, [batch, layer.heads, tokens, keySize], named: "key")
      mixed = net.operation(
        "attention", .attention(Attention(mask)), [query, whole, values], to: outputShape)
    } else {
      let kept = net.value("latent", [batch, 1, context, width], .cache, model.formats.cache)
      net.operation("append", .movement(.scatter), [latent, joined], outputs: [kept])
      if phase.isDecode {
        let moved = net.operation(
          "k_absorb", .contraction(reduction: layer.plainSize), [query, keyMatrix],
          to: [batch, layer.heads, tokens, layer.latentSize])
        let whole = net.reshape(moved, [batch, layer.heads, tokens, width], named: "query")
        let pooled = net.operation(
          "attention", .attention(Attention(mask)), [whole, kept, kept],
          to: [batch, layer.heads, tokens, layer.latentSize])
        mixed = net.operation(
          "v_absorb", .contraction(reduction: layer.latentSize), [pooled, valueMatrix],
          to: outputShape)
      } else {
        let keys = expand(
          kept, keyMatrix, [batch, layer.heads, context, layer.plainSize], layer, "k_up_proj")
        let values = expand(
          kept, valueMatrix, [batch, layer.heads, context, layer.valueSize], layer, "v_up_proj")
        let whole = net.reshape(keys, [batch, layer.heads, context, keySize], named: "key")
        mixed = net.operation(
          "attention", .attention(Attention(mask)), [query, whole, values], to: outputShape)
      }
    }
    var y = net.reshape(mixed, [batch, tokens, layer.heads * layer.valueSize], named: "merge")
    if layer.gate != .none {
      let width = layer.gate == .perHead ? layer.heads : layer.heads * layer.valueSize
      let gate = linear(x, to: width, bias: false, "g_proj", format)
      y = net.operation("gate", .elementwise(.sigmoid), [y, gate], to: net.shape(y))
    }
    return linear(y, to: size, bias: layer.hasBias, "o_proj", format)
  }

  private func expand(
    _ latent: ValueID, _ matrix: ValueID, _ shape: Shape, _ layer: LatentAttentionLayer,
    _ label: String
  ) -> ValueID {
    net.operation(label, .contraction(reduction: layer.latentSize), [latent, matrix], to: shape)
  }

  private func index(
    _ indexer: LatentAttentionLayer.Indexer, _ x: ValueID, _ compressed: ValueID,
    normalizesQueries: Bool = false
  ) {
    net.scope("indexer") {
      let format = model.formats.attention
      var query = linear(
        compressed, to: indexer.heads * indexer.headSize, bias: false, "q_proj", format)
      var key = linear(x, to: indexer.headSize, bias: false, "k_proj", format)
      var operands: [ValueID]
      if normalizesQueries {
        query = headNorm(query, indexer.headSize, "q_norm", false)
        key = headNorm(key, indexer.headSize, "k_norm", false)
        operands = [query]
      } else {
        key = net.layerNorm(key, named: "k_norm")
        operands = [
          query, linear(x, to: indexer.heads, bias: false, "weights_proj", model.formats.other),
        ]
      }
      var keys = key
      if !phase.isTraining {
        keys = net.value(
          "index_keys", [batch, context, indexer.headSize], .cache, model.formats.cache)
        net.operation("append", .movement(.scatter), [key], outputs: [keys])
      }
      let scores = net.operation(
        "scores", .contraction(reduction: indexer.heads * indexer.headSize),
        operands + [keys], to: [batch, tokens, phase.isTraining ? tokens : context])
      net.operation(
        "top_k", .selection, [scores], to: [batch, tokens, min(indexer.selected, context)],
        format: StorageFormat(.int32))
    }
  }

  private func compressedAttention(_ layer: CompressedAttentionLayer, _ x: ValueID) -> ValueID {
    let format = model.formats.attention
    let size = net.dimension(x, -1)
    let width = layer.heads * layer.headSize
    let compressed = net.rootMeanSquareNorm(
      linear(x, to: layer.queryRank, bias: false, "q_a_proj", format), named: "q_a_norm")
    let queries = linear(compressed, to: width, bias: false, "q_b_proj", format)
    let key = net.rootMeanSquareNorm(
      linear(x, to: layer.headSize, bias: false, "kv_proj", format), named: "kv_norm")
    let query = net.reshape(
      queries, [batch, layer.heads, tokens, layer.headSize], named: "query")
    let kept = min(context, layer.window + tokens - 1)
    var near = net.reshape(key, [batch, 1, tokens, layer.headSize], named: "key")
    if !phase.isTraining {
      near = net.value(
        "window", [batch, 1, max(kept, tokens), layer.headSize], .cache, model.formats.cache)
      net.operation("append", .movement(.scatter), [key], outputs: [near])
    }
    var operands = [query, near, near]
    operands.append(net.weight("sinks", [layer.heads]))
    var mixed = net.operation(
      "window_attention", .attention(Attention(.window(layer.window))), operands,
      to: net.shape(query))
    if layer.compression > 1 {
      let far = compress(
        x, layer.headSize, layer.compression, overlaps: layer.indexer != nil, "compressor")
      var seen = max(1, (context - tokens + tokens / 2) / layer.compression)
      if let indexer = layer.indexer {
        net.scope("indexer") {
          let keys = compress(
            x, indexer.headSize, layer.compression, overlaps: true, "compressor")
          let asked = linear(
            compressed, to: indexer.heads * indexer.headSize, bias: false, "q_b_proj", format)
          let weights = linear(
            x, to: indexer.heads, bias: false, "weights_proj", model.formats.other)
          let scores = net.operation(
            "scores", .contraction(reduction: indexer.heads * indexer.headSize),
            [asked, keys, weights], to: [batch, tokens, seen])
          net.operation(
            "top_k", .selection, [scores], to: [batch, tokens, min(indexer.selected, seen)],
            format: StorageFormat(.int32))
        }
        seen = min(seen, indexer.selected)
      }
      let keys = net.reshape(far, [batch, 1, seen, layer.headSize], named: "selected")
      let other = net.operation(
        "compressed_attention", .attention(Attention(.full)), [query, keys, keys],
        to: net.shape(query))
      mixed = net.add(mixed, other, named: "join")
    }
    let grouped = net.operation(
      "o_a_proj", .contraction(reduction: width / layer.outputGroups),
      [
        mixed,
        net.weight(
          "weight", [layer.outputGroups * layer.outputRank, width / layer.outputGroups], format),
      ], to: [batch, tokens, layer.outputGroups * layer.outputRank])
    return linear(grouped, to: size, bias: false, "o_b_proj", format)
  }

  /// Keys that stand for `ratio` tokens each, weighed by a gate; those that overlap come from twice as
  /// many features.
  private func compress(
    _ x: ValueID, _ size: Int, _ ratio: Int, overlaps: Bool, _ label: String
  ) -> ValueID {
    net.scope(label) {
      let width = overlaps ? 2 * size : size
      let format = model.formats.attention
      let values = linear(x, to: width, bias: false, "kv_proj", format)
      let gate = linear(x, to: width, bias: false, "gate_proj", format)
      let count = max(1, tokens / ratio)
      let joined = net.operation(
        "pool", .reduction, [values, gate, net.weight("position_bias", [ratio, width])],
        to: [batch, count, size])
      let key = net.rootMeanSquareNorm(joined, named: "kv_norm")
      guard !phase.isTraining else { return key }
      let kept = net.value(
        "compressed", [batch, max(count, context / ratio), size], .cache, model.formats.cache)
      net.operation("append", .movement(.scatter), [key], outputs: [kept])
      return kept
    }
  }

  // MARK: - Recurrence

  private func recurrent(_ layer: RecurrentLayer, _ x: ValueID) -> ValueID {
    let format = model.formats.attention
    var values: [ValueID] = []
    for projection in layer.projections {
      let input =
        projection.input == net.dimension(x, -1)
        ? x : net.reshape(values.last ?? x, [batch, tokens, projection.input])
      values.append(
        linear(input, to: projection.output, bias: projection.hasBias, projection.label, format))
    }
    if layer.convolutionChannels > 0 {
      let channels = layer.convolutionChannels
      let kernel = layer.convolutionKernel
      var operands = [
        net.reshape(values.first ?? x, [batch, channels, tokens], named: "channels"),
        net.weight("weight", [channels, 1, kernel]),
      ]
      if layer.hasConvolutionBias { operands.append(net.weight("bias", [channels])) }
      if !phase.isTraining {
        operands.append(
          net.value("window", [batch, channels, kernel], .cache, model.formats.cache))
      }
      let short = net.operation(
        "conv1d",
        .convolution(
          Convolution(
            kernel: [Int32(truncatingIfNeeded: kernel)], stride: [1], groups: channels)),
        operands, to: [batch, channels, tokens])
      values = [net.activation(.silu, short)] + values.dropFirst()
    }
    guard let rule = layer.rule else {
      let gated = net.reshape(values[0], [batch, tokens, layer.output.input])
      return linear(
        net.multiply(gated, gated, named: "gate"), to: layer.output.output,
        bias: layer.output.hasBias, layer.output.label, format)
    }
    let width = rule.heads * rule.valueSize
    var operands = values
    if layer.vectors > 0 { operands.append(net.weight("vectors", [layer.vectors])) }
    var outputs = [net.value("", [batch, tokens, width], .activation)]
    if !phase.isTraining {
      let state = net.value(
        "state", [batch, rule.heads, rule.keySize, rule.valueSize], .cache,
        StorageFormat(layer.stateType))
      operands.append(state)
      outputs.append(state)
    }
    net.operation("recurrence", .stateSpace(rule), operands, outputs: outputs)
    var y = outputs[0]
    if layer.normalizedSize > 0 { y = headNorm(y, layer.normalizedSize, "gated_norm", false) }
    if width != layer.output.input { y = net.reshape(y, [batch, tokens, layer.output.input]) }
    return linear(
      y, to: layer.output.output, bias: layer.output.hasBias, layer.output.label, format)
  }

  // MARK: - Feed-forward

  private func feedForward(_ part: FeedForward, _ x: ValueID, _ tokens: Int) -> ValueID {
    net.scope("mlp") {
      switch part {
      case .dense(let layer): dense(layer, x, model.formats.feedForward)
      case .experts(let layer): experts(layer, x, tokens)
      }
    }
  }

  private func dense(_ layer: DenseFeedForward, _ x: ValueID, _ format: StorageFormat) -> ValueID {
    let size = net.dimension(x, -1)
    let up = linear(
      x, to: (layer.isGated ? 2 : 1) * layer.size, bias: layer.hasBias,
      layer.isGated ? "gate_up_proj" : "up_proj", format)
    let shape = net.shape(up).replacing(-1, with: layer.size)
    let label = layer.activation.rawValue
    let active = net.operation(
      label, .elementwise(layer.isGated ? .swiGLU : layer.activation), [up], to: shape)
    return linear(active, to: size, bias: layer.hasBias, "down_proj", format)
  }

  private func experts(_ layer: ExpertFeedForward, _ x: ValueID, _ tokens: Int) -> ValueID {
    let format = model.formats.experts
    let shape = net.shape(x)
    let size = shape.innermost
    let routing = Experts(layer.experts, perToken: layer.perToken)
    let scores = projection(
      x, layer.experts, bias: layer.hasRouterBias ? layer.experts : 0, "router",
      model.formats.other)
    var operands = [scores]
    if layer.hasBalancingBias { operands.append(net.weight("bias", [layer.experts])) }
    let chosen = net.operation(
      "top_k", .selection, operands, to: [batch, tokens, layer.perToken])
    var input = x
    let inner = layer.latentSize ?? size
    if inner != size { input = linear(x, to: inner, bias: false, "latent_down", format) }
    let parts = (layer.isGated ? 2 : 1) * layer.size
    let up = expertLinear(
      input, from: inner, to: parts, routing, bias: layer.hasBias,
      layer.isGated ? "gate_up_proj" : "up_proj", format, tokens)
    let active = net.operation(
      layer.activation.rawValue, .elementwise(layer.isGated ? .swiGLU : layer.activation), [up],
      to: [batch, tokens, layer.perToken, layer.size])
    let down = expertLinear(
      active, from: layer.size, to: inner, routing, bias: layer.hasBias, "down_proj", format,
      tokens)
    var y = net.operation(
      "combine", .reduction, [down, chosen], to: shape.replacing(-1, with: inner))
    if inner != size { y = linear(y, to: size, bias: false, "latent_up", format) }
    if layer.sharedSize > 0 {
      let shared = net.scope("shared_experts") {
        var z = dense(
          DenseFeedForward(
            layer.sharedSize, isGated: layer.sharedIsGated, activation: layer.activation), x,
          model.formats.feedForward)
        if layer.hasSharedGate {
          let gate = linear(x, to: 1, bias: false, "gate", model.formats.other)
          z = net.elementwise(.multiply, z, gate, named: "weigh")
        }
        return z
      }
      y = net.add(y, shared, named: "shared")
    }
    return y
  }

  private func expertLinear(
    _ x: ValueID, from input: Int, to output: Int, _ routing: Experts, bias: Bool,
    _ label: String, _ format: StorageFormat, _ tokens: Int
  ) -> ValueID {
    var operands = [x, net.weight("weight", [routing.experts, output, input], format)]
    if bias { operands.append(net.weight("bias", [routing.experts, output])) }
    return net.operation(
      label, .expertMatrixMultiply(routing), operands,
      to: [batch, tokens, routing.perToken, output])
  }
}
