import Testing
import Workloads

@Suite("Parts of FBNet architectures") struct FBNetPartTests {
  private let space = FBNetSpace()

  @Test("cost together what the network costs", arguments: [0, 2, 5, 8])
  func sum(block: Int) throws {
    let choice = FBNetSpace.layers.indices.map { ($0 + block) % FBNetSpace.blocks.count }
    let whole = try space.workload(of: Architecture(choice.map { UInt8($0) })).counts()
    let parts =
      [FBNetSpace.Part.stem] + choice.enumerated().map { .block($1, layer: $0) } + [.head]
    let counts = try parts.map { try space.workload(of: $0).counts() }
    #expect(counts.reduce(0) { $0 + $1.total.matrixMACs } == whole.total.matrixMACs)
    #expect(counts.reduce(0) { $0 + $1.parameters } == whole.parameters)
  }

  @Test("a skip that keeps its input computes nothing") func skip() throws {
    // Layer 2 is the second of its stage.
    let skip = try space.workload(of: .block(8, layer: 2))
    #expect(skip.operations.isEmpty)
    #expect(try !space.workload(of: .block(8, layer: 1)).operations.isEmpty)
  }

  @Test("what there is not is refused") func refused() {
    #expect(throws: WorkloadError.self) { try space.workload(of: .block(9, layer: 0)) }
    #expect(throws: WorkloadError.self) { try space.workload(of: .block(0, layer: 22)) }
    #expect(throws: WorkloadError.self) { try space.workload(of: .stem, batch: 0) }
  }
}
