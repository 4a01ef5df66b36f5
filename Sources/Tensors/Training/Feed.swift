/// Copies samples to where a plan reads them.
struct Feed {
  private struct Input {
    let elements: [Float]
    let width: Int
    let target: UnsafeMutablePointer<Float>
  }

  private var inputs: [Input] = []

  /// Values that all samples share are copied at once.
  ///
  /// - Throws: `TrainingError` naming an input that is missing or does not fit.
  init(
    _ plan: Plan, _ data: [String: Tensor], shared: Set<String>, samples: Int
  ) throws(TrainingError) {
    for (name, shape) in plan.inputShapes.sorted(by: { $0.key < $1.key }) {
      guard let tensor = data[name] else { throw .missing(name, given: data.keys.sorted()) }
      guard let target = plan.input(name), let start = target.baseAddress else { continue }
      if shared.contains(name) {
        guard tensor.shape == shape else { throw .shape(name, found: tensor.shape, wanted: shape) }
        start.update(from: tensor.elements, count: shape.count)
      } else {
        let sample = Shape(Array(shape.axes.dropFirst()))
        guard tensor.shape.rank == shape.rank, tensor.sample == sample else {
          throw .shape(name, found: tensor.shape, wanted: Shape([samples] + sample.axes))
        }
        inputs.append(Input(elements: tensor.elements, width: sample.count, target: start))
      }
    }
  }

  /// How many samples the data have that a plan reads.
  static func samples(
    _ plan: Plan, _ data: [String: Tensor], shared: Set<String>
  ) throws(TrainingError) -> Int {
    var first: (name: String, count: Int)?
    for name in plan.inputShapes.keys.sorted() where !shared.contains(name) {
      guard let tensor = data[name] else { throw .missing(name, given: data.keys.sorted()) }
      let count = tensor.shape.axes.first ?? 0
      if let first, first.count != count {
        throw .counts(first.name, first.count, name, count)
      }
      first = (name, count)
    }
    guard let first, first.count > 0 else { throw .noSamples }
    return first.count
  }

  func copy(_ rows: some Sequence<Int>) {
    for input in inputs {
      let width = input.width
      input.elements.withUnsafeBufferPointer { elements in
        guard let base = elements.baseAddress else { return }
        for (place, row) in rows.enumerated() {
          (input.target + place * width).update(from: base + row * width, count: width)
        }
      }
    }
  }
}
