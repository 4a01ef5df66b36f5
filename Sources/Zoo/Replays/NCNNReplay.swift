import Datasets
import Features
import Foundation
import Mathematics
import Predictions
import Predictors
import Quantities
import Workloads

/// ncnn's table of phones, boards and graphics processors against rates learned from other boards and
/// three latencies of the one that is predicted.
public struct NCNNReplay: Sendable {
  /// One board in one setting: threads, or its graphics processor.
  public struct Setting: Sendable {
    public let board: String
    public let run: String
    public let threads: Int?
    public let isGraphics: Bool
  }

  /// The networks that every device is measured with, chosen once for all devices: one with many small
  /// operations, one with much arithmetic, one with 8-bit weights.
  public static let anchors = ["mobilenet_v2", "resnet50", "resnet18_int8"]

  public let settings: [Setting]
  public let networks: [(name: String, operations: [WorkOperation])]
  /// ln ms by setting and network.
  let logLatency: Matrix
  /// Rows that were left out, with the reason.
  public let leftOut: [String]

  /// Runs that no such device can have made: a graphics driver that was lost returns at once.
  private static let lostRuns: [String: Set<String>] = [
    "133": [
      "efficientnet_b0", "efficientnetv2_b0", "regnety_400m", "blazeface", "googlenet", "resnet18",
      "alexnet", "vgg16", "resnet50", "squeezenet_ssd", "mobilenet_ssd", "mobilenet_yolo",
      "mobilenetv2_yolov3", "yolov4-tiny", "nanodet_m", "yolo-fastest-1.1", "yolo-fastestv2",
      "vision_transformer", "FastestDet",
    ]
  ]
  /// Sizes that some graphs leave open.
  private static let sizes = ["vision_transformer": 384, "FastestDet": 352]

  /// - Parameters:
  ///   - table: CSV with device, run, num_threads, gpu_device, model, min_ms.
  ///   - models: folder of the networks' `.param` files.
  public init(table path: String, models: String) throws {
    let table = try CSVTable(path)
    let boards = try table.strings("device")
    let runs = try table.strings("run")
    let threads = try table.strings("num_threads")
    let graphics = try table.strings("gpu_device")
    let names = try table.strings("model")
    let times = try table.doubles("min_ms")
    let files = try FileManager.default.contentsOfDirectory(atPath: models)
      .filter { $0.hasSuffix(".param") }.sorted()
    guard !files.isEmpty else { throw StudyError.needsData(path: models) }
    networks = try files.map { file in
      let name = String(file.dropLast(6))
      let settings = Self.sizes[name].map { ["image": $0] } ?? [:]
      let workload = try Workload(ncnn: "\(models)/\(file)", batch: 1, settings: settings)
      return (name, workload.workOperations(workload.counts()).compactMap(\.self))
    }
    var settings: [Setting] = []
    var places: [String: Int] = [:]
    var cells: [(setting: Int, network: Int, value: Double)] = []
    var leftOut: [String] = []
    let columns = Dictionary(
      uniqueKeysWithValues: networks.enumerated().map { ($1.name, $0) })
    for row in 0..<table.rowCount where times[row] > 0 {
      let key = [boards[row], runs[row], threads[row], graphics[row]].joined(separator: "\n")
      guard let network = columns[names[row]] else {
        leftOut.append("\(names[row]) of run \(runs[row]): no graph")
        continue
      }
      if Self.lostRuns[runs[row]]?.contains(names[row]) == true {
        leftOut.append("\(names[row]) of run \(runs[row]): faster than any such device")
        continue
      }
      if places[key] == nil {
        places[key] = settings.count
        settings.append(
          Setting(
            board: boards[row], run: runs[row], threads: Int(threads[row]),
            isGraphics: graphics[row] != "-1"))
      }
      cells.append((places[key] ?? 0, network, log(times[row])))
    }
    var matrix = Matrix(rows: settings.count, columns: networks.count, repeating: .nan)
    for cell in cells { matrix[cell.setting, cell.network] = cell.value }
    self.settings = settings
    self.leftOut = leftOut
    logLatency = matrix
  }

  /// The settings of one class as measurements; those of one board share its weight.
  func measurements(_ rows: [Int]) -> RateMeasurements {
    var counts: [String: Int] = [:]
    for row in rows { counts[settings[row].board, default: 0] += 1 }
    return RateMeasurements(
      networks: networks, logLatency: logLatency.selecting(rows: rows),
      threads: rows.map { settings[$0].threads },
      weights: rows.map { 1 / Double(counts[settings[$0].board] ?? 1).squareRoot() })
  }

  /// One prediction of a network on a setting whose board was left out.
  public struct Row: Sendable {
    public let setting: Int
    public let network: String
    public let predicted: Estimate<Seconds>
    public let measured: Seconds
  }

  /// Every network that is no anchor on every setting, with everything learned on other boards.
  ///
  /// - Parameter knowsNetworks: whether what other boards have shown of a network may be used; without,
  ///   only its work is.
  public func leaveOneBoardOut(
    knowsNetworks: Bool = true, progress: @Sendable @escaping (Double) -> Void = { _ in }
  ) throws -> [Row] {
    var folds: [(board: String, isGraphics: Bool)] = []
    for isGraphics in [false, true] {
      let boards = Set(settings.filter { $0.isGraphics == isGraphics }.map(\.board))
      folds += boards.sorted().map { ($0, isGraphics) }
    }
    let all = folds
    return try parallelMap(all.count) { place in
      let rows = try fold(all[place].board, all[place].isGraphics, knowsNetworks)
      progress(Double(place) / Double(all.count))
      return rows
    }.flatMap(\.self)
  }

  private func fold(_ board: String, _ isGraphics: Bool, _ knowsNetworks: Bool) throws -> [Row] {
    let own = settings.indices.filter { settings[$0].isGraphics == isGraphics }
    let known = own.filter { settings[$0].board != board }
    var prior = try RatePrior.learn(
      measurements(known), isGraphics ? .graphics : .processor, anchors: Self.anchors,
      floor: 0.1, quantile: ShippedRates.quantile(isGraphics, knowsNetworks),
      knownQuantile: ShippedRates.quantile(isGraphics, true))
    if !knowsNetworks { prior.anchors?.loadings = [:] }
    return try own.filter { settings[$0].board == board }.flatMap { try predict($0, prior) }
  }

  private func predict(_ setting: Int, _ prior: RatePrior) throws -> [Row] {
    let samples = networks.enumerated().compactMap { place, network -> AdaptedRates.Sample? in
      let value = logLatency[setting, place]
      guard Self.anchors.contains(network.name), value.isFinite else { return nil }
      return AdaptedRates.Sample(
        network: network.name, work: prior.shape.work(network.operations),
        latency: .milliseconds(exp(value)))
    }
    guard !samples.isEmpty else { return [] }
    let rates = try AdaptedRates(prior, samples: samples, threads: settings[setting].threads)
    return networks.enumerated().compactMap { place, network in
      let value = logLatency[setting, place]
      guard value.isFinite, !Self.anchors.contains(network.name) else { return nil }
      return Row(
        setting: setting, network: network.name,
        predicted: rates.latency(
          network: network.name, work: prior.shape.work(network.operations)),
        measured: .milliseconds(exp(value)))
    }
  }

  /// The prior of one class from all its settings, as it is shipped.
  public func prior(isGraphics: Bool) throws -> RatePrior {
    let own = settings.indices.filter { settings[$0].isGraphics == isGraphics }
    return try RatePrior.learn(
      measurements(own), isGraphics ? .graphics : .processor, anchors: Self.anchors,
      floor: 0.15, quantile: ShippedRates.quantile(isGraphics, false),
      knownFloor: 0.1, knownQuantile: ShippedRates.quantile(isGraphics, true))
  }
}
