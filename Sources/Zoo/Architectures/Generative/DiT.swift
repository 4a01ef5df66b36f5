import Workloads

/// Diffusion transformers: one denoising step of a latent picture of one class.
enum DiT: NetworkFamily {
  struct Configuration: Sendable {
    var hiddenSize: Int
    var depth: Int
    var heads: Int
    /// Side of a token in latent pixels.
    var patch: Int
    var latentChannels = 4
    /// Side of the picture, pixels.
    var imageSize = 256
    /// Without the one that stands for none.
    var classes = 1000
    /// Whether the variance is predicted besides the noise.
    var learnsSigma = true
    /// Whether every block embeds time and class by itself, and positions are not stored, as in the
    /// diffusers library.
    var embedsInEveryBlock = false
  }

  private static let sizes: [(letters: String, hiddenSize: Int, depth: Int, heads: Int)] = [
    ("s", 384, 12, 6), ("b", 768, 12, 12), ("l", 1024, 24, 16), ("xl", 1152, 28, 16),
  ]

  static let members = sizes.flatMap { size in
    [2, 4, 8].map { patch in
      network(
        "dit-\(size.letters)-\(patch)",
        Configuration(
          hiddenSize: size.hiddenSize, depth: size.depth, heads: size.heads, patch: patch))
    }
  }

  /// A network of any configuration under a name.
  static func network(
    _ name: String, _ configuration: Configuration,
    source: String = "W. Peebles, S. Xie, Scalable Diffusion Models with Transformers, ICCV 2023"
  ) -> NetworkDefinition {
    NetworkDefinition(
      name, family: "dit", source: source,
      settings: [
        NetworkSetting("image", configuration.imageSize, "side of the square picture, pixels")
      ]
    ) { net, settings in
      var configuration = configuration
      configuration.imageSize = settings["image"]
      build(net, configuration, batch: settings.batch)
    }
  }

  static func build(_ net: WorkloadBuilder, _ dit: Configuration, batch: Int) {
    let sizes = [dit.hiddenSize, dit.depth, dit.heads, dit.patch, dit.latentChannels, dit.classes]
    guard sizes.allSatisfy({ (1...1_000_000).contains($0) }) else {
      return net.fail("a size of the configuration is not between 1 and 1000000: \(sizes)")
    }
    // The encoder of the pictures makes one latent pixel of 8×8.
    guard dit.imageSize % (8 * dit.patch) == 0 else {
      return net.fail(
        "a picture of \(dit.imageSize) pixels; its side must be a multiple of \(8 * dit.patch)")
    }
    let (width, side) = (dit.hiddenSize, dit.imageSize / 8)
    let latent = net.input("latent", [batch, dit.latentChannels, side, side])
    var x = net.tokens(
      net.convolution(
        latent, to: width, kernel: dit.patch, stride: dit.patch, padding: .amount(0), bias: true,
        named: "x_embedder"))
    let tokens = net.dimension(x, 1)
    let positions = net.value(
      "pos_embed", [1, tokens, width], dit.embedsInEveryBlock ? .buffer : .weight)
    x = net.add(x, positions, named: "pos_embed")
    let first = condition(net, dit, batch: batch)

    for index in 0..<dit.depth {
      if net.hasFailed { return }
      net.scope("blocks.\(index)") {
        let condition =
          dit.embedsInEveryBlock && index > 0 ? condition(net, dit, batch: batch) : first
        let modulation = net.linear(condition, to: 6 * width, named: "adaLN_modulation")
        var normed = net.modulate(net.layerNorm(x, affine: false, named: "norm1"), by: modulation)
        x = net.addGated(x, net.selfAttention(normed, heads: dit.heads), by: modulation)
        normed = net.modulate(net.layerNorm(x, affine: false, named: "norm2"), by: modulation)
        x = net.addGated(x, net.feedForward(normed, hidden: 4 * width), by: modulation)
      }
    }
    net.scope("final_layer") {
      let modulation = net.linear(first, to: 2 * width, named: "adaLN_modulation")
      x = net.modulate(net.layerNorm(x, affine: false), by: modulation)
      let channels = dit.latentChannels * (dit.learnsSigma ? 2 : 1)
      x = net.linear(x, to: dit.patch * dit.patch * channels, named: "linear")
      net.result(net.transpose(x, to: [batch, channels, side, side], named: "unpatchify"))
    }
  }

  /// What tells the blocks of the time and of the class.
  private static func condition(
    _ net: WorkloadBuilder, _ dit: Configuration, batch: Int
  ) -> ValueID {
    let time = net.timeEmbedding(batch: batch, frequencies: 256, to: dit.hiddenSize)
    let label = net.scope("y_embedder") {
      net.embedding(
        net.input("class", [batch], .int64), vocabulary: dit.classes + 1,
        features: dit.hiddenSize)
    }
    return net.activation(.silu, net.add(time, label))
  }
}
