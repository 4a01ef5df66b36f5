import Analytic
import Devices
import Quantities
import Testing
import Workloads
import Zoo

/// A product that is stepped through, MAC by MAC, with every word that moves counted.
private struct SteppedProduct {
  let machine: SpatialAccelerator
  let blocking: BufferBlocking
  private(set) var counts = ActionCounts()
  /// What waits in the array: the tile's place; and for sums how far each has come.
  private var waiting: [Int] = []
  private var added: [Int: Int] = [:]
  private let m, n, k: Int

  init(_ machine: SpatialAccelerator, _ blocking: BufferBlocking) {
    self.machine = machine
    self.blocking = blocking
    m = Int(blocking.product.rows)
    n = Int(blocking.product.columns)
    k = Int(blocking.product.depth)
    run()
  }

  /// Pieces of `range`, of `size` each from its beginning.
  private func pieces(_ range: Range<Int>, _ size: Int) -> [Range<Int>] {
    stride(from: range.lowerBound, to: range.upperBound, by: size).map {
      $0..<min($0 + size, range.upperBound)
    }
  }

  private var stream: BufferBlocking.Loop {
    machine.dataflow == .outputStationary ? .depth : .rows
  }

  private func size(_ loop: BufferBlocking.Loop) -> Double {
    switch loop {
    case .rows: blocking.rows
    case .columns: blocking.columns
    case .depth: blocking.depth
    }
  }

  private mutating func run() {
    let isOneTile = BufferBlocking.Loop.allCases.filter { $0 != stream }.allSatisfy {
      size($0) <= machine.grain[$0]
    }
    let blocks = [
      BufferBlocking.Loop.rows: pieces(0..<m, Int(blocking.rows)),
      .columns: pieces(0..<n, Int(blocking.columns)), .depth: pieces(0..<k, Int(blocking.depth)),
    ]
    var held: [String: [Range<Int>]] = [:]
    var visited: Set<[Range<Int>]> = []
    for first in blocks[blocking.order[0]] ?? [] {
      for second in blocks[blocking.order[1]] ?? [] {
        for third in blocks[blocking.order[2]] ?? [] {
          let ranges = Dictionary(
            uniqueKeysWithValues: zip(blocking.order, [first, second, third]))
          let i = ranges[.rows] ?? 0..<0
          let j = ranges[.columns] ?? 0..<0
          let l = ranges[.depth] ?? 0..<0
          if held["inputs"] != [i, l] {
            held["inputs"] = [i, l]
            counts.mainMemory.inputs.reads += Double(i.count * l.count)
            counts.buffer.inputs.writes += Double(i.count * l.count)
          }
          if held["weights"] != [l, j] {
            held["weights"] = [l, j]
            counts.mainMemory.weights.reads += Double(l.count * j.count)
            counts.buffer.weights.writes += Double(l.count * j.count)
          }
          if held["outputs"] != [i, j] {
            if let old = held["outputs"] {
              if machine.dataflow == .outputStationary { unload() }
              writeBack(old)
            }
            held["outputs"] = [i, j]
            if !visited.insert([i, j]).inserted {
              counts.mainMemory.outputs.reads += Double(i.count * j.count)
              counts.buffer.outputs.writes += Double(i.count * j.count)
            }
          }
          if machine.dataflow == .outputStationary {
            outputsWait(i, j, l)
          } else {
            weightsWait(i, j, l)
          }
          // Where blocks have several tiles, the next begins anew.
          if !isOneTile { unload() }
        }
      }
    }
    unload()
    if let last = held["outputs"] { writeBack(last) }
  }

  private mutating func writeBack(_ block: [Range<Int>]) {
    counts.mainMemory.outputs.writes += Double(block[0].count * block[1].count)
    counts.buffer.outputs.reads += Double(block[0].count * block[1].count)
  }

  // MARK: - Output stationary

  /// Sums that waited go to the buffer.
  private mutating func unload() {
    defer { waiting = [] }
    guard machine.dataflow == .outputStationary, !waiting.isEmpty else { return }
    let words = Double((waiting[1] - waiting[0]) * (waiting[3] - waiting[2]))
    counts.network.outputs.writes += words
    counts.buffer.outputs.writes += words
    // The last addition of each sum went out and not into a register.
    counts.registerFile.outputs.writes -= words
  }

  private mutating func outputsWait(_ i: Range<Int>, _ j: Range<Int>, _ l: Range<Int>) {
    let t = machine.registerTile
    for rows in pieces(i, machine.rows * t) {
      for columns in pieces(j, machine.columns * t) {
        let tile = [rows.lowerBound, rows.upperBound, columns.lowerBound, columns.upperBound]
        var isFresh = false
        if waiting != tile {
          unload()
          waiting = tile
          isFresh = true
          for row in rows {
            for column in columns where added[row * n + column] ?? 0 > 0 {
              counts.buffer.outputs.reads += 1
              counts.network.outputs.reads += 1
            }
          }
        }
        for _ in l {
          counts.buffer.inputs.reads += Double(rows.count)
          counts.buffer.weights.reads += Double(columns.count)
          for unitRows in pieces(rows, t) {
            for unitColumns in pieces(columns, t) {
              counts.network.inputs.reads += Double(unitRows.count)
              counts.network.weights.reads += Double(unitColumns.count)
              if t > 1 {
                counts.registerFile.inputs.writes += Double(unitRows.count)
                counts.registerFile.weights.writes += Double(unitColumns.count)
              }
              for row in unitRows {
                for column in unitColumns {
                  counts.macs += 1
                  if t > 1 {
                    counts.registerFile.inputs.reads += 1
                    counts.registerFile.weights.reads += 1
                  }
                  if !isFresh { counts.registerFile.outputs.reads += 1 }
                  counts.registerFile.outputs.writes += 1
                  added[row * n + column, default: 0] += 1
                }
              }
            }
          }
          isFresh = false
        }
      }
    }
  }

  // MARK: - Weights that wait, or pass

  private mutating func weightsWait(_ i: Range<Int>, _ j: Range<Int>, _ l: Range<Int>) {
    let t = machine.registerTile
    let waits = machine.dataflow == .weightStationary
    for depths in pieces(l, machine.rows * t) {
      for columns in pieces(j, machine.columns * t) {
        let tile = [depths.lowerBound, depths.upperBound, columns.lowerBound, columns.upperBound]
        if waits, waiting != tile {
          waiting = tile
          let words = Double(depths.count * columns.count)
          counts.buffer.weights.reads += words
          counts.network.weights.reads += words
          counts.registerFile.weights.writes += words
        }
        for row in i {
          counts.buffer.inputs.reads += Double(depths.count)
          for column in columns {
            if added[row * n + column] ?? 0 > 0 {
              counts.buffer.outputs.reads += 1
              counts.network.outputs.reads += 1
            }
            counts.buffer.outputs.writes += 1
          }
          for unitDepths in pieces(depths, t) {
            for unitColumns in pieces(columns, t) {
              counts.network.inputs.reads += Double(unitDepths.count)
              if t > 1 { counts.registerFile.inputs.writes += Double(unitDepths.count) }
              for column in unitColumns {
                for depth in unitDepths {
                  counts.macs += 1
                  if t > 1 { counts.registerFile.inputs.reads += 1 }
                  if waits {
                    counts.registerFile.weights.reads += 1
                  } else {
                    counts.buffer.weights.reads += 1
                    counts.network.weights.reads += 1
                  }
                  // The first comes from the neighbour, the last goes to the next.
                  if depth > unitDepths.lowerBound { counts.registerFile.outputs.reads += 1 }
                  if depth < unitDepths.upperBound - 1 { counts.registerFile.outputs.writes += 1 }
                  added[row * n + column, default: 0] += 1
                }
                counts.network.outputs.writes += 1
              }
            }
          }
        }
      }
    }
  }
}

/// Round costs, so that energies can be added in the head.
private let plainCosts = ComponentCosts(
  multiplyAccumulate: .init(Joules(1)), vectorUnit: .init(Joules(1)),
  registerFile: .init(Joules(1)), network: .init(Joules(2)), buffer: .init(Joules(6)),
  mainMemory: .init(Joules(200)))

private func machine(
  _ dataflow: Dataflow, _ rows: Int = 2, _ columns: Int = 2, registers words: Double = 3,
  buffer: Double
) throws -> SpatialAccelerator {
  try SpatialAccelerator(
    rows: rows, columns: columns, dataflow: dataflow, registers: Bytes(2 * words),
    buffer: Bytes(2 * buffer), costs: plainCosts)
}

private let products = [
  (1, 1, 1), (4, 4, 4), (5, 3, 7), (1, 9, 8), (9, 1, 6), (8, 7, 1), (12, 5, 10), (6, 11, 13),
].map { MatrixProduct(rows: Double($0.0), columns: Double($0.1), depth: Double($0.2)) }

@Suite("Energy of accelerators by component") struct ComponentTests {
  // MARK: - Counts

  @Test(
    "counts are those of stepping through the product, word by word", arguments: Dataflow.allCases,
    [(12.0, 3.0), (20, 3), (33, 3), (64, 3), (70, 8), (110, 8), (1000, 15)])
  func stepping(dataflow: Dataflow, memory: (buffer: Double, registers: Double)) throws {
    for (rows, columns) in [(2, 2), (1, 2), (2, 1), (1, 1)] {
      let machine = try machine(
        dataflow, rows, columns, registers: memory.registers, buffer: memory.buffer)
      for product in products {
        let blocking = machine.blocking(of: product)
        #expect(blocking.held <= memory.buffer)
        #expect(
          machine.actions(of: product) == SteppedProduct(machine, blocking).counts,
          "\(product) in \(blocking)")
      }
    }
  }

  @Test("counts hold in any blocks and any order of loops", arguments: Dataflow.allCases)
  func anyBlocks(dataflow: Dataflow) throws {
    let machine = try machine(dataflow, 2, 1, registers: 8, buffer: 100)
    #expect(machine.registerTile == (dataflow == .noLocalReuse ? 1 : 2))
    let grain = machine.grain
    for product in [products[6], products[7]] {
      for blocking in everyBlocking(product, grain, capacity: .infinity) {
        #expect(
          machine.actions(of: product, in: blocking) == SteppedProduct(machine, blocking).counts,
          "\(blocking)")
      }
    }
  }

  @Test("one product by hand") func byHand() throws {
    // 4×4 times 4×4 on 2×2 units with one word each, everything in the buffer.
    let product = MatrixProduct(rows: 4, columns: 4, depth: 4)
    let counts = try machine(.weightStationary, buffer: 48).actions(of: product)
    #expect(counts.macs == 64)
    #expect(counts.mainMemory.total == 48)
    // Two columns of the array share an input: each of 16 is read for 2 tiles, and goes to 4 columns.
    #expect(counts.buffer.inputs.reads == 32)
    #expect(counts.network.inputs.reads == 64)
    // A weight is loaded once and read for 4 rows.
    #expect(counts.registerFile.weights == .init(reads: 64, writes: 16))
    // 16 sums leave two tiles of the depth, and come back to the second.
    #expect(counts.network.outputs == .init(reads: 16, writes: 64))
    #expect(counts.buffer.outputs == .init(reads: 16 + 16, writes: 32))
    #expect(counts.registerFile.outputs.total == 0)
    // MACs, registers, network, then in the buffer inputs, weights and sums, and the main memory.
    let buffer = (16 + 32) + (16 + 16) + (32 + 32)
    #expect(
      plainCosts.energy(of: counts)
        == Joules(Double(64 + 80 + 2 * (64 + 16 + 80) + 6 * buffer + 200 * 48)))
  }

  // MARK: - Blocks

  /// Every blocking in whole grains, or the whole, in all six orders.
  private func everyBlocking(
    _ product: MatrixProduct, _ grain: BufferBlocking.Grain, capacity: Double
  ) -> [BufferBlocking] {
    func sizes(_ length: Double, _ grain: Double) -> [Double] {
      Array(stride(from: grain, to: length + grain, by: grain))
    }
    let orders: [[BufferBlocking.Loop]] = [
      [.rows, .columns, .depth], [.rows, .depth, .columns], [.columns, .rows, .depth],
      [.columns, .depth, .rows], [.depth, .rows, .columns], [.depth, .columns, .rows],
    ]
    var all: [BufferBlocking] = []
    for order in orders {
      for rows in sizes(product.rows, grain.rows) {
        for columns in sizes(product.columns, grain.columns) {
          for depth in sizes(product.depth, grain.depth) {
            all.append(
              BufferBlocking(product, rows: rows, columns: columns, depth: depth, order: order))
          }
        }
      }
    }
    return all.filter { $0.held <= capacity }
  }

  @Test(
    "no blocks and no order have less traffic than the best",
    arguments: [3.0, 5, 8, 13, 21, 40, 80, 160, 500])
  func leastTraffic(capacity: Double) throws {
    for grain in [
      BufferBlocking.Grain(rows: 1, columns: 1, depth: 1), .init(rows: 2, columns: 1, depth: 3),
    ] {
      for var product in products {
        for share in [1, 0.4] {
          product.inputs = share * product.rows * product.depth
          let known = everyBlocking(product, grain, capacity: capacity).map(\.traffic).min()
          let best = BufferBlocking.best(product, capacity: capacity, grain: grain)
          #expect((best == nil) == (known == nil))
          if let best, let known {
            #expect(abs(best.traffic - known) < 1e-9, "\(best) in \(capacity)")
            #expect(best.held <= capacity)
          }
        }
      }
    }
  }

  @Test("no blocks take less energy than those that are chosen", arguments: Dataflow.allCases)
  func leastEnergy(dataflow: Dataflow) throws {
    for buffer in [24.0, 40, 64, 100, 200] {
      let machine = try machine(dataflow, 2, 1, registers: 8, buffer: buffer)
      for product in products {
        let least = everyBlocking(product, machine.grain, capacity: buffer)
          .map { plainCosts.energy(of: machine.actions(of: product, in: $0)) }.min()
        #expect(plainCosts.energy(of: machine.actions(of: product)) == least)
      }
    }
  }

  @Test("a larger buffer never has more traffic, and what fits has every word once")
  func largerBuffer() throws {
    let grain = BufferBlocking.Grain(rows: 4, columns: 4, depth: 2)
    for product in products {
      var last = Double.infinity
      for capacity in stride(from: 32.0, to: 400, by: 3) {
        let best = try #require(
          BufferBlocking.best(product, capacity: capacity, grain: grain))
        #expect(best.traffic <= last && best.traffic >= product.compulsory)
        last = best.traffic
        if product.compulsory <= capacity { #expect(best.traffic == product.compulsory) }
      }
    }
  }

  // MARK: - Laws

  @Test("every level moves at least what is compulsory", arguments: Dataflow.allCases)
  func conservation(dataflow: Dataflow) throws {
    var last = [Joules](repeating: Joules(.infinity), count: products.count)
    var machine = try machine(dataflow, 2, 2, registers: 8, buffer: 70)
    for buffer in stride(from: 70.0, to: 700, by: 30) {
      machine.buffer = Bytes(2 * buffer)
      for (index, product) in products.enumerated() {
        let counts = machine.actions(of: product)
        #expect(counts.macs == product.macs)
        for level in [counts.mainMemory, counts.buffer, counts.network] {
          #expect(level.inputs.reads >= product.inputs)
          #expect(level.weights.reads >= product.weights)
          #expect(level.outputs.writes >= product.outputs)
          // What is read back was written before, and every sum leaves in the end.
          if level != counts.buffer {
            #expect(level.outputs.writes >= level.outputs.reads + product.outputs)
          }
        }
        #expect(counts.buffer.inputs.writes == counts.mainMemory.inputs.reads)
        #expect(counts.buffer.inputs.reads <= counts.network.inputs.reads)
        #expect(counts.network.inputs.reads <= product.macs)
        // The energy is the sum over components, and no larger in a larger buffer.
        let energy = plainCosts.energy(of: counts)
        let sum = AcceleratorComponent.allCases.reduce(0) {
          $0 + plainCosts[$1].energy.value * counts[$1]
        }
        #expect(energy.value == sum)
        #expect(energy <= last[index])
        last[index] = energy
      }
    }
  }

  @Test("weights that wait save what their rows share, and cost a register for one row alone")
  func ordering() throws {
    let waiting = try machine(.weightStationary, 4, 4, buffer: 4000)
    let none = try machine(.noLocalReuse, 4, 4, buffer: 4000)
    func difference(_ rows: Double) -> Double {
      let product = MatrixProduct(rows: rows, columns: 16, depth: 16)
      return plainCosts.energy(of: none.actions(of: product)).value
        - plainCosts.energy(of: waiting.actions(of: product)).value
    }
    // 8 for a weight from the buffer and over the network; 8 and 1 once, 1 for each row.
    for rows in [1.0, 2, 10] { #expect(difference(rows) == 256 * (8 * rows - 9 - rows)) }
  }

  @Test("leakage runs with the time that is given") func leakage() throws {
    var costs = plainCosts
    costs.buffer.leakage = .milliwatts(3)
    costs.registerFile.leakage = .milliwatts(2)
    let energy = ComponentEnergy(costs: costs, operations: [])
    #expect(energy.total() == .zero)
    #expect(energy.total(over: Seconds(2)) == Joules(0.01))
  }

  // MARK: - Costs

  @Test("relative costs are multiples of a MAC of 16 bits") func relative() {
    let costs = ComponentCosts.relative(.int16)
    let unit = costs.multiplyAccumulate.energy
    for (component, factor) in [
      (AcceleratorComponent.registerFile, 1.0), (.network, 2), (.buffer, 6), (.mainMemory, 200),
    ] {
      #expect(abs(costs[component].energy / unit - factor) < 1e-12)
    }
    // √(0.2·3.1) and √(0.03·0.1) pJ at 45 nm, a length of 65 over 45.
    #expect(abs(unit.value / ((0.78740 + 0.05477) * 65 / 45 * 1e-12) - 1) < 1e-4)
    // Half the bits, half the energy of a memory; its own product.
    let narrow = ComponentCosts.relative(.int8, process: 45)
    #expect(abs(narrow.registerFile.energy.value / 0.421085e-12 - 1) < 1e-4)
    #expect(abs(narrow.multiplyAccumulate.energy.value - 0.23e-12) < 1e-20)
    // A main memory does not shrink.
    #expect(ComponentCosts.relative(.int16, process: 7).mainMemory == costs.mainMemory)
    #expect(ComponentCosts.relative(.int16, process: 7).buffer.energy < costs.buffer.energy)
  }

  @Test("static memories cost what is published for three sizes, and grow between them")
  func staticMemory() {
    for (kibibytes, energy) in [(8.0, 10.0), (32, 20), (1024, 100), (2, 5), (4096, 200)] {
      let found = ComponentCosts.staticMemory(.kibibytes(kibibytes), bits: 64)
      #expect(abs(found.value - energy * 1e-12) < 1e-20)
    }
    var last = Joules.zero
    for power in 0..<30 {
      let found = ComponentCosts.staticMemory(Bytes(Double(1 << power)), bits: 16, process: 28)
      #expect(found > last)
      last = found
    }
    // Two sources for registers of 0.5 KB and a buffer of 108 KB agree within a factor of two.
    let (one, other) = (
      ComponentCosts.relative(.int16),
      ComponentCosts.bySize(
        .int16, registers: Bytes(512), buffer: .kibibytes(108), process: 65)
    )
    for component in [AcceleratorComponent.registerFile, .network, .buffer] {
      let ratio = one[component].energy / other[component].energy
      #expect(ratio > 0.5 && ratio < 2, "\(component) \(ratio)")
    }
  }

  // MARK: - Machines

  @Test("Eyeriss has 12×14 units, and what a device states comes first") func device() throws {
    var device = try DeviceReference("Eyeriss-v1").device
    let machine = try SpatialAccelerator(device, dataflow: .weightStationary)
    #expect((machine.rows, machine.columns) == (12, 14))
    #expect(machine.buffer == Bytes(113_246))
    #expect(machine.costs == .relative(.int16, process: 65))
    device.memory[0].energyPerByte = Figure(JoulesPerByte(3e-12))
    device.memory[1].energyPerByte = Figure(JoulesPerByte(70e-12))
    device.peaks[0].energyPerFLOP = Figure(JoulesPerFLOP(1e-13))
    let stated = try SpatialAccelerator(device, dataflow: .weightStationary, format: .int8)
    #expect(stated.costs.buffer.energy == Joules(3e-12))
    #expect(stated.costs.mainMemory.energy == Joules(70e-12))
    #expect(stated.costs.multiplyAccumulate.energy == Joules(2e-13))
    // 275 TFLOP/s at 1.05 GHz are 130952 units.
    let large = try SpatialAccelerator(
      DeviceReference("TPUv4").device, dataflow: .weightStationary)
    #expect(abs(Double(large.rows * large.columns) / 130_952 - 1) < 0.01)
  }

  @Test("what is no accelerator, or too small, is an error") func errors() throws {
    #expect(throws: AcceleratorError.self) {
      try SpatialAccelerator(DeviceReference("T4").device, dataflow: .outputStationary)
    }
    #expect(throws: AcceleratorError.self) {
      try SpatialAccelerator(DeviceReference("Hailo-8").device, dataflow: .outputStationary)
    }
    #expect(throws: AcceleratorError.shape(rows: 0, columns: 4)) {
      try machine(.weightStationary, 0, 4, buffer: 100)
    }
    // 4·4 weights, 4·4 inputs and 4·4 sums of two bytes.
    #expect(throws: AcceleratorError.buffer(Bytes(94), needed: Bytes(96))) {
      try machine(.weightStationary, 4, 4, buffer: 47)
    }
  }

  // MARK: - Networks

  private func program(_ name: String, batch: Int) throws -> KernelProgram {
    try request(name, batch: batch).workload().kernels(Execution(fusion: .epilogue))
  }

  @Test(
    "in convolutions registers and MACs take most, in fully connected layers the main memory",
    arguments: [Dataflow.outputStationary, .weightStationary])
  func alexnet(dataflow: Dataflow) throws {
    let program = try program("alexnet", batch: 16)
    let machine = try SpatialAccelerator(
      DeviceReference("Eyeriss-v1").device, dataflow: dataflow)
    let energy = machine.energy(of: program)
    for operation in energy.operations where operation.actions.macs > 0 {
      let kind = program.workload.operations[operation.operation].kind
      func share(_ component: AcceleratorComponent) -> Double {
        energy.costs.energy(of: component, in: operation.actions)
          / energy.costs.energy(of: operation.actions)
      }
      if case .convolution = kind {
        #expect(share(.registerFile) + share(.multiplyAccumulate) > 0.5)
        #expect(share(.registerFile) > share(.mainMemory))
      } else {
        #expect(share(.mainMemory) > 0.5)
      }
    }
    let none = try SpatialAccelerator(
      DeviceReference("Eyeriss-v1").device, dataflow: .noLocalReuse)
    #expect(energy.total() < none.energy(of: program).total())
  }

  @Test("a network's MACs and words are those of its operations, whatever its types")
  func network() throws {
    let machine = try SpatialAccelerator(
      DeviceReference("Eyeriss-v1").device, dataflow: .weightStationary)
    for name in ["resnet18", "mobilenetv2_100", "vit_tiny_patch16_224"] {
      let run = try request(name).workload()
      let energy = machine.energy(of: run.kernels(Execution(fusion: .epilogue)))
      #expect(abs(energy.actions.macs / run.counts().total.matrixMACs - 1) < 1e-12)
      let half = machine.energy(
        of: run.kernels(Execution(precision: .fp16, fusion: .epilogue)))
      #expect(half.actions == energy.actions, "\(name)")
      // Each weight is read at least once.
      let reuse = run.reuse(run.counts())
      #expect(energy.actions.mainMemory.weights.reads >= 0.99 * reuse.total.weights)
    }
  }

  @Test("channels that are convolved by themselves share nothing") func depthwise() throws {
    let net = WorkloadBuilder("depthwise")
    let input = net.input("x", [1, 8, 6, 6])
    net.result(net.convolution(input, to: 8, kernel: 3, groups: 8))
    let machine = try machine(.weightStationary, 3, 3, buffer: 1000)
    let counts = machine.energy(of: try net.finish().kernels(Execution())).actions
    let channel = machine.actions(
      of: MatrixProduct(rows: 36, columns: 1, depth: 9, inputs: 36))
    #expect(counts == channel * 8)
    #expect(counts.mainMemory.inputs.reads == 8 * 36)
  }
}
