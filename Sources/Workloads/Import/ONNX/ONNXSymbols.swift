/// The dimensions of a model's inputs that have no number, and how they get one.
struct ONNXSymbols: Sendable {
  struct Resolved {
    var values: [String: Int]
    var assumptions: [String]
  }

  private struct Dimension: Sendable {
    let input: String
    let axis: Int
    let rank: Int
    /// nil when the file gives the number.
    let symbol: String?
    let size: Int
  }

  /// Names that a caller may give a number.
  private(set) var names: Set<String> = []
  private var dimensions: [Dimension] = []

  init(_ graph: ONNXGraphProto) {
    // Before version 4 of the format weights are listed among the inputs.
    let weights = Set(graph.initializer.map(\.name))
    for input in graph.input where !weights.contains(input.name) {
      let shape = input.type.tensorType.shape.dim
      for (axis, dimension) in shape.enumerated() {
        let symbol = Self.symbol(dimension, of: input.name, axis)
        dimensions.append(
          Dimension(
            input: input.name, axis: axis, rank: shape.count, symbol: symbol,
            size: Int(dimension.dimValue)))
        guard let symbol else { continue }
        if let sum = ONNXSizeExpression(symbol) {
          names.formUnion(sum.names)
        } else {
          names.insert(symbol)
        }
      }
    }
  }

  /// The name of a dimension that has no number.
  static func symbol(
    _ dimension: ONNXTensorShapeProto.Dimension, of input: String, _ axis: Int
  ) -> String? {
    switch dimension.value {
    case .dimValue(let size) where size > 0: nil
    case .dimParam(let name) where !name.isEmpty: name
    default: "\(input).\(axis)"
    }
  }

  /// A number for every name.
  ///
  /// A name that stands first in some input and nowhere else, or that speaks of a batch, is 1 unless
  /// it is given.
  func resolve(file: String, settings: [String: Int], batch: Int?) throws(WorkloadError)
    -> Resolved
  {
    func failure(_ problem: String) -> WorkloadError { .dimension(file: file, problem: problem) }
    let strangers = settings.keys.filter { !names.contains($0) }.sorted()
    if !strangers.isEmpty {
      let known =
        names.isEmpty
        ? "every dimension has a number" : "the dimensions are \(listed(names.sorted()))"
      throw failure("no dimension is called \(listed(strangers)); \(known)")
    }
    let sizes = 0...(1 << 53)
    for (name, size) in settings where !sizes.contains(size) {
      throw failure("\(shown(name))=\(size) is not a size")
    }
    if let batch, batch < 1 || !sizes.contains(batch) { throw failure("a batch of \(batch)") }
    var values = settings
    var assumptions: [String] = []
    let batchNames = batchNames()
    for name in names.sorted() where values[name] == nil && batchNames.contains(name) {
      values[name] = batch ?? 1
      if batch == nil { assumptions.append("\(shown(name)) = 1") }
    }
    if let batch {
      for name in batchNames {
        if let size = values[name], size != batch {
          throw failure("\(shown(name))=\(size) and a batch of \(batch)")
        }
      }
      for dimension in dimensions
      where dimension.axis == 0 && dimension.rank > 1 && dimension.symbol == nil
        && dimension.size != batch
      {
        throw failure(
          "input '\(shown(dimension.input))' has a fixed batch of \(dimension.size), not \(batch)")
      }
    }
    let missing = names.filter { values[$0] == nil }.sorted()
    if let first = missing.first {
      throw failure(
        "dimensions without a size: \(listed(missing)); set each, as --set \(shown(first))=128")
    }
    return Resolved(values: values, assumptions: assumptions)
  }

  private func batchNames() -> Set<String> {
    var first: Set<String> = []
    var later: Set<String> = []
    for dimension in dimensions {
      guard let symbol = dimension.symbol else { continue }
      if dimension.axis == 0 { first.insert(symbol) } else { later.insert(symbol) }
    }
    return names.filter {
      (first.contains($0) && !later.contains($0)) || $0.lowercased().contains("batch")
    }
  }
}

/// A size such as `past_length + sequence_length` or `2*s0`, as exporters write it.
struct ONNXSizeExpression {
  private enum Term {
    case name(String)
    case number(Int)
  }
  /// Each a product.
  private var summands: [[Term]] = []

  /// nil when the text is one name, or no sum of products.
  init?(_ text: String) {
    guard text.utf8.count <= 1000, text.contains(where: { "+*".contains($0) }) else { return nil }
    var factors: [Term] = []
    var word = ""
    func term() -> Term? {
      let trimmed = word.filter { $0 != " " }
      guard let first = trimmed.first, !trimmed.contains(where: { "()/,".contains($0) }) else {
        return nil
      }
      if first.isNumber { return Int(trimmed).map { .number($0) } }
      return .name(trimmed)
    }
    for character in text + "+" {
      guard "+*".contains(character) else {
        word.append(character)
        continue
      }
      guard let term = term() else { return nil }
      word = ""
      factors.append(term)
      if character != "*" {
        summands.append(factors)
        factors = []
      }
    }
  }

  var names: [String] {
    summands.flatMap { summand in
      summand.compactMap { factor in
        if case .name(let name) = factor { name } else { nil }
      }
    }
  }

  /// nil when a name has no number or the size is not one.
  func value(_ sizes: [String: Int]) -> Int? {
    var sum = 0.0
    for summand in summands {
      var product = 1.0
      for factor in summand {
        switch factor {
        case .number(let number): product *= Double(number)
        case .name(let name):
          guard let size = sizes[name] else { return nil }
          product *= Double(size)
        }
      }
      sum += product
    }
    return sum >= 0 && sum < WorkloadBuilder.elementLimit ? Int(sum) : nil
  }
}
