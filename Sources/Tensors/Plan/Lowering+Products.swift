import CTensorKernels

/// A product, and what happens to its sums before they are written: `relu(meet(scale·A·B + bias, other))`.
struct FusedProduct {
  let product: Int
  var scale = 1.0
  var bias: Int?
  var other: Int?
  var meeting = TENSOR_NOTHING
  var hasRelu = false

  var isPlain: Bool { bias == nil && other == nil && !hasRelu }

  var name: String {
    var parts: [String] = []
    if scale != 1 { parts.append("scale") }
    if bias != nil { parts.append("bias") }
    if meeting == TENSOR_PLUS { parts.append("add") }
    if meeting == TENSOR_TIMES { parts.append("multiply") }
    if meeting == TENSOR_WHERE_POSITIVE { parts.append("mask") }
    if hasRelu { parts.append("relu") }
    return parts.isEmpty ? "" : ", " + parts.joined(separator: ", ")
  }
}

extension Lowering {
  private func onlyReader(_ place: Int) -> Int? {
    guard !kept.contains(place), let readers = readers[place], readers.count == 1 else {
      return nil
    }
    return readers[0]
  }

  mutating func fuseProducts() {
    for place in order {
      guard case .matmul = operation(place) else { continue }
      var fused = FusedProduct(product: place)
      var root = place
      var (passed, current): ([Int], Int) = ([], place)
      while let next = onlyReader(current), !absorbed.contains(next), products[next] == nil {
        if case .reshape = operation(next) {
          guard shape(next).last == shape(place).last else { break }
        } else {
          guard shape(next) == shape(current), fuse(next, after: current, in: &fused) else { break }
          // Reshapes after the last function stay views of the result.
          root = next
        }
        passed.append(current)
        current = next
      }
      absorbed.formUnion(passed.prefix { $0 != root })
      products[root] = fused
    }
    // Steps of which only masks are left.
    for place in order {
      guard case .step = operation(place), !kept.contains(place), readers[place]?.isEmpty == true
      else { continue }
      absorbed.insert(place)
      readers[inputs(place)[0]]?.removeAll { $0 == place }
    }
  }

  /// Takes a function into a product where it can be done before the sums are written.
  private mutating func fuse(_ next: Int, after current: Int, in fused: inout FusedProduct) -> Bool
  {
    let operands = inputs(next)
    switch operation(next) {
    case .scale(let factor) where fused.isPlain: fused.scale *= factor
    case .negate where fused.isPlain: fused.scale = -fused.scale
    case .relu where !fused.hasRelu: fused.hasRelu = true
    case .add, .multiply, .subtract:
      guard !fused.hasRelu, fused.other == nil, operands[0] != operands[1] else { return false }
      return meet(
        operation(next).kind, operands[0] == current ? operands[1] : operands[0],
        isFirst: operands[0] == current, at: next, in: &fused)
    default: return false
    }
    return true
  }

  private mutating func meet(
    _ kind: Operation.Kind, _ other: Int, isFirst: Bool, at next: Int, in fused: inout FusedProduct
  ) -> Bool {
    let isSame = shape(other) == shape(next)
    switch kind {
    case .add where isSame: (fused.other, fused.meeting) = (other, TENSOR_PLUS)
    case .add:
      let own = shape(other)
      guard fused.bias == nil, own.count == own.last, own.last == shape(next).last else {
        return false
      }
      fused.bias = other
    case .subtract:
      guard isSame, !isFirst, fused.isPlain else { return false }
      fused.scale = -fused.scale
      (fused.other, fused.meeting) = (other, TENSOR_PLUS)
    default:
      guard isSame else { return false }
      guard case .step = operation(other) else {
        (fused.other, fused.meeting) = (other, TENSOR_TIMES)
        return true
      }
      let masked = inputs(other)[0]
      (fused.other, fused.meeting) = (masked, TENSOR_WHERE_POSITIVE)
      readers[other]?.removeAll { $0 == next }
      readers[masked, default: []].append(next)
    }
    return true
  }

  // MARK: - Instructions

  mutating func lower(_ fused: FusedProduct, at root: Int) {
    guard case .matmul(let left, let right) = operation(fused.product) else { return }
    let shape = shape(fused.product)
    var a = view(inputs(fused.product)[0])
    var b = view(inputs(fused.product)[1])
    if left { a = a.withLastAxesSwapped }
    if right { b = b.withLastAxesSwapped }
    let batch = Array(shape.axes.dropLast(2))
    let (m, n) = (shape.axes[shape.rank - 2], shape.last)
    let k = a.lengths[a.lengths.count - 1]
    if n > 1, b.strides.suffix(1) != [1], k > 1, b.strides[b.strides.count - 2] != 1 {
      b = contiguous(b)
    }
    let c = storage(of: fused, at: root)
    define(root, c.result)

    func strides(_ view: View) -> [Int] {
      view.lengths.count > 2 ? Array(view.strides.dropLast(2)) : batch.map { _ in 0 }
    }
    let bIsTransposed = n > 1 && b.strides.suffix(1) != [1]
    let (bRow, bColumn) = (b.strides[b.strides.count - 2], b.strides[b.strides.count - 1])
    var product = Instruction.Product(
      m: m, n: n, k: k, a: a.start, aRow: a.strides[a.strides.count - 2],
      aColumn: a.strides[a.strides.count - 1], b: b.start,
      bStride: bIsTransposed ? bColumn : bRow, bIsTransposed: bIsTransposed, c: c.own.start,
      cRow: c.own.strides[c.own.strides.count - 2])
    product.setBatch(batch, strides(a), strides(b), strides(c.own))
    product.scale = fused.scale
    product.hasRelu = fused.hasRelu
    product.meeting = fused.meeting
    product.bias = fused.bias.map { contiguous(view($0)).start }
    product.other = fused.other.map { contiguous(view($0)).start }
    product.swapRolesOfColumn()
    emit(
      .product(product), "product \(m)×\(k)·\(k)×\(n)\(fused.name)", self.shape(root),
      flop: 2 * Double(shape.count) * Double(k))
  }

  /// Where the sums are written, as the product has its axes and as what follows it has them: transposed where
  /// that is all that is read.
  private mutating func storage(of fused: FusedProduct, at root: Int) -> (own: View, result: View) {
    let shape = shape(fused.product)
    let result = result(root)
    if fused.other == nil, root == fused.product, let reader = onlyReader(root),
      case .transpose(let order) = operation(reader), order.last == shape.rank - 1
    {
      let transposed = Shape(order.map { shape.axes[$0] }).strides
      var own = result
      for (place, axis) in order.enumerated() { own.strides[axis] = transposed[place] }
      return (own, own)
    }
    return (View(result.buffer, shape), result)
  }
}

extension View {
  fileprivate var withLastAxesSwapped: View {
    var order = Array(lengths.indices)
    order.swapAt(order.count - 1, order.count - 2)
    return transposed(order)
  }
}

extension Instruction.Product {
  /// Axes of matrices: rows of one product where B is the same, fewer axes where they lie evenly.
  fileprivate mutating func setBatch(_ lengths: [Int], _ a: [Int], _ b: [Int], _ c: [Int]) {
    for axis in lengths.indices.reversed() where lengths[axis] > 1 {
      if self.lengths.isEmpty, b[axis] == 0, a[axis] == m * aRow, c[axis] == m * cRow {
        m *= lengths[axis]
      } else if let inner = self.lengths.first, a[axis] == inner * aStrides[0],
        b[axis] == inner * bStrides[0], c[axis] == inner * cStrides[0]
      {
        self.lengths[0] *= lengths[axis]
      } else {
        self.lengths.insert(lengths[axis], at: 0)
        aStrides.insert(a[axis], at: 0)
        bStrides.insert(b[axis], at: 0)
        cStrides.insert(c[axis], at: 0)
      }
    }
    precondition(
      self.lengths.count <= 3, "matrices along \(lengths) lie along more than three axes")
  }

  /// A column of results whose operand lies in columns is a row of the transposed product.
  fileprivate mutating func swapRolesOfColumn() {
    guard n == 1, aColumn != 1, aRow == 1, cRow == 1, bias == nil else { return }
    (a, b) = (b, a)
    (aColumn, bStride) = (bStride, aColumn)
    (m, n, aRow) = (1, m, 0)
    (aStrides, bStrides) = (bStrides, aStrides)
    bIsTransposed = false
    cRow = n
  }
}
