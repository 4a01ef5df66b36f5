/// A name from a file as a message can show it: short, on one line.
func shown(_ name: String, limit: Int = 80) -> String {
  var text = ""
  var count = 0
  for scalar in name.unicodeScalars {
    guard count < limit else { return text + "…" }
    let isControl = scalar.value < 32 || scalar.value == 127 || (0x80...0x9f).contains(scalar.value)
    text.unicodeScalars.append(isControl ? "?" : scalar)
    count += 1
  }
  return text
}

/// The first names of a list.
func listed(_ names: some Sequence<String>, limit: Int = 12) -> String {
  let all = Array(names)
  let text = all.prefix(limit).map { shown($0) }.joined(separator: ", ")
  return all.count > limit ? text + " and \(all.count - limit) more" : text
}

/// The whole number that is nearest to a content of a tensor, far ones cut to ±2⁵³.
func whole(_ content: Double) -> Int {
  guard !content.isNaN else { return 0 }
  let limit = WorkloadBuilder.elementLimit
  return Int(max(-limit, min(limit, content.rounded(.towardZero))))
}
