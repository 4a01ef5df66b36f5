import ArgumentParser

/// Options that hold several values with commas between, or are given several times: `1,2,4`.
enum ListOption {
  /// - Throws: `ValidationError` for what is no value of its kind, and for a value that is there twice.
  static func values<Value: ExpressibleByArgument & Hashable>(
    _ texts: [String], _ option: String, as kind: Value.Type = Value.self
  ) throws -> [Value] {
    var values: [Value] = []
    for text in texts.flatMap({ $0.split(separator: ",", omittingEmptySubsequences: false) }) {
      let word = String(text)
      guard let value = Value(argument: word) else {
        let allowed = Value.allValueStrings
        throw ValidationError(
          "\(option) has '\(word)'"
            + (allowed.isEmpty
              ? "; write values with commas between, as \(option) 1,2,4"
              : "; allowed are \(allowed.joined(separator: ", "))"))
      }
      guard !values.contains(value) else {
        throw ValidationError("\(option) names '\(word)' twice")
      }
      values.append(value)
    }
    return values
  }
}
