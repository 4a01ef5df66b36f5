import Workloads

/// Work of a NAS-Bench-201 cell by kind of operation.
///
/// All 15 cells are alike, so counts for one cell are proportional to the network's. A compiler
/// drops an edge that reaches nothing, an interpreter runs it all the same, and some run everything
/// that leads to the output; the three ways of counting stand side by side and the samples decide.
struct NASBench201Features: AnalyticFeatures {
  let names =
    ["all", "live"].flatMap { way in
      ["skip", "conv1x1", "conv3x3", "pool3x3"].map { "\(way)_\($0)" }
    }
    + ["conv1x1", "conv3x3", "pool3x3"].map { "needed_\($0)" }
    + ["live_additions", "critical_path"]

  /// Each way of counting.
  let partialViews = [
    ["all_skip", "all_conv1x1", "all_conv3x3", "all_pool3x3"],
    ["live_skip", "live_conv1x1", "live_conv3x3", "live_pool3x3", "live_additions"],
    ["needed_conv1x1", "needed_conv3x3", "needed_pool3x3"],
  ]

  func append(_ architecture: Architecture, to values: inout [Double]) {
    let operations = architecture.operations
    let live = NASBench201Space.liveEdges(architecture)
    let needed = Self.edgesLeadingToOutput(architecture)
    func count(_ kinds: ClosedRange<UInt8>, _ mask: (Int) -> Bool) -> [Double] {
      kinds.map { kind in
        Double(operations.indices.count { operations[$0] == kind && mask($0) })
      }
    }
    values += count(1...4) { _ in true }
    values += count(1...4) { live[$0] }
    values += count(2...4) { needed[$0] }
    values.append(Self.additions(live))
    values.append(Self.criticalPath(architecture, live))
  }

  /// Edges from which the output can be reached, whether or not data arrives.
  static func edgesLeadingToOutput(_ architecture: Architecture) -> [Bool] {
    var toOutput = [false, false, false, true]
    var result = [Bool](repeating: false, count: 6)
    for (edge, nodes) in NASBench201Space.edges.enumerated().reversed()
    where architecture.operations[edge] != 0 && toOutput[nodes.to] {
      toOutput[nodes.from] = true
      result[edge] = true
    }
    return result
  }

  /// Additions at the nodes: one less than the live edges that end there.
  static func additions(_ live: [Bool]) -> Double {
    var incoming = [0, 0, 0, 0]
    for (edge, nodes) in NASBench201Space.edges.enumerated() where live[edge] {
      incoming[nodes.to] += 1
    }
    return Double(incoming.reduce(0) { $0 + max(0, $1 - 1) })
  }

  /// The longest live path with a 3×3 convolution as 9, a pooling as 2 and a 1×1 convolution as 1.
  static func criticalPath(_ architecture: Architecture, _ live: [Bool]) -> Double {
    let cost = [0.0, 0, 1, 9, 2]
    var longest = [0.0, 0, 0, 0]
    for (edge, nodes) in NASBench201Space.edges.enumerated() where live[edge] {
      longest[nodes.to] = max(
        longest[nodes.to], longest[nodes.from] + cost[Int(architecture.operations[edge])])
    }
    return longest[3]
  }

  /// FLOP of the whole network: stem, live edges of 15 cells, two residual blocks, classifier.
  func flop(_ architecture: Architecture) -> Double? {
    let live = NASBench201Space.liveEdges(architecture)
    var mac = Self.fixedMultiplyAccumulates
    for (edge, operation) in architecture.operations.enumerated() where live[edge] {
      let area: Double = operation == 2 ? 1 : operation == 3 ? 9 : 0
      for (channels, side) in zip(Self.channels, Self.sides) {
        mac += Double(NASBench201Space.cellsPerStage) * area * channels * channels * side * side
      }
    }
    return 2 * mac
  }

  private static let channels = NASBench201Space.stageChannels.map(Double.init)
  private static let sides = NASBench201Space.stageResolutions.map(Double.init)

  private static let fixedMultiplyAccumulates: Double = {
    var mac = sides[0] * sides[0] * 9 * Double(NASBench201Space.inputChannels) * channels[0]
    for stage in 1..<channels.count {
      // Residual block: two 3×3 convolutions and the 1×1 shortcut, all at the new resolution.
      let area = sides[stage] * sides[stage]
      mac +=
        area * channels[stage]
        * (9 * channels[stage - 1] + 9 * channels[stage] + channels[stage - 1])
    }
    return mac + channels[channels.count - 1] * Double(NASBench201Space.classes)
  }()
}
