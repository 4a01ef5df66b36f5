import Workloads

/// Groups of layers that networks of denoising steps share.
extension WorkloadBuilder {
  /// Sines of the time at `frequencies` frequencies through two matrices: `[batch, features]`.
  func timeEmbedding(batch: Int, frequencies: Int, to features: Int) -> ValueID {
    scope("time_embedding") {
      let time = input("timestep", [batch])
      let sines = operation("sines", .elementwise(.sine), [time], to: [batch, frequencies])
      let hidden = activation(.silu, linear(sines, to: features, named: "linear_1"))
      return linear(hidden, to: features, named: "linear_2")
    }
  }

  /// Attention from `queries` to `context`, both `[batch, tokens, features]`.
  ///
  /// - Parameter prepare: what is done to queries and keys before they are compared.
  func attention(
    from queries: ValueID, to context: ValueID, heads: Int, bias: Bool,
    named label: String, prepare: (ValueID) -> ValueID = { $0 }
  ) -> ValueID {
    scope(label) {
      let shape = shape(queries)
      guard shape.rank == 3, heads > 0, shape[2] % heads == 0 else {
        fail("attention with \(heads) heads on \(shape)")
        return queries
      }
      func split(_ x: ValueID) -> ValueID {
        reshape(
          x, [shape[0], heads, dimension(context, 1), shape[2] / heads], named: "head_view")
      }
      let query = prepare(linear(queries, to: shape[2], bias: bias, named: "to_q"))
      let key = prepare(linear(context, to: shape[2], bias: bias, named: "to_k"))
      let value = linear(context, to: shape[2], bias: bias, named: "to_v")
      let mixed = attention(
        query: reshape(
          query, [shape[0], heads, shape[1], shape[2] / heads], named: "head_view"),
        key: split(key), value: split(value))
      return linear(reshape(mixed, shape, named: "merge"), to: shape[2], named: "to_out")
    }
  }

  /// One of the vectors of a modulation, for all tokens: `[batch, 1, features]`.
  func modulator(_ modulation: ValueID, features: Int) -> ValueID {
    reshape(modulation, [dimension(modulation, 0), 1, features], named: "modulator")
  }

  /// `x · (1 + scale) + shift`, with one scale and one shift for each feature of a sample.
  func modulate(_ x: ValueID, by modulation: ValueID) -> ValueID {
    let features = dimension(x, -1)
    let scaled = multiply(x, modulator(modulation, features: features), named: "scale")
    return add(scaled, modulator(modulation, features: features), named: "shift")
  }

  /// `x + gate · update`, with one gate for each feature of a sample.
  func addGated(_ x: ValueID, _ update: ValueID, by modulation: ValueID) -> ValueID {
    let gate = modulator(modulation, features: dimension(x, -1))
    return add(x, multiply(update, gate, named: "gate"))
  }

  /// Two matrices with a GELU between them.
  func feedForward(_ x: ValueID, hidden: Int) -> ValueID {
    scope("ff") {
      let inner = activation(.gelu, linear(x, to: hidden, named: "fc1"))
      return linear(inner, to: dimension(x, -1), named: "fc2")
    }
  }
}
