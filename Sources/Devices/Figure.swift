/// A number with how sure it is and where it is from.
public struct Figure<Amount: Sendable & Hashable>: Sendable, Hashable {
  public var value: Amount
  public var confidence: Confidence
  /// nil where it is the device's source.
  public var source: String?

  public init(_ value: Amount, _ confidence: Confidence = .dataSheet, source: String? = nil) {
    self.value = value
    self.confidence = confidence
    self.source = source
  }
}

/// How sure a figure is.
public enum Confidence: String, CaseIterable, Sendable {
  /// What the maker states.
  case dataSheet = "data sheet"
  /// What somebody timed or weighed.
  case measured
  /// What a model was brought to by measurements.
  case fitted
  /// From memory, derived, or sources that disagree.
  case uncertain
}
