// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that nobody who uses the library builds it.

func fuzzer(_ name: String) -> Target {
  .executableTarget(
    name: name, dependencies: [.product(name: "PerfModel", package: "perfmodel")], path: ".",
    sources: ["\(name).swift"], swiftSettings: [.unsafeFlags(["-parse-as-library"])])
}

let package = Package(
  name: "Fuzz",
  platforms: [.macOS(.v15)],
  dependencies: [.package(name: "perfmodel", path: "..")],
  targets: ["ONNXFuzzer", "ConfigurationFuzzer", "NCNNFuzzer", "JSONFuzzer", "DeviceFuzzer"].map(
    fuzzer),
  swiftLanguageModes: [.v6]
)
