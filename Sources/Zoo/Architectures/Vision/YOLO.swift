import Workloads

/// YOLOv8 and YOLO11: detectors of 80 classes without anchor boxes, in one network.
///
/// A backbone of partial stages gives maps at strides 8, 16 and 32; a pyramid goes up and down again
/// over them, and at each a head predicts classes and, for every side of a box, a distribution over
/// 16 distances.
enum YOLO: NetworkFamily {
  enum Generation: Sendable { case v8, v11 }

  /// One size of a generation.
  struct Configuration: Sendable {
    var name: String
    var generation: Generation
    /// Of the blocks in each stage.
    var depth: Double
    var width: Double
    /// Before they are multiplied by `width`.
    var mostChannels: Int
    /// Whether every stage of YOLO11 has partial stages inside, not only the coarsest.
    var isNested = false

    func channels(_ count: Int) -> Int {
      Int((Double(min(count, mostChannels)) * width / 8).rounded(.up)) * 8
    }

    func blocks(_ count: Int) -> Int {
      max(1, Int((Double(count) * depth).rounded(.toNearestOrEven)))
    }
  }

  static let configurations = [
    Configuration(
      name: "yolov8n", generation: .v8, depth: 1.0 / 3, width: 0.25, mostChannels: 1024),
    Configuration(
      name: "yolov8s", generation: .v8, depth: 1.0 / 3, width: 0.5, mostChannels: 1024),
    Configuration(
      name: "yolov8m", generation: .v8, depth: 2.0 / 3, width: 0.75, mostChannels: 768),
    Configuration(name: "yolov8l", generation: .v8, depth: 1, width: 1, mostChannels: 512),
    Configuration(name: "yolov8x", generation: .v8, depth: 1, width: 1.25, mostChannels: 512),
    Configuration(name: "yolo11n", generation: .v11, depth: 0.5, width: 0.25, mostChannels: 1024),
    Configuration(name: "yolo11s", generation: .v11, depth: 0.5, width: 0.5, mostChannels: 1024),
    Configuration(
      name: "yolo11m", generation: .v11, depth: 0.5, width: 1, mostChannels: 512, isNested: true),
    Configuration(
      name: "yolo11l", generation: .v11, depth: 1, width: 1, mostChannels: 512, isNested: true),
    Configuration(
      name: "yolo11x", generation: .v11, depth: 1, width: 1.5, mostChannels: 512, isNested: true),
  ]

  static let members = configurations.map { configuration in
    NetworkDefinition.image(
      configuration.name, size: 640, family: "yolo",
      source: "Ultralytics, cfg/models/v8/yolov8.yaml and cfg/models/11/yolo11.yaml"
    ) { net, image in
      guard net.dimension(image, 2) % 32 == 0 else {
        net.fail("an image of \(net.shape(image)); its sides must be multiples of 32")
        return image
      }
      return detections(net, pyramid(net, image, configuration), configuration)
    }
  }

  // MARK: - Backbone and pyramid

  /// Maps at strides 8, 16 and 32.
  private static func pyramid(
    _ net: WorkloadBuilder, _ image: ValueID, _ size: Configuration
  ) -> [ValueID] {
    let isV8 = size.generation == .v8
    var x = layer(net, image, to: size.channels(64), kernel: 3, stride: 2, "stem")
    var maps: [ValueID] = []
    for (level, width) in [128, 256, 512, 1024].enumerated() {
      x = layer(net, x, to: size.channels(width), kernel: 3, stride: 2, "down\(level + 2)")
      // YOLO11 widens its two finest stages after, not before, their blocks.
      let isEarly = level < 2
      let output = size.channels(isV8 || !isEarly ? width : 2 * width)
      x = stage(
        net, x, to: output, blocks: size.blocks(isV8 ? (level % 3 == 0 ? 3 : 6) : 2),
        hidden: isV8 || !isEarly ? output / 2 : output / 4, hasShortcut: true,
        isNested: size.isNested || !isEarly, size.generation, "stage\(level + 2)")
      if level > 0 { maps.append(x) }
    }
    x = pooledPyramid(net, x)
    if !isV8 { x = attentiveStage(net, x, blocks: size.blocks(2)) }
    maps[2] = x

    /// A stage of the pyramid, which joins two maps first.
    func join(_ maps: [ValueID], width: Int, isNested: Bool, _ label: String) -> ValueID {
      let output = size.channels(width)
      return stage(
        net, net.concatenate(maps, axis: 1), to: output, blocks: size.blocks(isV8 ? 3 : 2),
        hidden: output / 2, hasShortcut: !isV8, isNested: size.isNested || isNested,
        size.generation,
        label)
    }
    let middle = join([enlarged(net, maps[2]), maps[1]], width: 512, isNested: false, "up4")
    let fine = join([enlarged(net, middle), maps[0]], width: 256, isNested: false, "up3")
    let halved = layer(net, fine, to: size.channels(256), kernel: 3, stride: 2, "down_fine")
    let lower = join([halved, middle], width: 512, isNested: false, "out4")
    let quartered = layer(net, lower, to: size.channels(512), kernel: 3, stride: 2, "down_middle")
    let coarse = join([quartered, maps[2]], width: 1024, isNested: true, "out5")
    return [fine, lower, coarse]
  }

  private static func enlarged(_ net: WorkloadBuilder, _ x: ValueID) -> ValueID {
    net.resize(x, height: 2 * net.dimension(x, 2), width: 2 * net.dimension(x, 3))
  }

  // MARK: - Blocks

  private static func layer(
    _ net: WorkloadBuilder, _ x: ValueID, to channels: Int, kernel: Int = 1, stride: Int = 1,
    groups: Int = 1, isActive: Bool = true, _ label: String
  ) -> ValueID {
    net.normalizedConvolution(
      x, to: channels, kernel: kernel, stride: stride, groups: groups,
      activation: isActive ? .silu : nil, named: label)
  }

  /// Two 3×3 convolutions through `hidden` channels.
  private static func bottleneck(
    _ net: WorkloadBuilder, _ input: ValueID, hidden: Int, hasShortcut: Bool
  ) -> ValueID {
    net.scope("bottleneck") {
      let channels = net.dimension(input, 1)
      let inner = layer(net, input, to: hidden, kernel: 3, "cv1")
      let x = layer(net, inner, to: channels, kernel: 3, "cv2")
      return hasShortcut ? net.add(input, x) : x
    }
  }

  /// Blocks behind one another on half of the channels; the output reads what each of them wrote
  /// (C2f; C3k2 in YOLO11).
  private static func stage(
    _ net: WorkloadBuilder, _ input: ValueID, to channels: Int, blocks: Int, hidden: Int,
    hasShortcut: Bool, isNested: Bool, _ generation: Generation, _ label: String
  ) -> ValueID {
    net.scope(label) {
      let split = layer(net, input, to: 2 * hidden, "cv1")
      var parts = [split]
      var x = net.slice(split, axis: 1, count: hidden)
      for _ in 0..<blocks {
        switch (generation, isNested) {
        case (.v8, _): x = bottleneck(net, x, hidden: hidden, hasShortcut: hasShortcut)
        case (.v11, false): x = bottleneck(net, x, hidden: hidden / 2, hasShortcut: hasShortcut)
        case (.v11, true): x = partialStage(net, x, hasShortcut: hasShortcut)
        }
        parts.append(x)
      }
      return layer(net, net.concatenate(parts, axis: 1), to: channels, "cv2")
    }
  }

  /// Two blocks on one projection to half of the channels, joined with another (C3k).
  private static func partialStage(
    _ net: WorkloadBuilder, _ input: ValueID, hasShortcut: Bool
  ) -> ValueID {
    net.scope("partial") {
      let channels = net.dimension(input, 1)
      var x = layer(net, input, to: channels / 2, "cv1")
      let rest = layer(net, input, to: channels / 2, "cv2")
      for _ in 0..<2 { x = bottleneck(net, x, hidden: channels / 2, hasShortcut: hasShortcut) }
      return layer(net, net.concatenate([x, rest], axis: 1), to: channels, "cv3")
    }
  }

  /// Maxima over windows of 5, 9 and 13, each from the one before (SPPF).
  private static func pooledPyramid(_ net: WorkloadBuilder, _ input: ValueID) -> ValueID {
    net.scope("sppf") {
      let channels = net.dimension(input, 1)
      var parts = [layer(net, input, to: channels / 2, "cv1")]
      for index in 0..<3 {
        parts.append(net.maxPool(parts[index], kernel: 5, stride: 1, padding: .half))
      }
      return layer(net, net.concatenate(parts, axis: 1), to: channels, "cv2")
    }
  }

  /// Self-attention over the coarsest map, on half of its channels (C2PSA).
  private static func attentiveStage(
    _ net: WorkloadBuilder, _ input: ValueID, blocks: Int
  ) -> ValueID {
    net.scope("c2psa") {
      let channels = net.dimension(input, 1)
      let half = channels / 2
      let split = layer(net, input, to: 2 * half, "cv1")
      let kept = net.slice(split, axis: 1, count: half)
      var x = net.slice(split, axis: 1, count: half)
      for _ in 0..<blocks {
        x = net.add(x, attention(net, x))
        let inner = layer(net, x, to: 2 * half, "ffn1")
        x = net.add(x, layer(net, inner, to: half, isActive: false, "ffn2"))
      }
      return layer(net, net.concatenate([kept, x], axis: 1), to: channels, "cv2")
    }
  }

  /// Heads of 64 channels whose queries and keys have 32; a depthwise convolution of the values
  /// stands for positions.
  private static func attention(_ net: WorkloadBuilder, _ input: ValueID) -> ValueID {
    net.scope("attn") {
      let shape = net.shape(input)
      guard shape.rank == 4 else { return input }
      let heads = max(1, shape[1] / 64)
      let size = shape[1] / heads
      let tokens = shape[2] * shape[3]
      let joined = layer(net, input, to: 2 * shape[1], isActive: false, "qkv")
      func part(_ size: Int) -> ValueID {
        net.reshape(joined, [shape[0], heads, tokens, size], named: "head_view")
      }
      let mixed = net.attention(query: part(size / 2), key: part(size / 2), value: part(size))
      let values = net.slice(joined, axis: 1, count: shape[1])
      let places = layer(
        net, values, to: shape[1], kernel: 3, groups: shape[1], isActive: false, "pe")
      let x = net.add(net.reshape(mixed, shape, named: "merge"), places)
      return layer(net, x, to: shape[1], isActive: false, "proj")
    }
  }

  // MARK: - Head

  private static let classes = 80
  private static let distances = 16

  /// Boxes and class probabilities at every place: `[batch, 4 + classes, places]`.
  private static func detections(
    _ net: WorkloadBuilder, _ maps: [ValueID], _ size: Configuration
  ) -> ValueID {
    net.scope("detect") {
      let finest = net.dimension(maps[0], 1)
      let boxWidth = max(16, finest / 4, 4 * distances)
      let classWidth = max(finest, min(classes, 100))
      var boxes: [ValueID] = []
      var scores: [ValueID] = []
      for (level, map) in maps.enumerated() {
        let shape = net.shape(map)
        guard shape.rank == 4 else { return map }
        let places = shape[2] * shape[3]
        net.scope("level\(level + 3)") {
          var box = layer(net, map, to: boxWidth, kernel: 3, "box1")
          box = layer(net, box, to: boxWidth, kernel: 3, "box2")
          box = net.convolution(box, to: 4 * distances, bias: true, named: "box3")
          boxes.append(net.reshape(box, [shape[0], 4 * distances, places]))
          var score = classLayer(net, map, to: classWidth, size.generation, "class1")
          score = classLayer(net, score, to: classWidth, size.generation, "class2")
          score = net.convolution(score, to: classes, bias: true, named: "class3")
          scores.append(net.reshape(score, [shape[0], classes, places]))
        }
      }
      let joined = net.concatenate(boxes, axis: 2)
      let (batch, places) = (net.dimension(joined, 0), net.dimension(joined, 2))
      // The expected distance under each side's distribution: a convolution with fixed weights.
      var sides = net.softmax(net.reshape(joined, [batch, distances, 4, places]))
      sides = net.convolution(sides, to: 1, named: "dfl")
      let corners = net.add(
        net.reshape(sides, [batch, 4, places]), net.value("anchors", [1, 4, places], .buffer))
      let scaled = net.multiply(corners, net.value("strides", [1, 1, places], .buffer))
      let probabilities = net.activation(.sigmoid, net.concatenate(scores, axis: 2))
      return net.concatenate([scaled, probabilities], axis: 1)
    }
  }

  /// Dense in YOLOv8, separable in YOLO11.
  private static func classLayer(
    _ net: WorkloadBuilder, _ x: ValueID, to channels: Int, _ generation: Generation,
    _ label: String
  ) -> ValueID {
    guard generation == .v11 else { return layer(net, x, to: channels, kernel: 3, label) }
    let width = net.dimension(x, 1)
    let depthwise = layer(net, x, to: width, kernel: 3, groups: width, label + "_dw")
    return layer(net, depthwise, to: channels, label)
  }
}
