import Predictions
import Quantities
import Reports

extension Samples {
  static let sweep: LineChart = {
    var noise = Noise(9)
    let batches = [1.0, 2, 4, 8, 16, 32, 64, 128, 256]
    let devices = [
      ("A100", 0.9e-3, 7e-5), ("H100", 0.7e-3, 3.6e-5), ("L4", 0.95e-3, 2.6e-4),
      ("T4", 1.5e-3, 5.2e-4),
    ]
    let series = devices.flatMap { name, start, slope in
      [
        LineChart.Series(
          name,
          batches.map { batch in
            let time = max(start, slope * batch) + 0.25 * min(start, slope * batch)
            return (batch, ChartValue(time, low: 0.86 * time, high: 1.15 * time, coverage: 0.9))
          }),
        LineChart.Series(
          name,
          batches.filter { $0 != 2 && $0 != 64 }.map { batch in
            let time = max(start, slope * batch) + 0.25 * min(start, slope * batch)
            return (batch, ChartValue(time * (0.9 + 0.2 * noise.next())))
          }, origin: .measured),
      ]
    }
    return LineChart(
      title: "Latency of ResNet-50 against the batch",
      subtitle: "fp16, 224 × 224 · bands hold 90 %",
      x: .number("batch", .logarithmic, marks: batches),
      y: .quantity("latency", Seconds.self, .logarithmic), series: series)
  }()

  static let scaling: LineChart = {
    func rate(_ devices: Double, _ loss: Double) -> Double { 31 * devices / (1 + loss * devices) }
    let counts = (0...8).map { Double(8 * $0) }
    return LineChart(
      title: "Throughput against the number of devices",
      subtitle: "data-parallel training of a 7B language model, made up",
      x: .number("devices"), y: .number("throughput", unit: "samples/s"),
      series: [
        .init("ring", counts.map { ($0, ChartValue(rate($0, 0.006))) }),
        .init("tree", counts.map { ($0, ChartValue(rate($0, 0.0055))) }),
        .init("ideal", [(0, ChartValue(0)), (64, ChartValue(31 * 64))], origin: .reference),
        .init(
          "measured",
          [8, 16, 24, 40, 64].map { count in
            let value = rate(count, 0.0064)
            return (count, ChartValue(value, low: 0.95 * value, high: 1.04 * value))
          }, origin: .measured),
      ])
  }()

  static let manyLines = LineChart(
    title: "Forty curves", subtitle: "more than there is room for names beside them",
    x: .number("context", .logarithmic), y: .quantity("time to first token", Seconds.self),
    series: (0..<40).map { index in
      .init(
        "model \(index)",
        [128, 512, 2048, 8192, 32768].map { ($0, ChartValue($0 * 1e-5 * Double(index + 1))) })
    })

  static let oneValue = LineChart(
    title: "One value", subtitle: "a curve of one point", x: .number("batch"),
    y: .quantity("latency", Seconds.self), series: [.init("A100", [(1, ChartValue(0.0012))])])

  static let emptyLine = LineChart(
    title: "Nothing", subtitle: "", x: .number("batch"), y: .quantity("latency", Seconds.self),
    series: [.init("A100", [(.infinity, ChartValue(1)), (1, ChartValue(.nan))])])
}
