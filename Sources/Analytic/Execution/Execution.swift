import Devices

/// How a workload is run: in which types, in which layout, and what is joined into one kernel.
public struct Execution: Sendable, Hashable {
  /// The workload's own types where nil.
  public var precision: Precision?
  public var layout: TensorLayout
  public var fusion: Fusion

  public init(
    precision: Precision? = nil, layout: TensorLayout = .channelsLast, fusion: Fusion = .none
  ) {
    self.precision = precision
    self.layout = layout
    self.fusion = fusion
  }
}

/// In which order the dimensions of an image lie in memory.
public enum TensorLayout: String, CaseIterable, Sendable {
  /// `[batch, channels, height, width]`: matrix units want their operands the other way round, so that
  /// every convolution changes the layout before and after.
  case channelsFirst = "nchw"
  /// `[batch, height, width, channels]`
  case channelsLast = "nhwc"
}

/// What a runtime joins into one kernel.
public enum Fusion: String, CaseIterable, Sendable {
  /// Nothing: every operation is a launch that reads and writes memory, as in an eager framework.
  case none
  /// Chains of operations that work element by element, as a compiler makes of them.
  case pointwise
  /// Those chains, and each with the convolution or product before it, as in an inference engine.
  case epilogue
}

extension Fusion {
  /// What is usual on a class of devices: frameworks run eagerly on graphics processors, engines
  /// compile for everything else.
  public static func standard(for deviceClass: DeviceClass) -> Fusion {
    deviceClass == .gpu ? .none : .epilogue
  }
}
