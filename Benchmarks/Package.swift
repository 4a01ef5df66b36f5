// swift-tools-version: 6.2
import PackageDescription

// Timings beside peers. A package of its own, so that nobody who uses the library resolves it.
let package = Package(
  name: "benchmarks",
  platforms: [.macOS(.v15)],
  dependencies: [
    .package(name: "perfmodel", path: ".."),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
  ],
  targets: [
    .executableTarget(
      name: "tensor-timings",
      dependencies: [
        .product(name: "PerfModel", package: "perfmodel"),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ])
  ],
  swiftLanguageModes: [.v6]
)
