import Workloads

/// The U-Nets of Stable Diffusion: one denoising step of a latent picture under a text.
///
/// Residual blocks go down to the coarsest latent and up again, each step up reading what the step
/// down had written; on some levels transformers attend to the picture itself and to the text.
enum StableDiffusion: NetworkFamily {
  struct Configuration: Sendable {
    var name: String
    var source: String
    var image: Int
    /// Channels of each level; the plane is halved between them.
    var widths: [Int]
    /// Transformer blocks after each residual block of a level, and in the middle.
    var transformers: [Int]
    var middleTransformers: Int
    var heads: [Int]
    /// Features of a text token.
    var text: Int
    /// Whether a transformer is entered and left by matrices instead of 1×1 convolutions.
    var hasLinearProjections = true
    /// Features of a condition besides the text: its summary, and sizes and crops of the picture.
    var condition: Int?
  }

  static let configurations = [
    Configuration(
      name: "stable-diffusion-v1-5-unet",
      source: "R. Rombach et al., High-Resolution Image Synthesis with Latent Diffusion Models, "
        + "CVPR 2022; stable-diffusion-v1-5, unet/config.json",
      image: 512, widths: [320, 640, 1280, 1280], transformers: [1, 1, 1, 0],
      middleTransformers: 1, heads: [8, 8, 8, 8], text: 768, hasLinearProjections: false),
    Configuration(
      name: "stable-diffusion-2-1-unet",
      source: "R. Rombach et al., High-Resolution Image Synthesis with Latent Diffusion Models, "
        + "CVPR 2022; stable-diffusion-2-1, unet/config.json",
      image: 768, widths: [320, 640, 1280, 1280], transformers: [1, 1, 1, 0],
      middleTransformers: 1, heads: [5, 10, 20, 20], text: 1024),
    Configuration(
      name: "stable-diffusion-xl-unet",
      source: "D. Podell et al., SDXL, arXiv:2307.01952; stable-diffusion-xl-base-1.0, "
        + "unet/config.json",
      image: 1024, widths: [320, 640, 1280], transformers: [0, 2, 10], middleTransformers: 10,
      heads: [5, 10, 20], text: 2048, condition: 2816),
  ]

  static let members = configurations.map { configuration in
    NetworkDefinition(
      configuration.name, family: "stable-diffusion", source: configuration.source,
      settings: [
        NetworkSetting("image", configuration.image, "side of the square picture, pixels"),
        NetworkSetting("text", 77, "tokens of the text"),
      ]
    ) { net, settings in
      build(
        net, configuration, batch: settings.batch, image: settings["image"],
        text: settings["text"])
    }
  }

  /// What every block reads besides its input.
  private struct Conditions {
    /// `[batch, 4·width]`
    let time: ValueID
    /// `[batch, tokens, features]`
    let text: ValueID
  }

  private static func build(
    _ net: WorkloadBuilder, _ unet: Configuration, batch: Int, image: Int, text: Int
  ) {
    // The encoder of the pictures makes one latent pixel of 8×8.
    let step = 8 << (unet.widths.count - 1)
    guard image % step == 0 else {
      return net.fail("a picture of \(image) pixels; its side must be a multiple of \(step)")
    }
    let latent = net.input("latent", [batch, 4, image / 8, image / 8])
    let words = net.input("text", [batch, text, unet.text])
    var time = net.timeEmbedding(batch: batch, frequencies: unet.widths[0], to: 4 * unet.widths[0])
    if let features = unet.condition {
      let condition = net.input("condition", [batch, features])
      let added = net.scope("add_embedding") {
        let hidden = net.linear(condition, to: 4 * unet.widths[0], named: "linear_1")
        return net.linear(
          net.activation(.silu, hidden), to: 4 * unet.widths[0], named: "linear_2")
      }
      time = net.add(time, added)
    }
    let conditions = Conditions(time: net.activation(.silu, time), text: words)

    var x = net.convolution(latent, to: unet.widths[0], kernel: 3, bias: true, named: "conv_in")
    var skipped = [x]
    let last = unet.widths.count - 1
    for (level, width) in unet.widths.enumerated() {
      net.scope("down\(level)") {
        for _ in 0..<2 {
          x = residual(net, x, to: width, conditions)
          x = transformer(net, x, unet, level: level, unet.transformers[level], conditions)
          skipped.append(x)
        }
        guard level < last else { return }
        x = net.convolution(x, to: width, kernel: 3, stride: 2, bias: true, named: "downsample")
        skipped.append(x)
      }
    }
    net.scope("middle") {
      x = residual(net, x, to: unet.widths[last], conditions)
      x = transformer(net, x, unet, level: last, unet.middleTransformers, conditions)
      x = residual(net, x, to: unet.widths[last], conditions)
    }
    for level in (0...last).reversed() {
      net.scope("up\(level)") {
        for _ in 0..<3 {
          x = net.concatenate([x, skipped.removeLast()], axis: 1)
          x = residual(net, x, to: unet.widths[level], conditions)
          x = transformer(net, x, unet, level: level, unet.transformers[level], conditions)
        }
        guard level > 0 else { return }
        x = net.resize(x, height: 2 * net.dimension(x, 2), width: 2 * net.dimension(x, 3))
        x = net.convolution(x, to: unet.widths[level], kernel: 3, bias: true, named: "upsample")
      }
    }
    x = net.activation(.silu, net.groupNorm(x, named: "norm_out"))
    net.result(net.convolution(x, to: 4, kernel: 3, bias: true, named: "conv_out"))
  }

  /// Two 3×3 convolutions, each after a group normalisation and a SiLU, with the time between them.
  private static func residual(
    _ net: WorkloadBuilder, _ input: ValueID, to width: Int, _ conditions: Conditions
  ) -> ValueID {
    net.scope("residual") {
      var x = net.activation(.silu, net.groupNorm(input, named: "norm1"))
      x = net.convolution(x, to: width, kernel: 3, bias: true, named: "conv1")
      let time = net.linear(conditions.time, to: width, named: "time_projection")
      x = net.add(x, net.reshape(time, [net.dimension(time, 0), width, 1, 1]))
      x = net.activation(.silu, net.groupNorm(x, named: "norm2"))
      x = net.convolution(x, to: width, kernel: 3, bias: true, named: "conv2")
      guard net.dimension(input, 1) != width else { return net.add(input, x) }
      return net.add(net.convolution(input, to: width, bias: true, named: "shortcut"), x)
    }
  }

  /// Blocks of self-attention, attention to the text and a gated feed-forward network.
  private static func transformer(
    _ net: WorkloadBuilder, _ input: ValueID, _ unet: Configuration, level: Int, _ blocks: Int,
    _ conditions: Conditions
  ) -> ValueID {
    guard blocks > 0 else { return input }
    return net.scope("transformer") {
      let (height, width) = (net.dimension(input, 2), net.dimension(input, 3))
      let channels = net.dimension(input, 1)
      let heads = unet.heads[level]
      var x = net.groupNorm(input)
      if unet.hasLinearProjections {
        x = net.linear(net.tokens(x), to: channels, named: "proj_in")
      } else {
        x = net.tokens(net.convolution(x, to: channels, bias: true, named: "proj_in"))
      }
      for _ in 0..<blocks {
        net.scope("block") {
          let seen = net.layerNorm(x, named: "norm1")
          x = net.add(
            x, net.attention(from: seen, to: seen, heads: heads, bias: false, named: "attn1"))
          let asked = net.layerNorm(x, named: "norm2")
          x = net.add(
            x,
            net.attention(
              from: asked, to: conditions.text, heads: heads, bias: false, named: "attn2"))
          let joined = net.linear(net.layerNorm(x, named: "norm3"), to: 8 * channels, named: "fc1")
          let value = net.slice(joined, axis: 2, count: 4 * channels)
          let gate = net.slice(joined, axis: 2, count: 4 * channels)
          let hidden = net.multiply(value, net.activation(.gelu, gate))
          x = net.add(x, net.linear(hidden, to: channels, named: "fc2"))
        }
      }
      if unet.hasLinearProjections {
        x = net.image(
          net.linear(x, to: channels, named: "proj_out"), height: height, width: width)
      } else {
        x = net.convolution(
          net.image(x, height: height, width: width), to: channels, bias: true, named: "proj_out")
      }
      return net.add(input, x)
    }
  }
}
