/// One node of a workload's graph.
public struct Operation: Sendable {
  public enum Pass: String, CaseIterable, Sendable { case forward, backward, update }

  /// The last part of its path, such as `conv1`.
  public let label: String
  public let scope: ScopeID
  public let kind: OperationKind
  public let pass: Pass
  @usableFromInline let inputs: Range<Int32>
  @usableFromInline let outputs: Range<Int32>
}
