import Foundation
import Mathematics
import Workloads

/// A vector for every operation of a network, all of one length.
///
/// Costs and sizes are `log(1 + x)`, natural logarithms, because they range over ten orders of
/// magnitude; the rest is as it is. What an operation does not have is 0.
public struct OperationVectors: Sendable {
  /// Operations × `names.count`, in the workload's order.
  public let values: Matrix
  /// How often each operation runs.
  public let instances: [Double]

  /// One name for each column.
  ///
  /// | columns | what | unit |
  /// |---|---|---|
  /// | `is_…` | 1 for the operation's kind, 0 for the others | |
  /// | `log_macs`, `log_vector_flop` | products of matrices; other arithmetic | log MAC, log FLOP |
  /// | `log_weight_bytes`, `log_read_bytes`, `log_written_bytes` | traffic of one run | log bytes |
  /// | `log_parameters` | learned elements | log elements |
  /// | `log_batch` | the first dimension of the output | log |
  /// | `log_input_channels`, `log_output_channels` | dimension 1 of an image, else the last | log |
  /// | `log_input_positions`, `log_output_positions` | elements of one channel of one sample | log |
  /// | `kernel_height` … `stride_width` | of a convolution | elements |
  /// | `log_window` | elements under a pooling's window | log |
  /// | `log_groups` | groups of a convolution | log |
  /// | `inputs`, `outputs` | tensors read and written, weights among them | |
  public static let names =
    OperationKind.featureNames.map { "is_" + $0 } + [
      "log_macs", "log_vector_flop", "log_weight_bytes", "log_read_bytes", "log_written_bytes",
      "log_parameters", "log_batch", "log_input_channels", "log_output_channels",
      "log_input_positions", "log_output_positions", "kernel_height", "kernel_width",
      "stride_height", "stride_width", "log_window", "log_groups", "inputs", "outputs",
    ]
}

extension Workload {
  /// The vectors of all operations.
  ///
  /// - Complexity: O(operations · columns).
  public func operationVectors() -> OperationVectors {
    let counts = counts()
    var elements: [Double] = []
    elements.reserveCapacity(operations.count * OperationVectors.names.count)
    for (operation, cost) in zip(operations, counts.operations) {
      appendVector(of: operation, cost, to: &elements)
    }
    return OperationVectors(
      values: Matrix(
        rows: operations.count, columns: OperationVectors.names.count, elements: elements),
      instances: operations.map { instances(of: $0) })
  }

  private func appendVector(
    of operation: Workloads.Operation, _ cost: OperationCounts, to elements: inout [Double]
  ) {
    for kind in OperationKind.featureNames.indices {
      elements.append(kind == operation.kind.featureIndex ? 1 : 0)
    }
    let (inputs, outputs) = (inputs(of: operation), outputs(of: operation))
    let input = ImageExtent(data(inputs).map { self[$0].shape } ?? Shape())
    let output = ImageExtent(outputs.first.map { self[$0].shape } ?? Shape())
    var window = [0.0, 0, 0, 0]
    var (area, groups) = (0.0, 0.0)
    switch operation.kind {
    case .convolution(let convolution), .transposedConvolution(let convolution):
      window = [
        Double(convolution.kernel.dropLast().last ?? 1), Double(convolution.kernel.last ?? 1),
        Double(convolution.stride.dropLast().last ?? 1), Double(convolution.stride.last ?? 1),
      ]
      groups = Double(convolution.groups)
    case .pooling(let pooling): area = Double(pooling.window)
    default: break
    }
    elements += [
      cost.matrixMACs, cost.vectorFLOP, cost.weightBytesRead,
      cost.activationBytesRead + cost.cacheBytesRead, cost.bytesWritten.value, cost.parameters,
      output.batch, input.channels, output.channels, input.positions, output.positions,
    ].map { log1p($0) }
    elements += window + [log1p(area), log1p(groups)]
    elements += [Double(inputs.count), Double(outputs.count)]
  }

  /// The first tensor that is no weight, else the first.
  private func data(_ inputs: ArraySlice<ValueID>) -> ValueID? {
    inputs.first { self[$0].role != .weight && self[$0].role != .buffer } ?? inputs.first
  }
}

/// A shape as samples, channels and positions: `[batch, channels, …]` from four dimensions on,
/// `[batch, …, channels]` below.
private struct ImageExtent {
  var batch = 0.0
  var channels = 0.0
  var positions = 0.0

  init(_ shape: Shape) {
    guard shape.rank > 0 else { return }
    batch = Double(shape[0])
    guard shape.rank > 1 else { return }
    channels = Double(shape[shape.rank >= 4 ? 1 : shape.rank - 1])
    positions = batch * channels > 0 ? shape.elements / (batch * channels) : 0
  }
}
