import Mathematics
import Measurement
import Testing
import Workloads

/// Every product is in single precision: a sum of at most 576 terms has a relative error near
/// √576 · 2⁻²⁴ = 1.4e-6 of its size, and some tens of such layers in a row, whose errors are
/// unrelated, add up to about ten times that. A wrong border, weight or edge is an error near 1.
private let tolerance = 5e-5

private func compare(
  _ operations: [UInt8], _ macro: NetworkMacro, batch: Int, threads: Int = 1
) throws -> Double {
  let network = try NASBench201Network(
    Architecture(operations), macro: macro, batch: batch, threads: threads, seed: 7)
  var stream = RandomStream(seed: 11)
  let size = 3 * macro.resolution * macro.resolution
  let images = (0..<batch * size).map { _ in Float(stream.normal()) }
  // Twice: what a run leaves in its buffers must not change the next one.
  let first = try network.forward(images)
  let found = try network.forward(images)
  #expect(first == found)
  let plain = PlainNetwork(network)
  var worst = 0.0
  for image in 0..<batch {
    let expected = plain.forward(Array(images[image * size..<(image + 1) * size]))
    let scale = expected.map(abs).max()!
    #expect(scale > 0.01 && scale.isFinite)
    for unit in 0..<10 {
      worst = max(worst, abs(Double(found[image * 10 + unit]) - expected[unit]) / scale)
    }
  }
  return worst
}

@Suite("The built-in network")
struct NetworkTests {
  /// One operation on one edge, with skips that keep that edge alive.
  static let single: [[UInt8]] = (0..<6).flatMap { edge in
    (2...4).map { (operation: UInt8) in
      var operations: [UInt8] = [1, 1, 1, 1, 1, 1]
      operations[edge] = operation
      return operations
    }
  }

  static let mixed: [[UInt8]] = [
    [3, 3, 3, 3, 3, 3], [2, 2, 2, 2, 2, 2], [4, 4, 4, 4, 4, 4], [1, 1, 1, 1, 1, 1],
    [0, 0, 0, 0, 0, 0],  // nothing anywhere
    [3, 0, 3, 0, 0, 0],  // disconnected: nothing reaches the output
    [0, 0, 3, 0, 2, 2],  // disconnected: nothing leaves the input
    [3, 2, 0, 3, 0, 4],  // edge (0, 1) is dead
    [0, 2, 3, 4, 3, 2],  // node 1 is unreached
    [0, 0, 0, 4, 0, 0], [4, 0, 4, 0, 0, 4], [3, 4, 2, 1, 0, 2], [2, 3, 4, 0, 1, 3],
    [4, 1, 3, 2, 4, 1],
  ]

  @Test("agrees with plain loops for every operation on every edge", arguments: single)
  func everyEdge(_ operations: [UInt8]) throws {
    let macro = try NetworkMacro(channels: [3, 5, 4], resolution: 8, cellsPerStage: 1)
    #expect(try compare(operations, macro, batch: 1) < tolerance)
  }

  @Test(
    "agrees with plain loops for mixtures, dead edges and cells without output",
    arguments: mixed, [1, 3])
  func mixtures(_ operations: [UInt8], _ batch: Int) throws {
    let macro = try NetworkMacro(channels: [4, 6], resolution: 6, cellsPerStage: 2)
    #expect(try compare(operations, macro, batch: batch) < tolerance)
  }

  @Test("agrees with plain loops on channels that fill the lanes", arguments: [1, 3])
  func wholeLanes(_ batch: Int) throws {
    let macro = try NetworkMacro(channels: [16, 32], resolution: 8, cellsPerStage: 1)
    #expect(try compare([3, 4, 2, 1, 3, 2], macro, batch: batch) < tolerance)
  }

  @Test("agrees with plain loops on a single pixel and when products are cut in tiles")
  func extremes() throws {
    let pixel = try NetworkMacro(channels: [2, 2], resolution: 2, cellsPerStage: 1)
    #expect(try compare([4, 3, 4, 2, 1, 4], pixel, batch: 2) < tolerance)
    // 24 rows of 24 · 9 · 16 floats are three tiles for one thread.
    let wide = try NetworkMacro(channels: [16], resolution: 24, cellsPerStage: 1)
    #expect(try compare([3, 0, 2, 0, 4, 0], wide, batch: 2) < tolerance)
    #expect(try compare([3, 0, 2, 0, 4, 0], wide, batch: 2, threads: 2) < tolerance)
  }

  @Test("agrees with plain loops at the benchmark's own size")
  func realSize() throws {
    // No 3×3 convolution in the cells: the loops' time is in those; the stem and the reductions have
    // some at this size.
    #expect(try compare([2, 0, 4, 1, 0, 2], .nasBench201, batch: 1) < tolerance)
  }

  @Test("counts two operations for each multiply–accumulate of 3×3 convolutions everywhere")
  func work() throws {
    // In MACs. A cell is 6 · 9 · C² · side²: the same in each stage, as C doubles and side halves.
    let cells = 15 * 6 * 9 * 16 * 16 * 1024
    let stem = 3 * 9 * 16 * 1024
    let reductions = [(16, 32, 256), (32, 64, 64)].reduce(0) {
      $0 + (9 * $1.0 * $1.1 + 9 * $1.1 * $1.1 + $1.0 * $1.1) * $1.2
    }
    let network = try NASBench201Network(Architecture([3, 3, 3, 3, 3, 3]))
    #expect(network.matrixWork.value == 2 * Double(cells + stem + reductions + 640))
  }

  @Test("keeps activations away from overflow and underflow", arguments: mixed)
  func magnitudes(_ operations: [UInt8]) throws {
    let network = try NASBench201Network(Architecture(operations))
    network.fillInput(seed: 3)
    network.forward()
    #expect(network.logits.allSatisfy { $0.isFinite && abs($0) > 1e-20 })
  }

  @Test("draws the same weights from the same seed and others from another")
  func seeds() throws {
    let macro = try NetworkMacro(channels: [4], resolution: 4, cellsPerStage: 1)
    let image = [Float](repeating: 1, count: 48)
    func logits(_ seed: UInt64) throws -> [Float] {
      try NASBench201Network(Architecture([2, 1, 1, 1, 1, 1]), macro: macro, seed: seed)
        .forward(image)
    }
    #expect(try logits(1) == logits(1))
    #expect(try logits(1) != logits(2))
  }

  @Test("refuses what is not a network, in words")
  func errors() throws {
    let foreign = MeasurementError.foreignArchitecture(
      space: "nasbench201", operations: [5, 0, 0, 0, 0, 0])
    #expect(throws: foreign) {
      try NASBench201Network(Architecture([5, 0, 0, 0, 0, 0]))
    }
    #expect(throws: MeasurementError.tooSmall(setting: "batch", found: 0, minimum: 1)) {
      try NASBench201Network(Architecture([0, 0, 0, 0, 0, 0]), batch: 0)
    }
    #expect(throws: MeasurementError.inputCount(found: 2, expected: 3072)) {
      try NASBench201Network(Architecture([0, 0, 0, 0, 0, 0])).forward([1, 2])
    }
    #expect(throws: MeasurementError.self) {
      try NetworkMacro(channels: [1, 1, 1], resolution: 6, cellsPerStage: 1)
    }
  }

  @Test("splits its time into parts that are all there")
  func profile() throws {
    let network = try NASBench201Network(Architecture([3, 4, 2, 1, 3, 2]))
    let parts = network.profile(repeats: 1)
    #expect(Set(parts.keys) == Set(NetworkPart.allCases))
    #expect(parts.values.allSatisfy { $0 > .zero })
  }
}
