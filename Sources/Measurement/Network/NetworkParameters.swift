import Mathematics
import Workloads

/// A convolution without bias and the batch normalisation after it, as a per-channel line.
package struct ConvolutionParameters: Sendable {
  package let inputChannels: Int
  package let outputChannels: Int
  /// Side of the kernel, 1 or 3; the padding is `kernel / 2`.
  package let kernel: Int
  package let stride: Int
  /// Output × input × kernel row × kernel column.
  package let weights: [Float]
  /// One number per output channel; `nil` where no batch normalisation follows.
  package let scale: [Float]?
  package let shift: [Float]?

  init(
    from input: Int, to output: Int, kernel: Int, stride: Int = 1, isNormalized: Bool = true,
    drawnFrom stream: inout RandomStream
  ) {
    inputChannels = input
    outputChannels = output
    self.kernel = kernel
    self.stride = stride
    let fanIn = input * kernel * kernel
    weights = stream.uniforms(output * fanIn, within: (6 / Double(fanIn)).squareRoot())
    scale = isNormalized ? stream.uniforms(output, within: 0.25).map { 1 + $0 } : nil
    shift = isNormalized ? stream.uniforms(output, within: 0.5) : nil
  }

  /// The weights as the right side of a product of pixels by channels: kernel row × kernel column ×
  /// input by output, with the scale of the batch normalisation folded in.
  func folded() -> [Float] {
    let area = kernel * kernel
    return [Float](unsafeUninitializedCapacity: weights.count) { folded, count in
      weights.withUnsafeBufferPointer { weights in
        for output in 0..<outputChannels {
          let factor = scale?[output] ?? 1
          for input in 0..<inputChannels {
            for place in 0..<area {
              folded[(place * inputChannels + input) * outputChannels + output] =
                weights[(output * inputChannels + input) * area + place] * factor
            }
          }
        }
      }
      count = weights.count
    }
  }
}

/// The residual block of stride 2 between two stages.
package struct ReductionParameters: Sendable {
  /// 3×3, stride 2.
  package let first: ConvolutionParameters
  /// 3×3, stride 1.
  package let second: ConvolutionParameters
  /// 1×1 after a 2×2 average pooling, without batch normalisation.
  package let shortcut: ConvolutionParameters
}

/// Every number that a network has learned, or would have.
///
/// Uniform with He's variance 2 / fan-in, and shifts that are not 0, so that activations neither
/// overflow nor decay towards numbers on which processors are slow.
///
/// - Source: K. He et al., *Delving Deep into Rectifiers*, ICCV 2015, section 2.2.
package struct NetworkParameters: Sendable {
  package let stem: ConvolutionParameters
  /// For each cell, for each edge: `nil` where the edge has no weights or is not run.
  package let cells: [[ConvolutionParameters?]]
  package let reductions: [ReductionParameters]
  /// Scale and shift of the last batch normalisation.
  package let lastScale: [Float]
  package let lastShift: [Float]
  /// Class × channel.
  package let classifier: [Float]
  package let bias: [Float]

  init(_ architecture: Architecture, _ macro: NetworkMacro, seed: UInt64) {
    var stream = RandomStream(seed: seed, label: "network")
    let live = NASBench201Space.liveEdges(architecture)
    stem = ConvolutionParameters(
      from: NASBench201Space.inputChannels, to: macro.channels[0], kernel: 3,
      drawnFrom: &stream)
    var cells: [[ConvolutionParameters?]] = []
    var reductions: [ReductionParameters] = []
    for (stage, channels) in macro.channels.enumerated() {
      if stage > 0 {
        reductions.append(
          ReductionParameters(
            first: ConvolutionParameters(
              from: macro.channels[stage - 1], to: channels, kernel: 3, stride: 2,
              drawnFrom: &stream),
            second: ConvolutionParameters(
              from: channels, to: channels, kernel: 3, drawnFrom: &stream),
            shortcut: ConvolutionParameters(
              from: macro.channels[stage - 1], to: channels, kernel: 1, isNormalized: false,
              drawnFrom: &stream)))
      }
      for _ in 0..<macro.cellsPerStage {
        var edges: [ConvolutionParameters?] = []
        for (operation, isLive) in zip(architecture.operations, live) {
          let kernel: Int? =
            switch NASBench201Space.Operation(rawValue: operation) {
            case .convolution1x1 where isLive: 1
            case .convolution3x3 where isLive: 3
            default: nil
            }
          edges.append(
            kernel.map {
              ConvolutionParameters(from: channels, to: channels, kernel: $0, drawnFrom: &stream)
            })
        }
        cells.append(edges)
      }
    }
    self.cells = cells
    self.reductions = reductions
    let last = macro.channels[macro.channels.count - 1]
    let classes = NASBench201Space.classes
    lastScale = stream.uniforms(last, within: 0.25).map { 1 + $0 }
    lastShift = stream.uniforms(last, within: 0.5)
    classifier = stream.uniforms(classes * last, within: (3 / Double(last)).squareRoot())
    bias = stream.uniforms(classes, within: 0.5)
  }
}

extension RandomStream {
  /// `count` numbers of the uniform distribution on ±`bound`.
  mutating func uniforms(_ count: Int, within bound: Double) -> [Float] {
    var values: [Float] = []
    values.reserveCapacity(count)
    for _ in 0..<count { values.append(Float((2 * uniform() - 1) * bound)) }
    return values
  }
}
