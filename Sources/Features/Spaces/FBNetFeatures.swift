import Workloads

/// Work of an FBNet network by kind, summed over its 22 layers.
///
/// A block is a pointwise expansion to `m = expansion · c_in` channels, a depthwise k × k
/// convolution of the layer's stride, and a pointwise projection. With H the input's and H' the
/// output's side and g groups,
/// ```
/// pointwise MAC  = (H² c_in m + H'² m c_out) / g
/// depthwise MAC  = H'² m k²
/// activations    = H² c_in + 2 H² m + 2 H'² m + H'² c_out
/// weights        = (c_in m + m c_out) / g + m k²
/// ```
/// A skip costs nothing where shapes agree and is one pointwise convolution where they do not.
struct FBNetFeatures: AnalyticFeatures {
  let names = [
    "pointwise_mac", "grouped_pointwise_mac", "depthwise_mac", "activations", "activations_5x5",
    "weights", "blocks", "shuffles", "middle_channels",
  ]

  /// A launch-bound device sees blocks and shuffles only.
  let partialViews = [["blocks", "shuffles"]]

  /// [layer][operation][feature].
  private static let table: [[[Double]]] = FBNetSpace.layers.map { layer in
    FBNetSpace.blocks.map { block in cost(of: block, in: layer) }
  }

  private static func cost(of block: FBNetSpace.Block, in layer: FBNetSpace.Layer) -> [Double] {
    let input = Double(layer.resolution * layer.resolution)
    let output = input / Double(layer.stride * layer.stride)
    let (inputChannels, outputChannels) = (
      Double(layer.inputChannels), Double(layer.outputChannels)
    )
    if block.isSkip {
      guard layer.stride != 1 || layer.inputChannels != layer.outputChannels else {
        return [0, 0, 0, 0, 0, 0, 0, 0, 0]
      }
      let weights = inputChannels * outputChannels
      return [
        output * weights, 0, 0, input * inputChannels + output * outputChannels, 0, weights, 0, 0,
        0,
      ]
    }
    let middle = inputChannels * Double(block.expansion)
    let area = Double(block.kernel * block.kernel)
    let groups = Double(block.groups)
    let pointwise = (input * inputChannels * middle + output * middle * outputChannels) / groups
    let isGrouped = block.groups > 1
    return [
      pointwise,
      isGrouped ? pointwise : 0,
      output * middle * area,
      input * inputChannels + 2 * (input + output) * middle + output * outputChannels,
      block.kernel == 5 ? (input + output) * middle : 0,
      (inputChannels * middle + middle * outputChannels) / groups + middle * area,
      1,
      isGrouped ? 1 : 0,
      middle,
    ]
  }

  func append(_ architecture: Architecture, to values: inout [Double]) {
    let start = values.count
    values.append(contentsOf: repeatElement(0, count: names.count))
    for (layer, operation) in architecture.operations.enumerated() {
      let cost = Self.table[layer][Int(operation)]
      for feature in cost.indices { values[start + feature] += cost[feature] }
    }
  }

  /// Twice the MACs of the stem, the searchable layers and the head (1504 channels, 10 classes).
  func flop(_ architecture: Architecture) -> Double? {
    var mac = Self.fixedMultiplyAccumulates
    for (layer, operation) in architecture.operations.enumerated() {
      let cost = Self.table[layer][Int(operation)]
      mac += cost[0] + cost[2]
    }
    return 2 * mac
  }

  private static let fixedMultiplyAccumulates: Double = {
    let side = Double(FBNetSpace.inputResolution)
    let stem = side * side * 9 * 3 * Double(FBNetSpace.stemChannels)
    guard let last = FBNetSpace.layers.last else { return stem }
    let end = Double(last.resolution / last.stride)
    let head = 1504.0
    return stem + end * end * Double(last.outputChannels) * head + head * 10
  }()
}
