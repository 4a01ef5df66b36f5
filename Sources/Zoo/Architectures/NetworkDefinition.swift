import Workloads

/// A published architecture that can be built by its name.
public struct NetworkDefinition: Sendable {
  /// As the reference code calls it: `resnet50`.
  public let name: String
  public let family: String
  /// Paper and reference code.
  public let source: String
  /// What a caller may set, with what it is otherwise.
  public let settings: [NetworkSetting]
  let build: @Sendable (WorkloadBuilder, NetworkSettings) -> Void

  /// A network of any input, which `build` declares.
  public init(
    _ name: String, family: String, source: String, settings: [NetworkSetting],
    build: @escaping @Sendable (WorkloadBuilder, NetworkSettings) -> Void
  ) {
    self.name = name
    self.family = family
    self.source = source
    self.settings = settings
    self.build = build
  }

  /// A network of one picture `[batch, 3, image, image]`.
  ///
  /// - Parameter body: takes the picture, returns what the network returns.
  public static func image(
    _ name: String, size: Int = 224, family: String, source: String,
    _ body: @escaping @Sendable (WorkloadBuilder, ValueID) -> ValueID
  ) -> NetworkDefinition {
    NetworkDefinition(
      name, family: family, source: source,
      settings: [NetworkSetting("image", size, "side of the square picture, pixels")]
    ) { net, settings in
      let side = settings["image"]
      let picture = net.input("image", [settings.batch, 3, side, side])
      net.result(body(net, picture))
    }
  }

  /// One run of the network.
  ///
  /// - Throws: `WorkloadError` for a setting that the network does not have, and where a layer does
  ///   not fit, as with a picture that is too small.
  public func workload(
    batch: Int = 1, settings given: [String: Int] = [:], type: DataType = .float32
  ) throws(WorkloadError) -> Workload {
    let values = try NetworkSettings(batch: batch, given: given, of: self)
    let builder = WorkloadBuilder(name, activations: type)
    builder.source = source
    build(builder, values)
    return try builder.finish()
  }
}

/// A number that a caller may choose.
public struct NetworkSetting: Sendable, Equatable {
  public let name: String
  public let standard: Int
  public let meaning: String
  public let allowed: ClosedRange<Int>

  public init(
    _ name: String, _ standard: Int, _ meaning: String, allowed: ClosedRange<Int> = 1...1_000_000
  ) {
    self.name = name
    self.standard = standard
    self.meaning = meaning
    self.allowed = allowed
  }
}

/// The chosen numbers of one run.
public struct NetworkSettings: Sendable {
  public let batch: Int
  private let values: [(name: String, value: Int)]

  init(
    batch: Int, given: [String: Int], of network: NetworkDefinition
  ) throws(WorkloadError) {
    guard (1...1_000_000_000).contains(batch) else {
      throw .setting("a batch of \(batch); it is between 1 and 1000000000")
    }
    for (name, value) in given.sorted(by: { $0.key < $1.key }) {
      guard let setting = network.settings.first(where: { $0.name == name }) else {
        throw .setting(
          "\(network.name) has no setting '\(name)'; it has "
            + network.settings.map { "'\($0.name)' (\($0.meaning))" }.joined(separator: ", "))
      }
      guard setting.allowed.contains(value) else {
        throw .setting(
          "\(name)=\(value): \(setting.meaning) is between \(setting.allowed.lowerBound) and "
            + "\(setting.allowed.upperBound)")
      }
    }
    self.batch = batch
    values = network.settings.map { ($0.name, given[$0.name] ?? $0.standard) }
  }

  /// The value of a setting that the network declares.
  public subscript(name: String) -> Int {
    guard let entry = values.first(where: { $0.name == name }) else {
      preconditionFailure("'\(name)' is not declared by the network")
    }
    return entry.value
  }
}

/// Architectures that share their building blocks: one file, its configurations as data.
protocol NetworkFamily: SendableMetatype {
  static var members: [NetworkDefinition] { get }
}
