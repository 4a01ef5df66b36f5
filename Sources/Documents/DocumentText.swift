import Quantities

/// A name from a file on one line, without what a terminal would obey, and no longer than `limit`.
public func printable(_ name: some StringProtocol, limit: Int = 200) -> String {
  if name.utf8.count <= limit, name.utf8.allSatisfy({ 0x20..<0x7F ~= $0 }) { return String(name) }
  var text = ""
  for scalar in name.unicodeScalars.prefix(limit) {
    let isControl = scalar.properties.generalCategory == .control
    text.unicodeScalars.append(isControl || scalar.properties.isWhitespace ? " " : scalar)
  }
  return text
}

/// A name from a file as it may stand in a message.
public func quoted(_ name: some StringProtocol) -> String {
  let isLonger = name.unicodeScalars.dropFirst(60).first != nil
  return "'\(printable(name, limit: 60))\(isLonger ? "…" : "")'"
}

/// `; did you mean 'conv1'?` where one of `names` is near; looks at a bounded number of short ones.
public func suggestion(for name: String, among names: some Sequence<String>) -> String {
  guard name.utf8.count <= 60 else { return "" }
  let candidates = names.lazy.filter { $0.utf8.count <= 60 }.prefix(10_000)
  return nearestName(to: name, among: candidates).map { "; did you mean \(quoted($0))?" } ?? ""
}
