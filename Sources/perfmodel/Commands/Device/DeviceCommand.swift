import ArgumentParser
import Devices

struct DeviceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "device", abstract: "Knows what processors can do, and checks your own.",
    discussion: """
        perfmodel device list --class gpu --vendor NVIDIA
        perfmodel device show A100-SXM-80GB
        perfmodel device show RTX-3090 --format json > mine.json
        perfmodel device validate mine.json
        perfmodel device fit --device mine.json --measurements ten.csv --output fit.json

      DEVICE is built in ('device list'), under its name or another by which it is known, in any
      spelling: 'a100 sxm4 80gb', or '3090' where one device alone has that word. Or it is a JSON file
      of your own: begin with that of a similar device, and leave out what you do not know.
      """,
    subcommands: [List.self, Show.self, Validate.self, Fit.self])
}

extension DeviceClass: ExpressibleByArgument {}
