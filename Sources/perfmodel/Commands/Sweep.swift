import Analytic
import ArgumentParser
import Foundation
import Quantities
import Workloads
import Zoo

struct Sweep: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract:
      "Predicts every workload at every batch on every device: a table of all combinations.",
    discussion: """
      One row for each point, in SI units, from the data sheets. All cores work. A sweep that was \
      interrupted goes on where it stopped when it is called again with the same options: until it is \
      whole, its rows are in OUTPUT.part.

        perfmodel sweep resnet50 vit_base_patch16_224 --device class:gpu --batch 1,8,64 \\
                        --precision fp16,int8 --output sweep.csv
        perfmodel sweep family:resnet --device all --set image=224,288 --output sizes.csv
        perfmodel sweep llama-2-7b llama-2-70b --device H100-SXM,A100-SXM-80GB --phase decode \\
                        --context 1024,4096 --batch 1,16 --precision bf16,w4a16 --output decode.csv

      A point without a rate, or that cannot be built, has a note in the place of numbers; one that \
      does not fit the memory has fits=false and the time that it would take.
      """)

  @Argument(help: "Networks: names, notations, files, 'family:resnet' or 'all'.")
  var workloads: [String]
  @OptionGroup var devices: DevicesOption
  @Option(help: "Batches: 1,2,4. Default: 1.")
  var batch: [String] = []
  @Option(help: "Types of the run: fp16,int8. Default: the network's own.")
  var precision: [String] = []
  @Option(help: "Orders of an image's dimensions in memory: nhwc,nchw. Default: nhwc.")
  var layout: [String] = []
  @Option(
    help: "What the runtime joins: none,pointwise,epilogue. Default: what is usual on the class.")
  var fusion: [String] = []
  @Option(
    help: ArgumentHelp(
      "Sizes of the network: image=224,288; may be given for several names.",
      valueName: "name=values"))
  var set: [String] = []
  @Option(help: "What is run: prefill (one pass), decode (one token) or training (a whole step).")
  var phase: WorkloadRequest.Phase?
  @Option(help: "Tokens of the prompt, or that a decoded token sees: 1024,4096.")
  var context: [String] = []
  @Option(help: "Optimiser of a training step: sgd, momentum or adam.")
  var optimizer = Optimizer.adam
  @Option(help: "CSV file to write.")
  var output: String

  func validate() throws {
    guard !devices.device.isEmpty else {
      throw ValidationError("name the devices: --device ('perfmodel device list')")
    }
    guard !output.hasSuffix(".gz") else {
      throw ValidationError("a sweep grows as plain CSV; leave .gz out of '\(output)'")
    }
    _ = try requests(of: [])
  }

  /// The cross product of networks, settings, contexts and batches, the batches innermost.
  private func requests(of networks: [NamedNetwork]) throws -> [RunRequest] {
    let batches: [Int] = try ListOption.values(batch, "--batch")
    if let wrong = batches.first(where: { $0 < 1 }) {
      throw ValidationError("--batch has \(wrong); a batch is at least 1")
    }
    let contexts: [Int] = try ListOption.values(context, "--context")
    var sizes: [[String: Int]] = [[:]]
    var names: Set<String> = []
    for text in set {
      let pair = text.split(separator: "=", maxSplits: 1).map(String.init)
      guard pair.count == 2 else {
        throw ValidationError("--set is '\(text)'; write name=numbers, as image=224,288")
      }
      guard names.insert(pair[0]).inserted else {
        throw ValidationError(
          "--set names '\(pair[0])' twice; write its values with commas between")
      }
      let values: [Int] = try ListOption.values([pair[1]], "--set \(pair[0])=")
      sizes = sizes.flatMap { size in
        values.map { size.merging([pair[0]: $0]) { $1 } }
      }
    }
    return networks.flatMap { network in
      sizes.flatMap { size in
        (contexts.isEmpty ? [nil] : contexts.map(Int?.some)).flatMap { context in
          (batches.isEmpty ? [nil] : batches.map(Int?.some)).map { batch in
            var request = WorkloadRequest()
            request.settings = size
            request.batch = batch
            request.context = context
            request.phase = phase
            request.optimizer = optimizer
            return RunRequest(network, request)
          }
        }
      }
    }
  }

  func run() throws {
    let precisions: [Precision] = try ListOption.values(precision, "--precision")
    let layouts: [TensorLayout] = try ListOption.values(layout, "--layout")
    let fusions: [Fusion] = try ListOption.values(fusion, "--fusion")
    let requests = try requests(of: NamedNetwork.networks(workloads))
    let grid = SweepGrid(
      devices: try DeviceSelection.devices(devices.device),
      precisions: precisions.isEmpty ? [nil] : precisions.map(Precision?.some),
      layouts: layouts.isEmpty ? [.channelsLast] : layouts,
      fusions: fusions.isEmpty ? [nil] : fusions.map(Fusion?.some))
    let sweep = Zoo.Sweep(requests, grid: grid)
    try sweep.checkAny()
    let bar = Progress("sweeping")
    let clock = ContinuousClock()
    let start = clock.now
    let result = try sweep.write(to: output) { progress in
      let time = (clock.now - start) / .seconds(1)
      let rate = Double(progress.done - progress.kept) / max(time, 1e-3)
      let left = Double(progress.total - progress.done) / max(rate, 1)
      bar.update(
        Double(progress.done) / Double(max(1, progress.total)),
        detail: progress.done > progress.kept
          ? "\(Int(rate)) points/s, \(Self.duration(left)) left" : "")
    }
    bar.finish()
    let time = (clock.now - start) / .seconds(1)
    let rate = Double(result.done - result.kept) / max(time, 1e-9)
    Console.remark(
      "\(result.done) points in \(output)"
        + (result.kept > 0 ? ", \(result.kept) of them from before" : "")
        + String(format: ": %.2f s, %.0f points/s", time, rate))
  }

  private static func duration(_ seconds: Double) -> String {
    let whole = Int(seconds.rounded(.up))
    return whole < 60
      ? "\(whole) s" : String(format: "%d:%02d min", whole / 60, whole % 60)
  }
}
