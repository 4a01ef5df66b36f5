import Analytic
import ArgumentParser
import Devices
import Mathematics
import Quantities
import Reports
import Workloads
import Zoo

extension ModelCommand {
  struct Timing: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Times counting on this machine: from a name, from files, a sweep, a prediction.",
      discussion: """
        Medians of many runs in this process, on one thread. A run begins with the name or the file
        and ends with all counts; a name's first run, which also reads the catalogue, is shown apart.
        With --device also from the name to a prediction with its breakdown.

          perfmodel model timing resnet50 llama-2-70b model.onnx
          perfmodel model timing resnet50 --device RTX-3090
        """)

    @Argument(help: "Names or files; a language model decodes at context 4096, batch 8.")
    var networks = ["resnet50", "llama-2-70b"]
    @Option(help: "Also time predictions on this device.")
    var device: String?
    @Option(help: "Runs of each.")
    var repeats = 201
    @Option(help: "Settings of batch and context in the sweep of a language model.")
    var sweep = 100_000

    func validate() throws {
      if repeats < 1 { throw ValidationError("--repeats is \(repeats); at least 1 is needed") }
      if sweep < 1 { throw ValidationError("--sweep is \(sweep); at least 1 is needed") }
    }

    func run() throws {
      let clock = ContinuousClock()
      let device = try device.map { try DeviceReference($0).device }
      var table = TextTable([
        .init("step", .left), .init("first"), .init("median"), .init("fastest"),
      ])
      var checksum = 0.0
      for name in networks {
        var request = WorkloadRequest()
        var label = name
        if case .language(let model) = try NetworkReference(name), !model.isEncoder {
          request.phase = .decode
          request.context = 4096
          request.batch = 8
          label += ", decode"
        }
        let settings = request
        let times = try (0..<repeats).map { _ in
          try clock.measure {
            let workload = try NetworkReference(name).workload(settings)
            checksum += workload.counts().total.matrixMACs
          } / .seconds(1)
        }
        table.append([
          label, "\(Seconds(times[0]))", "\(Seconds(median(times)))",
          "\(Seconds(times.min() ?? 0))",
        ])
        if let device {
          let model = RooflineModel(
            device, Execution(fusion: .standard(for: device.deviceClass)))
          let times = try (0..<repeats).map { _ in
            try clock.measure {
              let workload = try NetworkReference(name).workload(settings)
              checksum += try model.predict(workload).latency.value.value
            } / .seconds(1)
          }
          table.append([
            "\(label), predicted on \(device.name)", "\(Seconds(times[0]))",
            "\(Seconds(median(times)))", "\(Seconds(times.min() ?? 0))",
          ])
        }
        guard case .language(let model) = try NetworkReference(name), !model.isEncoder else {
          continue
        }
        let time = try clock.measure {
          for index in 0..<sweep {
            let workload = try model.workload(
              .decode(context: 1 + index % 1000 * 32), batch: 1 + index / 1000 % 256)
            checksum += workload.counts().total.matrixMACs
          }
        }
        table.append(["\(name), \(sweep) settings", "", "\(Seconds(time / .seconds(1)))", ""])
      }
      print(table.text)
      if !checksum.isFinite { Console.remark("perfmodel: a count is not finite") }
    }
  }
}
