import Quantities

/// The bounds are wide on purpose: they notice a factor of a thousand, not a bold data sheet.
extension DeviceClass {
  /// `a gpu`, `an npu`
  var phrase: String {
    switch self {
    case .npu, .fpga, .mcu: "an \(rawValue)"
    case .mobile: "a mobile device"
    case .gpu, .cpu, .board: "a \(rawValue)"
    }
  }

  var rates: PlausibleRange<FLOPPerSecond> {
    let (allowed, usual, units) =
      switch self {
      case .gpu: (1e9...1e18, 5e10...1e16, ["TFLOP/s", "GFLOP/s", "PFLOP/s"])
      case .npu: (1e8...1e19, 5e10...1e17, ["TFLOP/s", "PFLOP/s", "GFLOP/s"])
      case .cpu: (1e8...1e17, 5e9...1e15, ["TFLOP/s", "GFLOP/s"])
      case .mobile: (1e8...1e16, 1e10...1e15, ["TFLOP/s", "GFLOP/s"])
      case .board: (1e8...1e17, 5e9...1e15, ["TFLOP/s", "GFLOP/s"])
      case .fpga: (1e8...1e17, 1e10...1e15, ["TFLOP/s", "GFLOP/s"])
      case .mcu: (1e5...1e13, 1e6...1e12, ["MFLOP/s", "GFLOP/s", "TFLOP/s"])
      }
    return .init(
      noun: "a rate", subject: "a rate of \(phrase)", allowed: allowed, usual: usual, units: units)
  }

  var mainCapacities: PlausibleRange<Bytes> {
    let (allowed, usual, units) =
      switch self {
      case .gpu: (1e7...1e14, 5e8...1e12, ["GB", "MiB", "TB"])
      case .npu: (1e4...1e14, 1e6...1e12, ["GB", "MiB", "KiB"])
      case .cpu: (1e6...1e15, 1e8...2e13, ["GB", "TB", "MiB"])
      case .mobile: (1e7...1e14, 2e8...1e12, ["GB", "MiB"])
      case .board: (1e6...1e14, 1e8...1e12, ["GB", "MiB"])
      case .fpga: (1e4...1e14, 1e7...1e12, ["GB", "MiB"])
      case .mcu: (1024...1e10, 1e3...1e9, ["KiB", "MiB", "GB"])
      }
    return .init(
      noun: "a capacity", subject: "the main memory of \(phrase)", allowed: allowed, usual: usual,
      units: units)
  }

  /// Of a level between the arithmetic and the main memory.
  func cacheCapacities(_ scope: MemoryLevel.Scope) -> PlausibleRange<Bytes> {
    switch (self, scope) {
    case (.mcu, _), (_, .computeUnit):
      .init(
        noun: "a capacity", subject: "a level inside \(phrase)", allowed: 512...1e9,
        usual: 1e3...1e8, units: ["KiB", "MiB"])
    case (.gpu, .chip):
      .init(
        noun: "a capacity", subject: "a cache of \(phrase)", allowed: 131_072...1e11,
        usual: 2e5...1e9, units: ["MiB", "KiB", "GB"])
    default:
      .init(
        noun: "a capacity", subject: "a cache of \(phrase)", allowed: 4096...1e11,
        usual: 2e4...1e9, units: ["MiB", "KiB", "GB"])
    }
  }

  var mainBandwidths: PlausibleRange<BytesPerSecond> {
    let (allowed, usual) =
      switch self {
      case .gpu: (1e9...1e14, 1e10...5e13)
      case .npu: (1e8...1e17, 5e9...5e13)
      case .cpu: (1e8...1e14, 1e9...1e13)
      case .mobile: (1e8...1e13, 1e9...5e12)
      case .board: (1e7...1e13, 1e8...5e12)
      case .fpga: (1e7...1e14, 1e8...1e13)
      case .mcu: (1e5...1e12, 1e6...1e11)
      }
    return .init(
      noun: "a bandwidth", subject: "the main memory of \(phrase)", allowed: allowed, usual: usual,
      units: self == .mcu ? ["MB/s", "GB/s"] : ["GB/s", "TB/s", "MB/s"])
  }

  var cacheBandwidths: PlausibleRange<BytesPerSecond> {
    .init(
      noun: "a bandwidth", subject: "a cache of \(phrase)", allowed: 1e6...1e17, usual: 1e9...1e15,
      units: ["GB/s", "TB/s", "MB/s"])
  }

  var linkBandwidths: PlausibleRange<BytesPerSecond> {
    .init(
      noun: "a bandwidth", subject: "a link of \(phrase)", allowed: 1e5...1e15, usual: 1e8...1e13,
      units: ["GB/s", "TB/s", "MB/s"])
  }

  var clocks: PlausibleRange<Hertz> {
    .init(
      noun: "a clock", subject: "the clock of \(phrase)",
      allowed: self == .mcu ? 1e5...1e10 : 1e6...2e10, usual: self == .mcu ? 1e6...2e9 : 2e7...1e10,
      units: ["MHz", "GHz", "kHz"])
  }

  var launchOverheads: PlausibleRange<Seconds> {
    .init(
      noun: "an overhead", subject: "the launch overhead of \(phrase)", allowed: 1e-9...0.1,
      usual: 1e-7...1e-3, units: ["µs", "ms", "ns"])
  }

  var powers: PlausibleRange<Watts> {
    let (allowed, usual) =
      switch self {
      case .gpu: (2...2e4, 10...3e3)
      case .npu: (1e-2...1e5, 0.5...2e4)
      case .cpu: (0.5...5e3, 2...1e3)
      case .mobile: (0.1...1e3, 1...3e2)
      case .board: (0.1...1e3, 1...3e2)
      case .fpga: (1e-2...1e3, 0.1...5e2)
      case .mcu: (1e-5...20, 1e-4...5)
      }
    return .init(
      noun: "a power", subject: "the design power of \(phrase)", allowed: allowed, usual: usual,
      units: ["kW", "mW", "µW"])
  }

  var idlePowers: PlausibleRange<Watts> {
    .init(
      noun: "a power", subject: "\(phrase) at rest", allowed: 1e-8...powers.allowed.upperBound,
      usual: 1e-7...powers.usual.upperBound, units: ["mW", "µW", "kW"])
  }

  var operationEnergies: PlausibleRange<JoulesPerFLOP> {
    .init(
      noun: "an energy", subject: "an operation of \(phrase)", allowed: 1e-17...1e-6,
      usual: 1e-15...1e-8, units: ["pJ/FLOP", "nJ/FLOP"])
  }

  var byteEnergies: PlausibleRange<JoulesPerByte> {
    .init(
      noun: "an energy", subject: "a byte moved by \(phrase)", allowed: 1e-16...1e-5,
      usual: 1e-14...1e-7, units: ["pJ/B", "nJ/B"])
  }
}
