import Devices
import Foundation
import Quantities
import Testing

/// A small GPU whose figures can be divided in the head.
func small() -> Device {
  var device = Device(name: "small", deviceClass: .gpu)
  device.computeUnits = .init(kind: "SM", count: Figure(10))
  device.peaks = [
    PeakRate(.fp32, .vector, dense: Figure(.teraFLOPPerSecond(10))),
    PeakRate(.fp16, .vector, dense: Figure(.teraFLOPPerSecond(20))),
    PeakRate(.fp16, .matrix, accumulate: .fp16, dense: Figure(.teraFLOPPerSecond(80))),
    PeakRate(.fp16, .matrix, accumulate: .fp32, dense: Figure(.teraFLOPPerSecond(40))),
    PeakRate(.int8, .matrix, accumulate: .int32, dense: Figure(.teraFLOPPerSecond(160))),
  ]
  device.memory = [
    MemoryLevel("shared", scope: .computeUnit, capacity: Figure(.kibibytes(100))),
    MemoryLevel("L2", capacity: Figure(.mebibytes(4))),
    MemoryLevel(
      "DRAM", technology: "GDDR6", capacity: Figure(.gigabytes(8)),
      bandwidth: Figure(.gigabytesPerSecond(500))),
  ]
  return device
}

@Suite("Devices") struct DeviceTests {
  @Test("a rate is of the matrix units and their widest sums unless asked otherwise")
  func peaks() {
    let device = small()
    #expect(device.peak(.fp16)?.dense?.value == .teraFLOPPerSecond(40))
    #expect(device.peak(.fp16, accumulate: .fp16)?.dense?.value == .teraFLOPPerSecond(80))
    #expect(device.peak(.fp16, unit: .vector)?.dense?.value == .teraFLOPPerSecond(20))
    #expect(device.peak(.fp32)?.unit == .vector)
    #expect(device.peak(.fp8) == nil)
    #expect(device.usualPeak(of: .matrix)?.label == "fp16 matrix, fp32 sums")
    #expect(device.usualPeak(of: .vector)?.label == "fp32 vector")
  }

  @Test("the last level is the main memory, and the ridge point is its") func memory() throws {
    let device = small()
    #expect(device.mainMemory?.name == "DRAM")
    #expect(device.capacity?.value == .gigabytes(8))
    let peak = try #require(device.peak(.fp32))
    // 10 TFLOP/s over 500 GB/s.
    #expect(device.ridgePoint(of: peak) == FLOPPerByte(20))
    #expect(device.totalCapacity(of: device.memory[0]) == .kibibytes(1000))
    #expect(device.totalCapacity(of: device.memory[1]) == .mebibytes(4))
    #expect(device.totalBandwidth(of: device.memory[1]) == nil)
  }

  @Test("what is unknown stays unknown") func unknown() {
    var device = small()
    device.computeUnits = nil
    #expect(device.totalCapacity(of: device.memory[0]) == nil)
    device.memory = []
    #expect(device.bandwidth == nil && device.mainMemory == nil)
    #expect(device.ridgePoint(of: device.peaks[0]) == nil)
  }
}

@Suite("Devices as JSON") struct DeviceJSONTests {
  static let document: String = {
    let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Sources/Devices/README.md")
    let text = (try? String(contentsOf: path, encoding: .utf8)) ?? ""
    guard let start = text.range(of: "```json\n"),
      let end = text.range(of: "\n```", range: start.upperBound..<text.endIndex)
    else { return "" }
    return String(text[start.upperBound..<end.lowerBound])
  }()

  @Test("the example of the reference has every key, in the layout that is written")
  func example() throws {
    let device = try Device(json: Array(Self.document.utf8), file: "example.json")
    #expect(device.json == Self.document)
    #expect(device.remarks == [])
    #expect(device.name == "Example-1" && device.aliases == ["Example One"])
    #expect(device.releaseYear == 2025 && device.processNanometres?.value == 5)
    #expect(device.computeUnits == .init(kind: "SM", count: Figure(82)))
    #expect(device.clock?.boost == Figure(.gigahertz(1.695), .measured))
    #expect(device.peaks.count == 3 && device.memory.count == 3 && device.links.count == 2)
    #expect(device.peaks[0].energyPerFLOP == Figure(JoulesPerFLOP(6e-12), .uncertain))
    #expect(
      device.peaks[2].achieved
        == Figure(.teraFLOPPerSecond(130), .measured, source: "a product of 8192³"))
    #expect(device.memory[0].scope == .computeUnit)
    #expect(device.bandwidth == Figure(.gigabytesPerSecond(936)))
    #expect(device.mainMemory?.energyPerByte == Figure(JoulesPerByte(6e-11), .uncertain))
    #expect(device.launchOverhead?.value == .microseconds(4))
    #expect(device.links[0].count == 4)
    #expect(device.power.highestLimit == Figure(Watts(390)))
  }

  @Test("a bare figure takes the confidence of its device, and writing keeps the difference")
  func confidence() throws {
    let text = #"""
      {"name": "x", "class": "cpu", "confidence": "uncertain", "tdp_w": 65,
       "idle_w": {"value": 5, "confidence": "measured"}}
      """#
    let device = try Device(json: Array(text.utf8), file: "x.json")
    #expect(device.power.thermalDesign == Figure(Watts(65), .uncertain))
    #expect(device.power.idle == Figure(Watts(5), .measured))
    #expect(
      device.jsonLine
        == #"{"name":"x","class":"cpu","tdp_w":65,"#
        + #""idle_w":{"value":5,"confidence":"measured"},"confidence":"uncertain"}"#)
    #expect(try Device(json: Array(device.json.utf8), file: "x.json") == device)
  }

  @Test("a device made in Swift reads back equal") func roundTrip() throws {
    let device = small()
    #expect(try Device(json: Array(device.json.utf8), file: "small.json") == device)
    #expect(try Device(json: Array(device.jsonLine.utf8), file: "small.json") == device)
  }

  @Test("a device of which nothing is known is allowed, and remarked on") func empty() throws {
    let device = try Device(json: Array(#"{"name": "x", "class": "npu"}"#.utf8), file: "x.json")
    #expect(
      device.remarks == [
        "'peaks' is empty: times can be predicted only after calibration",
        "'memory' is empty: traffic costs nothing until it is calibrated",
        "'tdp_w' is missing: energy is unknown",
        "'source' is missing: nobody can check where the figures are from",
      ])
  }

  @Test("what is odd is remarked on") func remarks() throws {
    var device = small()
    device.source = "here"
    device.power.thermalDesign = Figure(Watts(100))
    #expect(device.remarks == [])
    device.peaks[0].sparse = Figure(.teraFLOPPerSecond(40))
    device.peaks[1].dense = nil
    device.peaks[2].dense = Figure(.teraFLOPPerSecond(20))
    device.peaks[4].dense = Figure(.teraFLOPPerSecond(160), .uncertain)
    device.peaks[4].achieved = Figure(.teraFLOPPerSecond(170), .measured)
    device.memory[2].capacity = nil
    #expect(
      device.remarks == [
        "the main memory has no 'capacity_bytes'",
        "'peaks[0]' (fp32 vector): sparse is more than twice dense, which a 2:4 pattern cannot give",
        "'peaks[1]' (fp16 vector) has no 'dense_flop_per_s'",
        "'peaks[2]' (fp16 matrix, fp16 sums) has 20.0 TFLOP/s, less than fp16 matrix, fp32 sums",
        "'peaks[4]' (int8 matrix, int32 sums): achieved is above the uncertain peak",
      ])
    #expect(try Device(json: Array(device.json.utf8), file: "small.json") == device)
  }
}
