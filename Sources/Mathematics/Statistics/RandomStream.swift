import Foundation

/// A seeded stream of random numbers that is the same on every platform and in every release.
///
/// xoshiro256** seeded by SplitMix64. Everything drawn from it is defined here, because the standard
/// library's `shuffle` and `random(in:)` may change their use of a generator.
///
/// - Source: D. Blackman, S. Vigna, *Scrambled linear pseudorandom number generators*, ACM TOMS 47
///   (2021), xoshiro256** 1.0 and SplitMix64.
public struct RandomStream: Sendable, RandomNumberGenerator {
  private var state: (UInt64, UInt64, UInt64, UInt64)

  public init(seed: UInt64) {
    var x = seed
    func next() -> UInt64 {
      x &+= 0x9e37_79b9_7f4a_7c15
      return splitMix64(x)
    }
    state = (next(), next(), next(), next())
  }

  /// A stream for a purpose of its own: the same seed and another label give unrelated numbers.
  public init(seed: UInt64, label: String) {
    self.init(seed: seed ^ fnv1a(label.utf8))
  }

  public mutating func next() -> UInt64 {
    func rotate(_ x: UInt64, _ k: UInt64) -> UInt64 { (x << k) | (x >> (64 - k)) }
    let result = rotate(state.1 &* 5, 7) &* 9
    let t = state.1 << 17
    state.2 ^= state.0
    state.3 ^= state.1
    state.1 ^= state.2
    state.0 ^= state.3
    state.2 ^= t
    state.3 = rotate(state.3, 45)
    return result
  }

  /// Uniform in [0, 1), 53 bits.
  public mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// Uniform in 0 ..< `bound`, without bias.
  public mutating func integer(below bound: Int) -> Int {
    precondition(bound > 0, "a number below \(bound)")
    let size = UInt64(bound)
    let threshold = (0 &- size) % size  // 2⁶⁴ mod size: these low products would repeat
    while true {
      let product = next().multipliedFullWidth(by: size)
      if product.low >= threshold { return Int(product.high) }
    }
  }

  /// Standard normal (Box–Muller, one of the pair).
  public mutating func normal() -> Double {
    let radius = (-2 * log(1 - uniform())).squareRoot()
    return radius * cos(2 * .pi * uniform())
  }

  /// Fisher–Yates from the end.
  public mutating func shuffle<Element>(_ values: inout [Element]) {
    for last in stride(from: values.count - 1, to: 0, by: -1) {
      values.swapAt(last, integer(below: last + 1))
    }
  }

  /// `count` of `0 ..< population`, without replacement, in random order.
  public mutating func sample(_ count: Int, of population: Int) -> [Int] {
    precondition(count <= population, "\(count) of \(population) without replacement")
    var moved: [Int: Int] = [:]  // a Fisher–Yates whose untouched places are not stored
    return (0..<count).map { place in
      let other = place + integer(below: population - place)
      let chosen = moved[other] ?? other
      moved[other] = moved[place] ?? place
      return chosen
    }
  }
}

/// A name of 64 bits for bytes: FNV-1a, short and fixed for ever. It is no protection against intent.
///
/// - Source: G. Fowler, L. C. Noll, K.-P. Vo, the 64-bit offset and prime.
public func fnv1a(_ bytes: some Sequence<UInt8>) -> UInt64 {
  bytes.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3 }
}

/// Bits mixed so that neighbouring numbers have nothing in common: the output of SplitMix64 for a state.
///
/// - Source: G. Steele, D. Lea, C. Flood, *Fast splittable pseudorandom number generators* (2014), as in
///   S. Vigna's SplitMix64.
public func splitMix64(_ state: UInt64) -> UInt64 {
  var z = state
  z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
  z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
  return z ^ (z >> 31)
}
