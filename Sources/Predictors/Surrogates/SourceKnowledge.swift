import Features
import Mathematics

/// What the source devices teach, in closed form: a smooth surrogate of each device's latency over
/// the whole space, and how strongly each kind of work costs on it.
///
/// Each device is learned by itself, from its own measurements: leaving one out is leaving its
/// columns out (`selecting(devices:)`), and nothing here depends on a target.
public struct SourceKnowledge: Sendable {
  public let devices: [String]
  /// Mean latency of each device over the pool, in seconds. Surrogates are in units of it.
  public let scales: [Double]
  public let space: SpaceStatistics
  public let surrogates: SurrogateWeights
  public let physics: PhysicsFits
  let basis: OperationBasis

  /// Learns every device.
  ///
  /// - Parameters:
  ///   - pool: the source architectures.
  ///   - latencies: seconds, pool.count × devices.count, NaN where not measured.
  /// - Throws: `PredictorError` naming a device without enough measurements.
  /// - Complexity: eigendecompositions of the basis' size, shared by devices measured on the same
  ///   architectures.
  public static func fit(
    pool: FeatureTable, devices: [String], latencies: Matrix
  ) throws -> SourceKnowledge {
    precondition(latencies.rows == pool.count && latencies.columns == devices.count)
    guard pool.count > 0 else { throw PredictorError.emptyPool }
    let basis = OperationBasis(radices: pool.radices)
    let space = SpaceStatistics(pool, basis: basis)
    let (surrogates, scales) = try SurrogateWeights.fit(
      pool: pool, basis: basis, devices: devices, latencies: latencies)
    let encoded = EncodedArchitectures(
      features: pool, physics: space.physics(of: pool),
      surrogates: surrogates.predict(pool, basis: basis))
    return SourceKnowledge(
      devices: devices, scales: scales, space: space, surrogates: surrogates,
      physics: try PhysicsFits.fit(encoded, basis: basis, shares: space.operationShares),
      basis: basis)
  }

  /// No source at all: predictors are left with the space's physics.
  ///
  /// - Throws: `PredictorError.emptyPool`.
  public static func withoutSources(pool: FeatureTable) throws -> SourceKnowledge {
    try fit(pool: pool, devices: [], latencies: Matrix(rows: pool.count, columns: 0))
  }

  /// Knowledge read back from its parts.
  ///
  /// - Throws: `PredictorError.inconsistentState` where their sizes contradict each other.
  public init(
    devices: [String], scales: [Double], space: SpaceStatistics, surrogates: SurrogateWeights,
    physics: PhysicsFits
  ) throws(PredictorError) {
    let basis = OperationBasis(radices: space.radices)
    guard space.isConsistent(with: basis), scales.count == devices.count,
      surrogates.intercepts.count == devices.count,
      surrogates.operations.rows == basis.count, surrogates.operations.columns == devices.count,
      surrogates.analytic.rows == space.analyticNames.count,
      surrogates.analytic.columns == devices.count,
      physics.coefficients.rows == space.informative.count + 1,
      physics.coefficients.columns == devices.count,
      physics.deviations.rows == basis.singleCount, physics.deviations.columns == devices.count
    else { throw .inconsistentState }
    self.init(
      devices: devices, scales: scales, space: space, surrogates: surrogates, physics: physics,
      basis: basis)
  }

  private init(
    devices: [String], scales: [Double], space: SpaceStatistics, surrogates: SurrogateWeights,
    physics: PhysicsFits, basis: OperationBasis
  ) {
    self.devices = devices
    self.scales = scales
    self.space = space
    self.surrogates = surrogates
    self.physics = physics
    self.basis = basis
  }

  /// The same knowledge of some of the devices.
  public func selecting(devices indices: [Int]) -> SourceKnowledge {
    SourceKnowledge(
      devices: indices.map { devices[$0] }, scales: indices.map { scales[$0] }, space: space,
      surrogates: SurrogateWeights(
        intercepts: indices.map { surrogates.intercepts[$0] },
        analytic: surrogates.analytic.selecting(columns: indices),
        operations: surrogates.operations.selecting(columns: indices)),
      physics: PhysicsFits(
        coefficients: physics.coefficients.selecting(columns: indices),
        deviations: physics.deviations.selecting(columns: indices)),
      basis: basis)
  }

  /// Everything that predictors need of `table`, computed once and shared by all targets.
  public func encode(_ table: FeatureTable) -> EncodedArchitectures {
    precondition(table.radices == space.radices, "features of another space")
    return EncodedArchitectures(
      features: table, physics: space.physics(of: table),
      surrogates: surrogates.predict(table, basis: basis))
  }
}
