import CTensorKernels

/// Where each parameter lies in a block of all: at multiples of 64 bytes.
public struct ParameterLayout: Sendable, Equatable {
  public struct Entry: Sendable, Equatable {
    public let name: String
    public let shape: Shape
    let offset: Int
  }

  public let entries: [Entry]
  /// Numbers in the block, gaps included.
  let count: Int

  public init(_ parameters: [(name: String, shape: Shape)]) {
    var offset = 0
    entries = parameters.map { name, shape in
      defer { offset += (shape.count + 15) / 16 * 16 }
      return Entry(name: name, shape: shape, offset: offset)
    }
    count = offset
  }

  func offset(of name: String) -> Int? { entries.first { $0.name == name }?.offset }
}

/// Numbers in one piece of memory, aligned to 64 bytes, with views by name: all parameters of a model, or
/// their gradients or moments, so that an optimiser's step is one call.
///
/// One thread writes at a time, and none while another reads: what trains a model keeps to that.
public final class ParameterBlock: @unchecked Sendable {
  public let layout: ParameterLayout
  let memory: Memory

  /// Zeros.
  public init(_ layout: ParameterLayout) {
    self.layout = layout
    memory = Memory(count: layout.count)
  }

  public convenience init(_ tensors: [NamedTensor]) {
    self.init(ParameterLayout(tensors.map { ($0.name, $0.shape) }))
    for (entry, tensor) in zip(layout.entries, tensors) { store(tensor.elements, entry) }
  }

  var count: Int { layout.count }
  var start: UnsafeMutablePointer<Float> { memory.start }

  /// One parameter, nil of an unknown name.
  public subscript(name: String) -> [Float]? {
    layout.entries.first { $0.name == name }.map(elements)
  }

  public var tensors: [NamedTensor] {
    layout.entries.map { NamedTensor(name: $0.name, shape: $0.shape, elements: elements($0)) }
  }

  /// Takes over the elements of tensors.
  ///
  /// - Throws: `ParameterError` naming the first parameter that is missing, unknown or of another shape;
  ///   nothing is taken over then.
  public func load(_ tensors: [NamedTensor]) throws(ParameterError) {
    for tensor in tensors {
      guard let own = layout.entries.first(where: { $0.name == tensor.name }) else {
        throw .unknown(tensor.name, nearest: nearest(to: tensor.name))
      }
      guard own.shape == tensor.shape else {
        throw .shape(tensor.name, found: tensor.shape, wanted: own.shape)
      }
    }
    let given = Set(tensors.map(\.name))
    if let missing = layout.entries.first(where: { !given.contains($0.name) }) {
      throw .missing(missing.name, missing.shape)
    }
    for tensor in tensors {
      if let own = layout.entries.first(where: { $0.name == tensor.name }) {
        store(tensor.elements, own)
      }
    }
  }

  private func elements(_ entry: ParameterLayout.Entry) -> [Float] {
    Array(UnsafeBufferPointer(start: start + entry.offset, count: entry.shape.count))
  }

  private func store(_ elements: [Float], _ entry: ParameterLayout.Entry) {
    elements.withUnsafeBufferPointer {
      guard let base = $0.baseAddress else { return }
      (start + entry.offset).update(from: base, count: $0.count)
    }
  }

  private func nearest(to name: String) -> String? {
    func common(_ other: String) -> Int { zip(name, other).prefix { $0 == $1 }.count }
    return layout.entries.map(\.name).max { common($0) < common($1) }
  }
}

/// What is wrong with parameters that are loaded.
public enum ParameterError: Error, Equatable, Sendable, CustomStringConvertible {
  case missing(String, Shape)
  case unknown(String, nearest: String?)
  case shape(String, found: Shape, wanted: Shape)

  public var description: String {
    switch self {
    case .missing(let name, let shape): "there is no parameter '\(name)', which is \(shape)"
    case .unknown(let name, let nearest):
      "the model has no parameter '\(name)'" + (nearest.map { "; it has '\($0)'" } ?? "")
    case .shape(let name, let found, let wanted):
      "parameter '\(name)' is \(found), and the model's is \(wanted)"
    }
  }
}

/// Floats aligned to 64 bytes, zero at first, with a margin that kernels may read.
final class Memory: @unchecked Sendable {
  let start: UnsafeMutablePointer<Float>

  init(count: Int) {
    let padded = count + 64
    start = UnsafeMutableRawPointer.allocate(
      byteCount: padded * MemoryLayout<Float>.stride, alignment: 64
    ).bindMemory(to: Float.self, capacity: padded)
    start.initialize(repeating: 0, count: padded)
  }

  deinit { start.deallocate() }
}
