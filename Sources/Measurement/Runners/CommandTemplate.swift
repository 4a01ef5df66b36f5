/// A command with a place for the architecture: `program --net {architecture}`.
///
/// Words are separated as a shell separates them: spaces outside of quotes, single quotes around
/// anything, double quotes around anything with `\"` and `\\` inside, a backslash before any
/// character. There is no shell: `$`, `;`, `|`, `*` and the like are characters.
public struct CommandTemplate: Sendable, Hashable {
  public static let placeholder = "{architecture}"

  /// The program and its arguments, with the placeholder.
  public let arguments: [String]

  /// - Throws: `MeasurementError.emptyCommand`, `.unfinishedQuote`, `.missingPlaceholder`.
  public init(parsing text: String) throws(MeasurementError) {
    let words = try Self.split(text)
    guard let program = words.first, !program.isEmpty else { throw .emptyCommand }
    guard words.dropFirst().contains(where: { $0.contains(Self.placeholder) }) else {
      throw .missingPlaceholder(command: text)
    }
    arguments = words
  }

  /// The program and its arguments for one architecture.
  public func arguments(for notation: String) -> [String] {
    [arguments[0]]
      + arguments.dropFirst().map { argument in
        argument.split(separator: Self.placeholder, omittingEmptySubsequences: false)
          .joined(separator: notation)
      }
  }

  /// The words of `text`.
  static func split(_ text: String) throws(MeasurementError) -> [String] {
    var words: [String] = []
    var word: String?
    var quote: Character?
    var isEscaped = false
    for character in text {
      if isEscaped {
        if quote == "\"", character != "\"", character != "\\" { word = (word ?? "") + "\\" }
        word = (word ?? "") + String(character)
        isEscaped = false
      } else if character == "\\", quote != "'" {
        isEscaped = true
      } else if let open = quote {
        if character == open { quote = nil } else { word = (word ?? "") + String(character) }
      } else if character == "'" || character == "\"" {
        quote = character
        word = word ?? ""
      } else if character.isWhitespace {
        if let finished = word { words.append(finished) }
        word = nil
      } else {
        word = (word ?? "") + String(character)
      }
    }
    guard quote == nil, !isEscaped else { throw .unfinishedQuote(command: text) }
    if let finished = word { words.append(finished) }
    return words
  }
}
