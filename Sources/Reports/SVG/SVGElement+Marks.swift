extension SVGElement {
  /// A line with a short bar at each end: an interval.
  static func whisker(from: Position, to: Position, _ color: Palette.Color) -> [SVGElement] {
    let isAcross = from.y == to.y
    let (across, down) = isAcross ? (0.0, 3.5) : (3.5, 0.0)
    let paint = Paint.stroke(color, width: 1.2)
    let bars = [from, to].map { end in
      line(Position(end.x - across, end.y - down), Position(end.x + across, end.y + down), paint)
    }
    return [line(from, to, paint).classed("interval")] + bars
  }
}
