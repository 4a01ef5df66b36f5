import Workloads

/// Wan 2.1: one denoising step of a film under a text.
///
/// The tokens of the film attend to one another and then to the text. One modulation is computed
/// from the time for all blocks, to which each adds a table of its own.
enum Wan: NetworkFamily {
  struct Configuration: Sendable {
    var name: String
    var hiddenSize: Int
    var feedForwardSize: Int
    var depth: Int
    var heads: Int
  }

  static let configurations = [
    Configuration(
      name: "wan2.1-t2v-1.3b", hiddenSize: 1536, feedForwardSize: 8960, depth: 30, heads: 12),
    Configuration(
      name: "wan2.1-t2v-14b", hiddenSize: 5120, feedForwardSize: 13824, depth: 40, heads: 40),
  ]

  static let members = configurations.map { configuration in
    NetworkDefinition(
      configuration.name, family: "wan",
      source: "Wan Team, Wan: Open and Advanced Large-Scale Video Generative Models, "
        + "arXiv:2503.20314",
      settings: LatentVideo.settings(height: 480, width: 832, frames: 81, text: 512)
    ) { net, settings in
      guard let film = LatentVideo(net, settings) else { return }
      build(net, configuration, film)
    }
  }

  private static func build(_ net: WorkloadBuilder, _ wan: Configuration, _ film: LatentVideo) {
    let (width, samples) = (wan.hiddenSize, film.samples)
    let latent = net.input(
      "latent", [samples, LatentVideo.channels, film.frames, film.height, film.width])
    let patches = net.convolution3D(
      latent, to: width, kernel: (1, 2, 2), stride: (1, 2, 2), named: "patch_embedding")
    var x = net.transpose(patches, to: [samples, film.tokens, width], named: "tokens")

    let words = net.input("text", [samples, film.textTokens, LatentVideo.textFeatures])
    let text = net.scope("text_embedding") {
      let hidden = net.activation(.gelu, net.linear(words, to: width, named: "linear_1"))
      return net.linear(hidden, to: width, named: "linear_2")
    }
    let time = net.timeEmbedding(batch: samples, frequencies: 256, to: width)
    let shared = net.reshape(
      net.linear(net.activation(.silu, time), to: 6 * width, named: "time_projection"),
      [samples, 6, width])

    for index in 0..<wan.depth {
      net.scope("blocks.\(index)") {
        let modulation = net.addParameter(shared, [1, 6, width], named: "modulation")
        let normed = net.modulate(net.layerNorm(x, affine: false, named: "norm1"), by: modulation)
        let seen = net.attention(
          from: normed, to: normed, heads: wan.heads, bias: true, named: "self_attn"
        ) { net.activation(.rotaryEmbedding, net.rootMeanSquareNorm($0)) }
        x = net.addGated(x, seen, by: modulation)
        let asked = net.attention(
          from: net.layerNorm(x, named: "norm3"), to: text, heads: wan.heads, bias: true,
          named: "cross_attn"
        ) { net.rootMeanSquareNorm($0) }
        x = net.add(x, asked)
        let last = net.modulate(net.layerNorm(x, affine: false, named: "norm2"), by: modulation)
        x = net.addGated(x, net.feedForward(last, hidden: wan.feedForwardSize), by: modulation)
      }
    }
    net.scope("head") {
      let modulation = net.addParameter(
        net.reshape(time, [samples, 1, width]), [1, 2, width], named: "modulation")
      x = net.modulate(net.layerNorm(x, affine: false), by: modulation)
      x = net.linear(x, to: 4 * LatentVideo.channels, named: "linear")
      net.result(net.transpose(x, to: net.shape(latent), named: "unpatchify"))
    }
  }
}
