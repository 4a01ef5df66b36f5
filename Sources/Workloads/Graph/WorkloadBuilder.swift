/// Writes a workload operation by operation.
///
/// A layer that does not fit is remembered, what follows it is skipped, and `finish` throws it: a
/// family of architectures reads as its paper does, without a `try` on every line.
public final class WorkloadBuilder {
  public static let operationLimit = 1_000_000
  /// 2⁵³: above it a `Double` no longer holds every whole number.
  public static let elementLimit = 9_007_199_254_740_992.0

  public var source = ""
  public var assumptions: [String] = []
  public var warnings: [String] = []
  /// How activations are stored, unless a value says otherwise.
  public var activationFormat: StorageFormat
  /// How weights are stored, unless a value says otherwise.
  public var weightFormat: StorageFormat

  private let name: String
  private(set) var operations: [Operation] = []
  private(set) var values: [Value] = []
  private var scopes = [Scope(label: "", parent: .root, instances: 1, weightInstances: 1)]
  private var operands: [ValueID] = []
  private var results: [ValueID] = []
  private var place = ScopeID.root
  private var failure: WorkloadError?

  public init(
    _ name: String, activations: DataType = .float32, weights: DataType? = nil
  ) {
    self.name = name
    activationFormat = StorageFormat(activations)
    weightFormat = StorageFormat(weights ?? activations)
    operations.reserveCapacity(256)
    values.reserveCapacity(512)
    operands.reserveCapacity(1024)
  }

  // MARK: - Values

  public func shape(_ value: ValueID) -> Shape { values[Int(value.index)].shape }
  public func dimension(_ value: ValueID, _ axis: Int) -> Int {
    let shape = values[Int(value.index)].shape
    let place = axis < 0 ? shape.rank + axis : axis
    guard place >= 0, place < shape.rank else {
      fail("a tensor of \(shape) has no dimension \(axis)")
      return 1
    }
    return shape[place]
  }
  public func format(_ value: ValueID) -> StorageFormat { values[Int(value.index)].format }

  public func value(
    _ label: String, _ shape: Shape, _ role: Value.Role, _ format: StorageFormat? = nil
  ) -> ValueID {
    let elements = shape.elements
    if failure == nil, !(elements < Self.elementLimit) || shape.contains(where: { $0 < 0 }) {
      failure = .tooLarge(value: path(label), shape: "\(shape)")
    }
    values.append(
      Value(
        label: label, shape: shape,
        format: format ?? (role == .weight ? weightFormat : activationFormat), role: role,
        scope: place, elements: elements < Self.elementLimit ? elements : 0))
    return ValueID(values.count - 1)
  }

  public func input(_ label: String, _ shape: Shape, _ type: DataType? = nil) -> ValueID {
    value(label, shape, .input, type.map { StorageFormat($0) })
  }

  public func weight(_ label: String, _ shape: Shape, _ format: StorageFormat? = nil) -> ValueID {
    value(label, shape, .weight, format)
  }

  /// What the run returns, in the order of the calls.
  public func result(_ value: ValueID) { results.append(value) }

  // MARK: - Operations

  /// Adds an operation with one output.
  @discardableResult
  public func operation(
    _ label: String, _ kind: OperationKind, _ inputs: [ValueID], to shape: Shape,
    format: StorageFormat? = nil, role: Value.Role = .activation
  ) -> ValueID {
    let output = value("", shape, role, format)
    operation(label, kind, inputs, outputs: [output])
    return output
  }

  public func operation(
    _ label: String, _ kind: OperationKind, _ inputs: [ValueID], outputs: [ValueID],
    pass: Operation.Pass = .forward
  ) {
    guard failure == nil else { return }
    guard operations.count < Self.operationLimit, operands.count < Int(Int32.max) / 2 else {
      failure = .tooManyOperations(limit: Self.operationLimit)
      return
    }
    let first = Int32(operands.count)
    operands.append(contentsOf: inputs)
    let middle = Int32(operands.count)
    operands.append(contentsOf: outputs)
    operations.append(
      Operation(
        label: label, scope: place, kind: kind, pass: pass, inputs: first..<middle,
        outputs: middle..<Int32(operands.count)))
  }

  // MARK: - Scopes

  /// Everything that `body` adds belongs to the part `label`, which occurs `instances` times.
  ///
  /// - Parameter sharedWeights: whether all of them use the same weights.
  public func scope<Result>(
    _ label: String, instances: Int = 1, sharedWeights: Bool = false, _ body: () -> Result
  ) -> Result {
    let outer = place
    let parent = scopes[Int(outer.index)]
    scopes.append(
      Scope(
        label: label, parent: outer, instances: parent.instances * Double(instances),
        weightInstances: parent.weightInstances * (sharedWeights ? 1 : Double(instances))))
    place = ScopeID(scopes.count - 1)
    defer { place = outer }
    return body()
  }

  // MARK: - Failing

  public var hasFailed: Bool { failure != nil }

  /// Remembers the first problem; `finish` throws it.
  public func fail(_ problem: String, at label: String = "") {
    guard failure == nil else { return }
    let place = path(label)
    failure = .shape(operation: place.isEmpty ? name : "\(name), \(place)", problem: problem)
  }

  public func fail(_ error: WorkloadError) {
    if failure == nil { failure = error }
  }

  private func path(_ label: String) -> String {
    var labels = label.isEmpty ? [] : [label]
    var scope = place
    while scope != .root {
      labels.append(scopes[Int(scope.index)].label)
      scope = scopes[Int(scope.index)].parent
    }
    return labels.reversed().joined(separator: ".")
  }

  /// - Throws: the first thing that did not fit.
  public func finish() throws(WorkloadError) -> Workload {
    if let failure { throw failure }
    return Workload(
      name: name, source: source, assumptions: assumptions, warnings: warnings,
      operations: operations, values: values, scopes: scopes, results: results,
      operands: operands)
  }
}
