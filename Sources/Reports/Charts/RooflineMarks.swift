import Quantities

/// The operations of a roofline as circles.
struct RooflineMarks: Sendable {
  struct Mark: Sendable {
    let operation: RooflineChart.Operation
    let share: Double
    /// FLOP for each byte; infinite without traffic.
    let intensity: Double
    /// FLOP for each second.
    let rate: Double
    var isMovement: Bool { rate == 0 }
  }

  struct Circle: Sendable {
    let mark: Mark
    let center: Position
    let radius: Double
    let element: SVGElement
  }

  /// Width of the column of operations without arithmetic.
  static let columnWidth = 46.0
  private static let leastRadius = 2.0
  private static let labelCount = 5

  /// Longest first, so that small circles lie on large ones.
  let all: [Mark]
  let leftOut: Int
  let groups: ChartGroups
  /// A circle of share s has the radius `scale · √s`.
  private let scale: Double

  init(_ operations: [RooflineChart.Operation]) {
    func isAmount(_ value: Double) -> Bool { value >= 0 && value < 1e100 }
    let drawn = operations.filter {
      RooflineChart.isDrawable($0.time.value) && isAmount($0.work.value)
        && isAmount($0.traffic.value)
    }
    groups = ChartGroups(drawn.map { ($0.group, $0.time.value) }, order: .amount)
    let total = groups.total
    let marks = drawn.map { operation in
      let work = RooflineChart.isDrawable(operation.work.value) ? operation.work.value : 0
      return Mark(
        operation: operation, share: operation.time.value / total,
        intensity: work > 0 ? work / operation.traffic.value : 0,
        rate: work / operation.time.value)
    }
    let order = marks.indices.sorted { (marks[$1].share, $0) < (marks[$0].share, $1) }
    all = order.map { marks[$0] }
    leftOut = operations.count - drawn.count
    scale = min(40, 20 / max(1e-6, all.first?.share ?? 1).squareRoot())
  }

  var hasMovement: Bool { all.contains(where: \.isMovement) }

  private func radius(_ share: Double) -> Double {
    max(Self.leastRadius, scale * share.squareRoot())
  }

  /// A round share whose circle fits into a legend.
  var areaKey: (share: Double, radius: Double)? {
    guard all.count > 1 else { return nil }
    let share = [0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005].first { radius($0) <= 8 }
    return share.map { ($0, radius($0)) }
  }

  // MARK: - Drawing

  func placed(in plot: Plot) -> [Circle] {
    let heights = columnHeights(in: plot)
    var moved = 0
    return all.map { mark in
      let center: Position
      if mark.isMovement {
        center = Position(plot.box.x + Self.columnWidth / 2, heights[moved])
        moved += 1
      } else {
        let intensity = min(max(mark.intensity, plot.x.domain.low), plot.x.domain.high)
        center = plot.position(intensity, mark.rate)
      }
      let radius = radius(mark.share)
      let color = groups.color(mark.operation.group)
      let paint = Paint.fill(color, opacity: 0.55).outlined(color.dark, width: 0.7)
      let element = SVGElement.circle(center, radius: radius, paint)
        .classed(mark.isMovement ? "movement" : "operation").hover(hover(mark))
      return Circle(mark: mark, center: center, radius: radius, element: element)
    }
  }

  /// Heights of the circles in the column, stacked from below, closer where they are too many.
  private func columnHeights(in plot: Plot) -> [Double] {
    let radii = all.filter(\.isMovement).map { radius($0.share) }
    let length = radii.reduce(0) { $0 + 2 * $1 + 2 }
    let room = plot.box.height - 100
    let squeeze = min(1, room / max(length, 1))
    var height = plot.box.bottom - 4
    return radii.map { radius in
      height -= (2 * radius + 2) * squeeze
      return height + radius * squeeze
    }
  }

  /// The ground of the column of operations without arithmetic.
  func column(in plot: Plot) -> SVGElement {
    guard hasMovement else { return .group("column", []) }
    let box = Box(
      x: plot.box.x, y: plot.box.y, width: Self.columnWidth, height: plot.box.height)
    let middle = box.x + box.width / 2
    let place = Position(middle + TextStyle.note.rise, box.y + 8)
    return .group(
      "column",
      [
        .rectangle(box, .fill(Palette.faintGrid)),
        .text("no arithmetic", at: place, .note.anchored(.end)).rotated(-90, about: place),
        .text("0", at: Position(middle, box.bottom + 18), .tick.anchored(.middle)),
      ])
  }

  /// Names beside the largest circles, as far as there is room; one for those in one place.
  func labels(_ circles: [Circle], _ placer: inout LabelPlacer) -> [SVGElement] {
    let style = TextStyle.label
    var elements: [SVGElement] = []
    var named: [Position] = []
    for circle in circles where circle.mark.share >= 0.01 && !circle.mark.isMovement {
      if named.count == Self.labelCount { break }
      if named.contains(where: { $0.distance(to: circle.center) < 40 }) { continue }
      let name = TextMeasure.shortened(circle.mark.operation.name, toWidth: 170, size: style.size)
      let label = placer.label(
        name, style, beside: circle.center, radius: circle.radius, limit: 2.9)
      if !label.isEmpty { named.append(circle.center) }
      elements += label
    }
    return elements
  }

  private func hover(_ mark: Mark) -> [String] {
    let operation = mark.operation
    var lines = [operation.name]
    if !operation.group.isEmpty { lines.append(operation.group) }
    lines.append("\(operation.time), \(ShareText.text(mark.share)) of the time")
    if mark.isMovement {
      lines.append("no arithmetic, \(operation.traffic / operation.time) moved")
    } else {
      lines.append(
        mark.intensity.isFinite ? "\(FLOPPerByte(mark.intensity))" : "moves nothing")
      lines.append("\(FLOPPerSecond(mark.rate))")
    }
    if !operation.bound.isEmpty { lines.append("bound by \(operation.bound)") }
    return lines
  }
}
