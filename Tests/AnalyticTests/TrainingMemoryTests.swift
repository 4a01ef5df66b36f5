import Analytic
import Quantities
import Testing
import Workloads

@Suite("Memory of a training step") struct TrainingMemoryTests {
  /// Two layers of 1×1 on four pixels: every tensor has 2·8·4 = 64 elements or fewer.
  private func network(batch: Int = 2) throws -> Workload {
    let net = WorkloadBuilder("two layers")
    var x = net.input("image", [batch, 4, 2, 2])
    for label in ["a", "b"] {
      net.scope(label) {
        x = net.activation(.relu, net.batchNorm(net.convolution(x, to: 8)))
      }
    }
    net.result(x)
    return try net.finish()
  }

  @Test("a normalisation keeps its input, ReLU its output, a tensor counts once") func plain()
    throws
  {
    let memory = TrainingMemory(try network(), precision: .fp32, optimizer: .momentum)
    // The picture 32; after each convolution 64, after each ReLU 64.
    #expect(memory.kept == Bytes(4 * (32 + 4 * 64)))
    #expect(memory.inFlight == Bytes(3 * 4 * 64))
    // 4·8 + 8·8 weights, 2·16 of normalisations; weight, gradient and momentum of 4 bytes.
    #expect(memory.state == Bytes((32 + 64 + 32) * 12))
  }

  @Test("inverted in place, the convolutions' outputs are not kept") func inPlace() throws {
    let memory = TrainingMemory(
      try network(), precision: .fp32, optimizer: .sgd, normalization: .inverts)
    // The picture, what each normalisation wrote and what each ReLU wrote.
    #expect(memory.kept == Bytes(4 * (32 + 4 * 64)))
    #expect(memory.state == Bytes((32 + 64 + 32) * 8))
  }
}
