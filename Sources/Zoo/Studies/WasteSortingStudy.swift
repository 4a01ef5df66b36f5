import Analytic
import Foundation
import Quantities
import Workloads

/// DWaste: Greener AI for Waste Sorting using Mobile and Edge Devices.
enum WasteSortingStudy {
  static let study = Study(
    64,
    setting: "classifiers (EfficientNetV2-S and -M, ResNet-50 and -101, MobileNetV2) and detectors "
      + "(YOLOv8n, YOLO11n) on telephones and edge devices that are not named; sizes of pictures are "
      + "those of the published networks: 384 for EfficientNetV2-S, 640 for detectors",
    model: "Analytic/Quantization, Analytic/Roofline",
    notes: [
      "Telephones of the catalogue stand for those of the paper, in fp32, batch 1.",
      "Accuracy and carbon depend on private pictures and are not modelled.",
    ]
  ) { _ in
    let classifiers = try classifiers.map { try saving($0) }
    let detectors = try ["yolov8n", "yolo11n"].map { try workload($0) }
    func megabytes(_ bits: Double) -> [Double] {
      detectors.map { $0.storedSize(file(bits: bits)).total.value / 1e6 }
    }
    let ratio = try latencyRatio()
    return [
      StudyCheck(
        "smaller files at 8 bits, mean of five classifiers", reported: 75,
        predicted: 100 * classifiers.reduce(0, +) / Double(classifiers.count), unit: "%",
        tolerance: .absolute(2), source: "abstract: up to 75 %"),
      StudyCheck(
        "larger of the detectors' files in fp16", reported: 7,
        predicted: megabytes(16).max() ?? .nan, unit: "MB", tolerance: .atMost(7),
        source: "abstract: below 7 MB"),
      StudyCheck(
        "smaller of the detectors' files in fp32", predicted: megabytes(32).min() ?? .nan,
        unit: "MB", tolerance: .atLeast(7), source: "the published files are not in fp32",
        confidence: .property),
      StudyCheck(
        "latency of EfficientNetV2-S over that of a detector", reported: 7.3, predicted: ratio,
        unit: "×", tolerance: .between(2, 15), source: "abstract: 0.22 s and 0.03 s",
        recorded: .outside,
        explanation: "not explained: the classifier has 1.9 and 2.6 times the products, its "
          + "depthwise layers and gates add little, and at 224 pixels it would be about as "
          + "fast as a detector; two runtimes, or one with and one without a graphics processor, could differ so"
      ),
    ]
  }

  static let classifiers = [
    "efficientnetv2_s", "efficientnetv2_m", "resnet50", "resnet101", "mobilenetv2_100",
  ]

  private static let telephones = [
    "Snapdragon-845", "Snapdragon-855", "Snapdragon-865", "Snapdragon-888", "Snapdragon-8-Gen-2",
    "Snapdragon-8-Gen-3", "Tensor-G3", "Apple-A14", "Apple-A15", "Apple-A17-Pro",
  ]

  static func workload(_ name: String, image: Int? = nil) throws -> Workload {
    var request = WorkloadRequest()
    request.settings = image.map { ["image": $0] } ?? [:]
    return try NetworkReference(name).workload(request)
  }

  /// A file with 128 bytes beside each tensor for its name, type and shape.
  static func file(bits: Double, _ quantization: WeightQuantization? = nil) -> StorageScheme {
    StorageScheme(quantization, keptBits: bits, headerBytes: 4096, tensorHeaderBytes: 128)
  }

  /// Eight bits with a scale for each channel, norms and biases as they were.
  static func saving(_ name: String) throws -> Double {
    let workload = try workload(name)
    let plain = workload.storedSize(file(bits: 32))
    return workload.storedSize(file(bits: 32, .int8Channels)).reduction(from: plain)
  }

  /// The geometric mean over telephones and both detectors.
  static func latencyRatio() throws -> Double {
    let execution = Execution(precision: .fp32, fusion: .epilogue)
    let programs = try [
      workload("efficientnetv2_s", image: 384), workload("yolov8n"), workload("yolo11n"),
    ].map { $0.kernels(execution) }
    var logs: [Double] = []
    for name in telephones {
      let model = RooflineModel(try DeviceCatalogue.device(named: name), execution)
      let times = try programs.map { try model.predict($0).latency.value.value }
      logs += [log(times[0] / times[1]), log(times[0] / times[2])]
    }
    return exp(logs.reduce(0, +) / Double(logs.count))
  }
}
