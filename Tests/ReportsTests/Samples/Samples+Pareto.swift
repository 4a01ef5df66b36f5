import Predictions
import Quantities
import Reports

extension Samples {
  static let models: [(String, Double, Double)] = [
    ("mobilenetv3_small_100.lamb_in1k", 0.41, 67.66),
    ("mobilenetv3_large_100.ra_in1k", 0.78, 75.77),
    ("efficientnet_lite0.ra_in1k", 0.96, 75.48), ("resnet18.tv_in1k", 1.02, 69.76),
    ("efficientnet_b0.ra_in1k", 1.18, 77.69), ("tf_efficientnetv2_b0.in1k", 1.12, 78.36),
    ("resnet50.a1_in1k", 2.31, 80.22), ("regnety_032.ra_in1k", 2.05, 82.00),
    ("convnext_tiny.in12k_ft_in1k_384", 4.10, 84.18),
    ("swin_tiny_patch4_window7_224.ms_in1k", 3.74, 81.38),
    ("deit3_base_patch16_384.fb_in22k_ft_in1k", 11.8, 86.74),
    ("vit_base_patch16_224.augreg2_in21k_ft_in1k", 5.22, 85.09),
  ]

  static let pareto = ParetoChart(
    title: "Accuracy against latency of twelve networks",
    subtitle: "ImageNet top-1 · A100, fp16, batch 32 · latency predicted, 90 % interval",
    x: .quantity("latency", Seconds.self, .logarithmic), y: .number("top-1 accuracy", unit: "%"),
    points: models.map { name, latency, accuracy in
      .init(
        name,
        x: ChartValue(
          Estimate(
            Seconds.milliseconds(latency), low: .milliseconds(0.92 * latency),
            high: .milliseconds(1.1 * latency), coverage: 0.9)), y: ChartValue(accuracy))
    }, limit: 0.005)

  static let twoCosts = ParetoChart(
    title: "Latency against energy of settings of one network",
    subtitle: "both lower is better", x: .quantity("energy for an image", Joules.self),
    y: .quantity("latency", Seconds.self), yAim: .lower,
    points: (0..<14).map { index in
      var noise = Noise(UInt64(40 + index))
      let clock = 0.4 + 0.05 * Double(index)
      return .init(
        "\(Int(1000 * clock)) MHz",
        x: ChartValue(0.02 + 0.05 * clock * clock + 0.004 * noise.next()),
        y: ChartValue(0.004 / clock + 0.0006 * noise.next()))
    })

  static let crowd: ParetoChart = {
    var noise = Noise(21)
    return ParetoChart(
      title: "Six hundred architectures", subtitle: "NAS-Bench-201, made up",
      x: .quantity("latency", Seconds.self), y: .number("accuracy", unit: "%"),
      points: (0..<600).map { index in
        let latency = 2 + 12 * noise.next()
        let accuracy = 94.5 - 12 / latency - 14 * noise.next() * noise.next()
        return .init(
          "architecture \(index)", x: ChartValue(latency / 1000), y: ChartValue(accuracy))
      })
  }()

  static let onePoint = ParetoChart(
    title: "One network", subtitle: "nothing to compare it with",
    x: .quantity("peak memory", Bytes.self), y: .number("accuracy", unit: "%"),
    points: [.init("only", x: ChartValue(3.2e8), y: ChartValue(71))])

  static let emptyPareto = ParetoChart(
    title: "Nothing", subtitle: "two points without a value",
    x: .quantity("latency", Seconds.self, .logarithmic), y: .number("accuracy", unit: "%"),
    points: [
      .init("zero on a logarithmic axis", x: ChartValue(0), y: ChartValue(1)),
      .init("no number", x: ChartValue(.nan), y: ChartValue(1)),
    ])
}
