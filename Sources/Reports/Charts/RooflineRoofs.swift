import Foundation
import Quantities

/// The roofs of a roofline: slopes of the memories, horizontal lines of the peaks, ridge points
/// where they meet.
struct RooflineRoofs: Sendable {
  static let sheet = Paint.stroke(Palette.softInk, width: 1.5)
  static let achieved = Paint.stroke(Palette.softInk, width: 1.3, dash: [6, 4])

  struct Line: Sendable {
    let from: Position
    let to: Position
    let name: String
    let isAchieved: Bool
    let isSlope: Bool
    /// Where on the right margin its name belongs.
    var end: Double { to.y }
  }

  let plot: Plot
  let lines: [Line]
  private let ridges: [(place: Position, text: String)]

  init(
    peaks: [RooflineChart.Roof<FLOPPerSecond>], bandwidths: [RooflineChart.Roof<BytesPerSecond>],
    plot: Plot
  ) {
    self.plot = plot
    let (x, y) = (plot.x.domain, plot.y.domain)
    /// The highest of those with the same standing, or of all.
    func highest<Rate>(_ roofs: [RooflineChart.Roof<Rate>], _ isAchieved: Bool) -> Double? {
      let same = roofs.filter { $0.isAchieved == isAchieved }
      return (same.isEmpty ? roofs : same).map(\.rate.value).max()
    }
    var lines: [Line] = []
    for roof in bandwidths {
      let rate = roof.rate.value
      let top = min(highest(peaks, roof.isAchieved) ?? y.high, y.high)
      let (low, high) = (max(x.low, y.low / rate), min(x.high, top / rate))
      guard low < high else { continue }
      lines.append(
        Line(
          from: plot.position(low, low * rate), to: plot.position(high, high * rate),
          name: "\(roof.name) \(roof.rate)", isAchieved: roof.isAchieved, isSlope: true))
    }
    for roof in peaks {
      let rate = roof.rate.value
      let start = highest(bandwidths, roof.isAchieved).map { max(x.low, rate / $0) } ?? x.low
      lines.append(
        Line(
          from: plot.position(min(start, x.high), rate), to: plot.position(x.high, rate),
          name: RooflineChart.text(roof), isAchieved: roof.isAchieved, isSlope: false))
    }
    self.lines = lines
    ridges = bandwidths.flatMap { bandwidth in
      peaks.filter { $0.isAchieved == bandwidth.isAchieved }.map { peak in
        let ridge = peak.rate / bandwidth.rate
        return (
          plot.position(ridge.value, peak.rate.value),
          "ridge point of \(bandwidth.name) and \(peak.name): \(ridge)"
        )
      }
    }
  }

  var elements: [SVGElement] {
    lines.map { line in
      SVGElement.line(line.from, line.to, line.isAchieved ? Self.achieved : Self.sheet)
        .classed(line.isSlope ? "bandwidth" : "peak").hover([line.name])
    }
      + ridges.map { ridge in
        SVGElement.circle(
          ridge.place, radius: 3, Paint.fill(Palette.white).outlined(Palette.softInk, width: 1.2)
        ).classed("ridge").hover([ridge.text])
      }
  }

  // MARK: - Names

  /// Names of the peaks in the right margin, names of the memories along their slopes.
  func labels(_ placer: inout LabelPlacer) -> [SVGElement] {
    peakLabels + lines.filter(\.isSlope).compactMap { slopeLabel($0, &placer) }
  }

  private var peakLabels: [SVGElement] {
    let peaks = lines.filter { !$0.isSlope }
    let style = TextStyle.label
    let range = (plot.box.y)...(plot.box.bottom)
    guard let heights = LabelColumn.spread(peaks.map(\.end), spacing: 14, within: range) else {
      return []
    }
    return zip(peaks, heights).flatMap { peak, height in
      [
        .path(
          [
            Position(plot.box.right + 2, peak.end), Position(plot.box.right + 8, peak.end),
            Position(plot.box.right + 14, height), Position(plot.box.right + 16, height),
          ], .stroke(Palette.rest, width: 0.8)),
        SVGElement.text(
          peak.name, at: Position(plot.box.right + 19, height + style.rise), style
        ).classed("label"),
      ]
    }
  }

  /// A name above or below its slope, where it covers least; the upper end is tried last.
  private func slopeLabel(_ line: Line, _ placer: inout LabelPlacer) -> SVGElement? {
    let style = TextStyle.label
    let length = line.from.distance(to: line.to)
    let name = TextMeasure.shortened(line.name, toWidth: length - 40, size: style.size)
    let width = style.width(name)
    guard length > 90 else { return nil }
    let along = Position((line.to.x - line.from.x) / length, (line.to.y - line.from.y) / length)
    let others = lines.filter { $0.from != line.from || $0.to != line.to }
      .map { (from: $0.from, to: $0.to) }
    var best: (cost: Double, start: Position, boxes: [Box])?
    for step in 0..<8 {
      for (side, isBelow) in [(6.0, false), (-6.0 - 0.7 * style.size, true)] {
        let offset = 16 + (length - width - 40) * Double(step) / 7
        // The baseline runs parallel to the slope; `side` is how far above it lies.
        let start = Position(
          line.from.x + along.x * offset + along.y * side,
          line.from.y + along.y * offset - along.x * side)
        let boxes = TextMeasure.boxes(width: width, size: style.size, from: start, along: along)
        let cost =
          placer.cost(of: boxes, crossing: others) + 0.05 * Double(step) + (isBelow ? 0.1 : 0)
        if cost < best?.cost ?? .infinity { best = (cost, start, boxes) }
      }
    }
    guard let best else { return nil }
    for box in best.boxes { placer.take(box) }
    let degrees = atan2(along.y, along.x) * 180 / .pi
    return SVGElement.text(name, at: best.start, style).rotated(degrees, about: best.start)
      .classed("label")
  }
}
