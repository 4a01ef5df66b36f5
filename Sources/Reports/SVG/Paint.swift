/// How a shape is filled and outlined.
struct Paint: Sendable {
  var fill: Palette.Color?
  var stroke: Palette.Color?
  var width = 1.0
  /// Lengths of dashes and gaps, in pixels; none for a solid line.
  var dash: [Double] = []
  var opacity = 1.0

  static func fill(_ color: Palette.Color, opacity: Double = 1) -> Paint {
    Paint(fill: color, opacity: opacity)
  }

  static func stroke(
    _ color: Palette.Color, width: Double = 1, dash: [Double] = []
  ) -> Paint {
    Paint(stroke: color, width: width, dash: dash)
  }

  /// The outline of a filled shape: white, so that neighbours stay apart.
  func outlined(_ color: Palette.Color = Palette.white, width: Double = 1) -> Paint {
    var copy = self
    copy.stroke = color
    copy.width = width
    return copy
  }

  var attributes: [(name: String, value: String)] {
    var result = [("fill", fill?.hex ?? "none")]
    if fill != nil && opacity < 1 { result.append(("fill-opacity", SVGEncoding.number(opacity))) }
    if let stroke {
      result.append(("stroke", stroke.hex))
      if width != 1 { result.append(("stroke-width", SVGEncoding.number(width))) }
      if !dash.isEmpty {
        let lengths = dash.map(SVGEncoding.number).joined(separator: " ")
        result.append(("stroke-dasharray", lengths))
      }
    }
    return result.map { (name: $0.0, value: $0.1) }
  }
}
