import CTensorKernels

/// A graph ready to run, again and again without allocating: instructions over one arena.
///
/// ```swift
/// let plan = try Plan([loss], parameters: ParameterBlock(model.tensors))
/// try plan.set("x", rows)
/// try plan.run()
/// plan.elements(of: loss)
/// ```
/// Nodes that no output needs are not computed, reshaped and transposed ones are views, what follows a product
/// is done before its sums are written, and elementwise functions of one shape are done together. The same
/// plan at the same instruction level gives the same numbers, bit by bit, in every build.
public final class Plan {
  public let graph: Graph
  public let level: InstructionLevel
  public let parameters: ParameterBlock
  /// What a run leaves of the gradients that were asked for, laid out as the parameters; others are 0.
  public let gradients: ParameterBlock
  /// How many runs there were.
  public var runs: UInt64 {
    get { counter.pointee }
    set { counter.pointee = newValue }
  }

  let instructions: [Instruction]
  let kernels: Kernels
  private let views: [Int: View]
  private let locations: [Buffer.Location]
  private let bases: [UnsafeMutablePointer<Float>]
  private let inputs: [String: (start: UnsafeMutablePointer<Float>, shape: Shape)]
  private let memory: Memory
  private let arenaCount: Int
  let code: UnsafeMutablePointer<tensor_instruction>
  private let counter: UnsafeMutablePointer<UInt64>
  private var records = RecordStore()

  /// - Parameters:
  ///   - outputs: nodes whose elements can be asked for after a run.
  ///   - gradients: nodes by the name of the parameter whose gradient they are.
  ///   - parameters: values, which a run reads where they lie.
  /// - Throws: `GraphError` for a mistake in the graph; `ParameterError` for a parameter that has no values
  ///   or values of another shape.
  /// - Precondition: the processor has the instruction level.
  public init(
    _ outputs: [Node], gradients: [(name: String, node: Node)] = [],
    parameters: ParameterBlock, level: InstructionLevel = .best
  ) throws {
    guard let kernels = level.kernels else {
      preconditionFailure("this processor has no \(level.rawValue)")
    }
    let graph = outputs.first?.graph ?? gradients.first?.node.graph ?? Graph()
    try graph.check()
    let targets = try gradients.map { name, node in
      guard let offset = parameters.layout.offset(of: name) else {
        throw ParameterError.missing(name, node.shape)
      }
      return (offset: offset, node: node)
    }
    let lowering = try Lowering(
      graph, outputs: outputs, gradients: targets, parameters: parameters.layout)
    let arena = Arena(lowering.buffers, lowering.instructions)
    self.graph = graph
    self.level = level
    self.kernels = kernels
    locations = lowering.buffers.map(\.location)
    self.parameters = parameters
    self.gradients = ParameterBlock(parameters.layout)
    instructions = lowering.instructions
    views = Dictionary(
      outputs.map { ($0.place, lowering.view($0.place)) }, uniquingKeysWith: { first, _ in first })
    arenaCount = arena.count
    memory = Memory(count: arena.count)

    var bases: [UnsafeMutablePointer<Float>] = []
    var inputs: [String: (start: UnsafeMutablePointer<Float>, shape: Shape)] = [:]
    for (place, buffer) in lowering.buffers.enumerated() {
      switch buffer.location {
      case .parameter(let offset): bases.append(parameters.start + offset)
      case .gradient(let offset): bases.append(self.gradients.start + offset)
      default: bases.append(memory.start + (arena.offsets[place] ?? 0))
      }
      if case .constant(let value) = buffer.location { bases[place].pointee = Float(value) }
    }
    for place in lowering.order {
      if case .input(let name) = graph.entries[place].operation {
        inputs[name] = (bases[lowering.view(place).buffer], graph.entries[place].shape)
      }
    }
    self.bases = bases
    self.inputs = inputs
    counter = .allocate(capacity: 1)
    counter.initialize(to: 0)
    code = .allocate(capacity: max(1, instructions.count))
    for (place, instruction) in instructions.enumerated() {
      (code + place).initialize(
        to: records.instruction(instruction.work, kernels, bases, counter))
    }
  }

  deinit {
    records.free()
    code.deallocate()
    counter.deallocate()
  }

  /// The memory of what is computed, inputs and constants, without parameters and gradients.
  public var arenaBytes: Int { arenaCount * MemoryLayout<Float>.stride }

  /// The names of inputs that are read, with their shapes.
  public var inputShapes: [String: Shape] { inputs.mapValues(\.shape) }

  /// Floating-point operations of a run.
  public var flop: Double { instructions.reduce(0) { $0 + $1.flop } }

  /// The parameters in the order in which a run computes their gradients.
  var gradientOrder: [String] {
    var seen: Set<Int> = []
    return instructions.compactMap { instruction in
      guard case .gradient(let offset) = locations[instruction.writes],
        seen.insert(offset).inserted
      else { return nil }
      return parameters.layout.entries.first { $0.offset == offset }?.name
    }
  }

  /// Where an output of one number lies.
  func address(of node: Node) -> UnsafePointer<Float> {
    guard let view = views[node.place] else {
      preconditionFailure("a plan gives the elements of its outputs")
    }
    return UnsafePointer(bases[view.buffer] + view.offset)
  }

  /// Gives an input its elements, which stay until others are given.
  public func set(_ name: String, _ elements: [Float]) throws(RunError) {
    guard let input = inputs[name] else {
      // What no output needs may be given nevertheless.
      guard graph.hasInput(name) else { throw .missing(name) }
      return
    }
    guard elements.count == input.shape.count else {
      throw .count(name, found: elements.count, wanted: input.shape)
    }
    elements.withUnsafeBufferPointer {
      if let base = $0.baseAddress { input.start.update(from: base, count: $0.count) }
    }
  }

  /// Where an input lies, for whoever fills it in place; nil of a name that is not read.
  func input(_ name: String) -> UnsafeMutableBufferPointer<Float>? {
    inputs[name].map { UnsafeMutableBufferPointer(start: $0.start, count: $0.shape.count) }
  }

  /// - Throws: `RunError.index` for an index that is no row; the run stops there.
  public func run() throws(RunError) {
    var failure = 0
    let done = tensor_run(code, instructions.count, &failure)
    counter.pointee &+= 1
    guard done < instructions.count else { return }
    throw failedIndex(instructions[done].work, place: failure - 1)
  }

  private func failedIndex(_ work: Instruction.Work, place: Int) -> RunError {
    switch work {
    case .gather(let pick), .scatter(let pick):
      let found = bases[pick.indices.buffer][pick.indices.offset + place]
      let kind: Operation.Kind = if case .gather = work { .gather } else { .scatter }
      return .index(kind, place: place, found: Double(found), rows: pick.count)
    default: preconditionFailure("only indices fail")
    }
  }

  /// The elements of an output after a run, in the order of rows.
  ///
  /// - Precondition: the node is one of the outputs.
  public func elements(of node: Node) -> [Float] {
    guard let view = views[node.place] else {
      preconditionFailure("a plan gives the elements of its outputs")
    }
    let base = bases[view.buffer] + view.offset
    if view.isContiguous {
      return Array(UnsafeBufferPointer(start: base, count: node.shape.count))
    }
    var offsets = [0]
    for (length, stride) in zip(view.lengths, view.strides) {
      offsets = offsets.flatMap { start in (0..<length).map { start + $0 * stride } }
    }
    return offsets.map { base[$0] }
  }
}
