/// One step of a gated recurrent unit.
///
/// ```
/// z = σ(x W_z + h U_z),  r = σ(x W_r + h U_r),  c = tanh(x W_c + (r h) U_c)
/// h' = (1 − z) c + z h
/// ```
/// - Source: K. Cho et al., *Learning phrase representations using RNN encoder–decoder* (2014), eq. 5 to 8.
public struct GatedRecurrentUnit {
  public let update: (Linear, Linear)
  public let reset: (Linear, Linear)
  public let candidate: (Linear, Linear)

  public init(_ parameters: Parameters, _ name: String, _ inputs: Int, _ width: Int) {
    func pair(_ part: String) -> (Linear, Linear) {
      (
        Linear(parameters, "\(name).\(part).input", inputs, width),
        Linear(parameters, "\(name).\(part).state", width, width)
      )
    }
    update = pair("update")
    reset = pair("reset")
    candidate = pair("candidate")
  }

  /// `[batch, in]` and `[batch, width] → [batch, width]`
  public func callAsFunction(_ x: Node, _ state: Node) -> Node {
    let z = (update.0(x) + update.1(state)).sigmoid
    let r = (reset.0(x) + reset.1(state)).sigmoid
    let c = (candidate.0(x) + candidate.1(r * state)).tanh
    return (1 - z) * c + z * state
  }
}
