/// `x·W + b`
///
/// `[…, in] → […, out]`
public struct Linear {
  public let weight: Node
  public let bias: Node

  public init(_ parameters: Parameters, _ name: String, _ inputs: Int, _ outputs: Int) {
    weight = parameters.parameter(
      "\(name).weight", [inputs, outputs], .glorot(inputs: inputs, outputs: outputs))
    bias = parameters.parameter("\(name).bias", [outputs], .zeros)
  }

  public func callAsFunction(_ x: Node) -> Node { matmul(x, weight) + bias }
}

/// Rows of a table by their indices: `[n] → [n, width]`.
public struct Embedding {
  public let table: Node

  public init(_ parameters: Parameters, _ name: String, _ rows: Int, _ width: Int) {
    table = parameters.parameter("\(name).table", [rows, width], .normal(deviation: 0.02))
  }

  public func callAsFunction(_ indices: Node) -> Node { table.gather(indices) }
}
