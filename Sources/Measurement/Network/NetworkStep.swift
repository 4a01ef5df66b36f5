import Mathematics

/// One pass over memory or one matrix product of a network that is laid out in its buffers.
enum NetworkStep {
  case unpack(Passes.Source, Passes.Target, images: Int, side: Int, channels: Int)
  case rectify(Passes.Source, Passes.Target, count: Int)
  case rectifyIntoBorder(Passes.Source, Passes.Target, images: Int, side: Int, channels: Int)
  case gather(
    Passes.Source, Passes.Target, rows: Range<Int>, side: Int, stride: Int, channels: Int)
  case multiply(
    Passes.Source, Passes.Source, Passes.Target, rows: Int, columns: Int, inner: Int)
  case shift(Passes.Target, by: Passes.Source, pixels: Int, channels: Int)
  case addShifted(
    Passes.Source, Passes.Target, by: Passes.Source, pixels: Int, channels: Int)
  case fill(Passes.Target, count: Int)
  case copy(Passes.Source, Passes.Target, count: Int)
  case add(Passes.Source, Passes.Target, count: Int)
  case averagePool3x3(
    Passes.Source, Passes.Target, sums: Passes.Target, images: Int, side: Int, channels: Int,
    isAdded: Bool)
  case averagePool2x2(Passes.Source, Passes.Target, images: Int, side: Int, channels: Int)
  case globalAveragePool(
    Passes.Source, Passes.Target, scale: Passes.Source, shift: Passes.Source, images: Int,
    pixels: Int, channels: Int)

  func run() {
    switch self {
    case .unpack(let source, let target, let images, let side, let channels):
      Passes.unpackIntoBorder(source, target, images: images, side: side, channels: channels)
    case .rectify(let source, let target, let count):
      Passes.rectify(source, target, count: count)
    case .rectifyIntoBorder(let source, let target, let images, let side, let channels):
      Passes.rectifyIntoBorder(source, target, images: images, side: side, channels: channels)
    case .gather(let source, let target, let rows, let side, let stride, let channels):
      Passes.gather(
        source, target, rows: rows, side: side, stride: stride, channels: channels)
    case .multiply(let left, let right, let target, let rows, let columns, let inner):
      BLAS.sgemm(m: rows, n: columns, k: inner, left, right, target)
    case .shift(let target, let shift, let pixels, let channels):
      Passes.shift(target, by: shift, pixels: pixels, channels: channels)
    case .addShifted(let source, let target, let shift, let pixels, let channels):
      Passes.addShifted(source, target, by: shift, pixels: pixels, channels: channels)
    case .fill(let target, let count):
      target.update(repeating: 0, count: count)
    case .copy(let source, let target, let count):
      target.update(from: source, count: count)
    case .add(let source, let target, let count):
      Passes.add(source, target, count: count)
    case .averagePool3x3(
      let source, let target, let sums, let images, let side, let channels, let isAdded):
      Passes.averagePool3x3(
        source, target, sums: sums, images: images, side: side, channels: channels,
        isAdded: isAdded)
    case .averagePool2x2(let source, let target, let images, let side, let channels):
      Passes.averagePool2x2(source, target, images: images, side: side, channels: channels)
    case .globalAveragePool(
      let source, let target, let scale, let shift, let images, let pixels, let channels):
      Passes.globalAveragePool(
        source, target, scale: scale, shift: shift, images: images, pixels: pixels,
        channels: channels)
    }
  }

  /// What a step is for, in a breakdown of where a network's time goes.
  var part: NetworkPart {
    switch self {
    case .multiply: .matrixProducts
    case .gather, .unpack: .gathering
    case .rectify, .rectifyIntoBorder: .rectification
    case .shift, .addShifted: .normalization
    case .averagePool3x3, .averagePool2x2, .globalAveragePool: .pooling
    case .fill, .copy, .add: .joining
    }
  }

  /// Floating-point operations of the matrix product, 0 of any other step.
  var matrixWork: Int {
    if case .multiply(_, _, _, let rows, let columns, let inner) = self {
      return 2 * rows * columns * inner
    }
    return 0
  }
}

/// The parts of a network's run time.
public enum NetworkPart: String, Sendable, CaseIterable {
  /// The products inside convolutions and the classifier.
  case matrixProducts
  /// Laying out the operands of 3×3 convolutions.
  case gathering
  /// ReLU before convolutions.
  case rectification
  /// Shifts of batch normalisations, with the addition to the node.
  case normalization
  case pooling
  /// Skips, sums and zeros.
  case joining
}
