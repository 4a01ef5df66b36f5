import CTensorKernels

/// The records that kernels read, with addresses.
struct RecordStore {
  private var allocated: [UnsafeMutableRawPointer] = []

  func free() { for pointer in allocated { pointer.deallocate() } }

  private mutating func keep<T>(_ values: [T]) -> UnsafeMutablePointer<T> {
    let pointer = UnsafeMutablePointer<T>.allocate(capacity: max(1, values.count))
    pointer.initialize(from: values, count: values.count)
    allocated.append(UnsafeMutableRawPointer(pointer))
    return pointer
  }

  private mutating func instruction<T>(_ kernel: @escaping tensor_kernel, _ record: T)
    -> tensor_instruction
  {
    tensor_instruction(kernel: kernel, record: UnsafeRawPointer(keep([record])))
  }

  mutating func instruction(
    _ work: Instruction.Work, _ kernels: Kernels,
    _ bases: [UnsafeMutablePointer<Float>], _ run: UnsafePointer<UInt64>
  ) -> tensor_instruction {
    func at(_ place: Place) -> UnsafeMutablePointer<Float> { bases[place.buffer] + place.offset }
    let table = kernels.table.pointee
    switch work {
    case .map(let map):
      let operands = map.operands.map { place, strides in
        tensor_operand(base: at(place), strides: eight(strides))
      }
      let steps = map.steps.map { step in
        tensor_step(
          function: kernels.function(step.function), x: Int32(step.x), y: Int32(step.y),
          out: Int32(step.out), s: Float(step.number))
      }
      return instruction(
        table.map,
        tensor_map(
          axes: map.lengths.count, operands: operands.count, steps: steps.count,
          lengths: eight(map.lengths), operand: keep(operands), step: keep(steps),
          out: at(map.out), strides: eight(map.strides)))
    case .product(let product):
      return instruction(
        table.product,
        tensor_product(
          m: product.m, n: product.n, k: product.k, a: at(product.a), a_row: product.aRow,
          a_column: product.aColumn, b: at(product.b), b_stride: product.bStride,
          c: at(product.c), c_row: product.cRow, lengths: three(product.lengths),
          a_strides: three(product.aStrides), b_strides: three(product.bStrides),
          c_strides: three(product.cStrides), bias: product.bias.map { UnsafePointer(at($0)) },
          other: product.other.map { UnsafePointer(at($0)) }, scale: Float(product.scale),
          meeting: Int32(product.meeting.rawValue),
          b_is_transposed: product.bIsTransposed ? 1 : 0, has_relu: product.hasRelu ? 1 : 0))
    case .rows(let function, let out, let x, let y, let rows, let length, let epsilon):
      let kernel =
        switch function {
        case .largest: table.largest
        case .softmax: table.softmax
        case .softmaxGradient: table.softmax_gradient
        case .logSoftmax: table.log_softmax
        case .normalize: table.normalize
        case .normalizeGradient: table.normalize_gradient
        }
      return instruction(
        kernel,
        tensor_rows(
          out: at(out), x: at(x), y: at(y), rows: rows, length: length, epsilon: Float(epsilon)))
    case .sum(let out, let x, let outer, let middle, let inner):
      return instruction(
        table.sum,
        tensor_sum(out: at(out), x: at(x), outer: outer, middle: middle, inner: inner))
    case .gather(let pick), .scatter(let pick):
      let kernel = if case .gather = work { table.gather } else { table.scatter }
      return instruction(
        kernel,
        tensor_pick(
          out: at(pick.out), x: at(pick.x), indices: at(pick.indices), rows: pick.rows,
          width: pick.width, count: pick.count))
    case .keep(let out, let count, let rate, let seed):
      return instruction(
        table.keep,
        tensor_keep(out: at(out), count: count, rate: Float(rate), seed: seed, run: run))
    }
  }

  /// An array of C, filled up behind.
  private func eight(_ values: [Int]) -> (Int, Int, Int, Int, Int, Int, Int, Int) {
    func at(_ place: Int) -> Int { place < values.count ? values[place] : 0 }
    return (at(0), at(1), at(2), at(3), at(4), at(5), at(6), at(7))
  }

  /// An array of C, filled up before with ones.
  private func three(_ values: [Int]) -> (Int, Int, Int) {
    func at(_ place: Int) -> Int { place < 3 - values.count ? 1 : values[place - 3 + values.count] }
    return (at(0), at(1), at(2))
  }
}
