/// The few numbers by which measurements move a device away from its class: each is a factor on the
/// rates (or on the overheads) of some kinds of kernels.
public enum CalibratedTerm: Int, CaseIterable, Sendable, Hashable {
  /// Products with large tiles: 1×1 convolutions, linear layers.
  case matrixRate
  /// Convolutions over a neighbourhood.
  case spatialRate
  case groupedRate
  case depthwiseRate
  case attentionRate
  /// Of the main memory.
  case bandwidth
  /// Traffic of kernels that treat a row as a whole: normalisation, softmax, reduction.
  case rowBandwidth
  /// Launches and dispatches; the factor is on the time, not on a rate.
  case overhead

  public var name: String { "\(self)" }

  /// For tables.
  public var title: String {
    switch self {
    case .matrixRate: "rate of matrix products"
    case .spatialRate: "rate of convolutions over windows"
    case .groupedRate: "rate of grouped convolutions"
    case .depthwiseRate: "rate of depthwise convolutions"
    case .attentionRate: "rate of attention"
    case .bandwidth: "bandwidth of the main memory"
    case .rowBandwidth: "bandwidth of normalisations"
    case .overhead: "time between kernels"
    }
  }

  /// The term of a kind's arithmetic.
  static func compute(of kind: KernelKind) -> CalibratedTerm {
    switch kind {
    case .spatialConvolution: .spatialRate
    case .groupedConvolution: .groupedRate
    case .depthwiseConvolution: .depthwiseRate
    case .attention: .attentionRate
    default: .matrixRate
    }
  }

  /// The term of a kind's traffic.
  static func bandwidth(of kind: KernelKind) -> CalibratedTerm {
    switch kind {
    case .normalization, .softmax, .reduction: .rowBandwidth
    default: .bandwidth
    }
  }
}
