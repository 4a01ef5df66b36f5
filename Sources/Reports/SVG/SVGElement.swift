/// A node of an SVG document: a name, attributes in the order in which they were given, and either
/// children or text.
struct SVGElement: Sendable {
  let name: String
  private(set) var attributes: [(name: String, value: String)]
  private var children: [SVGElement]
  private var text: String?
  private var hover: String?

  init(
    _ name: String, _ attributes: [(name: String, value: String)] = [],
    children: [SVGElement] = [], text: String? = nil
  ) {
    self.name = name
    self.attributes = attributes
    self.children = children
    self.text = text
  }

  /// The same node with a class, by which a reader's style sheet (and a test) finds it.
  func classed(_ name: String) -> SVGElement {
    var copy = self
    copy.attributes.insert(("class", name), at: 0)
    return copy
  }

  /// The same node with lines that show when the pointer rests on it.
  func hover(_ lines: [String]) -> SVGElement {
    var copy = self
    copy.hover = lines.map { SVGEncoding.escaped(TextMeasure.shortened($0, to: 200)) }
      .joined(separator: "\n")
    return copy
  }

  /// The same node turned about a place, in degrees, clockwise.
  func rotated(_ degrees: Double, about place: Position) -> SVGElement {
    var copy = self
    let numbers = [degrees, place.x, place.y].map(SVGEncoding.number).joined(separator: " ")
    copy.attributes.append(("transform", "rotate(\(numbers))"))
    return copy
  }

  /// Writes the node, one line for each but for titles and text.
  func write(to document: inout String, depth: Int = 0) {
    document += String(repeating: " ", count: depth) + "<" + name
    for attribute in attributes {
      document += " \(attribute.name)=\"\(SVGEncoding.escaped(attribute.value))\""
    }
    if children.isEmpty && text == nil && hover == nil {
      document += "/>\n"
      return
    }
    document += ">"
    if let hover { document += "<title>\(hover)</title>" }
    if let text { document += SVGEncoding.escaped(text) }
    if !children.isEmpty {
      document += "\n"
      for child in children { child.write(to: &document, depth: depth + 1) }
      document += String(repeating: " ", count: depth)
    }
    document += "</\(name)>\n"
  }
}
