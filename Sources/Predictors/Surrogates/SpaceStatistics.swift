import Features
import Mathematics

/// What the pool of source architectures says of the space itself: no latency is in it.
public struct SpaceStatistics: Sendable {
  public let radices: [Int]
  public let analyticNames: [String]
  /// Mean over the pool of each analytic feature: the unit in which features are used.
  public let analyticMeans: [Double]
  /// The features that vary over the pool; the others say nothing.
  public let informative: [Int]
  /// Groups of features that may explain a device by themselves; the first holds all.
  public let views: [[Int]]
  /// The pool's share of each operation at each position.
  public let operationShares: [Double]

  public init(
    radices: [Int], analyticNames: [String], analyticMeans: [Double], informative: [Int],
    views: [[Int]], operationShares: [Double]
  ) {
    self.radices = radices
    self.analyticNames = analyticNames
    self.analyticMeans = analyticMeans
    self.informative = informative
    self.views = views
    self.operationShares = operationShares
  }

  init(_ pool: FeatureTable, basis: OperationBasis) {
    let columns = (0..<pool.analytic.columns).map { pool.analytic.column($0) }
    let means = columns.map { mean($0) }
    var shares = [Double](repeating: 0, count: basis.singleCount)
    for row in 0..<pool.count {
      basis.forEachSingle(pool.operations(of: row)) { shares[$0] += 1 / Double(pool.count) }
    }
    self.init(
      radices: pool.radices, analyticNames: pool.analyticNames, analyticMeans: means,
      informative: columns.indices.filter {
        means[$0] > 0 && standardDeviation(columns[$0]) > 1e-12 * means[$0]
      },
      views: pool.views, operationShares: shares)
  }

  func isConsistent(with basis: OperationBasis) -> Bool {
    analyticMeans.count == analyticNames.count && operationShares.count == basis.singleCount
      && informative.allSatisfy { analyticNames.indices.contains($0) && analyticMeans[$0] > 0 }
      && views.allSatisfy { $0.allSatisfy(analyticNames.indices.contains) }
      && radices.allSatisfy { (1...256).contains($0) }
  }

  /// `views` as columns of `physics(of:)`, each with the constant; what says nothing is left out.
  var physicsViews: [[Int]] {
    views.map { view in
      [0] + informative.indices.filter { view.contains(informative[$0]) }.map { $0 + 1 }
    }
  }

  /// A constant and the informative features in units of their pool mean, N × (1 + used).
  func physics(of table: FeatureTable) -> Matrix {
    var physics = Matrix(rows: table.count, columns: informative.count + 1, repeating: 1)
    for row in 0..<table.count {
      for (place, feature) in informative.enumerated() {
        physics[row, place + 1] = table.analytic[row, feature] / analyticMeans[feature]
      }
    }
    return physics
  }
}
