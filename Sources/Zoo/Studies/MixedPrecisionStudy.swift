import Analytic
import Mathematics
import Quantities
import Workloads

/// Improve Machine Learning carbon footprint using Nvidia GPU and Mixed Precision training for
/// classification models, part I.
enum MixedPrecisionStudy {
  static let study = Study(
    114,
    setting:
      "a small dense classifier in training on a PC with one GeForce board; hardware and sizes "
      + "are not in the abstract: 784 features, two layers of 512 neurons, 10 classes and batches of 128 "
      + "on an RTX 3070 of 220 W behind a supply of 88 %, a millisecond of Python for each step",
    model: "Analytic/Energy, Analytic/Roofline, Mathematics/Statistics",
    notes: [
      "Between two kernels the board keeps its clocks. By the roofline's own power, which falls to idle "
        + "there, the small network would save 49 W.",
      "Carbon is energy times a factor and says nothing of its own.",
    ]
  ) { _ in
    let small = try saving(neurons: 512)
    let wide = try saving(neurons: 8192)
    return [
      StudyCheck(
        "power that mixed precision saves at the plug", predicted: small.value, unit: "W",
        tolerance: .between(2, 25), source: "abstract: 7 to 11 W"),
      StudyCheck(
        "the same with layers of 8192", predicted: wide.value, unit: "W", tolerance: .atLeast(30),
        source: "arithmetic decides there", confidence: .property, recorded: .outside,
        explanation:
          "half of the board's range goes to clocks that run in either type, and less is "
          + "left for arithmetic to save than the bound asks"),
      StudyCheck(
        "tests of 9 W with ten runs a side that find nothing at 5 %",
        predicted: insignificantShare(difference: 9), unit: "of 1",
        tolerance: .atLeast(0.5), source: "abstract: no significance; runs vary by 8 to 12 W",
        confidence: .property),
    ]
  }

  /// What a loop of Keras or PyTorch does for each batch beside launching kernels.
  private static let host = Seconds.milliseconds(1)

  private static func classifier(_ neurons: Int) throws -> Workload {
    let net = WorkloadBuilder("classifier")
    var x = net.input("features", [128, 784])
    for index in 0..<2 {
      x = net.activation(.relu, net.linear(x, to: neurons, named: "layer\(index)"))
    }
    net.result(net.linear(x, to: 10, named: "classes"))
    return try net.finish().trainingStep(optimizer: .adam)
  }

  /// Power in fp32 less that under mixed precision, at the plug.
  static func saving(neurons: Int) throws -> Watts {
    let step = try classifier(neurons)
    return try wall(step, .fp32) - wall(step, .amp)
  }

  /// The board is ready all the time, and switches for as long as it works.
  private static func wall(_ step: Workload, _ precision: Precision) throws -> Watts {
    let model = RooflineModel(
      try DeviceCatalogue.device(named: "RTX-3070"), Execution(precision: precision))
    let machine = try model.machine(precision)
    let program = step.kernels(model.execution)
    let busy = try model.predict(program).latency.value
    let board = SystemPower.Part(
      "graphics", idle: machine.readyPower,
      dynamic: [machine.switchingEnergy(of: program) / busy])
    let rest = SystemPower.Part("processor, memory and board", idle: Watts(60))
    return SystemPower(parts: [board, rest], supplyEfficiency: 0.88)
      .wall([[busy / max(busy, host)]])
  }

  /// Of 2000 pairs of ten runs, the share whose means Welch's test does not part.
  static func insignificantShare(difference: Double) -> Double {
    var random = RandomStream(seed: 1, label: "runs")
    var count = 0.0
    for _ in 0..<2000 {
      let deviation = 8 + 4 * random.uniform()
      let plain = (0..<10).map { _ in deviation * random.normal() }
      let mixed = (0..<10).map { _ in deviation * random.normal() - difference }
      if WelchTest(plain, mixed).map({ $0.pValue > 0.05 }) ?? true { count += 1 }
    }
    return count / 2000
  }
}
