import Foundation
import Quantities
import Reports
import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// An SVG document as a reader's program sees it.
final class Picture: NSObject, XMLParserDelegate {
  struct Node {
    let name: String
    let attributes: [String: String]
    /// Classes of the groups around it, outermost first, and its own.
    let classes: [String]
    var text = ""
    var hover = ""

    func number(_ attribute: String) -> Double {
      attributes[attribute].flatMap(Double.init) ?? .nan
    }
    var place: (x: Double, y: Double) { (number("x"), number("y")) }
    var center: (x: Double, y: Double) { (number("cx"), number("cy")) }
    var lines: [String] { hover.split(separator: "\n").map(String.init) }
  }

  private(set) var nodes: [Node] = []
  private var open: [(isTitle: Bool, index: Int, classes: [String])] = []

  /// - Throws: what the parser refuses.
  init(_ svg: String) throws {
    super.init()
    let parser = XMLParser(data: Data(svg.utf8))
    parser.delegate = self
    if !parser.parse() { throw parser.parserError ?? CocoaError(.fileReadCorruptFile) }
  }

  func all(_ name: String, _ className: String) -> [Node] {
    nodes.filter { $0.name == name && $0.classes.contains(className) }
  }

  /// The sheet's width and height.
  var size: (width: Double, height: Double) {
    nodes.first.map { ($0.number("width"), $0.number("height")) } ?? (0, 0)
  }

  // MARK: - XMLParserDelegate

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
    qualifiedName: String?, attributes: [String: String]
  ) {
    let around = open.last?.classes ?? []
    if name == "title" {
      open.append((true, open.last?.index ?? 0, around))
    } else {
      let classes = around + (attributes["class"].map { [$0] } ?? [])
      nodes.append(Node(name: name, attributes: attributes, classes: classes))
      open.append((false, nodes.count - 1, classes))
    }
  }

  func parser(
    _ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?
  ) {
    open.removeLast()
  }

  func parser(_ parser: XMLParser, foundCharacters text: String) {
    guard let last = open.last else { return }
    if last.isTitle {
      nodes[last.index].hover += text
    } else if nodes[last.index].name == "text" {
      nodes[last.index].text += text
    }
  }
}

// MARK: - Reading axes

extension Picture {
  /// Which value stands at a pixel, as a reader finds it: from two numbers at the axis.
  struct Ruler {
    let isLogarithmic: Bool
    let marks: [(pixel: Double, value: Double)]

    func value(_ pixel: Double) -> Double {
      guard let first = marks.first, let last = marks.last, marks.count > 1 else { return .nan }
      let share = (pixel - first.pixel) / (last.pixel - first.pixel)
      return isLogarithmic
        ? first.value * pow(last.value / first.value, share)
        : first.value + share * (last.value - first.value)
    }

    func pixel(_ value: Double) -> Double {
      guard let first = marks.first, let last = marks.last, marks.count > 1 else { return .nan }
      let share =
        isLogarithmic
        ? log(value / first.value) / log(last.value / first.value)
        : (value - first.value) / (last.value - first.value)
      return first.pixel + share * (last.pixel - first.pixel)
    }
  }

  /// The horizontal (`x`) or the vertical (`y`) axis of a physical amount, read by `Quantities`.
  func ruler<Amount: Quantity>(
    _ axis: String, _ kind: Amount.Type, isLogarithmic: Bool
  ) throws -> Ruler {
    let unit = try #require(all("text", "\(axis)-title").first).unit
    let marks = try all("text", "\(axis)-tick").map { tick in
      (
        axis == "x" ? tick.place.x : tick.place.y - 0.35 * tick.number("font-size"),
        try Amount(parsing: tick.plainNumber + unit).value
      )
    }
    return Ruler(isLogarithmic: isLogarithmic, marks: marks)
  }

  /// An axis of plain numbers.
  func ruler(_ axis: String, isLogarithmic: Bool = false) throws -> Ruler {
    let marks = try all("text", "\(axis)-tick").map { tick in
      (
        axis == "x" ? tick.place.x : tick.place.y - 0.35 * tick.number("font-size"),
        try #require(Double(tick.plainNumber))
      )
    }
    return Ruler(isLogarithmic: isLogarithmic, marks: marks)
  }
}

extension Picture.Node {
  /// What stands in parentheses at the end of an axis title.
  var unit: String {
    guard text.hasSuffix(")"), let start = text.lastIndex(of: "(") else { return "" }
    return String(text[text.index(after: start)...].dropLast())
  }

  /// The places that a path goes through.
  var corners: [(x: Double, y: Double)] {
    let numbers = (attributes["d"] ?? "").split(separator: " ")
      .compactMap { Double($0.drop { $0 == "M" || $0 == "L" }) }
    return stride(from: 0, to: numbers.count - 1, by: 2).map { (numbers[$0], numbers[$0 + 1]) }
  }

  /// `2.5×10⁷` as `2.5e7`, `25,000` as `25000`.
  var plainNumber: String {
    let isPower = text.contains { "⁰¹²³⁴⁵⁶⁷⁸⁹".contains($0) }
    let head = text.replacing(",", with: "").replacing("−", with: "-").replacing("×10", with: "e")
    let number = isPower && head.hasPrefix("10") ? "1e" + head.dropFirst(2) : head
    let digits = Array("⁰¹²³⁴⁵⁶⁷⁸⁹")
    return String(
      number.map { letter in
        letter == "⁻" ? "-" : digits.firstIndex(of: letter).map { Character("\($0)") } ?? letter
      })
  }

  /// What a line of text covers, in several boxes where it is turned.
  var boxes: [Box] {
    let size = number("font-size")
    let isBold = attributes["font-weight"] == "bold"
    let anchor = attributes["text-anchor"]
    let shift = anchor == "end" ? 1.0 : anchor == "middle" ? 0.5 : 0
    guard let turn = attributes["transform"] else {
      return [
        TextMeasure.box(
          text, x: place.x, baseline: place.y, size: size, isBold: isBold, shift: shift)
      ]
    }
    let degrees = turn.dropFirst("rotate(".count).prefix { $0 != " " }
    let angle = (Double(degrees) ?? .nan) * .pi / 180
    let width = TextMeasure.width(text, size: size, isBold: isBold)
    let along = Position(cos(angle), sin(angle))
    let start = Position(
      place.x - along.x * shift * width, place.y - along.y * shift * width)
    return TextMeasure.boxes(width: width, size: size, from: start, along: along)
  }
}
