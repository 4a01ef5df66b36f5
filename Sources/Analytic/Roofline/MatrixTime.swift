/// What the fastest tiling of a product needs.
struct MatrixTime {
  /// Seconds of arithmetic, of the product and of what the kernel does beside it.
  var arithmetic = 0.0
  /// Bytes that are read again because no cache held them, and partial sums.
  var rereadBytes = 0.0
  /// Seconds beside both.
  var overhead = 0.0
}

extension TilingEfficiency {
  /// The fastest tiling of `kernel`.
  ///
  /// - Parameters:
  ///   - rate: FLOP/s of the whole chip with its largest tile.
  ///   - gain: what a transform saves of the products; 1 without one.
  ///   - least: seconds below which the product never is.
  ///   - beside: seconds of other arithmetic in the kernel.
  ///   - units: compute units.
  ///   - cache: bytes of the last cache.
  ///   - traffic: seconds for one byte of the main memory.
  ///   - compulsory: seconds of what is moved whatever the tiling.
  ///   - power: seconds that the board's power asks for, whatever the tiling, and for each further byte.
  @inline(__always)
  func fastest(
    _ kernel: Kernel, rate: Double, gain: Double, least floor: Double, beside: Double,
    units: Double, cache: Double, traffic: Double, compulsory: Double,
    power: (whole: Double, byte: Double)
  ) -> MatrixTime {
    let (m, n, k, b) = (kernel.rows, kernel.columns, kernel.depth, kernel.batch)
    let isPair = kernel.kind == .matrixMultiply
    let operands = kernel.readBytes + kernel.weightBytes
    // Bytes of an element of each operand, as far as it is distinct: neighbouring rows of a
    // convolution share theirs.
    let left = isPair ? operands / (b * k * (m + n)) : kernel.readBytes / (b * m * k)
    let right = isPair ? left : kernel.weightBytes / (b * n * k)
    let fill = fillBytes * 8 / kernel.operandBits
    let reread = 1 / (1 + cache * b / max(operands, 1))
    let steps = (k / 8).rounded(.up) * 8
    var best = MatrixTime()
    var least = Double.infinity
    for tile in tiles {
      let down = (m / tile.rows).rounded(.up)
      let across = (n / tile.columns).rounded(.up)
      let whole = b * down * across
      // One unit's time for one step of one tile.
      let step = 2 * tile.rows * tile.columns * units / (rate * tile.share * gain)
      for place in -1..<splits.count {
        let split = place < 0 ? 1 : splits[place]
        let count = whole * split
        if split > 1, isPair || count > 2 * tile.resident * units || k < split * shortestSplit {
          continue
        }
        var waves = count / units
        waves = max(1, waves + waveQuantization * (waves.rounded(.up) - waves))
        if isPair { waves = max(waves, latencyOutputs / (tile.rows * tile.columns)) }
        let part = split > 1 ? (steps / split / 8).rounded(.up) * 8 : steps
        let arithmetic = max(floor, waves * step * (part + fill / tile.resident)) + beside
        if arithmetic >= least { continue }
        // Groups of tiles that share what they read.
        let together = min(window * tile.resident, count)
        let products = max(1, together / (down * across * split))
        var high: Double
        var wide: Double
        if isSquareWindow {
          let side = (together / split / products * tile.columns / tile.rows).squareRoot()
          high = min(max(side, 1), down)
          wide = min(across, max(1, together / (split * products * high)))
          high = min(down, max(1, together / (split * products * wide)))
        } else {
          wide = min(across, max(1, together / (split * products)))
          high = min(down, max(1, together / (split * products * wide)))
        }
        let edge = min(high * tile.rows, m) * left + min(wide * tile.columns, n) * right
        let shared = count / together * products * edge * k
        let alone =
          count * (min(tile.rows, m) * left + min(tile.columns, n) * right) * k / split
        var again = max(0, shared - operands) * reread
        if drift.isFinite {
          let group = products * split * edge * part
          again += max(0, alone - max(shared, operands)) / (1 + drift * cache / group)
        }
        if split > 1 { again += b * m * n * 4 * 2 * split * splitTraffic }
        let overhead = split > 1 ? splitOverhead : 0
        let moved = compulsory + again * traffic
        let time = max(
          smoothMaximum(arithmetic, moved) + overhead, power.whole + again * power.byte)
        if time < least {
          least = time
          best = MatrixTime(arithmetic: arithmetic, rereadBytes: again, overhead: overhead)
        }
      }
    }
    return best
  }
}

/// `(x⁴ + y⁴)^¼`: arithmetic and traffic that overlap, but not perfectly.
@inline(__always)
func smoothMaximum(_ x: Double, _ y: Double) -> Double {
  let large = max(x, y)
  guard large > 0 else { return 0 }
  let ratio = min(x, y) / large
  let square = ratio * ratio
  return large * (1 + square * square).squareRoot().squareRoot()
}
