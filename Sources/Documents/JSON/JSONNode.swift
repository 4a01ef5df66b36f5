/// A place in a JSON text, with the readings that a description needs; every reading that fails says
/// which file, which key and what was expected.
public struct JSONNode<Failure: DocumentFailure>: Sendable {
  public let file: String
  /// `operations[2].kernel`; empty for the whole text.
  public let path: String
  public let value: JSONTree

  /// The outermost value of a JSON text.
  ///
  /// - Parameter file: how the text is called in messages.
  /// - Throws: `malformed` where it is not JSON or more than `limits` allow.
  public init(
    parsing bytes: some Collection<UInt8>, file: String, limits: JSONLimits
  ) throws(Failure) {
    do throws(JSONSyntaxError) {
      value = try JSONTree(parsing: ArraySlice(bytes), limits: limits)
    } catch {
      throw .malformed(file: file, place: "", problem: error.problem)
    }
    self.file = file
    path = ""
  }

  private init(_ value: JSONTree, at path: String, in file: String) {
    self.value = value
    self.path = path
    self.file = file
  }

  // MARK: - Readings

  public func malformed(_ problem: String) -> Failure {
    .malformed(file: file, place: path, problem: problem)
  }

  private func expected(_ what: String) -> Failure {
    malformed("\(what) is expected, not \(kind)")
  }

  private var kind: String {
    switch value {
    case .text: "a text"
    case .list: "a list"
    case .object: "an object"
    case .number(let number): "the number \(JSONTree.numeral(number))"
    case .boolean: "true or false"
    case .null: "null"
    }
  }

  public var isNull: Bool { value == .null }
  public var isList: Bool { if case .list = value { true } else { false } }
  public var isText: Bool { if case .text = value { true } else { false } }
  public var isObject: Bool { if case .object = value { true } else { false } }

  public func object() throws(Failure) -> JSONObject<Failure> {
    guard case .object(let members) = value else { throw expected("an object") }
    return JSONObject(members, at: self)
  }

  public func list() throws(Failure) -> [JSONNode] {
    guard case .list(let elements) = value else { throw expected("a list") }
    return elements.enumerated().map { JSONNode($1, at: "\(path)[\($0)]", in: file) }
  }

  public func text() throws(Failure) -> String {
    guard case .text(let text) = value else { throw expected("a text") }
    return text
  }

  public func flag() throws(Failure) -> Bool {
    guard case .boolean(let flag) = value else { throw expected("true or false") }
    return flag
  }

  /// A finite number.
  public func number() throws(Failure) -> Double {
    guard case .number(let number) = value else { throw expected("a number") }
    return number
  }

  public func integer(in range: ClosedRange<Int>) throws(Failure) -> Int {
    let number = try number()
    guard let whole = Int(exactly: number), range.contains(whole) else {
      throw malformed(
        "\(JSONTree.numeral(number)) is not a whole number between \(range.lowerBound) and "
          + "\(range.upperBound)")
    }
    return whole
  }

  /// One of `allowed` by its raw value.
  public func choice<Choice: RawRepresentable<String>>(
    _ allowed: [Choice]
  ) throws(Failure) -> Choice {
    let text = try text()
    guard let choice = allowed.first(where: { $0.rawValue == text }) else {
      let names = allowed.map(\.rawValue)
      throw malformed(
        "\(quoted(text)) is none of \(names.joined(separator: ", "))"
          + suggestion(for: text, among: names))
    }
    return choice
  }

  fileprivate func member(_ key: String, _ value: JSONTree) -> JSONNode {
    JSONNode(value, at: path.isEmpty ? key : path + "." + key, in: file)
  }
}

/// The members of an object, which remembers those it was asked for: the others are not known.
public final class JSONObject<Failure: DocumentFailure> {
  public let node: JSONNode<Failure>
  private let members: [JSONTree.Member]
  /// Of an object with many members, where each is.
  private let places: [String: Int]
  /// Every key that was asked for, and which members that found.
  private var asked: [String] = []
  private var isRead: [Bool]

  fileprivate init(_ members: [JSONTree.Member], at node: JSONNode<Failure>) {
    self.node = node
    self.members = members
    isRead = [Bool](repeating: false, count: members.count)
    places =
      members.count <= 24
      ? [:]
      : Dictionary(
        members.enumerated().map { ($1.key, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// In the order of the text.
  public var keys: [String] { members.map(\.key) }

  /// nil where the key is missing.
  public func optional(_ key: String) -> JSONNode<Failure>? {
    asked.append(key)
    let found = places.isEmpty ? members.firstIndex { $0.key == key } : places[key]
    guard let place = found else { return nil }
    isRead[place] = true
    return node.member(key, members[place].value)
  }

  /// - Throws: `malformed` where the key is missing, with one that may have been meant for it.
  public func required(_ key: String) throws(Failure) -> JSONNode<Failure> {
    if let found = optional(key) { return found }
    let near = nearest(to: key)
    throw node.malformed("'\(key)' is missing" + near)
  }

  private func nearest(to key: String) -> String {
    for (member, isRead) in zip(members, isRead) where !isRead && member.key.utf8.count <= 60 {
      if !suggestion(for: member.key, among: [key]).isEmpty {
        return " (there is \(quoted(member.key)))"
      }
    }
    return ""
  }

  /// - Throws: `malformed` where there is a key that nobody asked for.
  public func finish() throws(Failure) {
    guard let place = isRead.firstIndex(of: false) else { return }
    let other = members[place].key
    throw node.malformed(
      "there is no key \(quoted(other)) here"
        + suggestion(for: other, among: Set(asked).sorted()))
  }
}
