/// Attention in its forms: by heads, over encoder states, latent, compressed, and with an indexer.
extension LanguageModelWriter {
  func attention(
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
  func projection(
    _ x: ValueID, _ width: Int, bias: Int, _ label: String, _ format: StorageFormat
  ) -> ValueID {
    let shape = net.shape(x)
    var operands = [x, net.weight("weight", [width, shape.innermost], format)]
    if bias > 0 { operands.append(net.weight("bias", [bias])) }
    return net.operation(
      label, .matrixMultiply(MatrixMultiply(transposedRight: true)), operands,
      to: shape.replacing(-1, with: width))
  }

  func headNorm(_ x: ValueID, _ size: Int, _ label: String, _ bias: Bool) -> ValueID {
    var operands = [x, net.weight("weight", [size])]
    if bias { operands.append(net.weight("bias", [size])) }
    return net.operation(label, .normalization(.rootMeanSquare), operands, to: net.shape(x))
  }

  /// New keys and values join those that are kept; a window keeps no more than it shows.
  func cached(_ layer: AttentionLayer, _ key: ValueID, _ value: ValueID) -> [ValueID] {
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

  func crossAttention(
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

  func latentAttention(_ layer: LatentAttentionLayer, _ x: ValueID) -> ValueID {
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

  func expand(
    _ latent: ValueID, _ matrix: ValueID, _ shape: Shape, _ layer: LatentAttentionLayer,
    _ label: String
  ) -> ValueID {
    net.operation(label, .contraction(reduction: layer.latentSize), [latent, matrix], to: shape)
  }

  func index(
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

  func compressedAttention(_ layer: CompressedAttentionLayer, _ x: ValueID) -> ValueID {
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
  func compress(
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
}
