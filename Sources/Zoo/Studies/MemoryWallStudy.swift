import Analytic
import Datasets
import Devices
import Foundation
import Quantities
import Workloads

/// AI and Memory Wall.
enum MemoryWallStudy {
  static let study = Study(
    67,
    setting:
      "growth of peak rates, bandwidths and links of server hardware over twenty years; BERT-Base "
      + "over 512 tokens against GPT-2 that generates 512, in 8 bits",
    model: "Analytic/ScalingLaws/Trends, Workloads/Counting, Analytic/Roofline",
    notes: [
      "The publication's table of devices is not read off its figure. Rates and bandwidths are those of "
        + "a public table of chips for learning, every row that states them; links are generations of "
        + "PCIe × 16 and NVLink by their specifications, recalled; the second opinion is the project's "
        + "own catalogue, its graphics processors and accelerators for servers.",
      "A peak rate is the fastest that a chip has in floating point of 16 bits or more.",
      "The profile of a Xeon Gold 6242 is not modelled: times are those of a textbook roofline.",
    ],
    tables: [chips]
  ) { data in
    try trends(data) + consistency() + (try transformers())
  }

  private static let chips = "epoch/Chip_dataset-Grid_view.csv.gz"
  private static let claim = "abstract; over 20 years"

  // MARK: - Trends

  private static func trends(_ data: StudyData) throws -> [StudyCheck] {
    let table = try TrendTable(csv: data.path(chips))
    let learning = [TrendTable.Condition(column: "ML hardware", values: ["checked"])]
    let date = "Release date"
    let bandwidth = try table.points(x: date, y: "Memory bandwidth (byte/s)", where: learning)
    let links = try table.points(x: date, y: "Intranode bandwidth (byte/s)", where: learning)
    let peaks = try peaks(data.table(chips), date: date)
    let own = TrendTable(devices: try DeviceCatalogue.devices().filter(isForServers))
    func check(
      _ what: String, _ reported: Double, _ tolerance: Double, _ points: [ExponentialTrend.Point],
      _ source: String, outside: String? = nil
    ) throws -> StudyCheck {
      let trend = try ExponentialTrend(points)
      let growth = trend.growth(over: 2)
      let interval = String(
        format: "; %d rows, 90 %% interval %.2f – %.2f", points.count, growth.low ?? .nan,
        growth.high ?? .nan)
      return StudyCheck(
        what, reported: reported, predicted: growth.value, unit: "×/2 years",
        tolerance: .absolute(tolerance), source: claim + "; " + source + interval,
        recorded: outside == nil ? .within : .outside, explanation: outside ?? "")
    }
    let chipTable = "public chip table"
    let catalogue = "catalogue, 2016 – 2025"
    let late =
      "links are stated of chips since 2016 alone, when they were NVLink and its like: the slow "
      + "years of PCIe are missing."
    return [
      try check(
        "growth of peak rates, every chip", 3.0, 0.4, peaks, chipTable,
        outside: "cards for desktops and for inference count as much as the fastest server."),
      try check(
        "growth of peak rates, fastest of their time", 3.0, 0.4,
        ExponentialTrend.frontier(peaks), chipTable),
      try check("growth of memory bandwidths, every chip", 1.6, 0.2, bandwidth.points, chipTable),
      try check(
        "growth of memory bandwidths, fastest of their time", 1.6, 0.2,
        ExponentialTrend.frontier(bandwidth.points), chipTable,
        outside:
          "the largest rates of the table are no main memory's: 80 TB/s of a chip with static "
          + "memory alone, and 18 and 9.8 TB/s in rows that their makers' sheets contradict."),
      try check(
        "growth of links, generations of PCIe and NVLink", 1.4, 0.2, Self.links,
        "specifications, recalled"),
      try check(
        "growth of links, every chip", 1.4, 0.2, links.points, chipTable, outside: late),
      try check(
        "growth of peak rates, own catalogue", 3.0, 0.4, own.points(x: "year", y: "peak").points,
        catalogue,
        outside:
          "it begins in 2016 with 16 bits: the factors that 64 and 32 bits and the first matrix "
          + "units gave before are missing."),
      try check(
        "growth of memory bandwidths, own catalogue", 1.6, 0.2,
        own.points(x: "year", y: "bandwidth").points, catalogue),
      try check(
        "growth of links, own catalogue", 1.4, 0.2,
        own.points(x: "year", y: "interconnect").points, catalogue, outside: late),
    ]
  }

  private static func isForServers(_ device: Device) -> Bool {
    guard device.deviceClass == .gpu || device.deviceClass == .npu else { return false }
    // Stacked memory is what tells a server's card from a desktop's.
    return device.mainMemory?.technology?.hasPrefix("HBM") ?? false
  }

  /// The fastest rate in floating point of 16 bits or more of every chip for learning.
  private static func peaks(_ table: CSVTable, date: String) throws -> [ExponentialTrend.Point] {
    let rates = try [
      "FP64 (double precision) performance (FLOP/s)",
      "FP32 (single precision) performance (FLOP/s)",
      "FP16 (half precision) performance (FLOP/s)",
      "TF32 (TensorFloat-32) performance (FLOP/s)", "Tensor-FP16/BF16 performance (FLOP/s)",
    ].map { try table.doubles($0) }
    let marks = try table.strings("ML hardware")
    let dates = try table.strings(date)
    return (0..<table.rowCount).compactMap { row in
      guard marks[row] == "checked", let year = DecimalYear.parse(dates[row]),
        let peak = rates.map({ $0[row] }).filter({ $0 > 0 }).max()
      else { return nil }
      return .init(year: year, value: peak)
    }
  }

  /// One direction, B/s: PCIe × 16 of generations 1.0a to 5, and all NVLinks of a P100, V100, A100, H100.
  private static let links: [ExponentialTrend.Point] = [
    (2003, 4e9), (2007, 8e9), (2010, 16e9), (2017, 31.5e9), (2019, 63e9),
    (2016, 80e9), (2017, 150e9), (2020, 300e9), (2022, 450e9),
  ].map { .init(year: $0.0, value: $0.1) }

  /// Whether twenty years at the stated paces are the stated factors.
  private static func consistency() -> [StudyCheck] {
    [(3.0, 60_000.0, "peak rates"), (1.6, 100, "memory bandwidths"), (1.4, 30, "links")].map {
      StudyCheck(
        "twenty years of the stated pace of \($0.2)", reported: $0.1, predicted: pow($0.0, 10),
        unit: "×", tolerance: .relative(0.15), source: "the publication's text, recalled",
        confidence: .fromMemory)
    }
  }

  // MARK: - Transformers

  private static let tokens = 512

  private static func transformers() throws -> [StudyCheck] {
    let encoder = try model("bert-base-uncased").workload(.prefill(tokens: tokens))
    let decoder = try model("gpt2")
    let steps = try (1...tokens).map { try decoder.workload(.decode(context: $0)) }
    let read = encoder.counts().total
    var written = OperationCounts()
    for step in steps { written.add(step.counts().total, times: 1, weights: 1) }
    let intensities = [read, written].map { $0.flop / $0.bytes }
    let device = try DeviceCatalogue.device(named: "T4")
    let roofline = RooflineModel(
      device, Execution(precision: .int8),
      efficiency: .plain(dense: 1, grouped: 1, depthwise: 1, bandwidth: 1, launch: 0))
    let once = try roofline.predict(encoder).latency.value
    let generated = try steps.reduce(Seconds.zero) { try $0 + roofline.predict($1).latency.value }
    return [
      StudyCheck(
        "BERT-Base over 512 tokens", reported: 97.0, predicted: read.flop.value / 1e9,
        unit: "GFLOP", tolerance: .relative(0.02), source: "table of a sibling paper, recalled",
        confidence: .fromMemory),
      StudyCheck(
        "FLOP of GPT-2 that generates 512 tokens over BERT-Base's", reported: 1,
        predicted: written.flop / read.flop, unit: "×", tolerance: .between(0.8, 1.4),
        source: "the publication: GPT-2 is slower despite fewer FLOP, recalled",
        confidence: .fromMemory),
      StudyCheck(
        "arithmetic intensity of BERT-Base over GPT-2's",
        predicted: intensities[0].value / intensities[1].value, unit: "×",
        tolerance: .atLeast(50), source: "abstract: decoders are bound by bandwidth"),
      StudyCheck(
        "time of GPT-2 over BERT-Base's, roofline of a \(device.name)",
        predicted: generated / once, unit: "×", tolerance: .atLeast(3),
        source: "abstract: decoders are bound by bandwidth"),
    ]
  }

  /// A built-in model, everything in 8 bits.
  private static func model(_ name: String) throws -> LanguageModel {
    guard var model = try LanguageRegistry.model(named: name) else {
      throw WorkloadError.setting("no network '\(name)' is built in")
    }
    model.formats = WeightFormats(.int8)
    return model
  }
}
