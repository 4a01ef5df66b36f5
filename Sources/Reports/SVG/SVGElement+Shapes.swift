extension SVGElement {
  static func group(_ name: String, _ children: [SVGElement]) -> SVGElement {
    SVGElement("g", [("class", name)], children: children)
  }

  static func rectangle(_ box: Box, _ paint: Paint) -> SVGElement {
    SVGElement(
      "rect",
      numbers([
        ("x", box.x), ("y", box.y), ("width", max(0, box.width)), ("height", max(0, box.height)),
      ]) + paint.attributes)
  }

  static func line(_ from: Position, _ to: Position, _ paint: Paint) -> SVGElement {
    SVGElement(
      "line",
      numbers([("x1", from.x), ("y1", from.y), ("x2", to.x), ("y2", to.y)])
        + paint.attributes.filter { $0.name != "fill" })
  }

  static func circle(_ center: Position, radius: Double, _ paint: Paint) -> SVGElement {
    SVGElement(
      "circle",
      numbers([("cx", center.x), ("cy", center.y), ("r", max(0, radius))]) + paint.attributes)
  }

  /// Straight pieces through the places, closed where it is an area.
  static func path(_ places: [Position], closed: Bool = false, _ paint: Paint) -> SVGElement {
    let steps = places.enumerated().map { index, place in
      "\(index == 0 ? "M" : "L")\(SVGEncoding.number(place.x)) \(SVGEncoding.number(place.y))"
    }
    let data = (steps + (closed ? ["Z"] : [])).joined(separator: " ")
    return SVGElement("path", [("d", data)] + paint.attributes)
  }

  /// One line of text whose baseline starts, ends or is centred at a place.
  static func text(_ text: String, at place: Position, _ style: TextStyle) -> SVGElement {
    SVGElement("text", numbers([("x", place.x), ("y", place.y)]) + style.attributes, text: text)
  }

  private static func numbers(
    _ pairs: [(String, Double)]
  ) -> [(name: String, value: String)] {
    pairs.map { (name: $0.0, value: SVGEncoding.number($0.1)) }
  }
}
