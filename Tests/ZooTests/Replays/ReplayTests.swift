import Analytic
import Devices
import Foundation
import Mathematics
import Predictors
import Quantities
import Testing
import Workloads
import Zoo

/// Public measurements that are not part of the project; every test of them is skipped, visibly, where
/// they are missing.
@Suite("Replays of public measurements") struct ReplayTests {
  static let folder = "../shared/data"
  static var isPresent: Bool { FileManager.default.fileExists(atPath: folder) }

  @Test(
    "networks on GPUs are predicted from the data sheet, and better from ten of them",
    .enabled(if: isPresent, "../shared/data is not there"),
    arguments: [
      ("infer-amp-nhwc-pt240-cu124-rtx3090", "RTX-3090"),
      ("infer-amp-nhwc-pt240-cu124-rtx4090", "RTX-4090"),
    ])
  func timm(table: String, device: String) throws {
    let device = try DeviceCatalogue.device(named: device)
    let execution = Execution(precision: .amp, fusion: Fusion.none)
    let replay = try TimmReplay(
      path: "\(Self.folder)/timm/benchmark-\(table).csv.gz", execution: execution)
    #expect(replay.rows.count > 800)
    let score = ReplayScore(
      replay.pairs(try replay.predictions(RooflineModel(device, execution))))
    #expect(score.spearman >= 0.965)
    #expect(score.medianError <= 0.2)
    #expect((0.8...0.97).contains(score.coverage))
    let fitted = try (0..<5).map {
      try replay.fitted(device, execution, samples: 10, seed: $0)
    }
    #expect(median(fitted.map(\.medianError)) <= 0.12)
    #expect((0.8...0.97).contains(mean(fitted.map(\.coverage))))
  }

  @Test(
    "no kernel is predicted above its peak, and shape says more than one efficiency",
    .enabled(if: isPresent, "../shared/data is not there"),
    arguments: [
      KernelReplay.Family.linear, .bmm, .conv,
    ])
  func kernels(family: KernelReplay.Family) throws {
    let replay = try KernelReplay(folder: "\(Self.folder)/neusight/train", sample: 150)
    let scores = try replay.scores([family])
    #expect(scores.count == 5)
    for score in scores {
      #expect(score.largestEfficiency <= 1 + 1e-9, "\(score.operation) on \(score.gpu)")
    }
    #expect(
      mean(scores.map(\.model.median)) < mean(scores.map(\.constant.median)), "\(family)")
  }
}

@Suite("Rates of inference engines") struct ShippedRatesTests {
  @Test("a device known by its kind alone has an answer, and says so") func unknownDevice() throws {
    let device = Device(name: "some board", deviceClass: .board)
    guard case .rates(let model, _) = try DeviceModel(device, Execution(), fit: nil) else {
      Issue.record("a device without figures has no roofline")
      return
    }
    let workload = try NetworkReference("resnet50").workload(WorkloadRequest())
    let prediction = model.predict(workload)
    #expect(prediction.latency.interval?.contains(prediction.latency.value) == true)
    #expect(
      prediction.assumptions.contains(
        "nothing was measured on this device: its kind alone is known"))
  }

  @Test(
    "three latencies of a Raspberry Pi 5 give what an independent implementation gives",
    .enabled(if: ReplayTests.isPresent, "../shared/data is not there"))
  func reference() throws {
    // Reference: the same equations in NumPy, with constants learned there.
    let models = try Self.models()
    let calibration = RateCalibration(
      device: "pi", isGraphics: false, threads: 4,
      samples: try [("mobilenet_v2", 10.46), ("resnet50", 45.94), ("resnet18_int8", 16.68)].map {
        try RateCalibration.Sample(
          Workload(ncnn: "\(models)/\($0.0).param", batch: 1, settings: [:]),
          latency: .milliseconds($0.1), isGraphics: false)
      })
    let model = try calibration.model()
    for (name, expected) in [("squeezenet", 8.331), ("vgg16", 89.59)] {
      let workload = try Workload(ncnn: "\(models)/\(name).param", batch: 1, settings: [:])
      let predicted = model.predict(workload).latency.value.milliseconds
      #expect(abs(predicted / expected - 1) < 0.01, "\(name): \(predicted) ms")
    }
  }

  @Test(
    "phones and boards of other makers are predicted from three networks",
    .enabled(if: ReplayTests.isPresent, "../shared/data is not there"))
  func leaveOneBoardOut() throws {
    let replay = try NCNNReplay(
      table: "\(ReplayTests.folder)/ncnn/ncnn_benchmark.csv.gz", models: Self.models())
    let rows = try replay.leaveOneBoardOut()
    let score = ReplayScore(rows.map { ($0.predicted, $0.measured, 1) })
    #expect(score.count > 5000)
    #expect(score.medianError <= 0.12)
    #expect(score.meanError <= 0.22)
    #expect((0.8...0.97).contains(score.coverage))
  }

  /// The networks' graphs, unpacked.
  private static func models() throws -> String {
    let folder = NSTemporaryDirectory() + "/perfmodel-ncnn-models"
    let path = folder + "/models"
    if !FileManager.default.fileExists(atPath: path + "/vgg16.param") {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      let tar = Process()
      tar.executableURL = URL(fileURLWithPath: "/usr/bin/env")
      tar.arguments = [
        "tar", "xzf", "\(ReplayTests.folder)/ncnn/models_param.tar.gz", "-C", folder,
      ]
      try tar.run()
      tar.waitUntilExit()
    }
    return path
  }
}
