/// A directed graph of operations with shapes and data types: one run of a network.
///
/// Operations stand in an order in which each comes after those it reads from. Parts that occur many
/// times with the same shapes, such as the layers of a language model, are stored once, in a scope
/// with a number of instances.
public struct Workload: Sendable {
  public let name: String
  /// Where the figures come from: a paper, a file.
  public let source: String
  /// What was taken to be so where the source does not say.
  public let assumptions: [String]
  /// What the source holds that could not be counted exactly.
  public let warnings: [String]

  public let operations: [Operation]
  public let values: [Value]
  public let scopes: [Scope]
  /// What the run returns.
  public let results: [ValueID]
  @usableFromInline let operands: [ValueID]

  // Inlined, so that reading a field does not copy the whole value.
  @inlinable public subscript(id: ValueID) -> Value { values[Int(id.index)] }
  @inlinable public subscript(id: ScopeID) -> Scope { scopes[Int(id.index)] }

  @inlinable public func inputs(of operation: Operation) -> ArraySlice<ValueID> {
    operands[Int(operation.inputs.lowerBound)..<Int(operation.inputs.upperBound)]
  }

  @inlinable public func outputs(of operation: Operation) -> ArraySlice<ValueID> {
    operands[Int(operation.outputs.lowerBound)..<Int(operation.outputs.upperBound)]
  }

  /// How often an operation runs.
  @inlinable public func instances(of operation: Operation) -> Double {
    self[operation.scope].instances
  }

  /// `layer1.0.conv1`
  public func path(of operation: Operation) -> String {
    var path = ""
    append(operation.scope, to: &path)
    if !path.isEmpty { path += "." }
    path += operation.label
    return path
  }

  /// The labels from the outermost part inwards, with points between; empty for the whole network.
  public func path(of scope: ScopeID) -> String {
    var path = ""
    append(scope, to: &path)
    return path
  }

  private func append(_ scope: ScopeID, to path: inout String) {
    guard scope != .root else { return }
    let parent = scopes[Int(scope.index)].parent
    append(parent, to: &path)
    if parent != .root { path += "." }
    path += scopes[Int(scope.index)].label
  }

  /// For every value the operation that writes it; nil for inputs, weights, buffers and caches.
  public func producers() -> [Int?] {
    var producers = [Int?](repeating: nil, count: values.count)
    for (index, operation) in operations.enumerated() {
      for output in outputs(of: operation) { producers[Int(output.index)] = index }
    }
    return producers
  }
}
