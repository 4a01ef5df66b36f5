/// The rules: what each kind of operation computes and moves.
extension Workload {
  func cost(of operation: Operation, hiddenScores: HiddenScores) -> OperationCounts {
    var counts = OperationCounts()
    let inputs = inputs(of: operation)
    let outputs = outputs(of: operation)
    addTraffic(of: operation, inputs, outputs, to: &counts)
    // A gradient reads last what the operation had written.
    let result = operation.pass == .backward ? inputs.last : outputs.first
    guard let first = inputs.first, let output = result else { return counts }
    addArithmetic(
      of: operation, self[first], inputs, self[output], hiddenScores, to: &counts)
    if operation.pass == .backward {
      // A gradient for the data and one for the weights, each as large as the product itself.
      counts.matrixMACs *= 2
      counts.vectorFLOP *= 2
      counts.normalizationMACs = 0
      counts.activations = 0
    }
    return counts
  }

  // MARK: - Arithmetic

  private func addArithmetic(
    of operation: Operation, _ input: Value, _ inputs: ArraySlice<ValueID>, _ output: Value,
    _ hiddenScores: HiddenScores, to counts: inout OperationCounts
  ) {
    let size = output.elements
    switch operation.kind {
    case .convolution:
      // out · (in/groups · kernel): the weight without its first dimension.
      let kernel = self[inputs[inputs.startIndex + 1]]
      counts.matrixMACs = size * kernel.elements / Double(max(1, kernel.shape.first ?? 1))
      counts.activations = size
    case .transposedConvolution:
      let kernel = self[inputs[inputs.startIndex + 1]]
      counts.matrixMACs = input.elements * kernel.elements / Double(max(1, kernel.shape.first ?? 1))
      counts.activations = size
    case .matrixMultiply(let multiply):
      let shape = input.shape
      let depth =
        multiply.transposedLeft && shape.rank >= 2 ? shape[shape.rank - 2] : shape.innermost
      counts.matrixMACs = size * Double(depth)
      counts.activations = size
    case .contraction(let reduction):
      counts.matrixMACs = size * Double(reduction)
      counts.activations = size
    case .expertMatrixMultiply:
      counts.matrixMACs = size * Double(input.shape.innermost)
      counts.activations = size
    case .attention(let attention):
      let query = input.shape
      let value = self[inputs[inputs.startIndex + 2]].shape
      guard query.rank == 4, value.rank == 4 else { return }
      let valueSize = output.shape.innermost
      let pairs =
        Double(query[0]) * Double(query[1])
        * attention.pairs(
          queries: Double(query[2]), keys: Double(value[2]),
          hiddenScores: hiddenScores)
      counts.matrixMACs = pairs * Double(query[3] + valueSize)
      counts.vectorFLOP = pairs * softmaxFLOP
      counts.activations =
        Double(query[0]) * Double(query[1]) * Double(query[2]) * Double(value[2]) + size
    case .stateSpace(let rule):
      let tokens = output.elements / Double(max(1, rule.heads * rule.valueSize))
      let state = Double(rule.heads) * Double(rule.keySize) * Double(rule.valueSize)
      switch rule.rule {
      // decay·S + k vᵀ, then q S: one product each.
      case .decay:
        counts.matrixMACs = 2 * tokens * state
        counts.vectorFLOP = tokens * state
      // k S is read and corrected first.
      case .delta:
        counts.matrixMACs = 3 * tokens * state
        counts.vectorFLOP = tokens * state
      }
      counts.activations = size
    case .recurrence(let recurrence):
      // [S, B, I]: every gate multiplies the input and the state.
      let steps = input.elements / Double(max(1, input.shape.innermost))
      let width =
        Double(recurrence.directions) * Double(recurrence.gates)
        * Double(recurrence.hiddenSize)
      counts.matrixMACs = steps * width * Double(input.shape.innermost + recurrence.hiddenSize)
      counts.vectorFLOP = steps * width * ElementwiseFunction.sigmoid.flopPerElement
      counts.activations = size
    case .normalization(let kind):
      let isAffine = inputs.count > 1
      switch kind {
      case .batch:
        counts.normalizationMACs = 2 * size
        counts.vectorFLOP = 2 * size
      case .folded:
        break
      case .rootMeanSquare:
        counts.vectorFLOP = 4 * size
      case .localResponse:
        counts.vectorFLOP = 4 * size
      case .layer, .group, .instance:
        counts.normalizationMACs = (isAffine ? 5 : 4) * size
        counts.vectorFLOP = (isAffine ? 8 : 6) * size
      }
    case .elementwise(let function):
      counts.vectorFLOP = function.flopPerElement * size
    case .softmax:
      counts.vectorFLOP = softmaxFLOP * size
    case .pooling(let pooling):
      counts.vectorFLOP = size * Double(pooling.window)
    case .reduction:
      counts.vectorFLOP = input.elements
    case .movement(.resize):
      counts.vectorFLOP = 4 * size
    case .embedding, .movement:
      break
    case .selection:
      counts.vectorFLOP = input.elements
    case .optimizerUpdate(let optimizer):
      counts.vectorFLOP = input.elements * optimizer.flopPerParameter
    case .opaque:
      counts.vectorFLOP = size
    }
  }

  /// Maximum, difference, exponential, sum, quotient.
  private var softmaxFLOP: Double { 4 + ElementwiseFunction.exponential.flopPerElement }

  // MARK: - Traffic

  /// Every operand is read once and every result written once; what is only given another name, and
  /// what a run need not touch of a table, of experts or of a cache, is not.
  private func addTraffic(
    of operation: Operation, _ inputs: ArraySlice<ValueID>, _ outputs: ArraySlice<ValueID>,
    to counts: inout OperationCounts
  ) {
    if operation.kind.isView { return }
    var seen: Set<ValueID> = []
    for (place, id) in inputs.enumerated() {
      let value = self[id]
      // Looking through the few operands of most operations is faster than hashing them.
      let isRepeated =
        inputs.count > 32 ? !seen.insert(id).inserted : inputs.prefix(place).contains(id)
      if isRepeated { continue }
      var bytes = value.bytes
      switch operation.kind {
      case .embedding where place == 0, .movement(.slice) where place == 0,
        .movement(.gather) where place == 0:
        // Only the rows that are taken.
        if let output = outputs.first {
          bytes = min(bytes, self[output].elements * value.format.bitsPerElement / 8)
        }
      case .expertMatrixMultiply(let experts)
      where value.shape.first == experts.experts && place > 0:
        let tokens = self[outputs[outputs.startIndex]].elements
        let width =
          Double(experts.perToken) * Double(self[outputs[outputs.startIndex]].shape.innermost)
        bytes *= experts.touchedShare(tokens: tokens / max(1, width))
      case .attention(let attention) where place > 0:
        if value.shape.rank == 4 {
          let queries = Double(self[inputs[inputs.startIndex]].shape[2])
          bytes *= attention.readShare(queries: queries, keys: Double(value.shape[2]))
        }
      case .movement(.resize) where place > 0, .movement(.expand) where place > 0,
        .movement(.pad) where place > 0, .normalization(.folded):
        bytes = 0
      default: break
      }
      switch value.role {
      case .weight, .buffer: counts.weightBytesRead += bytes
      case .cache: counts.cacheBytesRead += bytes
      case .input, .activation: counts.activationBytesRead += bytes
      }
    }
    if operation.kind == .normalization(.folded) { return }
    if operation.kind == .movement(.scatter), let cache = outputs.first, self[cache].role == .cache
    {
      // Only the new rows are written.
      counts.cacheBytesWritten += outputs.reduce(0) { sum, id in
        let value = self[id]
        let row = value.elements / Double(max(1, value.shape[max(0, value.shape.rank - 2)]))
        let rows = self[inputs[inputs.startIndex]].shape
        return sum + row * Double(rows[max(0, rows.rank - 2)]) * value.format.bitsPerElement / 8
      }
      return
    }
    for id in outputs {
      let value = self[id]
      switch value.role {
      case .cache: counts.cacheBytesWritten += value.bytes
      case .buffer where operation.pass == .update: counts.weightBytesWritten += value.bytes
      default: counts.activationBytesWritten += value.bytes
      }
    }
  }
}

extension Attention {
  /// How many pairs of a query and a key are compared, for one head of one sequence.
  ///
  /// Query i of S stands at position p = T − S + i of T keys. Under a causal mask it sees p + 1 keys,
  /// in a window of n at most n, in chunks of n those since the last multiple of n.
  func pairs(queries: Double, keys: Double, hiddenScores: HiddenScores) -> Double {
    let start = max(0, keys - queries)
    switch mask {
    case .full: return queries * keys
    case .causal:
      if hiddenScores == .counted { return queries * keys }
      return queries * start + queries * (queries + 1) / 2
    case .window(let size), .selected(let size):
      let size = Double(max(1, size))
      if hiddenScores == .counted { return queries * min(keys, size) }
      // Queries before position `size` see all that came before them.
      let growing = max(0, min(queries, size - start))
      return growing * start + growing * (growing + 1) / 2 + (queries - growing) * size
    case .chunk(let size):
      let size = Double(max(1, size))
      if hiddenScores == .counted { return queries * min(keys, size) }
      return chunked(start + queries, size) - chunked(start, size)
    }
  }

  /// The pairs of the first `count` positions in chunks of `size`.
  private func chunked(_ count: Double, _ size: Double) -> Double {
    let whole = (count / size).rounded(.down)
    let rest = count - whole * size
    return whole * size * (size + 1) / 2 + rest * (rest + 1) / 2
  }

  /// The share of the keys that any of the queries sees.
  func readShare(queries: Double, keys: Double) -> Double {
    guard keys > 0 else { return 1 }
    let start = max(0, keys - queries)
    switch mask {
    case .full, .causal: return 1
    case .window(let size): return min(keys, queries + Double(size) - 1) / keys
    case .selected(let size): return min(keys, queries * Double(size)) / keys
    case .chunk(let size):
      let size = Double(max(1, size))
      return (keys - (start / size).rounded(.down) * size) / keys
    }
  }
}

extension Optimizer {
  /// Arithmetic for one parameter: the update rule written out.
  var flopPerParameter: Double {
    switch self {
    case .sgd: 2
    case .momentum: 4
    case .adam: 12
    }
  }
}
