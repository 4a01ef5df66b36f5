/// Writes one run of a language model, part by part.
struct LanguageModelWriter {
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

  func embed(_ table: ValueID?, tokens: Int) -> ValueID {
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

  func addPositions(_ x: ValueID, _ ids: ValueID) -> ValueID {
    guard model.embedding.positions > 0 else { return x }
    let rows = net.weight(
      "positions", [model.embedding.positions, net.dimension(x, -1)], model.formats.embedding)
    return net.add(x, net.embedding(ids, table: rows, named: "positions"))
  }

  /// The vectors that every layer adds by itself: from a table, and from the token's embedding.
  func embedForLayers(_ ids: ValueID, _ x: ValueID) {
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
  func perLayerInput(_ x: ValueID) -> ValueID {
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
  func head(_ states: ValueID, _ table: ValueID?) -> ValueID {
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

  func encode(_ encoder: EncoderStack, _ table: ValueID?, tokens: Int) -> ValueID {
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

  func visionTower(_ tower: VisionTower, images: Int) {
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

  func declareOuter(_ tower: VisionTower) {
    for _ in 0..<tower.outerNorms { declareNormalization(tower.hiddenSize, tower.normalization) }
    for size in tower.projectionNorms { _ = net.weight("norm", [size]) }
    if tower.extraParameters > 0 { _ = net.weight("other", [tower.extraParameters]) }
  }

  /// The weights of a layer that does not run now.
  func declare(
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

  func declareNormalization(_ size: Int, _ kind: LayerNormalization? = nil) {
    switch kind ?? model.normalization {
    case .layer(let bias):
      _ = net.weight("norm", [size])
      if bias { _ = net.weight("bias", [size]) }
    case .rootMeanSquare: _ = net.weight("norm", [size])
    case .plain: break
    }
  }

  // MARK: - Layers

  func layer(
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

  func mix(
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

  func normalize(
    _ x: ValueID, _ label: String, _ kind: LayerNormalization? = nil
  ) -> ValueID {
    switch kind ?? model.normalization {
    case .layer(let bias): net.layerNorm(x, bias: bias, named: label)
    case .rootMeanSquare: net.rootMeanSquareNorm(x, named: label)
    case .plain: net.layerNorm(x, affine: false, named: label)
    }
  }

  func linear(
    _ x: ValueID, to width: Int, bias: Bool, _ label: String, _ format: StorageFormat
  ) -> ValueID {
    net.linear(x, to: width, bias: bias, named: label, format: format)
  }
}
