/// Recurrent mixers and the feed-forward parts.
extension LanguageModelWriter {
  func recurrent(_ layer: RecurrentLayer, _ x: ValueID) -> ValueID {
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

  func feedForward(_ part: FeedForward, _ x: ValueID, _ tokens: Int) -> ValueID {
    net.scope("mlp") {
      switch part {
      case .dense(let layer): dense(layer, x, model.formats.feedForward)
      case .experts(let layer): experts(layer, x, tokens)
      }
    }
  }

  func dense(_ layer: DenseFeedForward, _ x: ValueID, _ format: StorageFormat) -> ValueID {
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

  func experts(_ layer: ExpertFeedForward, _ x: ValueID, _ tokens: Int) -> ValueID {
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

  func expertLinear(
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
