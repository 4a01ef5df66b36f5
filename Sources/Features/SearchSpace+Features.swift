import Mathematics
import Workloads

extension SearchSpace {
  /// Everything that predictors see of `architectures`.
  ///
  /// - Parameter userFeatures: extra analytic features, one row for each architecture.
  public func features(
    of architectures: [Architecture], userFeatures: UserFeatures? = nil
  ) -> FeatureTable {
    let analysis: any AnalyticFeatures =
      switch self {
      case is NASBench201Space: NASBench201Features()
      case is FBNetSpace: FBNetFeatures()
      default: OperationCountFeatures(space: self)
      }
    var names = analysis.names
    var values: [Double] = []
    values.reserveCapacity(architectures.count * names.count)
    var flop: [Double] = []
    for architecture in architectures {
      analysis.append(architecture, to: &values)
      if let work = analysis.flop(architecture) { flop.append(work) }
    }
    var analytic = Matrix(rows: architectures.count, columns: names.count, elements: values)
    if let userFeatures {
      analytic = analytic.appending(columns: userFeatures.values)
      names += userFeatures.names
    }
    return FeatureTable(
      operations: architectures.flatMap(\.operations), radices: positions.map(\.operations.count),
      analytic: analytic, analyticNames: names,
      views: [Array(names.indices)]
        + analysis.partialViews.map { view in view.compactMap { names.firstIndex(of: $0) } },
      flop: flop.count == architectures.count && !flop.isEmpty ? flop : nil,
      isConnected: architectures.map { isConnected($0) })
  }
}

/// The amounts of work that one space knows how to count.
protocol AnalyticFeatures {
  var names: [String] { get }
  /// Groups of features that may explain a device by themselves.
  var partialViews: [[String]] { get }
  /// Appends one number for each name, none negative.
  func append(_ architecture: Architecture, to values: inout [Double])
  /// The whole network's FLOP, where the space knows it.
  func flop(_ architecture: Architecture) -> Double?
}

extension AnalyticFeatures {
  var partialViews: [[String]] { [] }
}
