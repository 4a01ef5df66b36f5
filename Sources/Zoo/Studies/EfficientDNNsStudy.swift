import Analytic
import Devices
import Foundation
import Mathematics
import Quantities
import Workloads

/// Three of a thesis's ideas: tables of block latencies, the price of a search, low-bit networks on
/// gate arrays.
enum EfficientDNNsStudy {
  static let study = Study(
    60,
    setting: "the searches of MnasNet (8000 candidates, 5 epochs of ImageNet) and FBNet (90 epochs "
      + "of a tenth of it, 9 blocks a layer); VGG-16 in 16 bits and DiracDeltaNet (0.33 GMAC, 3.3 M "
      + "parameters, 4 bits) on the 360 signal processors of a ZU3EG at 250 MHz with 4.26 GB/s; 200 "
      + "random FBNet architectures on a Snapdragon 835",
    model: "Analytic/Search/SearchWork, Analytic/Accelerators/FPGARoofline, "
      + "Analytic/Search/BlockLatencyTable against Analytic/Roofline",
    notes: [
      "Hours of processors are not inputs; the settings of the searches and the two networks' figures "
        + "are from memory.",
      "Ten times smaller models and 6.2 times faster annotation are reported and not modelled.",
    ]
  ) { _ in [search(), try speedUp()] + (try tables()) }

  // MARK: - Search

  private static func search() -> StudyCheck {
    let images = 1.28e6
    let ratio =
      SearchWork.candidates(8000, epochs: 5, pictures: images)
      / SearchWork.superNetwork(epochs: 90, pictures: images / 10, blocks: 9)
    return StudyCheck(
      "search of MnasNet over FBNet's", reported: 421, predicted: ratio, unit: "×",
      tolerance: .factor(1.5), source: "abstract; settings from memory")
  }

  // MARK: - Gate arrays

  private static func speedUp() throws -> StudyCheck {
    let chip = FPGARoofline(
      clock: .megahertz(250), signalProcessors: 360, bandwidth: .gigabytesPerSecond(4.26))
    let counts = try StudyNetworks.workload("vgg16").counts()
    // The small network's tensors are those of the ShuffleNet of its size.
    let small = try StudyNetworks.workload("shufflenet_v2_x1_5").counts().total.activations
    // Weights once, every tensor between layers written and read.
    let earlier = chip.time(
      macs: counts.total.matrixMACs,
      bytes: Bytes(2 * Double(counts.parameters) + 4 * counts.total.activations))
    let later = chip.time(macs: 0.33e9, bytes: Bytes(0.5 * 3.3e6 + 1 * small))
    return StudyCheck(
      "DiracDeltaNet over VGG-16 on one gate array", reported: 11.6, predicted: earlier / later,
      unit: "×", tolerance: .between(6, 18), source: "abstract; designs from memory",
      recorded: .outside,
      explanation:
        "the bound is the ratio of multiply–accumulates, 47: the large network fills the "
        + "array (5.8 pictures/s, where 5.7 were reported), the small one does not (273, where "
        + "66.3 were): its layers are narrow, and a host starts each of them.")
  }

  // MARK: - Tables of blocks

  private static let noise = 0.03

  /// Blocks alone, timed by a roofline with noise as if measured, against its times of whole networks.
  private static func tables() throws -> [StudyCheck] {
    let space = FBNetSpace()
    let device = try DeviceCatalogue.device(named: "Snapdragon-835")
    let execution = Execution(precision: .fp32, fusion: .standard(for: device.deviceClass))
    let machine = try Machine(device, precision: .fp32)
    var random = RandomStream(seed: 60, label: "fbnet")
    /// With empty caches before each kernel, as between repeats that flush them.
    func alone(_ part: FBNetSpace.Part) throws -> Seconds {
      let kernels = try space.workload(of: part).kernels(execution).kernels
      let seconds = kernels.reduce(0) { $0 + machine.seconds(of: $1) }
      return Seconds(seconds * exp(noise * random.normal()))
    }
    let fixed = try alone(.stem) + alone(.head)
    var blocks: [[Seconds]] = []
    for layer in FBNetSpace.layers.indices {
      var row: [Seconds] = []
      for block in FBNetSpace.blocks.indices {
        row.append(try alone(.block(block, layer: layer)))
      }
      blocks.append(row)
    }
    let table = BlockLatencyTable(fixed: fixed, blocks: blocks)
    var pairs: [(sum: Double, whole: Double)] = []
    for _ in 0..<200 {
      let choice = FBNetSpace.layers.map { _ in random.integer(below: FBNetSpace.blocks.count) }
      let network = KernelTally(
        try space.workload(of: Architecture(choice.map { UInt8($0) })).kernels(execution))
      pairs.append((table.latency(of: choice).value, machine.totals(network).seconds))
    }
    let source = "roofline of a Snapdragon 835, blocks with noise of 3 %"
    return [
      StudyCheck(
        "sum of blocks, mean error", predicted: 100 * mean(pairs.map { abs($0 / $1 - 1) }),
        unit: "%", tolerance: .atMost(5), source: source, confidence: .property),
      StudyCheck(
        "sum of blocks, Spearman",
        predicted: spearman(pairs.map(\.sum), pairs.map(\.whole)) ?? .nan, unit: "",
        tolerance: .atLeast(0.97), source: source, confidence: .property),
    ]
  }
}
