import Workloads

/// Networks of one operation: what is measured to learn a device, and what others have timed alone.
enum SingleKernels: NetworkFamily {
  static let members: [NetworkDefinition] = [
    kernel(
      "gemm", "batch products [m × k] · [k × n] of activations",
      [
        size("m", 4096, "rows"), size("n", 4096, "columns"),
        size("k", 4096, "length of the reduction"),
      ]
    ) { net, s in
      let left = net.input("left", [s.batch, s["m"], s["k"]])
      let right = net.input("right", [s.batch, s["k"], s["n"]])
      return net.matrixMultiply(left, right)
    },
    kernel(
      "linear", "batch · m rows of k features to n, with weights",
      [size("m", 4096, "rows"), size("n", 4096, "features out"), size("k", 4096, "features in")]
    ) { net, s in
      net.linear(net.input("input", [s.batch, s["m"], s["k"]]), to: s["n"])
    },
    kernel(
      "conv2d", "one convolution of a square picture",
      [
        size("in", 64, "channels in"), size("out", 64, "channels out"),
        size("image", 56, "side of the picture, pixels"), size("kernel", 3, "side of the window"),
        size("stride", 1, "step of the window"), size("groups", 1, "groups of channels"),
      ]
    ) { net, s in
      net.convolution(
        net.input("input", [s.batch, s["in"], s["image"], s["image"]]), to: s["out"],
        kernel: s["kernel"], stride: s["stride"], groups: s["groups"])
    },
    kernel("add", "the sum of two tensors", [size("elements", 16_777_216, "elements of each")]) {
      net, s in
      net.add(
        net.input("left", [s.batch, s["elements"]]), net.input("right", [s.batch, s["elements"]]))
    },
    kernel("relu", "max(x, 0)", [size("elements", 16_777_216, "elements")]) { net, s in
      net.activation(.relu, net.input("input", [s.batch, s["elements"]]))
    },
    kernel("softmax", "softmax of rows", rows) { net, s in
      net.softmax(net.input("input", [s.batch, s["rows"], s["columns"]]))
    },
    kernel("layernorm", "layer normalisation of rows", rows) { net, s in
      net.layerNorm(net.input("input", [s.batch, s["rows"], s["columns"]]))
    },
    kernel(
      "attention", "scaled dot-product attention",
      [
        size("heads", 16, "heads"), size("queries", 1024, "queries of each head"),
        size("keys", 1024, "keys of each head"), size("width", 64, "features of a head"),
      ]
    ) { net, s in
      let keys: Shape = [s.batch, s["heads"], s["keys"], s["width"]]
      return net.attention(
        query: net.input("query", keys.replacing(2, with: s["queries"])),
        key: net.input("key", keys), value: net.input("value", keys))
    },
  ]

  private static let rows = [
    size("rows", 4096, "rows"), size("columns", 1024, "elements of a row"),
  ]

  private static func size(
    _ name: String, _ standard: Int, _ meaning: String
  ) -> NetworkSetting {
    NetworkSetting(name, standard, meaning, allowed: 1...1_000_000_000)
  }

  private static func kernel(
    _ name: String, _ meaning: String, _ settings: [NetworkSetting],
    _ body: @escaping @Sendable (WorkloadBuilder, NetworkSettings) -> ValueID
  ) -> NetworkDefinition {
    NetworkDefinition(name, family: "kernel", source: meaning, settings: settings) {
      net, settings in
      net.result(body(net, settings))
    }
  }
}
