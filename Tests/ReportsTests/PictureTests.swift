import Foundation
import Reports
import Testing

@Suite("Every picture") struct PictureTests {
  /// `PICTURES=folder swift test --filter PictureTests` writes all of them, to be looked at.
  @Test("is an XML document in which every number is one", arguments: Samples.all.map(\.name))
  func document(name: String) throws {
    let sample = try #require(Samples.all.first { $0.name == name })
    let picture = try Picture(sample.svg)
    #expect(picture.nodes.first?.name == "svg")
    #expect(picture.size.width == 900)
    let words: Set = [
      "class", "fill", "stroke", "d", "transform", "text-anchor", "font-weight", "font-family",
      "xmlns", "viewBox", "role", "aria-label", "stroke-dasharray",
    ]
    for node in picture.nodes {
      for (attribute, value) in node.attributes where !words.contains(attribute) {
        #expect(Double(value)?.isFinite == true, "\(node.name) \(attribute)=\(value)")
      }
      for attribute in ["d", "transform", "viewBox"] {
        let text = node.attributes[attribute] ?? ""
        #expect(!text.contains("nan") && !text.contains("inf"), "\(node.name) \(text)")
      }
      if !name.hasPrefix("hostile") {
        #expect(!"\(node.text) \(node.hover)".contains(" nan"), "\(node.text) \(node.hover)")
      }
    }
    if let folder = ProcessInfo.processInfo.environment["PICTURES"] {
      try sample.svg.write(toFile: "\(folder)/\(name).svg", atomically: true, encoding: .utf8)
    }
  }

  @Test("has no text on another one and none beyond the sheet", arguments: Samples.all.map(\.name))
  func overlaps(name: String) throws {
    let sample = try #require(Samples.all.first { $0.name == name })
    let picture = try Picture(sample.svg)
    let sheet = Box(x: 0, y: 0, width: picture.size.width, height: picture.size.height)
    let texts = picture.nodes.filter { $0.name == "text" }.map { ($0.text, $0.boxes) }
    #expect(!texts.isEmpty)
    for (index, (text, boxes)) in texts.enumerated() {
      #expect(boxes.allSatisfy(sheet.contains), "'\(text)' leaves the sheet")
      for (other, others) in texts[(index + 1)...] {
        let isApart = boxes.allSatisfy { box in !others.contains(where: box.overlaps) }
        #expect(isApart, "'\(text)' lies on '\(other)'")
      }
    }
  }

  @Test(
    "says so where there is nothing to show",
    arguments: Samples.all.map(\.name).filter { $0.hasSuffix("empty") })
  func empty(name: String) throws {
    let sample = try #require(Samples.all.first { $0.name == name })
    let picture = try Picture(sample.svg)
    #expect(picture.all("text", "empty").first?.text.hasPrefix("nothing to show") == true)
    #expect(picture.all("circle", "point").isEmpty && picture.all("text", "x-tick").isEmpty)
  }

  @Test("keeps a name that tries to break out") func escaping() throws {
    let picture = try Picture(Samples.hostile.svg)
    let title = try #require(picture.all("text", "head").first)
    #expect(title.text.hasPrefix("<&\"'>   [31m") && title.text.contains("👩‍👩‍👧‍👦 畳み込み"))
    #expect(title.text.contains("…"))
    let point = try #require(picture.all("circle", "point").first)
    #expect(point.lines[0].hasPrefix("<&\"'>") && point.lines[0].count <= 200)
    let name = try #require(picture.all("text", "label").first).text
    #expect(name.hasPrefix("<&\"'>") && TextMeasure.width(name, size: 11) <= 260)
  }

  @Test("is the same when drawn again") func deterministic() {
    let chart = Samples.roofline
    #expect(chart.svg == chart.svg)
    let crowd = Samples.crowd
    #expect(crowd.svg == crowd.svg)
    #expect(Samples.breakdown(.absolute).svg == Samples.breakdown(.absolute).svg)
  }
}
