/// The dimensions of a tensor, slowest first; at most eight, stored in place.
public struct Shape: Hashable, Sendable {
  public static let maximumRank = 8

  private var storage: InlineArray<8, Int>
  public private(set) var rank: Int

  /// A scalar.
  public init() {
    storage = InlineArray(repeating: 1)
    rank = 0
  }

  /// - Returns: nil when there are more than eight dimensions.
  public init?(_ dimensions: some Sequence<Int>) {
    self.init()
    for dimension in dimensions {
      guard rank < Self.maximumRank else { return nil }
      append(dimension)
    }
  }

  /// Adds a fastest dimension; the rank must be below eight.
  public mutating func append(_ dimension: Int) {
    precondition(rank < Self.maximumRank, "a shape has at most eight dimensions")
    storage[rank] = dimension
    rank += 1
  }

  /// The number of elements in double precision, which cannot overflow.
  public var elements: Double {
    var product = 1.0
    for axis in 0..<rank { product *= Double(storage[axis]) }
    return product
  }

  /// The same shape with one dimension changed.
  public func replacing(_ axis: Int, with dimension: Int) -> Shape {
    var copy = self
    copy[axis < 0 ? rank + axis : axis] = dimension
    return copy
  }

  /// The last dimension; 1 for a scalar.
  public var innermost: Int { rank == 0 ? 1 : storage[rank - 1] }

  public static func == (left: Shape, right: Shape) -> Bool {
    guard left.rank == right.rank else { return false }
    for axis in 0..<left.rank where left.storage[axis] != right.storage[axis] { return false }
    return true
  }

  public func hash(into hasher: inout Hasher) {
    for axis in 0..<rank { hasher.combine(storage[axis]) }
  }
}

extension Shape: RandomAccessCollection, MutableCollection {
  public var startIndex: Int { 0 }
  public var endIndex: Int { rank }
  public subscript(axis: Int) -> Int {
    get {
      precondition(axis >= 0 && axis < rank, "axis outside the shape")
      return storage[axis]
    }
    set {
      precondition(axis >= 0 && axis < rank, "axis outside the shape")
      storage[axis] = newValue
    }
  }
}

extension Shape: ExpressibleByArrayLiteral {
  public init(arrayLiteral dimensions: Int...) {
    self.init()
    for dimension in dimensions { append(dimension) }
  }
}

extension Shape: CustomStringConvertible {
  public var description: String {
    rank == 0 ? "scalar" : map(String.init).joined(separator: "×")
  }
}
