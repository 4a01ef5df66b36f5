import Devices
import Features
import Foundation
import Predictors
import Quantities
import Workloads

/// Latencies of an inference engine on a device, from which its rates are taken.
///
/// The file holds what was measured, not what was learned: the adaptation is closed enough to be done
/// again on reading.
public struct RateCalibration: Sendable, Codable, Hashable {
  public struct Sample: Sendable, Codable, Hashable {
    public var network: String
    /// The network's work by class, under the shape that was shipped.
    public var work: [Double]
    public var latency: Double

    private enum CodingKeys: String, CodingKey {
      case network, work
      case latency = "latency_s"
    }

    /// One run of `workload` on a device of that kind.
    public init(_ workload: Workload, latency: Seconds, isGraphics: Bool) throws {
      let shipped = try ShippedRates.load()
      let shape = (isGraphics ? shipped.graphics : shipped.processor).shape
      network = workload.name
      work = shape.work(workload.workOperations(workload.counts()).compactMap(\.self))
      self.latency = latency.value
    }
  }

  public var device: String
  public var isGraphics: Bool
  public var threads: Int?
  public var samples: [Sample]

  private enum CodingKeys: String, CodingKey {
    case device, threads, samples
    case isGraphics = "is_graphics"
  }

  public init(device: String, isGraphics: Bool, threads: Int?, samples: [Sample]) {
    self.device = device
    self.isGraphics = isGraphics
    self.threads = threads
    self.samples = samples
  }

  /// No measurement: what the device's class and the number of its cores say.
  public init(_ device: Device) {
    self.init(
      device: device.name, isGraphics: device.deviceClass == .gpu,
      threads: device.computeUnits?.count.value, samples: [])
  }

  /// The model of the device under these measurements.
  public func model() throws -> RateModel {
    let shipped = try ShippedRates.load()
    let prior = isGraphics ? shipped.graphics : shipped.processor
    let rates = try AdaptedRates(
      prior,
      samples: samples.map {
        AdaptedRates.Sample(network: $0.network, work: $0.work, latency: Seconds($0.latency))
      }, threads: threads)
    return RateModel(
      rates, samples: samples.count, kind: isGraphics ? "graphics processor" : "processor")
  }
}
