import Features
import Mathematics

/// Explicit features of an architecture's operations: which operation stands at each position, and,
/// where the space is small, which two stand at each pair of positions.
///
/// Every architecture has exactly one feature of each position and pair, so a linear model on this
/// basis is a sum of P + P(P − 1)/2 rows of its weights.
struct OperationBasis: Sendable {
  let radices: [Int]
  let withPairs: Bool
  /// Where each position's one-hot block starts, then each pair's.
  private let offsets: [Int]
  private let pairs: [(first: Int, second: Int)]
  let count: Int
  /// Features of single positions; those of pairs follow.
  let singleCount: Int

  /// Above this many pair features a pool of some hundred architectures says little about them.
  static let pairLimit = 600

  init(radices: [Int]) {
    self.radices = radices
    let positions = radices.indices
    let all = positions.flatMap { first in
      positions.filter { $0 > first }.map { (first: first, second: $0) }
    }
    let pairFeatures = all.reduce(0) { $0 + radices[$1.first] * radices[$1.second] }
    withPairs = pairFeatures <= Self.pairLimit
    pairs = withPairs ? all : []
    var offsets: [Int] = []
    var next = 0
    for radix in radices {
      offsets.append(next)
      next += radix
    }
    singleCount = next
    for pair in pairs {
      offsets.append(next)
      next += radices[pair.first] * radices[pair.second]
    }
    self.offsets = offsets
    count = next
  }

  /// Positions and pairs: features that are one for each architecture.
  var activeCount: Int { offsets.count }

  /// The indices of the features of single positions that are one.
  @inline(__always)
  func forEachSingle(_ operations: ArraySlice<UInt8>, _ body: (Int) -> Void) {
    let start = operations.startIndex
    for position in radices.indices {
      body(offsets[position] + Int(operations[start + position]))
    }
  }

  /// The indices of all features that are one.
  @inline(__always)
  func forEachActive(_ operations: ArraySlice<UInt8>, _ body: (Int) -> Void) {
    let start = operations.startIndex
    forEachSingle(operations, body)
    for (index, pair) in pairs.enumerated() {
      body(
        offsets[radices.count + index]
          + Int(operations[start + pair.first]) * radices[pair.second]
          + Int(operations[start + pair.second]))
    }
  }

  /// The dense 0/1 features, N × `count`.
  func dense(_ table: FeatureTable) -> Matrix {
    var result = Matrix(rows: table.count, columns: count)
    for row in 0..<table.count {
      forEachActive(table.operations(of: row)) { result[row, $0] = 1 }
    }
    return result
  }

  /// `dense(table) · weights`, N × weights.columns, without the dense matrix.
  func multiplied(_ table: FeatureTable, by weights: Matrix) -> Matrix {
    precondition(weights.rows == count, "\(count) features and \(weights.rows) rows of weights")
    let width = weights.columns
    var result = Matrix(rows: table.count, columns: width)
    guard width > 0 else { return result }
    result.elements.withUnsafeMutableBufferPointer { sums in
      weights.elements.withUnsafeBufferPointer { weights in
        for row in 0..<table.count {
          forEachActive(table.operations(of: row)) { feature in
            for column in 0..<width {
              sums[row * width + column] += weights[feature * width + column]
            }
          }
        }
      }
    }
    return result
  }
}
