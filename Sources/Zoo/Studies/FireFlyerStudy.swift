import Analytic
import Quantities

/// Fire-Flyer AI-HPC: A Cost-Effective Software-Hardware Co-Design for Deep Learning.
enum FireFlyerStudy {
  static let study = Study(
    57,
    setting:
      "10,000 A100 on PCIe, eight to a host with two 32-core processors, 16 channels of DDR4-3200 "
      + "(320 GB/s as reached) and one 200 Gb/s link; two zones of 800 ports behind switches of 40 ports; "
      + "against DGX A100",
    model: "Analytic/Communication, Analytic/Energy/SystemPower",
    notes: [
      "Figures of hosts and links are recalled; switches and bandwidths were found in public notes on "
        + "the paper.",
      "Of the 24 accesses to memory for each byte, 8 + 8 + 1 are devices and sum and 2 the way back; "
        + "that the network takes 5 is what is left. A ring's slowest hop is the 9 GB/s that a device of "
        + "such a host reaches to the network card.",
      "Reported are 2500 W and 4200 W; they are no inputs. Parts stand at their design power; NVSwitch, "
        + "memory and boards are rough.",
      "Prices (0.60 of a DGX, and so 1.38 times the performance for the same money) are the authors' "
        + "claims and no check; nor are latencies modelled, by which both sums fall with more devices.",
    ]
  ) { _ in switches() + allReduce() + [energy()] }

  // MARK: - Network

  private static func switches() -> [StudyCheck] {
    let tree = FatTree(ports: 40)
    let zones = tree.switchesOfTwoLayers(hosts: 800).map { 2 * $0 + 2 }
    let whole = tree.switchesOfThreeLayers(hosts: 10_000)
    let source = "public notes on the paper"
    return [
      StudyCheck(
        "two zones of two layers and two switches between them", reported: 122,
        predicted: zones.map(Double.init) ?? .nan, unit: "switches", tolerance: .absolute(0),
        source: source, confidence: .fromMemory),
      StudyCheck(
        "three layers for 10,000 ports", reported: 1320,
        predicted: whole.map(Double.init) ?? .nan, unit: "switches", tolerance: .relative(0.08),
        source: source, confidence: .fromMemory),
    ]
  }

  // MARK: - Sums

  private static func allReduce() -> [StudyCheck] {
    let staged = StagedAllReduce(
      devices: 8, networkAccesses: 5, returnReads: 2, memory: .gigabytesPerSecond(320),
      network: .gigabytesPerSecond(25), link: .gigabytesPerSecond(25))
    let ring = RingAllReduce(devices: 1440, hop: .gigabytesPerSecond(9))
    let source = "paper, by public notes: 186 MiB over 16 to 1440 devices"
    return [
      StudyCheck(
        "bound of memory on the staged sum, over the best that was reached", reported: 8.1,
        predicted: staged.memoryBound.value / 1e9, unit: "GB/s", tolerance: .between(8.1, 17.82),
        source: source, confidence: .fromMemory),
      StudyCheck(
        "bound on the staged sum", reported: 8.1, predicted: staged.bandwidth.value / 1e9,
        unit: "GB/s", tolerance: .between(8.1, 17.82), source: source, confidence: .fromMemory),
      StudyCheck(
        "staged sum over a ring, 1440 devices", reported: 6.3 / 1.6,
        predicted: staged.bandwidth / ring.bandwidth, unit: "×", tolerance: .between(1.5, 4.5),
        source: source, confidence: .fromMemory),
    ]
  }

  // MARK: - Energy

  /// The reduction of a host's power, all parts at work.
  private static func energy() -> StudyCheck {
    func host(_ parts: [(name: String, count: Double, each: Double)]) -> Watts {
      let inside = parts.reduce(0) { $0 + $1.count * $1.each }
      // Fans take 8 % of what they cool.
      let machine = SystemPower(
        parts: [.init("parts", idle: Watts(inside)), .init("fans", idle: Watts(0.08 * inside))],
        supplyEfficiency: 0.94)
      return machine.wall([])
    }
    let pcie = host([
      ("A100 PCIe", 8, 250), ("processors", 2, 180), ("memory", 16, 5), ("network cards", 1, 23),
      ("board and drives", 1, 80),
    ])
    let dgx = host([
      ("A100 SXM", 8, 400), ("NVSwitch", 6, 75), ("processors", 2, 225), ("memory", 32, 5),
      ("network cards", 9, 23), ("board and drives", 1, 180),
    ])
    return StudyCheck(
      "energy saved against a DGX A100, host against host", reported: 40,
      predicted: 100 * (1 - pcie / dgx), unit: "%", tolerance: .between(32, 48),
      source: "abstract")
  }
}
