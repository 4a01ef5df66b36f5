/// The error of a room that reads documents.
///
/// An enum with a case `malformed(file:place:problem:)` needs nothing more.
public protocol DocumentFailure: Error {
  /// - Parameters:
  ///   - file: what was read, as its reader calls it.
  ///   - place: the key path inside, `operations[2].kernel`; empty for the whole.
  ///   - problem: what was found and what is allowed.
  static func malformed(file: String, place: String, problem: String) -> Self
}
