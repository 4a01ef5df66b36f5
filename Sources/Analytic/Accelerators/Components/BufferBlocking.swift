/// How a product is cut into blocks of which the buffer holds one of each operand.
///
/// Blocks follow each other in three loops, and a block of an operand is fetched when it changes.
///
/// ```
/// words = inputs·f_inputs + K·N·f_weights + M·N·(2·f_outputs − 1)
/// f     = trips of the loop that an operand does not depend on, if a loop inside of it changes it; else 1
/// ```
/// A convolution's block holds each of its inputs once; the rim that neighbouring blocks share is not
/// counted.
public struct BufferBlocking: Sendable, Hashable {
  public enum Loop: Sendable, Hashable, CaseIterable { case rows, columns, depth }

  /// Sizes that a block is a whole number of, or as long as the product.
  public struct Grain: Sendable, Hashable {
    public var rows: Double
    public var columns: Double
    public var depth: Double

    public init(rows: Double, columns: Double, depth: Double) {
      self.rows = rows
      self.columns = columns
      self.depth = depth
    }

    public subscript(loop: Loop) -> Double {
      get {
        switch loop {
        case .rows: rows
        case .columns: columns
        case .depth: depth
        }
      }
      set {
        switch loop {
        case .rows: rows = newValue
        case .columns: columns = newValue
        case .depth: depth = newValue
        }
      }
    }
  }

  public let product: MatrixProduct
  /// Of one block.
  public let rows: Double
  public let columns: Double
  public let depth: Double
  /// Outermost first.
  public let order: [Loop]

  public init(
    _ product: MatrixProduct, rows: Double, columns: Double, depth: Double, order: [Loop]
  ) {
    self.product = product
    self.rows = min(rows, product.rows)
    self.columns = min(columns, product.columns)
    self.depth = min(depth, product.depth)
    self.order = order
  }

  public func trips(_ loop: Loop) -> Double {
    switch loop {
    case .rows: (product.rows / rows).rounded(.up)
    case .columns: (product.columns / columns).rounded(.up)
    case .depth: (product.depth / depth).rounded(.up)
    }
  }

  /// Words of the three blocks.
  public var held: Double {
    let overlap = product.inputs / (product.rows * product.depth)
    return rows * depth * overlap + depth * columns + rows * columns
  }

  /// How often the inputs, the weights and the outputs pass between the memories.
  public var inputFetches: Double { fetches(without: .columns) }
  public var weightFetches: Double { fetches(without: .rows) }
  public var outputVisits: Double { fetches(without: .depth) }

  private func fetches(without idle: Loop) -> Double {
    guard let last = order.lastIndex(where: { $0 != idle && trips($0) > 1 }) else { return 1 }
    return order.firstIndex(of: idle).map { $0 < last ? trips(idle) : 1 } ?? 1
  }

  /// Words between the buffer and the main memory.
  public var traffic: Double {
    product.inputs * inputFetches + product.weights * weightFetches
      + product.outputs * (2 * outputVisits - 1)
  }

  /// How often the array takes up a word that waits in its units: once for each block of the loop that
  /// streams, or less where blocks have one tile of such words each, which stays until it changes.
  public func returns(streaming loop: Loop, tile: Grain) -> Double {
    let isOneTile = Loop.allCases.allSatisfy { $0 == loop || size($0) <= tile[$0] }
    return isOneTile ? fetches(without: loop) : trips(loop)
  }

  private func size(_ loop: Loop) -> Double {
    switch loop {
    case .rows: rows
    case .columns: columns
    case .depth: depth
    }
  }

  /// The cheapest blocks that fit.
  ///
  /// One of three orders is among the best, and there a larger inner block is never worse: each number
  /// of trips of the two outer loops has to be tried once, with the inner block that still fits.
  ///
  /// - Parameters:
  ///   - capacity: words.
  ///   - cost: falls, or stays, with the trips of a loop; without one, the traffic.
  /// - Complexity: O(√(MN) + √(MK) + √(NK)) costs, in grains.
  /// - Returns: nil where not even one grain of each loop fits.
  public static func best(
    _ product: MatrixProduct, capacity: Double, grain: Grain,
    cost: (BufferBlocking) -> Double = { $0.traffic }
  ) -> BufferBlocking? {
    let orders: [[Loop]] = [
      [.rows, .columns, .depth], [.rows, .depth, .columns], [.columns, .depth, .rows],
    ]
    var best: (blocking: BufferBlocking, cost: Double)?
    for order in orders {
      let search = BlockSearch(product: product, capacity: capacity, grain: grain, order: order)
      search.visit { blocking in
        let cost = cost(blocking)
        if cost < best?.cost ?? .infinity { best = (blocking, cost) }
      }
    }
    return best?.blocking
  }
}

/// Blocks of one order that fit.
private struct BlockSearch {
  let product: MatrixProduct
  let capacity: Double
  let grain: BufferBlocking.Grain
  let order: [BufferBlocking.Loop]

  func visit(_ body: (BufferBlocking) -> Void) {
    let counts = order.map(grainCount)
    var outer: Double? = 1
    while let first = outer {
      var middle: Double? = 1
      while let second = middle, let inner = largestInner(first, second, counts[2]) {
        body(blocking(first, second, inner))
        middle = Self.next(second, of: counts[1])
      }
      outer = Self.next(first, of: counts[0])
    }
  }

  /// The next larger block, in grains, that saves a trip; nil for the whole.
  private static func next(_ grains: Double, of all: Double) -> Double? {
    let trips = (all / grains).rounded(.up)
    return trips > 1 ? (all / (trips - 1)).rounded(.up) : nil
  }

  private func grainCount(_ loop: BufferBlocking.Loop) -> Double {
    let size =
      switch loop {
      case .rows: product.rows
      case .columns: product.columns
      case .depth: product.depth
      }
    return (size / grain[loop]).rounded(.up)
  }

  private func blocking(_ outer: Double, _ middle: Double, _ inner: Double) -> BufferBlocking {
    var sizes = grain
    sizes[order[0]] *= outer
    sizes[order[1]] *= middle
    sizes[order[2]] *= inner
    return BufferBlocking(
      product, rows: sizes.rows, columns: sizes.columns, depth: sizes.depth, order: order)
  }

  /// By halving: what blocks hold grows with each of their sides.
  private func largestInner(_ outer: Double, _ middle: Double, _ count: Double) -> Double? {
    func fits(_ inner: Double) -> Bool { blocking(outer, middle, inner).held <= capacity }
    if fits(count) { return count }
    guard fits(1) else { return nil }
    var (low, high) = (1.0, count)
    while high - low > 1 {
      let half = ((low + high) / 2).rounded()
      if fits(half) { low = half } else { high = half }
    }
    return low
  }
}
