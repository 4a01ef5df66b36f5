import Quantities

/// Operations under the roofs of a device: how much arithmetic each does for a byte that it moves,
/// how fast it does it, and how fast it could.
///
/// ```
/// roof(intensity) = min(peak, intensity · bandwidth)
/// ```
///
/// A circle's area is proportional to its share of the time, but for those so small that they
/// would not be seen. Operations without arithmetic stand in a column of their own at the left.
///
/// - Source: S. Williams, A. Waterman, D. Patterson, "Roofline: an insightful visual performance
///   model for multicore architectures", CACM 52(4), 2009.
public struct RooflineChart: Sendable {
  /// A rate that the device cannot exceed.
  public struct Roof<Rate: Quantity>: Sendable {
    let name: String
    let rate: Rate
    let isAchieved: Bool

    /// - Parameters:
    ///   - name: what is limited: `fp16 matrix`, `DRAM`.
    ///   - isAchieved: measured or derated, drawn dashed; otherwise a data sheet says it.
    public init(_ name: String, _ rate: Rate, isAchieved: Bool = false) {
      self.name = name
      self.rate = rate
      self.isAchieved = isAchieved
    }
  }

  public struct Operation: Sendable {
    let name: String
    let group: String
    let work: FLOP
    let traffic: Bytes
    let time: Seconds
    let bound: String

    /// - Parameters:
    ///   - group: the kind of operation, which gives the colour.
    ///   - work: arithmetic; none for what only moves data.
    ///   - traffic: bytes moved to and from the memory that the chart is about.
    ///   - time: how long it takes; what takes none is not drawn.
    ///   - bound: what limits it, for the hover; empty where unknown.
    public init(
      _ name: String, group: String, work: FLOP, traffic: Bytes, time: Seconds, bound: String = ""
    ) {
      self.name = name
      self.group = group
      self.work = work
      self.traffic = traffic
      self.time = time
      self.bound = bound
    }
  }

  let title: String
  let subtitle: String
  let peaks: [Roof<FLOPPerSecond>]
  let bandwidths: [Roof<BytesPerSecond>]
  let operations: [Operation]

  static let plotHeight = 440.0

  /// - Parameters:
  ///   - peaks: rates of arithmetic, horizontal lines.
  ///   - bandwidths: rates of memories, slopes.
  ///   - operations: in any order; a thousand are fine.
  public init(
    title: String, subtitle: String, peaks: [Roof<FLOPPerSecond>],
    bandwidths: [Roof<BytesPerSecond>], operations: [Operation]
  ) {
    self.title = title
    self.subtitle = subtitle
    self.peaks = peaks.filter { Self.isDrawable($0.rate.value) }
    self.bandwidths = bandwidths.filter { Self.isDrawable($0.rate.value) }
    self.operations = operations
  }

  static func isDrawable(_ value: Double) -> Bool { value > 1e-100 && value < 1e100 }

  /// The picture as a document of its own.
  public var svg: String {
    let marks = RooflineMarks(operations)
    let page = ChartPage(
      title: title, subtitle: subtitle, legend: [marks.groups.legend, legend(marks)])
    guard !peaks.isEmpty || !bandwidths.isEmpty || !marks.all.isEmpty else {
      return page.empty("nothing to show: no roof and no operation with a time")
    }
    let margin = peaks.map { TextStyle.label.width(Self.text($0)) + 22 }.max() ?? 0
    let plot = plot(marks, top: page.top, rightMargin: margin)
    let roofs = RooflineRoofs(peaks: peaks, bandwidths: bandwidths, plot: plot)
    let circles = marks.placed(in: plot)
    var placer = LabelPlacer(area: plot.box)
    placer.circles = circles.map { ($0.center, $0.radius) }
    placer.lines = roofs.lines.map { ($0.from, $0.to) }
    let names = roofs.labels(&placer)
    return page.svg(
      [
        plot.grid, marks.column(in: plot), plot.axes, .group("roofs", roofs.elements),
        .group("operations", circles.map(\.element)), .group("labels", names),
        .group("labels", marks.labels(circles, &placer)),
      ], bottom: plot.box.bottom + Plot.footHeight, notes: notes(marks))
  }

  /// `fp16 matrix 312 TFLOP/s`, for the margin.
  static func text<Rate: Quantity>(_ roof: Roof<Rate>) -> String {
    TextMeasure.shortened(
      "\(roof.name) \(roof.rate)", toWidth: 200, size: TextStyle.label.size)
  }

  private func plot(_ marks: RooflineMarks, top: Double, rightMargin: Double) -> Plot {
    let points = marks.all.filter { !$0.isMovement }
    let ridges = peaks.flatMap { peak in bandwidths.map { peak.rate / $0.rate } }
    let intensities = points.map(\.intensity).filter(Self.isDrawable)
    // A decade on each side of the ridge points shows slopes and peaks at length.
    let around = ridges.flatMap { [$0.value / 10, $0.value * 4] }
    let x = ScaleDomain.covering(intensities + around, isLogarithmic: true, padding: 0.04)
    let feet = points.isEmpty ? bandwidths.map { $0.rate.value * x.low } : []
    let rates = points.map(\.rate) + peaks.flatMap { [$0.rate.value, $0.rate.value / 10] }
    let y = ScaleDomain.covering(rates + feet, isLogarithmic: true, padding: 0.06)
    return Plot(
      .quantity("arithmetic intensity", FLOPPerByte.self, .logarithmic), x,
      .quantity("performance", FLOPPerSecond.self, .logarithmic), y, top: top,
      height: Self.plotHeight, rightMargin: rightMargin,
      leadIn: marks.hasMovement ? RooflineMarks.columnWidth : 0)
  }

  private func legend(_ marks: RooflineMarks) -> [Legend.Entry] {
    var entries: [Legend.Entry] = []
    if let key = marks.areaKey {
      let paint = Paint.stroke(Palette.softInk)
      entries.append(
        .init(
          .circle(radius: key.radius, paint), "area of \(ShareText.text(key.share)) of the time"))
    }
    let roofs = peaks.map(\.isAchieved) + bandwidths.map(\.isAchieved)
    if roofs.contains(true) {
      if roofs.contains(false) { entries.append(.init(.line(RooflineRoofs.sheet), "data sheet")) }
      entries.append(.init(.line(RooflineRoofs.achieved), "achieved"))
    }
    return entries
  }

  private func notes(_ marks: RooflineMarks) -> [String] {
    var notes: [String] = []
    let moving = marks.all.filter(\.isMovement)
    if !moving.isEmpty {
      let share = ShareText.text(moving.reduce(0) { $0 + $1.share })
      let count = moving.count == 1 ? "1 operation" : "\(moving.count) operations"
      notes.append("left column: \(count) without arithmetic, \(share) of the time, longest lowest")
    }
    if marks.leftOut > 0 {
      notes.append(
        "\(marks.leftOut) of \(operations.count) operations lack an amount and are not drawn")
    }
    return notes
  }
}
