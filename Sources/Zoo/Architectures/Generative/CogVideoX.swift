import Workloads

/// CogVideoX: one denoising step of a film under a text.
///
/// The tokens of the text and of the film are one sequence, which attends to itself; each of the two
/// has modulations of its own, computed from the time in every block.
enum CogVideoX: NetworkFamily {
  struct Configuration: Sendable {
    var name: String
    var hiddenSize: Int
    var depth: Int
    var heads: Int
    /// Whether queries and keys are rotated by their place, instead of a table that is added.
    var rotates: Bool
  }

  static let configurations = [
    Configuration(name: "cogvideox-2b", hiddenSize: 1920, depth: 30, heads: 30, rotates: false),
    Configuration(name: "cogvideox-5b", hiddenSize: 3072, depth: 42, heads: 48, rotates: true),
  ]

  private static let timeFeatures = 512

  static let members = configurations.map { configuration in
    NetworkDefinition(
      configuration.name, family: "cogvideox",
      source: "Z. Yang et al., CogVideoX, arXiv:2408.06072; transformer/config.json",
      settings: LatentVideo.settings(height: 480, width: 720, frames: 49, text: 226)
    ) { net, settings in
      guard let film = LatentVideo(net, settings) else { return }
      build(net, configuration, film)
    }
  }

  private static func build(
    _ net: WorkloadBuilder, _ model: Configuration, _ film: LatentVideo
  ) {
    let (width, samples) = (model.hiddenSize, film.samples)
    var x = embedded(net, model, film)
    let time = net.activation(
      .silu, net.timeEmbedding(batch: samples, frequencies: width, to: timeFeatures))
    for index in 0..<model.depth {
      net.scope("blocks.\(index)") {
        // Film and text have three vectors each; they are applied as one sequence.
        let first = net.linear(time, to: 6 * width, named: "modulation1")
        let normed = net.modulate(net.layerNorm(x, named: "norm1"), by: first)
        let seen = net.attention(
          from: normed, to: normed, heads: model.heads, bias: true, named: "attn"
        ) { prepared(net, $0, model) }
        x = net.addGated(x, seen, by: first)
        let second = net.linear(time, to: 6 * width, named: "modulation2")
        let last = net.modulate(net.layerNorm(x, named: "norm2"), by: second)
        x = net.addGated(x, net.feedForward(last, hidden: 4 * width), by: second)
      }
    }
    net.scope("head") {
      x = net.layerNorm(net.slice(x, axis: 1, count: film.tokens, named: "film"), named: "norm1")
      let modulation = net.linear(time, to: 2 * width, named: "modulation")
      x = net.modulate(net.layerNorm(x, named: "norm2"), by: modulation)
      x = net.linear(x, to: 4 * LatentVideo.channels, named: "linear")
      net.result(
        net.transpose(
          x, to: [samples, film.frames, LatentVideo.channels, film.height, film.width],
          named: "unpatchify"))
    }
  }

  /// Text and film as one sequence.
  private static func embedded(
    _ net: WorkloadBuilder, _ model: Configuration, _ film: LatentVideo
  ) -> ValueID {
    net.scope("patch_embed") {
      let (width, samples) = (model.hiddenSize, film.samples)
      let latent = net.input(
        "latent", [samples, film.frames, LatentVideo.channels, film.height, film.width])
      let frames = net.reshape(
        latent, [samples * film.frames, LatentVideo.channels, film.height, film.width])
      let patches = net.convolution(
        frames, to: width, kernel: 2, stride: 2, padding: .amount(0), bias: true, named: "proj")
      let words = net.input("text", [samples, film.textTokens, LatentVideo.textFeatures])
      let text = net.linear(words, to: width, named: "text_proj")
      let tokens = net.transpose(patches, to: [samples, film.tokens, width], named: "tokens")
      let joined = net.concatenate([text, tokens], axis: 1)
      if model.rotates { return joined }
      let places = net.value("positions", [1, net.dimension(joined, 1), width], .buffer)
      return net.add(joined, places)
    }
  }

  /// Every head is normalised. Of the sequence only the film is rotated; the text, a hundredth of
  /// it, is counted as if it were.
  private static func prepared(
    _ net: WorkloadBuilder, _ x: ValueID, _ model: Configuration
  ) -> ValueID {
    let size = model.hiddenSize / model.heads
    let heads = net.reshape(
      x, [net.dimension(x, 0), net.dimension(x, 1), model.heads, size], named: "head_view")
    let normed = net.layerNorm(heads)
    return model.rotates ? net.activation(.rotaryEmbedding, normed) : normed
  }
}
