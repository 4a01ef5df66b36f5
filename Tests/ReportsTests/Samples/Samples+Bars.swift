import Predictions
import Quantities
import Reports

extension Samples {
  static func breakdown(_ lengths: TimeBreakdownChart.Lengths) -> TimeBreakdownChart {
    let kinds = [
      "convolution", "matrix product", "attention", "normalisation", "activation", "pooling",
      "layout", "launch",
    ]
    let devices: [(String, [Double])] = [
      ("A100 SXM 80 GB", [1.31, 0.12, 0.22, 0.21, 0.16, 0.05, 0.04, 0.20]),
      ("RTX 4090", [1.62, 0.15, 0.26, 0.41, 0.33, 0.08, 0.06, 0.24]),
      ("Jetson AGX Orin 64 GB, 50 W", [7.8, 0.7, 1.1, 1.6, 1.3, 0.4, 0.3, 0.9]),
      ("Xeon Gold 6240, 18 cores, AVX-512, oneDNN 3.4", [11.9, 1.3, 1.2, 0.9, 0.7, 0.4, 0.8, 0.1]),
      ("Pixel 6 big core", [19.4, 2.2, 2.1, 2.9, 2.0, 0.9, 1.6, 0.2]),
      ("Raspberry Pi 5", [24.1, 2.8, 2.4, 2.2, 1.9, 0.9, 1.2, 0.1]),
    ]
    return TimeBreakdownChart(
      title: "Where a hybrid vision transformer spends its time",
      subtitle: "batch 1, fp16 where the device has it · predicted, 90 % interval",
      bars: devices.map { name, times in
        let sum = times.reduce(0, +)
        return .init(
          name, zip(kinds, times).map { ($0, Seconds.milliseconds($1)) },
          total: Estimate(
            .milliseconds(sum), low: .milliseconds(0.91 * sum), high: .milliseconds(1.12 * sum),
            coverage: 0.9))
      }, lengths: lengths)
  }

  static let oneBar = TimeBreakdownChart(
    title: "One network", subtitle: "by what binds it",
    bars: [
      .init(
        "resnet50",
        [
          ("matrix units", .milliseconds(1.2)), ("DRAM", .milliseconds(0.9)),
          ("launch", .milliseconds(0.2)),
        ])
    ])

  static let emptyBreakdown = TimeBreakdownChart(title: "Nothing", subtitle: "no bar", bars: [])

  // MARK: - Shares

  static let share = ShareChart(
    title: "resnet50", subtitle: "25.6 M parameters · 4.11 G MACs · 188 MB moved",
    series: ["parameters", "FLOP", "bytes moved"],
    rows: [
      .init("conv1", [9408, 236e6, 7.0e6]), .init("bn1", [128, 1.6e6, 6.4e6]),
      .init("layer1.0–2", [215_808, 1360e6, 51e6]), .init("layer2.0–3", [1_219_584, 2070e6, 44e6]),
      .init("layer3.0–5", [7_098_368, 2942e6, 50e6]),
      .init("layer4.0–2", [14_964_736, 1620e6, 72e6]),
      .init("avgpool", [0, 0.1e6, 0.4e6]), .init("fc", [2_049_000, 4.1e6, 8.2e6]),
    ])

  static let emptyShare = ShareChart(title: "Nothing", subtitle: "", series: ["FLOP"], rows: [])
}
