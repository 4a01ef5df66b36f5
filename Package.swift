// swift-tools-version: 6.2
import PackageDescription

// The target list is the architecture, lowest layer first. `Tests/ArchitectureTests` holds every
// import in `Sources/` against the same table, because SwiftPM does not refuse undeclared ones.

/// Continuous integration turns warnings into errors; a user with a newer compiler is not punished.
let strictness: [SwiftSetting] =
  Context.environment["CI"] == nil ? [] : [.treatAllWarnings(as: .error)]

func room(
  _ name: String, _ imports: [Target.Dependency], resources: [Resource]? = nil,
  alsoDocumentedIn documents: [String] = []
) -> Target {
  .target(
    name: name, dependencies: imports, exclude: ["README.md"] + documents, resources: resources,
    swiftSettings: strictness)
}

func suite(
  _ name: String, _ imports: [Target.Dependency], resources: [Resource]? = nil
) -> Target {
  .testTarget(
    name: name, dependencies: imports, resources: resources, swiftSettings: strictness)
}

let package = Package(
  name: "perfmodel",
  platforms: [.macOS(.v15)],
  products: [
    .executable(name: "perfmodel", targets: ["perfmodel"]),
    .library(
      name: "PerfModel",
      targets: [
        "Quantities", "Documents", "Mathematics", "Workloads", "Devices", "Tensors", "Predictions",
        "Features", "Datasets", "Measurement", "Predictors", "Evaluation", "Zoo", "Reports",
      ]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
    .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
  ],
  targets: [
    // 1 CELLAR
    .systemLibrary(
      name: "CLAPACKE", pkgConfig: "openblas",
      providers: [.apt(["liblapacke-dev", "libopenblas-dev"]), .brew(["openblas"])]),
    .systemLibrary(
      name: "CHDF5", pkgConfig: "hdf5",
      providers: [.apt(["libhdf5-dev"]), .brew(["hdf5"])]),
    .systemLibrary(
      name: "CZlib", pkgConfig: "zlib",
      providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),
    // The flag holds in debug builds as well: tests run at release speed.
    .target(
      name: "CTensorKernels", exclude: ["README.md"], cSettings: [.unsafeFlags(["-O2"])]),
    room("Quantities", []),
    room("Documents", ["Quantities"]),
    room("Mathematics", ["CLAPACKE"]),

    // 2 NOUNS
    room(
      "Workloads",
      ["Documents", "Quantities", .product(name: "SwiftProtobuf", package: "swift-protobuf")],
      alsoDocumentedIn: [
        "Import/JSON/README.md", "Import/ONNX/Schema/README.md", "Import/ONNX/Schema/onnx.proto",
      ]),
    room("Devices", ["Documents", "Quantities"]),
    room("Tensors", ["CTensorKernels", "Mathematics"]),

    // 3 CONTRACT
    room("Predictions", ["Workloads", "Quantities"]),
    room("Features", ["Workloads", "Mathematics", "Quantities"]),

    // 4 METHODS
    room("Analytic", ["Workloads", "Devices", "Predictions", "Mathematics", "Quantities"]),
    room("Datasets", ["CHDF5", "CZlib", "Mathematics", "Quantities"]),
    room("Measurement", ["Workloads", "Mathematics", "Quantities"]),
    room("Predictors", ["Features", "Predictions", "Workloads", "Mathematics", "Quantities"]),

    // 5 SHELVES
    room(
      "Evaluation",
      [
        "Datasets", "Predictors", "Features", "Predictions", "Workloads", "Mathematics",
        "Quantities",
      ]),
    room(
      "Zoo",
      [
        "Workloads", "Devices", "Analytic", "Predictors", "Datasets", "Evaluation", "Features",
        "Predictions", "Mathematics", "Quantities",
      ],
      resources: [
        .copy("Shipped"), .copy("Architectures/Language/Catalogue"),
        .copy("Devices/devices.jsonl"), .copy("Studies/studies.jsonl"),
        .copy("Calibrations/rates.json"),
      ]),
    room("Reports", ["Predictions", "Quantities"]),

    // 6 DOOR
    .executableTarget(
      name: "perfmodel",
      dependencies: [
        "Quantities", "Mathematics", "Workloads", "Devices", "Predictions", "Features", "Analytic",
        "Datasets", "Measurement", "Predictors", "Evaluation", "Zoo", "Reports",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      exclude: ["README.md"], swiftSettings: strictness),

    suite("ArchitectureTests", []),
    suite("QuantitiesTests", ["Quantities"]),
    suite("DocumentsTests", ["Documents"]),
    suite("MathematicsTests", ["Mathematics"]),
    .testTarget(
      name: "TensorsTests", dependencies: ["Tensors", "Mathematics"],
      exclude: ["Fixtures/torch_gradients.py"], resources: [.copy("Fixtures/gradients.json")],
      swiftSettings: strictness),
    suite(
      "WorkloadsTests", ["Workloads", "Features"], resources: [.copy("Fixtures"), .copy("Models")]),
    suite("DevicesTests", ["Devices", "Quantities"]),
    suite(
      "AnalyticTests",
      [
        "Analytic", "Zoo", "Datasets", "Workloads", "Devices", "Predictions", "Mathematics",
        "Quantities",
      ]),
    suite("DatasetsTests", ["Datasets", "Mathematics"]),
    suite("MeasurementTests", ["Measurement", "Workloads", "Mathematics", "Quantities"]),
    suite(
      "PredictorsTests",
      ["Predictors", "Features", "Predictions", "Workloads", "Mathematics", "Quantities"]),
    suite(
      "EvaluationTests",
      ["Evaluation", "Zoo", "Predictors", "Datasets", "Workloads", "Mathematics", "Quantities"]),
    .testTarget(
      name: "ZooTests",
      dependencies: [
        "Zoo", "Analytic", "Predictors", "Workloads", "Devices", "Datasets", "Mathematics",
        "Quantities",
      ],
      resources: [.copy("Published")], swiftSettings: strictness),
    suite("ReportsTests", ["Reports", "Predictions", "Quantities"]),
    suite("CommandTests", ["perfmodel"]),
  ],
  swiftLanguageModes: [.v6]
)
