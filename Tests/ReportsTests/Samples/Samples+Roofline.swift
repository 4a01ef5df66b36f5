import Foundation
import Quantities
import Reports

extension Samples {
  static let peaks: [RooflineChart.Roof<FLOPPerSecond>] = [
    .init("fp16 matrix", .teraFLOPPerSecond(312)),
    .init("fp16 matrix", .teraFLOPPerSecond(262), isAchieved: true),
    .init("fp32 vector", .teraFLOPPerSecond(19.5)),
  ]
  static let bandwidths: [RooflineChart.Roof<BytesPerSecond>] = [
    .init("L2", .gigabytesPerSecond(5100)), .init("DRAM", .gigabytesPerSecond(2039)),
    .init("DRAM", .gigabytesPerSecond(1710), isAchieved: true),
  ]

  /// One operation that is as fast as its roof, less some noise and a start of 2 µs.
  static func operation(
    _ name: String, _ group: String, work: Double, traffic: Double, isMatrix: Bool,
    _ noise: inout Noise
  ) -> RooflineChart.Operation {
    let computing = work / ((isMatrix ? 262e12 : 17e12) * (0.45 + 0.5 * noise.next()))
    let moving = traffic / (1.71e12 * (0.7 + 0.3 * noise.next()))
    let time = max(computing, moving) + 2e-6
    let bound =
      time > 2 * max(computing, moving) ? "launch" : computing > moving ? "fp16 matrix" : "DRAM"
    return .init(
      name, group: group, work: FLOP(work), traffic: Bytes(traffic), time: Seconds(time),
      bound: bound)
  }

  /// ResNet-50 at batch 32 in two bytes: convolutions with their real shapes, what follows each.
  static let roofline: RooflineChart = {
    var noise = Noise(3)
    var operations: [RooflineChart.Operation] = []
    func convolution(
      _ name: String, _ side: Int, _ from: Int, _ to: Int, _ kernel: Int, _ stride: Int
    ) {
      let outputs = Double(32 * (side / stride) * (side / stride) * to)
      let weights = Double(kernel * kernel * from * to)
      operations.append(
        operation(
          name, "convolution", work: 2 * outputs * Double(kernel * kernel * from),
          traffic: 2 * (Double(32 * side * side * from) + outputs + weights), isMatrix: true, &noise
        ))
      operations.append(
        operation(
          name + ".norm", "normalisation", work: 2 * outputs, traffic: 4 * outputs, isMatrix: false,
          &noise))
    }
    convolution("conv1", 224, 3, 64, 7, 2)
    operations.append(
      operation("maxpool", "pooling", work: 5.8e7, traffic: 6.4e7, isMatrix: false, &noise))
    var (side, from) = (56, 64)
    for (stage, (blocks, width)) in [(3, 64), (4, 128), (6, 256), (3, 512)].enumerated() {
      for block in 0..<blocks {
        let name = "layer\(stage + 1).\(block)"
        let stride = block == 0 && stage > 0 ? 2 : 1
        convolution(name + ".conv1", side, from, width, 1, 1)
        convolution(name + ".conv2", side, width, width, 3, stride)
        if block == 0 { convolution(name + ".downsample", side, from, 4 * width, 1, stride) }
        (side, from) = (side / stride, 4 * width)
        convolution(name + ".conv3", side, width, 4 * width, 1, 1)
        let outputs = Double(32 * side * side * from)
        operations.append(
          operation(
            name + ".add", "element-wise", work: outputs, traffic: 6 * outputs, isMatrix: false,
            &noise))
      }
    }
    operations.append(
      operation("avgpool", "pooling", work: 3.2e6, traffic: 6.6e6, isMatrix: false, &noise))
    operations.append(
      operation("flatten", "movement", work: 0, traffic: 2.6e5, isMatrix: false, &noise))
    operations.append(
      operation("input.layout", "movement", work: 0, traffic: 3.8e7, isMatrix: false, &noise))
    operations.append(
      operation("fc", "matrix product", work: 1.3e8, traffic: 4.3e6, isMatrix: true, &noise))
    return RooflineChart(
      title: "ResNet-50 under the roofs of an A100",
      subtitle:
        "batch 32, fp16, 224 × 224 · \(operations.count) operations · traffic to and from DRAM",
      peaks: peaks, bandwidths: bandwidths, operations: operations)
  }()

  /// A language model that decodes: almost everything hangs on one slope.
  static let decode: RooflineChart = {
    var noise = Noise(11)
    // Work (FLOP) and traffic (bytes) of one layer, 8 sequences, 4096 tokens of context.
    let parts: [(name: String, group: String, work: Double, traffic: Double)] = [
      ("attention.query_key_value", "matrix product", 8e8, 1e8),
      ("attention.scores", "attention", 2.7e8, 1.4e8),
      ("attention.output", "matrix product", 2.7e8, 3.4e7),
      ("mlp.gate_up", "matrix product", 1.44e9, 1.8e8),
      ("mlp.down", "matrix product", 7.2e8, 9e7), ("norm", "normalisation", 2e5, 2e5),
      ("rotary", "element-wise", 1.2e5, 2.6e5), ("cache.append", "movement", 0, 1.3e5),
    ]
    var operations: [RooflineChart.Operation] = []
    for layer in 0..<32 {
      for part in parts {
        operations.append(
          operation(
            "layers.\(layer).\(part.name)", part.group, work: part.work, traffic: part.traffic,
            isMatrix: part.work > 1e6, &noise))
      }
    }
    return RooflineChart(
      title: "Llama 2 7B decoding", subtitle: "batch 8, context 4096, fp16",
      peaks: peaks, bandwidths: Array(bandwidths.dropFirst()), operations: operations)
  }()

  static let thousand: RooflineChart = {
    var noise = Noise(5)
    let operations = (0..<1000).map { index in
      let isMatrix = index % 3 == 0
      let traffic = 1e4 * pow(10, 3 * noise.next())
      let power = isMatrix ? 1 + 1.6 * noise.next() : -1 + 1.5 * noise.next()
      return operation(
        "operation \(index)", "kind \(index % 11)",
        work: index % 9 == 4 ? 0 : traffic * pow(10, power), traffic: traffic,
        isMatrix: isMatrix, &noise)
    }
    return RooflineChart(
      title: "A thousand operations of eleven kinds", subtitle: "made up", peaks: peaks,
      bandwidths: bandwidths, operations: operations)
  }()

  static let oneOperation = RooflineChart(
    title: "One operation", subtitle: "one roof of each kind",
    peaks: [.init("int8", .teraFLOPPerSecond(4))],
    bandwidths: [.init("LPDDR5", .gigabytesPerSecond(51.2))],
    operations: [
      .init(
        "conv", group: "convolution", work: FLOP(2e9), traffic: Bytes(4e7),
        time: .milliseconds(1.2), bound: "DRAM")
    ])

  static let roofsOnly = RooflineChart(
    title: "A device without operations", subtitle: "what it could do", peaks: peaks,
    bandwidths: bandwidths, operations: [])

  static let emptyRoofline = RooflineChart(
    title: "Nothing", subtitle: "no roof, no operation", peaks: [], bandwidths: [], operations: [])
}
