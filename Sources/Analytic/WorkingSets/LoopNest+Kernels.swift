import Foundation
import Quantities

/// Loops of scientific programs in double precision, each by the bytes that it touches in one round;
/// rounds follow each other, so that nothing is touched for the first time.
extension LoopNest {
  /// `a = b + s·c` over three vectors; what is written is read before.
  public static func triad(footprint: Bytes) -> LoopNest {
    let elements = footprint.value / 24
    return LoopNest("triad", flop: FLOP(2 * elements), efficiency: 0.5) { _ in
      ReuseProfile(reuses: [(footprint, Bytes(32 * elements))])
    }
  }

  /// Seven points of a cube, from one array to another: the planes before and behind come from the
  /// last cache, being too large for the first.
  public static func stencil(footprint: Bytes) -> LoopNest {
    let points = footprint.value / 16
    let plane = Bytes(8 * pow(points, 2.0 / 3))
    return LoopNest("stencil", flop: FLOP(8 * points), efficiency: 0.5) { _ in
      ReuseProfile(reuses: [
        (footprint, Bytes(24 * points)), (plane * 4, Bytes(16 * points)),
      ])
    }
  }

  /// A sparse matrix of 27 neighbours on a cube in compressed rows, times a vector.
  public static func sparseMatrixVector(footprint: Bytes) -> LoopNest {
    // Values and indices, a pointer, the result read and written, the vector once.
    let row = 27.0 * 12 + 4 + 16
    let rows = footprint.value / (27 * 12 + 4 + 16)
    let plane = Bytes(row * pow(rows, 2.0 / 3))
    return LoopNest("SpMV", flop: FLOP(54 * rows), efficiency: 0.5) { _ in
      ReuseProfile(reuses: [
        (footprint, Bytes((row + 8) * rows)), (plane * 2, Bytes(16 * rows)),
      ])
    }
  }

  /// A Fourier transform of complex numbers in six steps: three passes from one array to another.
  public static func fourierTransform(footprint: Bytes) -> LoopNest {
    let points = footprint.value / 32
    return LoopNest("FFT", flop: FLOP(5 * points * log2(points)), efficiency: 0.25) { _ in
      ReuseProfile(reuses: [(footprint, Bytes(3 * 48 * points))])
    }
  }

  /// A product of square matrices in blocks of which three fill the last cache; between it and the
  /// cores, blocks of 128.
  ///
  /// ```
  /// bytes = 8·2n³/b, and the three matrices
  /// ```
  public static func matrixProduct(footprint: Bytes) -> LoopNest {
    let side = (footprint.value / 24).squareRoot()
    let products = side * side * side
    return LoopNest("DGEMM", flop: FLOP(2 * products), efficiency: 0.8) { cache in
      let block = min(side, (cache.value / 24).squareRoot())
      let far = 16 * products / block + footprint.value
      let near = max(0, 16 * products / min(side, 128) - far)
      return ReuseProfile(reuses: [
        (footprint, Bytes(far)), (Bytes(24 * block * block), Bytes(near)),
      ])
    }
  }
}
