import Workloads

/// Vision transformers: patches as tokens, layers of one width, and what papers have varied since —
/// class token, registers, layer scale, where norms stand, how tokens are pooled.
enum ViT: NetworkFamily {
  struct Size: Sendable {
    let width: Int
    let depth: Int
    let heads: Int
    /// Width of the feed-forward part.
    let inner: Int
  }

  enum Trait: Sendable {
    case noClassToken
    /// A second class token with a head of its own (DeiT).
    case distilled
    /// The second class token without its head.
    case distilledWithOneHead
    /// The table of positions covers the patches alone.
    case bareClassToken
    /// A norm before the first layer (CLIP).
    case normalizesFirst
    case noPatchBias, noQueryBias, layerScale
    /// Norms after each part instead of before.
    case normalizesAfter
    case meanPooling
    /// One learned query attends to all tokens (SigLIP).
    case attentionPooling
    case noFinalNorm
    /// The inner width holds a gate and what it gates.
    case gated
  }

  struct Configuration: Sendable {
    var name: String
    var size: Size
    var patch: Int
    var image: Int
    var traits: [Trait]
    /// Learned tokens beside the class token.
    var registers: Int
    /// 0 for a network that returns features.
    var classes: Int

    init(
      _ name: String, _ size: Size, patch: Int, image: Int, _ traits: [Trait] = [],
      registers: Int = 0, classes: Int = 1000
    ) {
      self.name = name
      self.size = size
      self.patch = patch
      self.image = image
      self.traits = traits
      self.registers = registers
      self.classes = classes
    }

    func has(_ trait: Trait) -> Bool { traits.contains(trait) }
  }

  static let members = configurations.map { configuration in
    NetworkDefinition.image(
      configuration.name, size: configuration.image, family: "vit",
      source: configuration.name.hasPrefix("deit")
        ? "H. Touvron et al., Training Data-Efficient Image Transformers, ICML 2021"
        : "A. Dosovitskiy et al., An Image Is Worth 16x16 Words, ICLR 2021"
    ) { net, image in build(net, image, configuration) }
  }

  static func build(
    _ net: WorkloadBuilder, _ image: ValueID, _ configuration: Configuration
  ) -> ValueID {
    let size = configuration.size
    let batch = net.dimension(image, 0)
    let grid = net.convolution(
      image, to: size.width, kernel: configuration.patch, stride: configuration.patch,
      padding: .amount(0), bias: !configuration.has(.noPatchBias), named: "patch_embed")
    var x = net.tokens(grid)
    let patches = net.dimension(x, 1)
    let classTokens =
      (configuration.has(.noClassToken) ? 0 : 1)
      + (configuration.has(.distilled) || configuration.has(.distilledWithOneHead) ? 1 : 0)
    let extra = classTokens + configuration.registers
    let isBare = configuration.has(.bareClassToken)
    if isBare || extra == 0 {
      x = net.addParameter(x, [1, patches, size.width], named: "pos_embed")
    }
    if extra > 0 {
      let tokens = net.weight("cls_token", [1, extra, size.width])
      x = net.operation(
        "cat", .movement(.concatenate), [tokens, x], to: [batch, patches + extra, size.width])
      if !isBare { x = net.addParameter(x, [1, patches + extra, size.width], named: "pos_embed") }
    }
    if configuration.has(.normalizesFirst) { x = net.layerNorm(x, named: "norm_pre") }
    for index in 0..<size.depth {
      x = net.scope("blocks.\(index)") { block(net, x, configuration) }
    }
    return head(net, x, configuration)
  }

  private static func block(
    _ net: WorkloadBuilder, _ input: ValueID, _ configuration: Configuration
  ) -> ValueID {
    let isAfter = configuration.has(.normalizesAfter)
    var x = input
    var y = isAfter ? x : net.layerNorm(x, named: "norm1")
    y = net.scope("attn") {
      net.selfAttention(
        y, heads: configuration.size.heads, keyValueBias: !configuration.has(.noQueryBias))
    }
    if isAfter { y = net.layerNorm(y, named: "norm1") }
    if configuration.has(.layerScale) { y = net.scale(y, named: "ls1") }
    x = net.add(x, y)
    y = isAfter ? x : net.layerNorm(x, named: "norm2")
    y = net.scope("mlp") { feedForward(net, y, configuration) }
    if isAfter { y = net.layerNorm(y, named: "norm2") }
    if configuration.has(.layerScale) { y = net.scale(y, named: "ls2") }
    return net.add(x, y)
  }

  private static func feedForward(
    _ net: WorkloadBuilder, _ x: ValueID, _ configuration: Configuration
  ) -> ValueID {
    let inner = configuration.size.inner
    var y = net.linear(x, to: inner, named: "fc1")
    if configuration.has(.gated) {
      y = net.operation(
        "swiglu", .elementwise(.swiGLU), [y], to: net.shape(y).replacing(-1, with: inner / 2))
    } else {
      y = net.activation(.gelu, y)
    }
    return net.linear(y, to: configuration.size.width, named: "fc2")
  }

  private static func head(
    _ net: WorkloadBuilder, _ input: ValueID, _ configuration: Configuration
  ) -> ValueID {
    let batch = net.dimension(input, 0)
    let width = configuration.size.width
    var x = input
    // The order of norm and mean differs between variants, not what they cost by a thousandth.
    if !configuration.has(.noFinalNorm) { x = net.layerNorm(x, named: "norm") }
    if configuration.has(.attentionPooling) {
      x = net.scope("attn_pool") { attentionPool(net, x, configuration) }
    } else if configuration.has(.meanPooling) {
      x = net.mean(x, axis: 1)
    } else {
      let read = configuration.has(.distilled) ? 2 : 1
      x = net.slice(x, axis: 1, count: read, named: "cls")
      if read == 1 { x = net.reshape(x, [batch, width], named: "cls") }
    }
    guard configuration.classes > 0 else { return x }
    guard configuration.has(.distilled) else {
      return net.linear(x, to: configuration.classes, named: "head")
    }
    let scores = ["head", "head_dist"].map { label in
      net.linear(
        net.reshape(x, [batch, width], named: "token"), to: configuration.classes, named: label)
    }
    return net.add(scores[0], scores[1], named: "mean")
  }

  private static func attentionPool(
    _ net: WorkloadBuilder, _ x: ValueID, _ configuration: Configuration
  ) -> ValueID {
    let (batch, tokens) = (net.dimension(x, 0), net.dimension(x, 1))
    let (width, heads) = (configuration.size.width, configuration.size.heads)
    let latent = net.operation(
      "latent", .movement(.expand), [net.weight("latent", [1, 1, width])], to: [batch, 1, width])
    let query = net.reshape(
      net.linear(latent, to: width, named: "q"), [batch, heads, 1, width / heads])
    let joined = net.linear(x, to: 2 * width, named: "kv")
    let parts = (0..<2).map { _ in
      net.reshape(joined, [batch, heads, tokens, width / heads], named: "head_view")
    }
    let mixed = net.attention(query: query, key: parts[0], value: parts[1])
    var y = net.linear(net.reshape(mixed, [batch, 1, width]), to: width, named: "proj")
    y = net.add(
      y, net.scope("mlp") { feedForward(net, net.layerNorm(y, named: "norm"), configuration) })
    return net.reshape(y, [batch, width], named: "pooled")
  }
}
