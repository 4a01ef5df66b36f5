import Analytic
import Datasets
import Devices
import Foundation
import Predictions
import Testing
import Workloads
import Zoo

@Suite("Sweep") struct SweepTests {
  private func sweep(
    _ networks: [String] = [
      "resnet18", "mobilenetv3_small_100",
      "nasbench201:|nor_conv_3x3~0|+|none~0|none~1|+|skip_connect~0|none~1|none~2|",
    ],
    devices: [String] = ["T4", "Raspberry-Pi-4B-8GB"], precisions: [Precision?] = [.fp16, nil],
    batches: [Int] = [1, 4]
  ) throws -> Sweep {
    let requests = try networks.flatMap { name in
      try batches.map { try request(name, batch: $0) }
    }
    return Sweep(
      requests,
      grid: SweepGrid(
        devices: try devices.map { try DeviceReference($0).device }, precisions: precisions))
  }

  private func bytes(_ path: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
  }

  @Test("a row says what predict says") func rows() throws {
    let scratch = try Scratch()
    _ = try sweep().write(to: scratch.file("s.csv"))
    let table = try CSVTable(scratch.file("s.csv"))
    #expect(table.header == Sweep.header)
    #expect(table.rowCount == 3 * 2 * 2 * 2)
    let names = try table.strings("workload")
    let devices = try table.strings("device")
    let precisions = try table.strings("precision")
    let batches = try table.doubles("batch")
    let fusions = try table.strings("fusion")
    let (latencies, energies) = (try table.doubles("latency_s"), try table.doubles("energy_j"))
    let (lows, highs) = (try table.doubles("low_s"), try table.doubles("high_s"))
    let memories = try table.doubles("peak_memory_bytes")
    for row in 0..<table.rowCount {
      let device = try DeviceReference(devices[row]).device
      let precision = try #require(Precision(rawValue: precisions[row]))
      let fusion = try #require(Fusion(rawValue: fusions[row]))
      #expect(fusion == (device.deviceClass == .gpu ? .none : .epilogue))
      let workload = try request(names[row], batch: Int(batches[row])).workload()
      // The network's own types are fp32.
      let prediction = try RooflineModel(
        device, Execution(precision: precision == .fp16 ? .fp16 : nil, fusion: fusion)
      ).predict(workload)
      let interval = try #require(prediction.latency.interval)
      for (found, expected) in [
        (latencies[row], prediction.latency.value.value),
        (lows[row], interval.low.value), (highs[row], interval.high.value),
        (energies[row], prediction.energy?.value.value ?? .nan),
        (memories[row], prediction.peakMemory?.value.value ?? .nan),
      ] {
        // Six significant digits.
        #expect(abs(found / expected - 1) < 5.1e-6, "\(names[row]) on \(devices[row])")
      }
    }
  }

  @Test("rows stand in one order, however many threads there are, and nothing is left beside them")
  func order() throws {
    let scratch = try Scratch()
    let sweep = try sweep()
    let result = try sweep.write(to: scratch.file("a.csv"))
    #expect(result.done == sweep.count && result.kept == 0)
    _ = try sweep.write(to: scratch.file("b.csv"))
    #expect(try bytes(scratch.file("a.csv")) == bytes(scratch.file("b.csv")))
    #expect(scratch.contents == ["a.csv", "b.csv"])
    let lines = try String(contentsOfFile: scratch.file("a.csv"), encoding: .utf8)
      .split(separator: "\n")
    #expect(lines.count == sweep.count + 1)
    #expect(lines[1].hasPrefix("resnet18,1,,T4,fp16,nhwc,none,"))
    #expect(lines[2].hasPrefix("resnet18,1,,T4,fp32,nhwc,none,"))
    #expect(lines[3].hasPrefix("resnet18,1,,Raspberry-Pi-4B-8GB,fp16,nhwc,epilogue,"))
    #expect(lines[3].hasSuffix(",true,fp16 as fp32"))
    #expect(lines[5].hasPrefix("resnet18,4,,T4,"))
  }

  @Test("a part that ends anywhere is gone on with, to the same table") func truncated() throws {
    let scratch = try Scratch()
    let sweep = try sweep()
    let path = scratch.file("s.csv")
    _ = try sweep.write(to: path)
    let whole = try bytes(path)
    let part = try part(of: sweep, whole, scratch)
    // Within the settings, the header, the first rows, at ends of lines, near the end.
    let cuts =
      [0, 1, 20, 100, whole.count / 3, whole.count / 2] + stride(from: 200, to: part.count, by: 61)
      + [part.count - 1, part.count]
    for cut in cuts where cut <= part.count {
      try FileManager.default.removeItem(atPath: path)
      try Data(part.prefix(cut)).write(to: URL(fileURLWithPath: path + ".part"))
      let result = try sweep.write(to: path)
      let lines = part.prefix(cut).count { $0 == 0x0a }
      #expect(result.kept == max(0, lines - 2), "cut at \(cut)")
      #expect(try bytes(path) == whole, "cut at \(cut)")
      #expect(scratch.contents == ["s.csv"])
    }
  }

  /// What a part is just before it takes its place.
  private func part(of sweep: Sweep, _ whole: [UInt8], _ scratch: Scratch) throws -> [UInt8] {
    let path = scratch.file("p.csv")
    _ = try GrowingTable(path, command: "sweep", settings: sweep.settings, header: Sweep.header)
    let head = try bytes(path + ".part")
    try FileManager.default.removeItem(atPath: path + ".part")
    let end = try #require(head.firstIndex(of: 0x0a))
    #expect(head.starts(with: "# sweep {".utf8))
    #expect(whole.starts(with: head[(end + 1)...]))
    return Array(head[...end]) + whole
  }

  @Test("a part of another sweep is refused by what differs, and stays as it was")
  func otherSettings() throws {
    let scratch = try Scratch()
    let first = try sweep(batches: [1, 4])
    _ = try first.write(to: scratch.file("s.csv"))
    let part = try part(of: first, bytes(scratch.file("s.csv")), scratch)
    let url = URL(fileURLWithPath: scratch.file("s.csv.part"))
    for (other, message) in [
      (try sweep(batches: [1, 8]), "'batch' is '1,4'; now it is '1,8'"),
      (try sweep(devices: ["T4"]), "'device' is 'T4,Raspberry-Pi-4B-8GB'; now it is 'T4'"),
      (try sweep(precisions: [.fp16]), "'precision' is"),
      (try sweep(["resnet18"]), "'workload' is"),
    ] {
      try Data(part.prefix(part.count / 2)).write(to: url)
      let error = #expect(throws: DatasetError.self) {
        try other.write(to: scratch.file("s.csv"))
      }
      #expect("\(error.map { "\($0)" } ?? "")".contains(message), "\(String(describing: error))")
      #expect(try Data(contentsOf: url) == Data(part.prefix(part.count / 2)))
    }
    // Rows that nobody would compute now: the program or a device has changed.
    var changed = Array(part.prefix(part.count / 2))
    let header = try #require(changed.firstIndex(of: 0x0a))
    let row = try #require(changed[(header + 1)...].firstIndex(of: 0x0a))
    changed[row + 40] = changed[row + 40] == 0x31 ? 0x32 : 0x31
    try Data(changed).write(to: url)
    let error = #expect(throws: DatasetError.self) {
      try first.write(to: scratch.file("s.csv"))
    }
    #expect("\(error.map { "\($0)" } ?? "")".contains("not what is computed now"))
    // Something else altogether.
    try Data("precious".utf8).write(to: url)
    #expect(throws: DatasetError.self) { try first.write(to: scratch.file("s.csv")) }
    #expect(try Data(contentsOf: url) == Data("precious".utf8))
  }

  @Test("a point that cannot be built or has no rate has a note in the place of numbers")
  func notes() throws {
    let scratch = try Scratch()
    var bare = Device(name: "bare, \"quoted\"", deviceClass: .npu)
    bare.peaks = []
    let requests = [try request("resnet18", image: 64), try request("vgg16", image: 8)]
    let sweep = Sweep(
      requests, grid: SweepGrid(devices: [bare, try DeviceReference("T4").device]))
    _ = try sweep.write(to: scratch.file("s.csv"))
    let table = try CSVTable(scratch.file("s.csv"))
    let notes = try table.strings("note")
    let latencies = try table.doubles("latency_s")
    #expect(try table.strings("device")[0] == "bare, \"quoted\"")
    #expect(try table.strings("settings") == ["image=64", "image=64", "image=8", "image=8"])
    #expect(latencies[0].isNaN && notes[0].contains("states no rate of arithmetic"))
    #expect(!latencies[1].isNaN && notes[1].isEmpty)
    #expect(latencies[2].isNaN && latencies[3].isNaN)
    #expect(notes[2].contains("does not fit") && notes[2] == notes[3])
    #expect(try table.strings("fits") == ["", "true", "", ""])
  }

  @Test("a sweep of which nothing can be built is refused at once") func nothing() throws {
    let grid = SweepGrid(devices: [plainDevice()])
    var wrong = WorkloadRequest()
    wrong.settings["imagee"] = 224
    let network = try NamedNetwork("resnet18")
    let error = #expect(throws: WorkloadError.self) {
      try Sweep([RunRequest(network, wrong)], grid: grid).checkAny()
    }
    #expect("\(error.map { "\($0)" } ?? "")".contains("has no setting 'imagee'"))
  }
}

@Suite("Selections") struct SelectionTests {
  @Test("families and classes are their members, and what several mean stands once")
  func families() throws {
    let names = try NamedNetwork.networks(["resnet50", "family:resnet"]).map(\.name)
    #expect(names.first == "resnet50" && names.count { $0 == "resnet50" } == 1)
    #expect(Set(names).isSuperset(of: ["resnet18", "resnet101"]))
    #expect(try NamedNetwork.networks(["all"]).count > 800)
    let devices = try DeviceSelection.devices(["T4,RTX-3090", "class:gpu"])
    #expect(devices.prefix(2).map(\.name) == ["T4", "RTX-3090"])
    #expect(devices.allSatisfy { $0.deviceClass == .gpu })
    #expect(Set(devices.map(\.name)).count == devices.count)
    #expect(try DeviceSelection.devices(["all"]).count == DeviceCatalogue.names.count)
  }

  @Test("a wrong name is refused with the nearest, a name given twice by itself")
  func wrong() {
    func message(_ body: () throws -> Void) -> String {
      do { try body() } catch { return "\(error)" }
      return ""
    }
    #expect(
      message { _ = try NamedNetwork.networks(["family:resnett"]) }
        .hasPrefix("no family 'resnett'. Did you mean 'resnet'?"))
    #expect(message { _ = try NamedNetwork.networks(["resnet5"]) }.contains("Did you mean"))
    #expect(
      message { _ = try NamedNetwork.networks(["resnet50", "resnet50"]) }.contains("named twice"))
    #expect(
      message { _ = try DeviceSelection.devices(["class:gpuu"]) }.contains("Did you mean 'gpu'?"))
    #expect(message { _ = try DeviceSelection.devices(["T4,,P4"]) }.contains("empty name"))
    // One device under two of its names.
    #expect(
      message { _ = try DeviceSelection.devices(["RTX-3090", "geforce rtx 3090"]) }
        .contains("'RTX-3090' is named twice"))
  }

  @Test("a list of workloads says batches and settings, and a sweep's rows are such a list")
  func list() throws {
    let scratch = try Scratch()
    try """
    workload,batch,settings
    resnet50,8,image=288
    llama-2-7b,,phase=decode context=512
    resnet18,,
    """.write(toFile: scratch.file("l.csv"), atomically: true, encoding: .utf8)
    var base = WorkloadRequest()
    base.batch = 2
    let list = try RunRequest.list(csv: scratch.file("l.csv"), base: base)
    #expect(
      list.map(\.label.text) == [
        "resnet50, batch 8, image=288", "llama-2-7b, batch 2, phase=decode context=512",
        "resnet18, batch 2",
      ])
    for (text, message) in [
      ("workload\nresnet5000\n", "l.csv:2: column 'workload' is 'resnet5000'"),
      ("workload,batch\nresnet50,0\n", "l.csv:2: column 'batch' is '0'"),
      ("workload,settings\nresnet50,image\n", "write name=number"),
      ("network\nresnet50\n", "no column 'workload'"),
    ] {
      try text.write(toFile: scratch.file("l.csv"), atomically: true, encoding: .utf8)
      do {
        _ = try RunRequest.list(csv: scratch.file("l.csv"), base: base)
        Issue.record("\(text) was read")
      } catch {
        #expect("\(error)".contains(message), "\(error)")
      }
    }
  }
}
