/// Points that fill the unit cube evenly, however many are taken.
///
/// Coordinate j of point i is the mirrored notation of i in the j-th prime: for 2, 1 → 0.5, 2 → 0.25,
/// 3 → 0.75.
///
/// - Source: J. H. Halton, *On the efficiency of certain quasi-random sequences of points*, Numerische
///   Mathematik 2 (1960).
public struct HaltonSequence: Sendable {
  private let bases: [Int]

  /// - Precondition: at most twenty dimensions.
  public init(dimensions: Int) {
    let primes = [
      2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71,
    ]
    precondition(dimensions <= primes.count, "\(dimensions) dimensions")
    bases = Array(primes.prefix(dimensions))
  }

  /// - Parameter index: from 1 on; 0 is the corner.
  public func point(_ index: Int) -> [Double] {
    bases.map { base in
      var (rest, share, result) = (index, 1.0, 0.0)
      while rest > 0 {
        share /= Double(base)
        result += share * Double(rest % base)
        rest /= base
      }
      return result
    }
  }
}
