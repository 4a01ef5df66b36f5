/// `γ (x − μ)/√(σ² + ε) + β` along the last axis.
///
/// - Source: J. Ba et al., *Layer normalization* (2016), eq. 3 and 4.
public struct LayerNorm {
  public let gain: Node
  public let bias: Node
  let epsilon: Double

  public init(_ parameters: Parameters, _ name: String, _ width: Int, epsilon: Double = 1e-5) {
    gain = parameters.parameter("\(name).gain", [width], .ones)
    bias = parameters.parameter("\(name).bias", [width], .zeros)
    self.epsilon = epsilon
  }

  public func callAsFunction(_ x: Node) -> Node {
    x.normalized(epsilon: epsilon) * gain + bias
  }
}
