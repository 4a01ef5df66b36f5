/// What is wrong with a description of a network.
public enum WorkloadError: Error, Equatable, Sendable {
  /// A layer does not fit its input.
  case shape(operation: String, problem: String)
  /// A tensor with more elements than can be counted exactly.
  case tooLarge(value: String, shape: String)
  case tooManyOperations(limit: Int)
  /// A file that does not hold what its format asks for.
  case malformed(file: String, place: String, problem: String)
  /// A file that is whole but uses what is not known here.
  case unsupported(file: String, problem: String)
  /// A symbolic dimension without a value, or a value without a dimension.
  case dimension(file: String, problem: String)
  /// A setting outside what is allowed.
  case setting(String)
}

extension WorkloadError: CustomStringConvertible {
  /// One line, whatever a file put into its names.
  public var description: String {
    String(text.map { $0.isNewline ? " " : $0 })
  }

  private var text: String {
    switch self {
    case .shape(let operation, let problem): "\(operation): \(problem)"
    case .tooLarge(let value, let shape):
      "\(value): a tensor of \(shape) is beyond what can be counted exactly (2^53 elements); "
        + "use a smaller batch, context or image"
    case .tooManyOperations(let limit): "more than \(limit) operations in one network"
    case .malformed(let file, let place, let problem):
      place.isEmpty ? "\(file): \(problem)" : "\(file): \(place): \(problem)"
    case .unsupported(let file, let problem): "\(file): \(problem)"
    case .dimension(let file, let problem): "\(file): \(problem)"
    case .setting(let problem): problem
    }
  }
}
