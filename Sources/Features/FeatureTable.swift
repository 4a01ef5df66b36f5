import Mathematics
import Workloads

/// What predictors see of N architectures.
public struct FeatureTable: Sendable {
  /// Operation indices, N × P row by row.
  public let operations: [UInt8]
  /// How many operations each of the P positions has.
  public let radices: [Int]
  /// Analytic features, N × D, none negative: amounts of work whose cost adds up.
  public let analytic: Matrix
  public let analyticNames: [String]
  /// Groups of analytic features, by column, each of which may explain a device by itself; the first
  /// holds all of them.
  public let views: [[Int]]
  /// A proxy of the whole work, FLOP where the space knows them; `nil` where nothing is known.
  public let flop: [Double]?
  /// Whether the input reaches the output.
  public let isConnected: [Bool]

  public var count: Int { isConnected.count }

  public init(
    operations: [UInt8], radices: [Int], analytic: Matrix, analyticNames: [String],
    views: [[Int]], flop: [Double]?, isConnected: [Bool]
  ) {
    precondition(operations.count == isConnected.count * radices.count)
    precondition(analytic.rows == isConnected.count && analytic.columns == analyticNames.count)
    self.operations = operations
    self.radices = radices
    self.analytic = analytic
    self.analyticNames = analyticNames
    self.views = views
    self.flop = flop
    self.isConnected = isConnected
  }

  /// The operation indices of one architecture.
  public func operations(of row: Int) -> ArraySlice<UInt8> {
    operations[row * radices.count..<(row + 1) * radices.count]
  }

  public func selecting(rows: [Int]) -> FeatureTable {
    FeatureTable(
      operations: rows.flatMap { operations(of: $0) }, radices: radices,
      analytic: analytic.selecting(rows: rows), analyticNames: analyticNames, views: views,
      flop: flop.map { flop in rows.map { flop[$0] } }, isConnected: rows.map { isConnected[$0] })
  }
}

/// Features that a user brings for a space that the code does not know: named numbers for each
/// architecture.
public struct UserFeatures: Sendable {
  public let names: [String]
  /// N × names.count.
  public let values: Matrix

  public init(names: [String], values: Matrix) {
    self.names = names
    self.values = values
  }
}
