/// An upright rectangle of a picture, in pixels.
package struct Box: Sendable, Hashable {
  package var x: Double
  package var y: Double
  package var width: Double
  package var height: Double

  package init(x: Double, y: Double, width: Double, height: Double) {
    self.x = x
    self.y = y
    self.width = width
    self.height = height
  }

  package var right: Double { x + width }
  package var bottom: Double { y + height }
  var center: Position { Position(x + width / 2, y + height / 2) }

  package func overlaps(_ other: Box) -> Bool {
    x < other.right && other.x < right && y < other.bottom && other.y < bottom
  }

  package func contains(_ other: Box) -> Bool {
    x <= other.x && other.right <= right && y <= other.y && other.bottom <= bottom
  }

  func overlapsCircle(_ center: Position, radius: Double) -> Bool {
    let nearest = Position(
      min(max(center.x, x), right), min(max(center.y, y), bottom))
    return nearest.distance(to: center) < radius
  }

  /// Whether a straight line has a point inside: the part of the line that is between the sides is
  /// cut, side by side.
  func meetsLine(from first: Position, to second: Position) -> Bool {
    var (from, to) = (0.0, 1.0)
    let sides = [
      (first.x, second.x - first.x, x, right), (first.y, second.y - first.y, y, bottom),
    ]
    for (start, step, low, high) in sides {
      if step == 0 {
        if start <= low || start >= high { return false }
      } else {
        let (one, other) = ((low - start) / step, (high - start) / step)
        from = max(from, min(one, other))
        to = min(to, max(one, other))
      }
    }
    return from < to
  }
}
