/// NAS-Bench-201: a cell of four nodes, every pair joined by one of five operations.
///
/// The network is a 3×3 stem, three stages of five cells with 16, 32 and 64 channels on 32×32,
/// 16×16 and 8×8, residual blocks of stride 2 between, global pooling and a classifier.
///
/// - Source: X. Dong, Y. Yang, *NAS-Bench-201: Extending the Scope of Reproducible Neural
///   Architecture Search*, ICLR 2020, section 2.1.
public struct NASBench201Space: SearchSpace {
  public init() {}

  public let name = "nasbench201"
  public let notationColumn: String? = "arch_str"

  public enum Operation: UInt8, CaseIterable, Sendable {
    case none, skip, convolution1x1, convolution3x3, averagePooling3x3
  }

  /// Edge (from, to), in the order of the operation indices.
  public static let edges: [(from: Int, to: Int)] = [
    (0, 1), (0, 2), (1, 2), (0, 3), (1, 3), (2, 3),
  ]

  public static let operationNames = [
    "none", "skip_connect", "nor_conv_1x1", "nor_conv_3x3", "avg_pool_3x3",
  ]

  public let positions = NASBench201Space.edges.map {
    SpacePosition(
      column: "op_\($0.to)_\($0.from)", operations: NASBench201Space.operationNames)
  }

  // MARK: - The macro architecture

  public static let stageChannels = [16, 32, 64]
  public static let stageResolutions = [32, 16, 8]
  public static let cellsPerStage = 5
  public static let inputChannels = 3
  public static let classes = 10

  // MARK: - Notation

  public func architecture(parsing notation: String) throws(SpaceError) -> Architecture {
    let malformed = SpaceError.malformed(
      space: name, found: notation,
      expected: "'|op~0|+|op~0|op~1|+|op~0|op~1|op~2|' with operations "
        + Self.operationNames.joined(separator: ", "))
    let nodes = notation.split(separator: "+", omittingEmptySubsequences: false)
    guard nodes.count == 3 else { throw malformed }
    var operations: [UInt8] = []
    for (node, text) in nodes.enumerated() {
      let parts = text.split(separator: "|", omittingEmptySubsequences: false)
      guard parts.count == node + 3, parts.first == "", parts.last == "" else { throw malformed }
      for (source, part) in parts.dropFirst().dropLast().enumerated() {
        let pair = part.split(separator: "~", omittingEmptySubsequences: false)
        guard pair.count == 2, Int(pair[1]) == source else { throw malformed }
        operations.append(try operation(pair[0], at: operations.count))
      }
    }
    return Architecture(operations)
  }

  public func notation(of architecture: Architecture) -> String {
    var text = ""
    var place = 0
    for node in 0..<3 {
      text += node == 0 ? "|" : "+|"
      for source in 0...node {
        text += Self.operationNames[Int(architecture.operations[place])] + "~\(source)|"
        place += 1
      }
    }
    return text
  }

  // MARK: - Live edges

  /// Which edges lie on a path from the cell's input to its output. What an edge outside computes
  /// reaches nothing, and a deployed network does not run it.
  public static func liveEdges(_ architecture: Architecture) -> [Bool] {
    let joined = architecture.operations.map { $0 != Operation.none.rawValue }
    var fromInput = [true, false, false, false]
    var toOutput = [false, false, false, true]
    for (edge, nodes) in edges.enumerated() where joined[edge] && fromInput[nodes.from] {
      fromInput[nodes.to] = true
    }
    for (edge, nodes) in edges.enumerated().reversed() where joined[edge] && toOutput[nodes.to] {
      toOutput[nodes.from] = true
    }
    return edges.enumerated().map { edge, nodes in
      joined[edge] && fromInput[nodes.from] && toOutput[nodes.to]
    }
  }

  public func isConnected(_ architecture: Architecture) -> Bool {
    Self.liveEdges(architecture).contains(true)
  }
}
