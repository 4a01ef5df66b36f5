import Testing
import Workloads
import Zoo

@Suite("Detectors") struct DetectionTests {
  struct Published: Sendable, CustomStringConvertible {
    let model: String
    /// The comment beside each size in the configuration files of Ultralytics.
    let parameters: Int
    /// The table of the documentation, at 640 pixels, 1 MAC = 2 FLOP.
    let gflop: Double
    /// Convolutions and products of matrices in one run of the reference code in training, without
    /// the fixed convolution of the box distributions, by PyTorch's flop counter.
    let macs: Double

    var description: String { model }
  }

  static let published = [
    Published(model: "yolov8n", parameters: 3_157_200, gflop: 8.7, macs: 4_371_456_000),
    Published(model: "yolov8s", parameters: 11_166_560, gflop: 28.6, macs: 14_300_774_400),
    Published(model: "yolov8m", parameters: 25_902_640, gflop: 78.9, macs: 39_467_827_200),
    Published(model: "yolov8l", parameters: 43_691_520, gflop: 165.2, macs: 82_573_721_600),
    Published(model: "yolov8x", parameters: 68_229_648, gflop: 257.8, macs: 128_901_632_000),
    Published(model: "yolo11n", parameters: 2_624_080, gflop: 6.5, macs: 3_270_713_600),
    Published(model: "yolo11s", parameters: 9_458_752, gflop: 21.5, macs: 10_794_342_400),
    Published(model: "yolo11m", parameters: 20_114_688, gflop: 68.0, macs: 34_051_686_400),
    Published(model: "yolo11l", parameters: 25_372_160, gflop: 86.9, macs: 43_577_446_400),
    Published(model: "yolo11x", parameters: 56_966_176, gflop: 194.9, macs: 97_635_686_400),
  ]

  /// 80² + 40² + 20² places at 640 pixels; four sides with 16 distances at each.
  static let places = 8400.0
  static let distributionMACs = places * 4 * 16

  @Test("have the parameters and MACs of the reference code", arguments: published)
  func reference(row: Published) throws {
    let network = try #require(NetworkRegistry.network(named: row.model))
    let counts = try network.workload().counts()
    #expect(counts.parameters == row.parameters)
    #expect(counts.total.macs(.matrix) == row.macs + Self.distributionMACs)
  }

  /// The documentation leaves the products of attention out, 0.6 % of the smallest YOLO11.
  @Test("cost what the documentation says within 1 %", arguments: published)
  func documentation(row: Published) throws {
    let network = try #require(NetworkRegistry.network(named: row.model))
    let gflop = try network.workload().counts().total.macs(.matrix) * 2 / 1e9
    #expect(abs(gflop - row.gflop) <= 0.01 * row.gflop + 0.05)
  }

  @Test("give four sides and 80 classes for every place") func result() throws {
    let network = try #require(NetworkRegistry.network(named: "yolov8n"))
    let workload = try network.workload(batch: 2)
    let result = try #require(workload.results.first)
    #expect(workload[result].shape == [2, 84, 8400])
  }

  @Test("refuse pictures whose sides are no multiple of 32") func sides() throws {
    for name in ["yolov8n", "yolo11n"] {
      let network = try #require(NetworkRegistry.network(named: name))
      for side in [1, 31, 650] {
        #expect(throws: WorkloadError.self) { try network.workload(settings: ["image": side]) }
      }
      #expect(throws: Never.self) { try network.workload(settings: ["image": 32]) }
      #expect(throws: Never.self) { try network.workload(settings: ["image": 1_000_000]) }
    }
  }
}
