import Workloads

extension WorkloadBuilder {
  /// Attention over `[batch, heads, tokens, size]` with terms that are added to the scores before
  /// the softmax: biases `[heads, queries, keys]`, masks `[windows, queries, keys]`.
  func biasedAttention(query: ValueID, key: ValueID, value: ValueID, adding terms: [ValueID])
    -> ValueID
  {
    operation(
      "attention", .attention(Attention(.full)), [query, key, value] + terms,
      to: shape(query).replacing(-1, with: dimension(value, -1)))
  }

  /// One learned bias for each distance of two of `keys` positions, by head, laid out as
  /// `[heads, queries, keys]`.
  func distanceBias(heads: Int, queries: Int, keys: Int) -> ValueID {
    let table = weight("attention_biases", [heads, keys])
    return operation("bias", .movement(.gather), [table], to: [heads, queries, keys])
  }
}
