/// What a factorisation can fail on.
public enum LinearAlgebraError: Error, Equatable, CustomStringConvertible {
  /// The matrix has a leading minor that is not positive.
  case notPositiveDefinite(minor: Int)
  case notConverged(routine: String)
  case rankDeficient(column: Int)
  case notFinite(routine: String)
  case unknownCore(String, available: [String])

  public var description: String {
    switch self {
    case .notPositiveDefinite(let minor):
      "the matrix is not positive definite: its leading minor of order \(minor) is not positive."
    case .notConverged(let routine):
      "\(routine) did not converge."
    case .rankDeficient(let column):
      "the columns are linearly dependent: column \(column) adds nothing."
    case .notFinite(let routine):
      "\(routine) was given a number that is not finite."
    case .unknownCore(let core, let available) where available.isEmpty:
      "the kernels '\(core)' cannot be chosen: this BLAS was built for one processor only."
    case .unknownCore(let core, let available):
      "the kernels '\(core)' are not here; this processor and BLAS have "
        + available.joined(separator: ", ") + "."
    }
  }
}
