import Analytic
import Devices
import Foundation
import Quantities
import Workloads
import Zoo

/// A chip with round figures, a cache, and power enough for everything.
func plainDevice(bandwidth: Double = 1e11, rate: Double = 1e13, cache: Double = 1e6) -> Device {
  var device = Device(name: "plain", deviceClass: .gpu)
  device.peaks = [
    PeakRate(.fp32, .vector, dense: Figure(FLOPPerSecond(rate))),
    PeakRate(.fp16, .matrix, accumulate: .fp32, dense: Figure(FLOPPerSecond(8 * rate))),
  ]
  device.memory = [
    MemoryLevel(
      "L2", capacity: Figure(Bytes(cache)), bandwidth: Figure(BytesPerSecond(5 * bandwidth))),
    MemoryLevel(
      "DRAM", technology: "HBM2", capacity: Figure(.gigabytes(16)),
      bandwidth: Figure(BytesPerSecond(bandwidth))),
  ]
  device.computeUnits = Device.ComputeUnits(kind: "core", count: Figure(10))
  device.clock = Device.Clock(boost: Figure(.gigahertz(1)))
  device.launchOverhead = Figure(.microseconds(4))
  device.power.thermalDesign = Figure(Watts(1e6))
  device.power.idle = Figure(Watts(20))
  device.processNanometres = Figure(7)
  return device
}

/// One operation that reads and writes `elements` of 4 bytes.
func oneReLU(elements: Int) throws -> Workload {
  let net = WorkloadBuilder("relu")
  net.result(net.activation(.relu, net.input("x", [elements])))
  return try net.finish()
}

/// What a network with a name is asked for.
func request(_ name: String, batch: Int = 1, image: Int? = nil) throws -> RunRequest {
  var request = WorkloadRequest()
  request.batch = batch
  if let image { request.settings["image"] = image }
  return RunRequest(try NamedNetwork(name), request)
}

/// A folder that goes with the test.
final class Scratch {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "/perfmodel-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func file(_ name: String) -> String { path + "/" + name }

  var contents: [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
  }
}

/// Φ
func normal(below z: Double) -> Double { 0.5 * erfc(-z / 2.0.squareRoot()) }
