import Datasets
import Devices
import Foundation
import Quantities
import Testing
import Zoo

@Suite("The catalogue of devices") struct DeviceCatalogueTests {
  @Test("every line is a sound device in the layout that is written") func lines() throws {
    let url = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Sources/Zoo/Devices/devices.jsonl")
    let lines = try String(contentsOf: url, encoding: .utf8).split(separator: "\n")
    let devices = try DeviceCatalogue.devices()
    #expect(devices.count == lines.count && devices.count >= 183)
    for (line, device) in zip(lines, devices) {
      #expect(device.jsonLine == line)
      #expect(try Device(json: Array(device.json.utf8), file: device.name) == device)
      #expect(device.source != nil && device.releaseYear != nil, "\(device.name)")
    }
    #expect(DeviceCatalogue.names == devices.map(\.name))
  }

  @Test("every name and alias finds its device, and no other has it") func names() throws {
    for device in try DeviceCatalogue.devices() {
      for name in [device.name, device.name.lowercased()] + device.aliases {
        #expect(try DeviceCatalogue.device(named: name).name == device.name, "\(name)")
      }
    }
  }

  @Test(
    "spelling does not matter, drivers' names are known, a part will do where it is enough",
    arguments: [
      ("a100 sxm_80GB", "A100-SXM-80GB"), ("NVIDIA A100-SXM4-80GB", "A100-SXM-80GB"),
      ("NVIDIA A100 80GB PCIe", "A100-PCIe-80GB"), ("Tesla V100-SXM2-16GB", "V100-SXM2-16GB"),
      ("NVIDIA H100 80GB HBM3", "H100-SXM"), ("NVIDIA GeForce RTX 3080 Ti", "RTX-3080Ti"),
      ("rtx3090", "RTX-3090"), ("3090", "RTX-3090"), ("AMD Instinct MI300X", "MI300X"),
      ("A16", "A16 (per GPU)"), ("GB200", "GB200 (per GPU)"), ("M1", "Apple-M1"),
      ("Raspberry Pi 4", "Raspberry-Pi-4B-8GB"), ("Xeon Gold 6154", "Xeon-6154"),
      ("Ultra96", "ZU3EG (Ultra96)"), ("TPU v2", "TPUv2"),
    ])
  func lookup(text: String, name: String) throws {
    #expect(try DeviceCatalogue.device(named: text).name == name)
  }

  @Test(
    "a name of several devices is refused with all of them, an unknown one with the nearest",
    arguments: [
      (
        "A100",
        "'A100' may be any of A100-SXM-40GB, A100-PCIe-40GB, A100-SXM-80GB, A100-PCIe-80GB; "
          + "name one."
      ),
      (
        "RTX 6000",
        "'RTX 6000' may be any of Quadro-RTX-6000, RTX-6000-Ada, RTX-PRO-6000-Server; name one."
      ),
      (
        "jetson",
        "'jetson' may be any of Jetson-Nano, Jetson-TX2, Jetson-Xavier-NX, Jetson-AGX-Xavier, "
          + "Jetson-Orin-Nano-8GB, Jetson-Orin-Nano-Super, Jetson-Orin-NX-16GB, "
          + "Jetson-AGX-Orin-64GB and 1 more; name one."
      ),
      (
        "RTX-3091",
        "'RTX-3091' is neither a file nor a built-in device. Did you mean 'RTX-3090'? "
          + "'perfmodel device list' shows all names."
      ),
      (
        "nvidia",
        "'nvidia' is neither a file nor a built-in device. 'perfmodel device list' shows all names."
      ),
    ])
  func wrongName(text: String, message: String) {
    #expect {
      try DeviceReference(text)
    } throws: { "\($0)" == message }
  }

  @Test("a file of the user's own is a device, too") func files() throws {
    let path = NSTemporaryDirectory() + "device-\(UUID().uuidString).json"
    defer { try? FileManager.default.removeItem(atPath: path) }
    try #"{"name": "mine", "class": "board"}"#.write(
      toFile: path, atomically: true, encoding: .utf8)
    let reference = try DeviceReference(path)
    #expect(reference.device.name == "mine" && reference.path == path)
    #expect(try DeviceReference("T4").path == nil)
    #expect {
      try DeviceReference("none.json")
    } throws: { "\($0)" == "none.json: there is no such file." }
  }
}

@Suite("Figures of the catalogue agree with each other") struct DeviceFigureTests {
  /// A lane multiplies and adds once in a cycle: 64 lanes in an SM of the chips for servers until
  /// 2020 and of Turing, 128 in the others.
  @Test("fp32 of NVIDIA's cards is 2 × lanes × SM × boost clock, to 4 %") func lanes() throws {
    let narrow: Set = [
      "P100-PCIe-16GB", "P100-SXM2-16GB", "V100-PCIe-32GB", "V100-SXM2-32GB", "V100-PCIe-16GB",
      "V100-SXM2-16GB", "T4", "RTX-2080Ti", "TITAN-RTX", "Quadro-RTX-6000", "Quadro-RTX-8000",
      "A30", "A100-SXM-40GB", "A100-PCIe-40GB", "A100-SXM-80GB", "A100-PCIe-80GB",
    ]
    var checked = 0
    for device in try DeviceCatalogue.devices() {
      guard device.vendor == "NVIDIA", device.deviceClass == .gpu,
        let units = device.computeUnits?.count, let clock = device.clock?.boost,
        let rate = device.peak(.fp32, unit: .vector)?.dense,
        ![units.confidence, clock.confidence, rate.confidence].contains(.uncertain)
      else { continue }
      let lanes: Double = narrow.contains(device.name) ? 64 : 128
      let computed = 2 * lanes * Double(units.value) * clock.value.value
      #expect(abs(computed / rate.value.value - 1) < 0.04, "\(device.name): \(computed)")
      checked += 1
    }
    #expect(checked >= 38)
  }

  @Test("a 2:4 pattern doubles rates of tensor cores since Ampere and of AMD's since MI300")
  func sparsity() throws {
    let without: Set = ["P4", "P40", "P4000", "T4", "RTX-2080Ti", "TITAN-RTX"]
    for device in try DeviceCatalogue.devices() {
      for peak in device.peaks {
        guard let sparse = peak.sparse, let dense = peak.dense else { continue }
        #expect(peak.unit == .matrix && ["NVIDIA", "AMD"].contains(device.vendor))
        #expect(!without.contains(device.name) && (device.releaseYear ?? 0) >= 2020)
        // Blackwell Ultra gave dense fp4 more and sparse fp4 no more.
        let factor = peak.type == .fp4 && device.name.contains("B300") ? 1.25...1.4 : 1.99...2.01
        #expect(factor.contains(sparse.value / dense.value), "\(device.name), \(peak.label)")
      }
    }
    #expect(try DeviceCatalogue.device(named: "A100-SXM-80GB").peak(.fp16)?.sparse != nil)
    #expect(try DeviceCatalogue.device(named: "MI300X").peak(.fp8)?.sparse != nil)
  }

  @Test(
    "which unit computes, and what it sums in",
    arguments: [
      ("P100-PCIe-16GB", NumberFormat.fp16, "fp16 vector"),
      ("P4", .int8, "int8 vector, int32 sums"),
      ("V100-SXM2-32GB", .fp16, "fp16 matrix, fp32 sums"),
      ("RTX-3090", .fp16, "fp16 matrix, fp32 sums"), ("RTX-4090", .fp8, "fp8 matrix, fp32 sums"),
      ("MI250X", .fp64, "fp64 matrix"), ("EPYC-9654", .bf16, "bf16 vector"),
      ("Xeon-8480+", .bf16, "bf16 matrix, fp32 sums"), ("Apple-M1", .int8, "int8 matrix"),
      ("Graviton3", .bf16, "bf16 vector"), ("TPUv4", .bf16, "bf16 matrix, fp32 sums"),
    ])
  func units(name: String, format: NumberFormat, label: String) throws {
    #expect(try DeviceCatalogue.device(named: name).peak(format)?.label == label)
  }

  @Test("what was measured is kept beside what was stated") func achieved() throws {
    let gemm = try DeviceCatalogue.device(named: "Gaudi2").peak(.bf16, unit: .matrix)
    #expect(gemm?.achieved?.value == .teraFLOPPerSecond(429))
    let h800 = try DeviceCatalogue.device(named: "H800-PCIe")
    #expect(h800.peak(.fp16)?.achieved?.value == .teraFLOPPerSecond(660))
    #expect(h800.peak(.fp16)?.achieved?.confidence == .uncertain)
    let gb200 = try DeviceCatalogue.device(named: "GB200").mainMemory
    #expect(gb200?.achievedBandwidth?.value == .gigabytesPerSecond(7350))
  }
}

/// The table from which most lines were made, where it is at hand.
@Suite("The catalogue holds the table of devices") struct DeviceTableTests {
  static let path = "../shared/catalogue/devices.csv"
  static let isPresent = FileManager.default.fileExists(atPath: path)

  private static let rates: [(column: String, format: NumberFormat, narrow: Bool)] = [
    ("fp64_tflops", .fp64, false), ("fp32_tflops", .fp32, false), ("tf32_tflops", .tf32, false),
    ("fp16_tflops", .fp16, false), ("bf16_tflops", .bf16, false),
    ("fp16_fp16acc_tflops", .fp16, true), ("fp8_tflops", .fp8, false),
    ("fp4_tflops", .fp4, false), ("int8_tops", .int8, false), ("int4_tops", .int4, false),
  ]

  /// Their SRAM is the main memory, which the table also lists as a cache.
  private static let withoutCache: Set = ["IPU-GC200", "Groq-LPU1", "WSE-2"]

  private static func link(of kind: String) -> Double? {
    // Lanes of PCIe and ports of Ethernet in both directions; the table has one for some rows.
    if let match = kind.wholeMatch(of: /PCIe(\d)x(\d+)/), let lanes = Double(match.2) {
      return ["2": 0.5, "3": 1, "4": 2, "5": 4][match.1].map { 2e9 * $0 * lanes }
    }
    if let match = kind.wholeMatch(of: /(\d+)x(\d+)GbE/), let ports = Double(match.1),
      let speed = Double(match.2)
    {
      return 2 * ports * speed * 1e9 / 8
    }
    return nil
  }

  @Test("every row, every figure, every doubt", .enabled(if: isPresent, "no \(path)"))
  func figures() throws {
    let table = try CSVTable(Self.path)
    #expect(table.rowCount == 175)
    let columns = Dictionary(
      uniqueKeysWithValues: try table.header.map { ($0, try table.strings($0)) })
    for row in 0..<table.rowCount {
      func text(_ column: String) -> String { columns[column]?[row] ?? "" }
      let name = text("name")
      let device = try DeviceCatalogue.device(named: name)
      #expect(device.name == name && device.vendor == text("vendor"))
      #expect(
        device.deviceClass.rawValue == (text("class") == "sbc" ? "board" : text("class")), "\(name)"
      )
      #expect(device.releaseYear == Int(text("release_year")), "\(name)")
      let doubts = text("uncertain_cells").split(separator: ",").map {
        $0.trimmingCharacters(in: .whitespaces)
      }
      func agrees(_ column: String, _ value: Double?, _ confidence: Confidence?, unit: Double) {
        guard let stated = Double(text(column)) else { return }
        #expect(
          value.map { abs($0 / (stated * unit) - 1) < 1e-6 } == true,
          "\(name): \(column) is \(stated), here \(value ?? .nan)")
        if doubts.contains(column) { #expect(confidence == .uncertain, "\(name): \(column)") }
      }
      func agrees<Amount: Quantity>(_ column: String, _ figure: Figure<Amount>?, unit: Double) {
        agrees(column, figure?.value.value, figure?.confidence, unit: unit)
      }
      agrees(
        "process_nm", device.processNanometres?.value, device.processNanometres?.confidence, unit: 1
      )
      for (column, format, isNarrow) in Self.rates {
        guard let stated = Double(text(column)) else { continue }
        let found = device.peaks.filter {
          guard let dense = $0.dense else { return false }
          return $0.type == format && ($0.accumulate == .fp16) == isNarrow
            && abs(dense.value.value / (stated * 1e12) - 1) < 1e-6
        }
        #expect(!found.isEmpty, "\(name): no \(format) of \(stated) TFLOP/s")
        agrees(column, found.first?.dense, unit: 1e12)
      }
      agrees("mem_capacity_GB", device.capacity, unit: 1e9)
      agrees("mem_bandwidth_GBps", device.bandwidth, unit: 1e9)
      if !Self.withoutCache.contains(name) {
        // Rounded to whole bytes.
        let cache = device.memory.dropLast().last?.capacity
        let stated = (Double(text("llc_MB")) ?? 0) * 1_048_576
        if !text("llc_MB").isEmpty { #expect(cache?.value == Bytes(stated.rounded()), "\(name)") }
        if doubts.contains("llc_MB") { #expect(cache?.confidence == .uncertain, "\(name)") }
      }
      let bandwidth = device.links.first?.bidirectionalBandwidth
      if let expected = Self.link(of: text("interconnect_kind")) {
        #expect(bandwidth?.value.value == expected, "\(name)")
      } else {
        agrees("interconnect_GBps", bandwidth, unit: 1e9)
      }
      agrees("tdp_W", device.power.thermalDesign, unit: 1)
      agrees("idle_W", device.power.idle, unit: 1)
    }
  }
}

/// The devices of the NeuSight measurements, where its configurations are at hand.
@Suite("The catalogue agrees with NeuSight's configurations") struct DeviceConfigurationTests {
  static let folder = "../shared/data/neusight/device_configs"
  static let isPresent = FileManager.default.fileExists(atPath: folder)

  @Test("capacity to 7 %, bandwidth to 3 %, fp32 to 4 %", .enabled(if: isPresent, "no \(folder)"))
  func configurations() throws {
    let files = try FileManager.default.contentsOfDirectory(atPath: Self.folder)
      .filter { $0.hasSuffix(".json") && !$0.hasSuffix("_TP.json") }
    #expect(files.count >= 12)
    for file in files {
      let data = try Data(contentsOf: URL(fileURLWithPath: "\(Self.folder)/\(file)"))
      let peer = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
      let device = try DeviceCatalogue.device(named: try #require(peer["Device"] as? String))
      // One of two dies, as it appears to a program.
      let dies = device.name == "MI250" ? 2.0 : 1
      func agrees(_ ours: Double?, _ key: String, unit: Double, to tolerance: Double) throws {
        let theirs = try #require(peer[key] as? Double, "\(file): no \(key)")
        let ratio = (ours ?? .nan) / (dies * theirs * unit)
        #expect(abs(ratio - 1) < tolerance, "\(device.name): \(key) is \(ratio) of theirs")
      }
      try agrees(device.capacity?.value.value, "Dev_Mem", unit: 1e9, to: 0.07)
      try agrees(device.bandwidth?.value.value, "Mem_Bw", unit: 1e9, to: 0.03)
      let rate = device.peak(.fp32, unit: .vector)?.dense?.value.value
      let key = peer["SingleFLOPs"] == nil ? "SingleFLOPsVEC" : "SingleFLOPs"
      try agrees(rate, key, unit: 1e9, to: 0.04)
    }
  }
}
