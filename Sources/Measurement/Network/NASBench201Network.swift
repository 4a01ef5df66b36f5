import Dispatch
import Mathematics
import Quantities
import Workloads

/// The inference network of one NAS-Bench-201 architecture, laid out and ready to run.
///
/// Stem, stages of cells, residual blocks of stride 2 between the stages, and the classifier are
/// those of the benchmark; the weights are random, because a run time does not depend on them.
///
/// It runs as deployed networks do, in single precision:
///
/// - Batch normalisation uses running statistics, so it is a line per channel: its scale is folded
///   into the weights, its shift is a pass over the product.
/// - A 3×3 convolution gathers neighbourhoods and multiplies ("im2col"); a 1×1 convolution
///   multiplies the rectified activations themselves. Every product is one of the BLAS.
/// - An edge runs where it lies on a path from its cell's input to its output, the rule of every
///   inference compiler (`NASBench201Space.liveEdges`). A cell without such an edge writes zeros.
///   Everything outside cells always runs, and so do all cells: nothing is remembered between runs.
///   Skips, poolings and sums are passes over memory.
///
/// All memory is allocated by `init`; `forward` allocates nothing. One thread at a time may use a
/// network; the products inside use `BLAS.threadCount` threads, everything else one.
///
/// - Source: X. Dong, Y. Yang, *NAS-Bench-201*, ICLR 2020, section 2.1.
public final class NASBench201Network {
  public let architecture: Architecture
  public let macro: NetworkMacro
  /// Images in one run.
  public let batch: Int
  package let parameters: NetworkParameters
  private let arena: BufferArena
  private let steps: [NetworkStep]

  /// The images, image × channel × row × column; zeros until they are written.
  public let input: UnsafeMutableBufferPointer<Float>
  /// The last run's results, image × class.
  public let logits: UnsafeBufferPointer<Float>

  /// Lays out the network with weights drawn from `seed`.
  ///
  /// - Parameter threads: for how many threads the products are cut; set `BLAS.threadCount` alike.
  /// - Throws: `MeasurementError.tooSmall` for a batch or a thread count below 1,
  ///   `.foreignArchitecture` for operations that are not six of NAS-Bench-201's.
  public init(
    _ architecture: Architecture, macro: NetworkMacro = .nasBench201, batch: Int = 1,
    threads: Int = 1, seed: UInt64 = 0
  ) throws(MeasurementError) {
    try MeasurementError.check("batch", batch, atLeast: 1, atMost: 4096)
    try MeasurementError.check("threads", threads, atLeast: 1, atMost: 1024)
    let operations = architecture.operations
    guard operations.count == NASBench201Space.edges.count,
      operations.allSatisfy({ NASBench201Space.Operation(rawValue: $0) != nil })
    else {
      throw .foreignArchitecture(space: "nasbench201", operations: operations.map { Int($0) })
    }
    BLAS.prepare()
    self.architecture = architecture
    self.macro = macro
    self.batch = batch
    parameters = NetworkParameters(architecture, macro, seed: seed)
    let plan = NetworkCompiler(architecture, macro, parameters, batch: batch, threads: threads)
    arena = plan.arena
    steps = plan.steps
    input = UnsafeMutableBufferPointer(
      start: plan.input,
      count: batch * NASBench201Space.inputChannels * macro.resolution * macro.resolution)
    logits = UnsafeBufferPointer(start: plan.logits, count: batch * NASBench201Space.classes)
  }

  /// Runs the network on `input`; the results are in `logits`.
  public func forward() {
    for step in steps { step.run() }
  }

  /// Runs the network on `images`, image × channel × row × column.
  ///
  /// - Returns: image × class.
  /// - Throws: `MeasurementError.inputCount` where there are more or fewer numbers.
  public func forward(_ images: [Float]) throws(MeasurementError) -> [Float] {
    guard images.count == input.count else {
      throw .inputCount(found: images.count, expected: input.count)
    }
    _ = input.update(from: images)
    forward()
    return Array(logits)
  }

  /// Fills the input with numbers of the standard normal distribution, as normalised images are.
  public func fillInput(seed: UInt64) {
    var stream = RandomStream(seed: seed, label: "input")
    for place in input.indices { input[place] = Float(stream.normal()) }
  }

  // MARK: - What it costs

  /// The operations of all matrix products of a run; they are all but a few percent of the
  /// network's.
  public var matrixWork: FLOP { FLOP(Double(steps.reduce(0) { $0 + $1.matrixWork })) }

  /// Weights and activations.
  public var memory: Bytes { Bytes(Double(arena.byteCount)) }

  /// The mean time of each part of a run over `repeats` runs. Reading the clock around each step
  /// adds some microseconds, so the sum is a little above a run's time.
  ///
  /// - Precondition: `repeats` is at least 1.
  public func profile(repeats: Int) -> [NetworkPart: Seconds] {
    precondition(repeats > 0, "a profile of \(repeats) runs")
    var nanoseconds: [NetworkPart: UInt64] = [:]
    for _ in 0..<repeats {
      for step in steps {
        let start = DispatchTime.now().uptimeNanoseconds
        step.run()
        nanoseconds[step.part, default: 0] += DispatchTime.now().uptimeNanoseconds - start
      }
    }
    return nanoseconds.mapValues { Seconds(Double($0) * 1e-9 / Double(repeats)) }
  }
}
