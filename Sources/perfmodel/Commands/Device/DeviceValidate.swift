import ArgumentParser
import Devices

extension DeviceCommand {
  struct Validate: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Checks JSON files of devices; exit code 2 says that one is not sound.",
      discussion: """
          perfmodel device validate mine.json
          perfmodel device validate devices/*.json

        Refused are unknown keys, units that cannot be meant (936 where 9.36e11 B/s are) and figures \
        that contradict each other. What is only odd or missing is a remark on standard error.
        """)

    @Argument(help: "JSON files.")
    var files: [String]

    func run() throws {
      var isSound = true
      for file in files {
        do {
          let device = try Device(json: file)
          print("\(file): sound, \(Self.summary(device))")
          for remark in device.remarks { Console.remark("perfmodel: \(file): \(remark)") }
        } catch {
          isSound = false
          Console.remark("perfmodel: \(error)")
        }
      }
      if !isSound { throw ExitCode(2) }
    }

    private static func summary(_ device: Device) -> String {
      func count(_ number: Int, _ one: String, _ many: String) -> String {
        "\(number) \(number == 1 ? one : many)"
      }
      return "\(device.name) (\(device.deviceClass.rawValue)), "
        + count(device.peaks.count, "rate", "rates") + ", "
        + count(device.memory.count, "level of memory", "levels of memory")
    }
  }
}
