import Workloads

/// How often each kind of operation runs in a network.
public struct OperationHistogram: Sendable, Equatable {
  /// One name for each count, the same for every network: `OperationKind.featureNames`.
  public static let names = OperationKind.featureNames
  /// Runs of one pass of the network, no unit; an operation in a part that occurs 12 times counts 12.
  public let counts: [Double]

  public subscript(name: String) -> Double? {
    Self.names.firstIndex(of: name).map { counts[$0] }
  }
}

extension Workload {
  /// How often each kind of operation runs, views included.
  ///
  /// - Complexity: O(operations).
  public func operationHistogram() -> OperationHistogram {
    var counts = [Double](repeating: 0, count: OperationKind.featureNames.count)
    for operation in operations {
      counts[operation.kind.featureIndex] += instances(of: operation)
    }
    return OperationHistogram(counts: counts)
  }
}

extension OperationKind {
  /// Kinds as predictors tell them apart: by what they cost, not by every attribute.
  public static let featureNames = [
    "convolution", "grouped_convolution", "transposed_convolution", "matrix_multiply",
    "contraction", "expert_matrix_multiply", "attention", "state_space", "recurrence",
    "normalization", "folded_normalization", "elementwise", "softmax", "pooling", "reduction",
    "embedding", "view", "movement", "selection", "optimizer_update", "opaque",
  ]

  /// The place in `featureNames`; depthwise convolutions are grouped ones.
  var featureIndex: Int {
    switch self {
    case .convolution(let convolution): convolution.groups > 1 ? 1 : 0
    case .transposedConvolution: 2
    case .matrixMultiply: 3
    case .contraction: 4
    case .expertMatrixMultiply: 5
    case .attention: 6
    case .stateSpace: 7
    case .recurrence: 8
    case .normalization(.folded): 10
    case .normalization: 9
    case .elementwise: 11
    case .softmax: 12
    case .pooling: 13
    case .reduction: 14
    case .embedding: 15
    case .movement(.view): 16
    case .movement: 17
    case .selection: 18
    case .optimizerUpdate: 19
    case .opaque: 20
    }
  }
}
