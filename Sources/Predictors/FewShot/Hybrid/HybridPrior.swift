import Features
import Mathematics

/// What `hybrid` believes before the first sample.
struct HybridPrior: Sendable {
  let knowledge: SourceKnowledge
  /// Mean over sources of the coefficients of the physics columns.
  let coefficientMeans: [Double]
  let coefficientVariances: [Double]
  /// v: variance of each operation's deviation; about 1 in sum over an architecture.
  let operationVariances: [Double]

  var physicsCount: Int { coefficientMeans.count }
  var sourceCount: Int { knowledge.devices.count }
  var shares: [Double] { knowledge.space.operationShares }

  init(_ knowledge: SourceKnowledge, _ settings: HybridSettings) {
    self.knowledge = knowledge
    let coefficients = knowledge.physics.coefficients
    let sources = Double(coefficients.columns)
    let floor = settings.coefficientFloor * settings.coefficientFloor
    var means: [Double] = []
    var variances: [Double] = []
    for row in 0..<coefficients.rows {
      let values = coefficients.row(row)
      let center = values.isEmpty ? 0 : mean(values)
      means.append(center)
      variances.append(
        values.isEmpty
          ? 1 : values.reduce(0) { $0 + ($1 - center) * ($1 - center) } / sources + floor)
    }
    coefficientMeans = means
    coefficientVariances = variances

    let deviations = knowledge.physics.deviations
    let strayed = (0..<deviations.rows).map { row in
      sources == 0 ? 0 : deviations.row(row).reduce(0) { $0 + $1 * $1 } / sources
    }
    // Half uniform, half as the sources stray: few sources must not fix where a target may.
    let typical = strayed.isEmpty ? 0 : mean(strayed)
    let raw = strayed.map { typical > 0 ? 0.5 + 0.5 * $0 / typical : 1 }
    let total = (raw.isEmpty ? 1 : mean(raw)) * Double(knowledge.space.radices.count)
    operationVariances = raw.map { $0 / total }
  }

  /// [physics | surrogates], N × (physicsCount + sourceCount).
  func design(_ architectures: EncodedArchitectures) -> Matrix {
    architectures.physics.appending(columns: architectures.surrogates)
  }

  /// R: surrogates less their mean, over √S.
  func residuals(_ architectures: EncodedArchitectures) -> Matrix {
    var result = architectures.surrogates
    guard sourceCount > 0 else { return result }
    let scale = 1 / Double(sourceCount).squareRoot()
    for row in 0..<result.rows {
      let center = mean(result.row(row))
      for column in 0..<result.columns {
        result[row, column] = (result[row, column] - center) * scale
      }
    }
    return result
  }

  /// O: operations at each position, centred on the pool.
  func operations(_ table: FeatureTable) -> Matrix {
    let basis = knowledge.basis
    var result = Matrix(rows: table.count, columns: basis.singleCount)
    for row in 0..<table.count {
      for column in 0..<basis.singleCount { result[row, column] = -shares[column] }
      basis.forEachSingle(table.operations(of: row)) { result[row, $0] += 1 }
    }
    return result
  }
}
