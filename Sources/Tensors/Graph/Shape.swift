/// The lengths of a tensor's axes, the outermost first; a scalar has none.
public struct Shape: Hashable, Sendable, ExpressibleByArrayLiteral, CustomStringConvertible {
  public let axes: [Int]

  public init(_ axes: [Int]) { self.axes = axes }
  public init(arrayLiteral axes: Int...) { self.axes = axes }

  public static let scalar = Shape([])

  public var rank: Int { axes.count }
  /// How many elements it has.
  public var count: Int { axes.reduce(1, *) }
  public var last: Int { axes.last ?? 1 }

  /// Elements between neighbours along each axis, in the order of rows.
  var strides: [Int] {
    var strides = [Int](repeating: 1, count: rank)
    for axis in stride(from: rank - 2, through: 0, by: -1) {
      strides[axis] = strides[axis + 1] * axes[axis + 1]
    }
    return strides
  }

  /// The shape of both stretched over each other: axes are matched from the last, and one of length 1
  /// repeats.
  ///
  /// - Returns: nil where they do not fit.
  public func broadcast(with other: Shape) -> Shape? {
    let rank = max(rank, other.rank)
    var result = [Int](repeating: 1, count: rank)
    for place in 1...max(1, rank) where place <= rank {
      let left = place <= axes.count ? axes[axes.count - place] : 1
      let right = place <= other.rank ? other.axes[other.rank - place] : 1
      guard left == right || left == 1 || right == 1 else { return nil }
      result[rank - place] = max(left, right)
    }
    return Shape(result)
  }

  /// Whether stretching makes it `other`.
  func stretches(to other: Shape) -> Bool { broadcast(with: other) == other }

  public var description: String { "[" + axes.map { "\($0)" }.joined(separator: ", ") + "]" }
}
