import Analytic
import Devices
import Quantities
import Workloads

/// Rates of nine networks on a V100 as TResNet's authors measured them, and as the roofline has them:
/// two studies ask for them.
enum TResNetTable {
  static let source = "README of Alibaba-MIIL/TResNet, V100, mixed precision"

  struct Row: Sendable {
    let title: String
    let network: String
    var image = 224
    /// As the table counts its FLOP: multiply–accumulates, 10⁹; nil where it was not at hand.
    var gigaMACs: Double?
    /// Pictures in a second.
    let inference: Double
    let training: Double
    /// In training, where it was at hand.
    var largestBatch: Double?
    /// Whether its normalisations are In-Place Activated BatchNorm.
    var isInPlace = false
  }

  static let rows = [
    Row(
      title: "ResNet50", network: "resnet50", gigaMACs: 4.1, inference: 2830, training: 805,
      largestBatch: 288),
    Row(
      title: "ResNet50-D", network: "resnet50d", gigaMACs: 4.4, inference: 2670, training: 600),
    Row(
      title: "ResNeXt50", network: "resnext50_32x4d", gigaMACs: 4.3, inference: 1940,
      training: 490),
    Row(
      title: "SE-ResNeXt50", network: "seresnext50_32x4d", gigaMACs: 4.3, inference: 1770,
      training: 400),
    Row(
      title: "EfficientNet-B1", network: "efficientnet_b1", image: 240, gigaMACs: 0.6,
      inference: 2740, training: 440, largestBatch: 196),
    Row(
      title: "MixNet-L", network: "mixnet_l", gigaMACs: 0.5, inference: 1400, training: 400),
    Row(
      title: "TResNet-M", network: "tresnet_m", gigaMACs: 5.5, inference: 2930, training: 730,
      largestBatch: 512, isInPlace: true),
    Row(
      title: "TResNet-L", network: "tresnet_l", inference: 1390, training: 345, isInPlace: true),
    Row(
      title: "TResNet-XL", network: "tresnet_xl", inference: 1060, training: 250,
      isInPlace: true),
  ]

  static func row(_ title: String) -> Row? { rows.first { $0.title == title } }

  static func device() throws -> Device { try DeviceCatalogue.device(named: "V100-SXM2-16GB") }

  /// Eager PyTorch of 2020: channels first, one kernel for each operation.
  static let execution = Execution(precision: .amp, layout: .channelsFirst, fusion: .none)

  /// The largest batch in training by what a step keeps.
  static func largestBatch(_ row: Row, on device: Device) throws -> Double {
    let pictures = 8
    let memory = TrainingMemory(
      try StudyNetworks.workload(row.network, batch: pictures, image: row.image),
      precision: .amp, optimizer: .momentum,
      normalization: row.isInPlace ? .inverts : .keepsInput)
    return memory.largestBatch(of: pictures, capacity: device.capacity?.value ?? .zero)
  }

  /// What a step runs, at nine tenths of the largest batch.
  struct Step: Sendable {
    let row: Row
    let batch: Double
    let tally: KernelTally

    /// Pictures in a second.
    func rate(_ machine: Machine) -> Double { batch / machine.totals(tally).seconds }
  }

  static func step(_ row: Row, training: Bool, on device: Device) throws -> Step {
    let batch = max(1, Int(0.9 * (try largestBatch(row, on: device))))
    var workload = try StudyNetworks.workload(row.network, batch: batch, image: row.image)
    if training { workload = try workload.trainingStep(optimizer: .momentum) }
    return Step(
      row: row, batch: Double(batch), tally: KernelTally(workload.kernels(execution)))
  }
}
