import Analytic
import Quantities
import Testing
import Workloads
import Zoo

@Suite("Kernels of a workload") struct KernelTests {
  /// A 3×3 convolution from 16 to 32 channels on 8×8 pixels, normalised, rectified and added to
  /// itself, for 2 pictures.
  private func block() throws -> Workload {
    let net = WorkloadBuilder("block")
    let x = net.input("x", [2, 16, 8, 8])
    var y = net.convolution(x, to: 32, kernel: 3)
    y = net.batchNorm(y)
    y = net.activation(.relu, y)
    let z = net.convolution(x, to: 32)
    net.result(net.add(y, z))
    return try net.finish()
  }

  @Test("a convolution is a product with a row for each output pixel") func convolution() throws {
    let program = try block().kernels(Execution(precision: .fp16))
    let kernel = try #require(program.kernels.first)
    #expect(kernel.kind == .spatialConvolution)
    #expect((kernel.rows, kernel.columns, kernel.depth) == (128, 32, 144))
    #expect(kernel.matrixMACs == 128 * 32 * 144)
    // 2 bytes an element: 2·16·64 in, 32·144 weights, 2·32·64 out.
    #expect(kernel.readBytes == 4096 && kernel.weightBytes == 9216 && kernel.writtenBytes == 8192)
  }

  @Test("an eager framework launches every operation") func eager() throws {
    let program = try block().kernels(Execution(precision: .fp32, fusion: Fusion.none))
    #expect(
      program.kernels.map(\.kind) == [
        .spatialConvolution, .elementwise, .elementwise, .pointwiseConvolution, .elementwise,
      ])
    // The sum reads two tensors of 16 kB and writes one.
    #expect(program.kernels.last?.readBytes == 32768)
    #expect(program.kernels.last?.writtenBytes == 16384)
  }

  @Test("a compiler joins what works element by element, and leaves products alone")
  func pointwise() throws {
    let program = try block().kernels(Execution(precision: .fp32, fusion: .pointwise))
    #expect(
      program.kernels.map(\.kind) == [
        .spatialConvolution, .elementwise, .pointwiseConvolution,
      ])
    let joined = try #require(program.steps.first { !$0.joined.isEmpty })
    #expect(joined.joined.count == 2)
    // It reads the convolution's result, the four vectors of 32, and the other branch; it writes the sum.
    let kernel = program.kernels[joined.kernels.lowerBound]
    #expect(kernel.readBytes == 16384 + 16384 && kernel.writtenBytes == 16384)
    #expect(kernel.weightBytes == 4 * 32 * 4)
  }

  @Test("an inference engine ends a product with everything that follows it") func epilogue() throws
  {
    let program = try block().kernels(Execution(precision: .fp32, fusion: .epilogue))
    #expect(program.kernels.map(\.kind) == [.spatialConvolution, .pointwiseConvolution])
    // The sum joins the later product, which then reads the earlier one's result.
    #expect(program.kernels[1].readBytes == 8192 + 16384)
    #expect(program.kernels[1].writtenBytes == 16384)
  }

  @Test("a tensor that somebody else reads is still written") func sharedResult() throws {
    let net = WorkloadBuilder("shared")
    let x = net.input("x", [1000])
    let y = net.activation(.relu, x)
    net.result(net.activation(.sigmoid, y))
    net.result(y)
    let kernels = try net.finish().kernels(Execution(precision: .fp32, fusion: .pointwise)).kernels
    #expect(kernels.count == 1)
    #expect(kernels[0].readBytes == 4000 && kernels[0].writtenBytes == 8000)
  }

  @Test("the gradient of a product is two products of its size") func gradients() throws {
    let net = WorkloadBuilder("step")
    let x = net.linear(net.input("x", [8, 100]), to: 50, bias: false, named: "first")
    net.result(net.linear(x, to: 20, bias: false, named: "second"))
    let step = try net.finish().trainingStep(optimizer: .sgd)
    let products = step.kernels(Execution(precision: .fp32)).kernels.filter { $0.matrixMACs > 0 }
    // Two forward; for the second layer two gradients, for the first one: pictures need none.
    #expect(
      products.map(\.matrixMACs).sorted()
        == [
          8 * 50 * 20, 8 * 50 * 20, 8 * 50 * 20, 8 * 100 * 50, 8 * 100 * 50,
        ].map(Double.init))
    let weights = try #require(products.first { $0.rows == 20 && $0.columns == 50 })
    #expect(weights.depth == 8)
  }

  @Test("mixed precision pays for its changes of type") func mixedPrecision() throws {
    let net = WorkloadBuilder("norm")
    net.result(net.layerNorm(net.input("x", [10, 100]), affine: false))
    let plain = try net.finish().kernels(Execution(precision: .fp16)).kernels[0]
    let mixed = try net.finish().kernels(Execution(precision: .amp)).kernels[0]
    // 1000 elements: 4 bytes each in fp16; 2+4, 4+4 and 4+2 under amp.
    #expect(plain.bytes == Bytes(4000))
    #expect(mixed.bytes == Bytes(20000))
  }

  @Test("the other layout is changed before and after every convolution that matrix units take")
  func layouts() throws {
    let first = try block().kernels(Execution(precision: .fp16, layout: .channelsFirst))
    let last = try block().kernels(Execution(precision: .fp16, layout: .channelsLast))
    #expect(first.kernels[0].extraBytes > 0 && last.kernels[0].extraBytes == 0)
    // Vector units take either.
    let single = try block().kernels(Execution(precision: .fp32, layout: .channelsFirst))
    #expect(single.kernels[0].extraBytes == 0)
  }

  @Test("narrow weights keep vectors and tables as wide as activations") func narrowWeights() throws
  {
    let net = WorkloadBuilder("text")
    let ids = net.input("ids", [1, 4], .int64)
    let x = net.embedding(ids, vocabulary: 1000, features: 64)
    net.result(net.linear(x, to: 128, bias: true))
    let program = try net.finish().kernels(Execution(precision: .w4a16))
    // 64·1000 of 2 bytes, 64·128 of 4.125 bits, 128 of 2 bytes.
    #expect(program.footprint.weights == Bytes(128_000 + 8192 * 4.125 / 8 + 256))
  }

  @Test(
    "a tally has the same sums as its program", arguments: ["resnet50", "vit_base_patch16_224"])
  func tally(network: String) throws {
    let program = try request(network, batch: 4).workload().kernels(Execution(precision: .fp16))
    let tally = KernelTally(program)
    #expect(tally.kernels.count < program.kernels.count)
    var whole = 0.0
    for step in program.steps {
      for index in step.kernels { whole += step.instances * program.kernels[index].bytes.value }
    }
    let sum = zip(tally.kernels, tally.runs).reduce(0) { $0 + $1.1 * $1.0.bytes.value }
    #expect(abs(sum / whole - 1) < 1e-12)
  }
}
