import Workloads

/// The decoder of Wan 2.1's films: one latent frame after the other, each to four frames of pixels.
///
/// Convolutions over time see the past only: each keeps the last two frames of its input for the next
/// latent frame, so that a film of any length needs the memory of a few frames. Four levels, from an
/// eighth of the side to the whole; time is doubled after the first and after the second.
enum WanDecoder: NetworkFamily {
  private static let width = 96
  /// Over `width`, from the coarsest level to the finest.
  private static let factors = [4, 4, 2, 1]
  private static let doublesTime = [true, true, false]
  private static let blocks = 3
  /// Frames that a convolution keeps of its input.
  private static let memory = 2

  static let members = [
    NetworkDefinition(
      "wan2.1-vae-decoder", family: "wan",
      source: "Wan Team, Wan: Open and Advanced Large-Scale Video Generative Models, "
        + "arXiv:2503.20314; wan/modules/vae.py",
      settings: [
        NetworkSetting("height", 480, "height of the film, pixels"),
        NetworkSetting("width", 832, "width of the film, pixels"),
      ]
    ) { net, settings in
      let (height, width) = (settings["height"], settings["width"])
      guard height % 16 == 0, width % 16 == 0 else {
        return net.fail("a film of \(height)×\(width) pixels; both must be multiples of 16")
      }
      build(net, batch: settings.batch, height: height / 8, width: width / 8)
    }
  ]

  private static func build(_ net: WorkloadBuilder, batch: Int, height: Int, width: Int) {
    let channels = LatentVideo.channels
    let latent = net.input("latent", [batch, channels, 1, height, width])
    var x = net.convolution3D(
      latent, to: channels, kernel: (1, 1, 1), stride: (1, 1, 1), named: "conv2")
    let widest = self.width * factors[0]
    net.scope("decoder") {
      x = causal(net, x, to: widest, named: "conv1")
      net.scope("middle") {
        x = residual(net, x, to: widest, named: "0")
        x = attention(net, x, named: "1")
        x = residual(net, x, to: widest, named: "2")
      }
      for (level, factor) in factors.enumerated() {
        if net.hasFailed { return }
        net.scope("upsamples.\(level)") {
          for block in 0..<blocks {
            x = residual(net, x, to: self.width * factor, named: "\(block)")
          }
          guard level < doublesTime.count else { return }
          x = enlarged(net, x, doublesTime: doublesTime[level])
        }
      }
      net.scope("head") {
        x = net.activation(.silu, norm(net, x))
        x = causal(net, x, to: 3, named: "conv")
      }
    }
    net.result(x)
  }

  /// 3×3×3 over the frames that were kept and the new ones, the plane padded by one.
  private static func causal(
    _ net: WorkloadBuilder, _ x: ValueID, to channels: Int, window: Int = 3, named label: String
  ) -> ValueID {
    net.scope(label) {
      let shape = net.shape(x)
      let kept = net.value("kept", shape.replacing(2, with: memory), .cache)
      var input = net.concatenate([kept, x], axis: 2)
      if window > 1 {
        let padded = net.shape(input)
        input = net.operation(
          "pad", .movement(.pad), [input],
          to: padded.replacing(3, with: padded[3] + 2).replacing(4, with: padded[4] + 2))
      }
      return net.convolution3D(
        input, to: channels, kernel: (memory + 1, window, window), stride: (1, 1, 1))
    }
  }

  private static func residual(
    _ net: WorkloadBuilder, _ x: ValueID, to channels: Int, named label: String
  ) -> ValueID {
    net.scope(label) {
      var kept = x
      if net.dimension(x, 1) != channels {
        kept = net.convolution3D(
          x, to: channels, kernel: (1, 1, 1), stride: (1, 1, 1), named: "shortcut")
      }
      let first = causal(net, net.activation(.silu, norm(net, x)), to: channels, named: "conv1")
      let second = causal(
        net, net.activation(.silu, norm(net, first)), to: channels, named: "conv2")
      return net.add(second, kept)
    }
  }

  /// One head over the pixels of a frame.
  private static func attention(
    _ net: WorkloadBuilder, _ x: ValueID, named label: String
  ) -> ValueID {
    net.scope(label) {
      let shape = net.shape(x)
      let plane = [shape[0] * shape[2], shape[1], shape[3], shape[4]]
      let frames = net.reshape(norm(net, x), Shape(plane) ?? shape)
      let joined = net.convolution(frames, to: 3 * shape[1], kernel: 1, bias: true, named: "to_qkv")
      let head: Shape = [plane[0], 1, shape[3] * shape[4], shape[1]]
      let parts = (0..<3).map { _ in net.reshape(joined, head, named: "head_view") }
      let mixed = net.attention(query: parts[0], key: parts[1], value: parts[2])
      let image = net.reshape(mixed, Shape(plane) ?? shape)
      let projected = net.convolution(image, to: shape[1], kernel: 1, bias: true, named: "proj")
      return net.add(net.reshape(projected, shape), x)
    }
  }

  /// Twice the plane with half the channels, and twice the frames where time is doubled.
  private static func enlarged(
    _ net: WorkloadBuilder, _ x: ValueID, doublesTime: Bool
  ) -> ValueID {
    var x = x
    let channels = net.dimension(x, 1)
    if doublesTime {
      // Twice the channels, which become frames.
      x = causal(net, x, to: 2 * channels, window: 1, named: "time_conv")
      let shape = net.shape(x)
      x = net.transpose(x, to: shape.replacing(1, with: channels).replacing(2, with: 2 * shape[2]))
    }
    let shape = net.shape(x)
    let frames = net.reshape(x, [shape[0] * shape[2], channels, shape[3], shape[4]])
    let larger = net.resize(frames, height: 2 * shape[3], width: 2 * shape[4])
    let halved = net.convolution(larger, to: channels / 2, kernel: 3, bias: true, named: "resample")
    return net.reshape(
      halved, [shape[0], channels / 2, shape[2], 2 * shape[3], 2 * shape[4]])
  }

  /// One scale for each channel.
  private static func norm(_ net: WorkloadBuilder, _ x: ValueID) -> ValueID {
    net.operation(
      "norm", .normalization(.rootMeanSquare), [x, net.weight("gamma", [net.dimension(x, 1)])],
      to: net.shape(x))
  }
}
