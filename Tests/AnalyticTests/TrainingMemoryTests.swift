import Analytic
import Quantities
import Testing
import Workloads

@Suite("Memory of a training step") struct TrainingMemoryTests {
  /// Two layers of 1×1 from four to eight channels on 2×2 pixels.
  private func network(
    _ function: ElementwiseFunction = .relu, batch: Int = 2
  ) throws -> Workload {
    let net = WorkloadBuilder("two layers")
    var x = net.input("image", [batch, 4, 2, 2])
    for label in ["a", "b"] {
      net.scope(label) {
        x = net.activation(function, net.batchNorm(net.convolution(x, to: 8)))
      }
    }
    net.result(x)
    return try net.finish()
  }

  @Test("a normalisation keeps its input, ReLU its output, and a tensor is kept once") func plain()
    throws
  {
    let memory = TrainingMemory(try network(), precision: .fp32, optimizer: .momentum)
    // The picture has 2·4·4 = 32 elements; each layer keeps two tensors of 2·8·4 = 64.
    #expect(memory.kept == Bytes(4 * (32 + 4 * 64)))
    #expect(memory.inFlight == Bytes(3 * 4 * 64))
    // 32 + 64 weights and 4·8 of normalisations; weight, gradient and momentum of 4 bytes each.
    #expect(memory.state == Bytes(128 * 12))
  }

  @Test("an invertible activation after a normalisation in place leaves one tensor of three")
  func inPlace() throws {
    func kept(_ function: ElementwiseFunction, _ kind: TrainingMemory.Normalization) throws -> Bytes
    {
      TrainingMemory(
        try network(function), precision: .fp16, optimizer: .sgd, normalization: kind
      ).kept
    }
    #expect(try kept(.leakyReLU, .inverts) == Bytes(2 * (32 + 2 * 64)))
    #expect(try kept(.leakyReLU, .keepsInput) == Bytes(2 * (32 + 4 * 64)))
    // SiLU keeps its own input beside the two others.
    #expect(try kept(.silu, .keepsInput) == Bytes(2 * (32 + 5 * 64)))
  }

  @Test("mixed precision keeps masters, copies and gradients of weights") func mixed() throws {
    let memory = TrainingMemory(try network(), precision: .amp, optimizer: .adam)
    #expect(memory.kept == Bytes(2 * (32 + 4 * 64)))
    #expect(memory.state == Bytes(128 * (4 + 4 + 2 + 8)))
  }

  @Test("the largest batch fills what the state leaves") func batch() throws {
    let memory = TrainingMemory(try network(), precision: .fp32, optimizer: .sgd)
    // 1152 + 768 bytes for two pictures, 1024 of state.
    let batch = memory.largestBatch(
      of: 2, capacity: Bytes(1024 + 500 + 9600), reserve: Bytes(500))
    #expect(abs(batch - 10) < 1e-9)
    #expect(memory.largestBatch(of: 2, capacity: Bytes(1000), reserve: .zero) == 0)
    // Twice the batch keeps twice as much.
    #expect(
      TrainingMemory(try network(batch: 4), precision: .fp32, optimizer: .sgd).kept
        == memory.kept * 2)
  }
}
