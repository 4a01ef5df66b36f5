import Foundation

/// JSON for programs: keys in the order of their names, numbers in full, nothing that is not finite.
public enum JSONReport {
  /// - Throws: `EncodingError` for a number that JSON cannot hold.
  public static func text(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }
}
