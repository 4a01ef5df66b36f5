import Analytic
import Datasets
import Devices
import Foundation
import Mathematics
import Predictions
import Quantities

/// Single fp32 kernels that NeuSight's authors have timed on several GPUs, against the roofline with one
/// set of constants for all of them, and against one constant efficiency.
///
/// The constants that score a GPU are fitted on the others alone. What a synchronous call costs on the
/// host of a session, its least latency, is read off the session itself and named as calibration.
public struct KernelReplay: Sendable {
  public enum Family: String, CaseIterable, Sendable {
    case linear, bmm, conv, elementwise, softmax, ln
  }

  /// The measurements of one operation on one GPU.
  public struct Session: Sendable {
    public let gpu: String
    public let operation: String
    public let family: Family
    let device: Device
    /// In fp32.
    let kernels: [Kernel]
    let measured: [Double]
    /// Seconds of the fastest calls.
    let floor: Double
    /// A sample of the kernels' places, for fitting.
    let sample: [Int]
  }

  public let sessions: [Session]

  /// The names of the tables' devices in the catalogue.
  private static let devices: [String: String] = [
    "Tesla P4": "P4", "Tesla P100-PCIE-16GB": "P100-PCIe-16GB", "Tesla T4": "T4",
    "Tesla V100-PCIE-32GB": "V100-PCIe-32GB", "NVIDIA A100-PCIE-40GB": "A100-PCIe-40GB",
    "NVIDIA A100 80GB PCIe": "A100-PCIe-80GB", "AMD Instinct MI100": "MI100",
    "AMD Instinct MI210": "MI210",
  ]

  /// - Parameters:
  ///   - folder: holds `nvidia_linear.csv.gz` and its like.
  ///   - sample: measurements of each session that a fit may see.
  public init(
    folder: String, sample: Int = 400, progress: (Double) -> Void = { _ in }
  ) throws {
    var sessions: [Session] = []
    let files: [(String, Family)] = [
      ("nvidia_linear", .linear), ("nvidia_bmm", .bmm), ("nvidia_conv", .conv),
      ("nvidia_elementwise", .elementwise), ("amd_elementwise", .elementwise),
      ("nvidia_softmax", .softmax), ("amd_softmax", .softmax), ("nvidia_ln", .ln),
      ("amd_ln", .ln),
    ]
    for (place, (name, family)) in files.enumerated() {
      progress(Double(place) / Double(files.count))
      let path = "\(folder)/\(name).csv.gz"
      guard FileManager.default.fileExists(atPath: path) else { continue }
      sessions += try Self.read(CSVTable(path), family, sample)
    }
    guard !sessions.isEmpty else { throw StudyError.needsData(path: folder) }
    self.sessions = sessions
  }

  private static func read(
    _ table: CSVTable, _ family: Family, _ sample: Int
  ) throws -> [Session] {
    let operations = try table.strings("OPName")
    let gpus = try table.strings("Device")
    let latencies = try table.doubles("Latency")
    let columns = try family.columns.map { try table.doubles($0) }
    var places: [String: [Int]] = [:]
    for row in 0..<table.rowCount where latencies[row] > 0 {
      places[gpus[row] + "\n" + operations[row], default: []].append(row)
    }
    return try places.keys.sorted().compactMap { key in
      let parts = key.split(separator: "\n").map(String.init)
      guard let rows = places[key], let name = devices[parts[0]] else { return nil }
      let measured = rows.map { latencies[$0] * 1e-3 }
      var random = RandomStream(seed: 0, label: key)
      return Session(
        gpu: name, operation: parts[1], family: family,
        device: try DeviceCatalogue.device(named: name),
        kernels: rows.map { row in family.kernel(parts[1], columns.map { $0[row] }) },
        measured: measured, floor: quantile(measured, 0.01),
        sample: random.sample(min(sample, rows.count), of: rows.count))
    }
  }
}

extension KernelReplay.Family {
  /// The columns of sizes.
  var columns: [String] {
    switch self {
    case .linear, .bmm: ["B", "M", "N", "K"]
    case .conv:
      [
        "B", "Input_Channel", "Output_Channel", "Kernel_Szie", "Input_Size", "Stride", "Padding",
      ]
    case .elementwise, .softmax, .ln: ["B", "H"]
    }
  }

  /// The kernel of one row, in fp32.
  func kernel(_ operation: String, _ x: [Double]) -> Kernel {
    switch self {
    // The tables' products are M×N · N×K.
    case .linear, .bmm:
      var kernel = Kernel(self == .linear ? .linear : .matrixMultiply)
      (kernel.batch, kernel.rows, kernel.columns, kernel.depth) = (x[0], x[1], x[3], x[2])
      kernel.matrixMACs = x[0] * x[1] * x[2] * x[3]
      let (left, right) = (4 * x[0] * x[1] * x[2], 4 * x[0] * x[2] * x[3])
      kernel.readBytes = self == .linear ? left : left + right
      kernel.weightBytes = self == .linear ? right : 0
      kernel.writtenBytes = 4 * x[0] * x[1] * x[3]
      return kernel
    case .conv:
      var kernel = Kernel(.spatialConvolution)
      let side = ((x[4] + 2 * x[6] - x[3]) / x[5]).rounded(.down) + 1
      (kernel.rows, kernel.columns, kernel.depth) = (x[0] * side * side, x[2], x[1] * x[3] * x[3])
      kernel.window = x[3] * x[3]
      kernel.isWinograd = x[3] == 3 && x[5] == 1
      kernel.matrixMACs = kernel.rows * kernel.columns * kernel.depth
      kernel.readBytes = 4 * x[0] * x[1] * x[4] * x[4]
      kernel.weightBytes = 4 * x[2] * kernel.depth
      kernel.writtenBytes = 4 * kernel.rows * x[2]
      return kernel
    case .elementwise:
      var kernel = Kernel(.elementwise)
      let elements = x[0] * x[1]
      let hasTwo = ["add", "mul", "div", "pow"].contains(operation)
      kernel.rows = elements
      kernel.readBytes = (hasTwo ? 8 : 4) * elements
      kernel.writtenBytes = 4 * elements
      kernel.vectorFLOP = (operation.hasPrefix("pow") ? 100 : 1) * elements
      return kernel
    case .softmax, .ln:
      var kernel = Kernel(self == .softmax ? .softmax : .normalization)
      (kernel.rows, kernel.columns) = (x[0], x[1])
      kernel.readBytes = 4 * x[0] * x[1]
      kernel.writtenBytes = 4 * x[0] * x[1]
      kernel.vectorFLOP = 8 * x[0] * x[1]
      return kernel
    }
  }

  /// The constants of the table that decide its time.
  var constants: [EfficiencyConstant] {
    func vector(
      _ name: String, _ range: ClosedRange<Double>,
      _ path: WritableKeyPath<TilingEfficiency, Double> & Sendable
    ) -> EfficiencyConstant {
      EfficiencyConstant(
        name, in: range, get: { $0.vectorTiling[keyPath: path] },
        set: { $0.vectorTiling[keyPath: path] = $1 })
    }
    func kind(
      _ name: String, _ range: ClosedRange<Double>, _ kind: KernelKind
    ) -> EfficiencyConstant {
      EfficiencyConstant(
        name, in: range, get: { $0[kind].bandwidth }, set: { $0[kind].bandwidth = $1 })
    }
    let products = [
      vector("share of the peak", 0.4...1, \.share),
      vector("share of the bandwidth", 0.2...1, \.bandwidthShare),
      vector("fill_bytes", 4...400, \.fillBytes),
    ]
    let rows = [
      EfficiencyConstant(
        "row_cycles", in: 1...4000, get: { $0.rowCycles }, set: { $0.rowCycles = $1 }),
      EfficiencyConstant(
        "row_element_cycles", in: 0.01...4, get: { $0.rowElementCycles },
        set: { $0.rowElementCycles = $1 }),
    ]
    switch self {
    case .linear: return products + [vector("drift", 2...400, \.drift)]
    case .bmm: return products + [vector("latency_outputs", 500...40_000, \.latencyOutputs)]
    case .conv:
      return products + [
        EfficiencyConstant(
          "winograd_gain", in: 1...2.25, get: { $0.winogradGain }, set: { $0.winogradGain = $1 })
      ]
    case .elementwise: return [kind("share of the bandwidth", 0.4...1, .elementwise)]
    case .softmax: return [kind("share of the bandwidth", 0.4...1, .softmax)] + rows
    case .ln: return [kind("share of the bandwidth", 0.4...1, .normalization)] + rows
    }
  }
}
