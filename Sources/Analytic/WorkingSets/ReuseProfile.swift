import Quantities

/// How far apart the uses of the same data lie: the distances of a least-recently-used stack.
///
/// A use whose distance, the bytes of different lines touched since the last use and its own, is at
/// most the cache's capacity hits; all other uses miss. One profile holds the miss curve of every
/// capacity at once.
///
/// ```
/// misses(C) = cold + Σ amount_i  over distance_i > C
/// ```
///
/// - Source: R. L. Mattson et al., *Evaluation techniques for storage hierarchies*, IBM Systems
///   Journal 9 (1970).
public struct ReuseProfile: Sendable, Hashable {
  public struct Reuse: Sendable, Hashable {
    public let distance: Bytes
    /// Traffic of the uses at that distance.
    public let amount: Bytes
  }

  /// Traffic of first uses, which miss in every cache.
  public let cold: Bytes
  /// By ascending distance, each distance once.
  public let reuses: [Reuse]

  public init(cold: Bytes = .zero, reuses: [(distance: Bytes, amount: Bytes)]) {
    self.cold = cold
    var sums: [Bytes: Bytes] = [:]
    for reuse in reuses { sums[reuse.distance, default: .zero] += reuse.amount }
    self.reuses = sums.map { Reuse(distance: $0.key, amount: $0.value) }
      .sorted { $0.distance < $1.distance }
  }

  /// All traffic, hits and misses.
  public var total: Bytes { reuses.reduce(cold) { $0 + $1.amount } }

  /// Traffic that a fully associative, least-recently-used cache of that size does not serve.
  public func misses(capacity: Bytes) -> Bytes {
    reuses.reduce(cold) { $1.distance > capacity ? $0 + $1.amount : $0 }
  }
}

extension ReuseProfile {
  /// The profile of a sequence of line numbers.
  ///
  /// - Complexity: O(n log n): a tree counts the lines whose last use lies after a place.
  public init(lines trace: [Int], lineSize: Bytes) {
    var tree = [Int](repeating: 0, count: trace.count + 1)
    func add(_ amount: Int, at place: Int) {
      var index = place + 1
      while index <= trace.count {
        tree[index] += amount
        index += index & -index
      }
    }
    /// Lines whose last use is at `place` or before.
    func count(through place: Int) -> Int {
      var index = place + 1
      var sum = 0
      while index > 0 {
        sum += tree[index]
        index -= index & -index
      }
      return sum
    }
    var last: [Int: Int] = [:]
    var cold = 0.0
    var histogram: [Int: Int] = [:]
    for (place, line) in trace.enumerated() {
      if let before = last[line] {
        // Different lines since, and the line itself.
        histogram[last.count - count(through: before) + 1, default: 0] += 1
        add(-1, at: before)
      } else {
        cold += 1
      }
      last[line] = place
      add(1, at: place)
    }
    self.init(
      cold: lineSize * cold,
      reuses: histogram.map { (lineSize * Double($0.key), lineSize * Double($0.value)) })
  }
}
