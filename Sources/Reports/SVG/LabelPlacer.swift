/// Finds places for labels, one after another, where they cover nothing that was there before.
struct LabelPlacer: Sendable {
  typealias Line = (from: Position, to: Position)

  /// Where labels may lie.
  let area: Box
  /// What a label should not cover; large circles count more.
  var circles: [(center: Position, radius: Double)] = []
  /// What a label should not cross.
  var lines: [Line] = []
  /// What a label must never cover: other labels, and the lines that lead to them.
  private var taken: [Box] = []
  private var leaders: [Line] = []

  init(area: Box) { self.area = area }

  mutating func take(_ box: Box) { taken.append(box) }

  /// A label beside a circle, with a line that leads to it where it lies far off; empty where no
  /// place costs at most `limit`: 3 for each line that is crossed, up to 3 for each circle that is
  /// covered, 0.4 for each step away from the circle.
  mutating func label(
    _ text: String, _ style: TextStyle, beside center: Position, radius: Double, limit: Double
  ) -> [SVGElement] {
    let width = style.width(text)
    var best: (cost: Double, box: Box, across: Double, leader: Line?)?
    for (step, gap) in [3.0, 9, 16, 26, 40].enumerated() {
      let least = 0.4 * Double(step)
      if least > min(limit, best?.cost ?? .infinity) { break }
      for (across, down) in Self.directions {
        // The side or the corner that faces the circle lies at its rim.
        let reach = (radius + gap) * (across != 0 && down != 0 ? 0.7 : 1)
        let box = Box(
          x: center.x + across * reach - width * (1 - across) / 2,
          y: center.y + down * reach - style.size * (1 - down) / 2, width: width,
          height: style.size)
        let leader = step > 1 ? Self.leader(from: center, radius, to: box) : nil
        let cost = least + cost(of: box) + (leader.map(cost) ?? 0)
        if cost <= limit, cost < best?.cost ?? .infinity { best = (cost, box, across, leader) }
      }
    }
    guard let best else { return [] }
    taken.append(best.box)
    // The edge towards the circle is kept where the text is narrower than estimated.
    let anchor: TextStyle.Anchor = best.across > 0 ? .start : best.across < 0 ? .end : .middle
    let x = best.box.x + best.box.width * (1 - best.across) / 2
    let baseline = Position(x, best.box.y + 0.8 * style.size)
    let name = SVGElement.text(text, at: baseline, style.anchored(anchor)).classed("label")
    guard let leader = best.leader else { return [name] }
    leaders.append(leader)
    let paint = Paint.stroke(Palette.rest, width: 0.8)
    return [.line(leader.from, leader.to, paint).classed("leader"), name]
  }

  private static let directions: [(Double, Double)] = [
    (1, 0), (-1, 0), (0, -1), (0, 1), (1, -1), (-1, -1), (1, 1), (-1, 1),
  ]

  /// From the rim of a circle to the nearest place of a label.
  private static func leader(from center: Position, _ radius: Double, to box: Box) -> Line {
    let end = Position(
      min(max(center.x, box.x - 2), box.right + 2), min(max(center.y, box.y), box.bottom))
    let share = radius / max(radius, center.distance(to: end))
    let start = Position(
      center.x + (end.x - center.x) * share, center.y + (end.y - center.y) * share)
    return (start, end)
  }

  /// How much a label in several pieces covers, where it may cross no other lines than these.
  func cost(of boxes: [Box], crossing lines: [Line]) -> Double {
    var copy = self
    copy.lines = lines
    return boxes.reduce(0) { $0 + copy.cost(of: $1) }
  }

  private func cost(of box: Box) -> Double {
    let padded = Box(x: box.x - 2, y: box.y - 1, width: box.width + 4, height: box.height + 2)
    func meets(_ line: Line) -> Bool { padded.meetsLine(from: line.from, to: line.to) }
    if !area.contains(box) || taken.contains(where: padded.overlaps)
      || leaders.contains(where: meets)
    {
      return .infinity
    }
    var cost = 3 * Double(lines.lazy.filter(meets).count)
    for circle in circles where padded.overlapsCircle(circle.center, radius: circle.radius) {
      cost += min(3, 0.5 * circle.radius)
    }
    return cost
  }

  /// A line to a label may not run through another label, and should not cross what is drawn.
  private func cost(of leader: Line) -> Double {
    if taken.contains(where: { $0.meetsLine(from: leader.from, to: leader.to) }) {
      return .infinity
    }
    return 1.5 * Double(lines.lazy.filter { Self.cross($0, leader) }.count)
  }

  /// Whether two lines cross: the ends of each lie on both sides of the other.
  private static func cross(_ one: Line, _ other: Line) -> Bool {
    func side(_ line: Line, _ place: Position) -> Bool {
      (line.to.x - line.from.x) * (place.y - line.from.y)
        > (line.to.y - line.from.y) * (place.x - line.from.x)
    }
    return side(one, other.from) != side(one, other.to)
      && side(other, one.from) != side(other, one.to)
  }
}
