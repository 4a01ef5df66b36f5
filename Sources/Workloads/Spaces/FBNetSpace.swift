/// FBNet: 22 inverted-residual layers, each one of nine blocks.
///
/// The tables measured here use the macro architecture on a 32×32 input: seven stages of
/// 1, 4, 4, 4, 4, 4 and 1 layers.
///
/// - Source: B. Wu et al., *FBNet: Hardware-Aware Efficient ConvNet Design via Differentiable
///   Neural Architecture Search*, CVPR 2019, tables 1 and 2; C. Li et al., *HW-NAS-Bench*, ICLR 2021
///   (order of the operation indices, input size).
public struct FBNetSpace: SearchSpace {
  public init() {}

  public let name = "fbnet"

  /// One candidate block: expansion, depthwise kernel, groups of the two pointwise convolutions.
  public struct Block: Sendable, Hashable {
    public let name: String
    public let kernel: Int
    public let expansion: Int
    public let groups: Int
    public var isSkip: Bool { expansion == 0 }
  }

  public static let blocks: [Block] =
    [3, 5].flatMap { kernel in
      [(1, 1), (1, 2), (3, 1), (6, 1)].map { expansion, groups in
        Block(
          name: "k\(kernel)_e\(expansion)" + (groups > 1 ? "_g\(groups)" : ""), kernel: kernel,
          expansion: expansion, groups: groups)
      }
    } + [Block(name: "skip", kernel: 0, expansion: 0, groups: 1)]

  /// One searchable layer of the macro architecture.
  public struct Layer: Sendable, Hashable {
    public let inputChannels: Int
    public let outputChannels: Int
    public let stride: Int
    /// Side of the square input.
    public let resolution: Int
  }

  public static let stemChannels = 16
  public static let inputResolution = 32

  public static let layers: [Layer] = {
    let stages: [(layers: Int, channels: Int, stride: Int)] = [
      (1, 16, 1), (4, 24, 1), (4, 32, 2), (4, 64, 2), (4, 112, 1), (4, 184, 2), (1, 352, 1),
    ]
    var result: [Layer] = []
    var channels = stemChannels
    var resolution = inputResolution
    for stage in stages {
      for index in 0..<stage.layers {
        let stride = index == 0 ? stage.stride : 1
        result.append(
          Layer(
            inputChannels: channels, outputChannels: stage.channels, stride: stride,
            resolution: resolution))
        channels = stage.channels
        resolution /= stride
      }
    }
    return result
  }()

  public let positions = FBNetSpace.layers.indices.map {
    SpacePosition(column: "op\($0)", operations: FBNetSpace.blocks.map(\.name))
  }

  public func architecture(parsing notation: String) throws(SpaceError) -> Architecture {
    let bare = notation.filter { $0 != " " && $0 != "[" && $0 != "]" }
    let parts = bare.split(separator: ",", omittingEmptySubsequences: false)
    guard parts.count == positions.count else {
      throw .malformed(
        space: name, found: notation,
        expected: "22 blocks or block indices with commas between, "
          + Self.blocks.map(\.name).joined(separator: " "))
    }
    var operations: [UInt8] = []
    for (place, part) in parts.enumerated() {
      operations.append(try operation(part, at: place))
    }
    return Architecture(operations)
  }

  public func notation(of architecture: Architecture) -> String {
    architecture.operations.map { Self.blocks[Int($0)].name }.joined(separator: ",")
  }
}
