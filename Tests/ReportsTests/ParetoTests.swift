import Predictions
import Quantities
import Reports
import Testing

@Suite("Pareto chart") struct ParetoTests {
  /// On a grid of few values, so that equal points and equal coordinates occur.
  private func points(_ seed: UInt64, _ count: Int) -> [(x: Double, y: Double)] {
    var noise = Samples.Noise(seed)
    return (0..<count).map { _ in
      ((9 * noise.next()).rounded(), (9 * noise.next()).rounded())
    }
  }

  /// Every point against every other.
  private func bruteForce(_ points: [(x: Double, y: Double)]) -> Set<Int> {
    Set(
      points.indices.filter { index in
        !points.contains { other in
          other.x <= points[index].x && other.y <= points[index].y
            && (other.x < points[index].x || other.y < points[index].y)
        }
      })
  }

  @Test("the front is every point that no other beats", arguments: 0..<40 as Range<UInt64>)
  func front(seed: UInt64) {
    let points = points(seed, Int(seed) * 2)
    let front = ParetoFront.indices(points)
    #expect(Set(front) == bruteForce(points) && front.count == Set(front).count)
    #expect(zip(front, front.dropFirst()).allSatisfy { points[$0].x <= points[$1].x })
  }

  @Test(
    "each pair of aims has its own front",
    arguments: [ParetoChart.Aim.lower, .higher], [ParetoChart.Aim.lower, .higher])
  func aims(xAim: ParetoChart.Aim, yAim: ParetoChart.Aim) throws {
    let points = points(7, 40)
    let picture = try Picture(
      ParetoChart(
        title: "t", subtitle: "s", x: .number("x"), y: .number("y"), xAim: xAim, yAim: yAim,
        points: points.enumerated().map {
          .init("\($0)", x: ChartValue($1.x), y: ChartValue($1.y))
        }
      ).svg)
    let expected = bruteForce(
      points.map { (xAim == .lower ? $0.x : -$0.x, yAim == .lower ? $0.y : -$0.y) })
    let drawn = picture.all("circle", "efficient").compactMap { Int($0.lines[0]) }
    #expect(Set(drawn) == expected)
    #expect(picture.all("circle", "dominated").count == points.count - expected.count)
    // What the front beats lies between its steps and the bad ends of both axes.
    let y = try picture.ruler("y")
    let x = try picture.ruler("x")
    let corners = try #require(picture.all("path", "front").first).corners
    let (first, last) = (try #require(corners.first), try #require(corners.last))
    let (xs, ys) = (points.map(\.x).sorted(), points.map(\.y).sorted())
    #expect(yAim == .higher ? y.value(first.y) < ys[0] : y.value(first.y) > ys[39])
    #expect(xAim == .higher ? x.value(last.x) < xs[0] : x.value(last.x) > xs[39])
  }

  @Test("points, whiskers and limit lie where the axes say") func places() throws {
    let picture = try Picture(Samples.pareto.svg)
    let x = try picture.ruler("x", Seconds.self, isLogarithmic: true)
    let y = try picture.ruler("y")
    #expect(picture.all("circle", "point").count == Samples.models.count)
    for (name, latency, accuracy) in Samples.models {
      let circle = try #require(
        picture.all("circle", "point").first { $0.lines[0] == name })
      #expect(abs(x.value(circle.center.x) / (1e-3 * latency) - 1) < 1e-3)
      #expect(abs(y.value(circle.center.y) - accuracy) < 0.01)
      let whisker = try #require(
        picture.all("line", "whiskers").first {
          $0.classes.last == "interval" && $0.number("y1") == circle.center.y
        })
      #expect(abs(x.value(whisker.number("x1")) / (0.92e-3 * latency) - 1) < 1e-3)
      #expect(abs(x.value(whisker.number("x2")) / (1.1e-3 * latency) - 1) < 1e-3)
    }
    let limit = try #require(picture.all("line", "limit").first)
    #expect(abs(x.value(limit.number("x1")) - 0.005) < 1e-5)
    #expect(limit.hover == "limit: 5.00 ms")
  }

  @Test("a small front is named in full number, dominated points only when pointed at")
  func names() throws {
    let picture = try Picture(Samples.pareto.svg)
    let labels = picture.all("text", "label").map(\.text).filter { !$0.hasPrefix("limit") }
    #expect(labels.count == picture.all("circle", "efficient").count)
    #expect(labels.contains("regnety_032.ra_in1k") && !labels.contains("resnet50.a1_in1k"))
    #expect(picture.all("circle", "dominated").contains { $0.lines[0] == "resnet50.a1_in1k" })
  }

  @Test("the front is drawn in level and upright steps through its points") func steps() throws {
    let picture = try Picture(Samples.pareto.svg)
    let corners = try #require(picture.all("path", "front").first).corners
    for (one, next) in zip(corners, corners.dropFirst()) {
      #expect(one.x == next.x || one.y == next.y)
    }
    for circle in picture.all("circle", "efficient") {
      #expect(corners.contains { ($0.x, $0.y) == circle.center })
    }
  }

  @Test("values that an axis cannot show are counted, not drawn") func leftOut() throws {
    let picture = try Picture(
      ParetoChart(
        title: "t", subtitle: "s", x: .quantity("latency", Seconds.self, .logarithmic),
        y: .number("accuracy"),
        points: [
          .init("good", x: ChartValue(1), y: ChartValue(1)),
          .init("zero", x: ChartValue(0), y: ChartValue(1)),
          .init("none", x: ChartValue(1), y: ChartValue(.nan)),
          .init("endless", x: ChartValue(.infinity), y: ChartValue(1)),
        ], limit: -1
      ).svg)
    #expect(picture.all("circle", "point").map { $0.lines[0] } == ["good"])
    #expect(picture.all("text", "note").map(\.text) == ["points without a value, not drawn: 3"])
    #expect(picture.all("line", "limit").isEmpty)
  }
}
