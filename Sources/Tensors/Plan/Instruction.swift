import CTensorKernels

/// Where numbers lie before there are addresses.
struct Place: Equatable {
  var buffer: Int
  var offset = 0
}

/// Memory that instructions read and write.
struct Buffer {
  enum Location: Equatable {
    /// In the arena for as long as it is read.
    case arena
    /// In the arena for good.
    case input(String)
    case constant(Double)
    case kept
    case parameter(offset: Int)
    case gradient(offset: Int)
  }

  let count: Int
  var location: Location
}

/// One kernel with what it reads and writes.
struct Instruction {
  enum Work {
    case map(Map)
    case product(Product)
    case rows(RowFunction, out: Place, x: Place, y: Place, rows: Int, length: Int, epsilon: Double)
    case sum(out: Place, x: Place, outer: Int, middle: Int, inner: Int)
    case gather(Pick)
    case scatter(Pick)
    case keep(out: Place, count: Int, rate: Double, seed: UInt64)
  }

  /// A chain of elementwise functions.
  struct Map {
    struct Step {
      let function: tensor_elementwise
      let x, y, out: Int
      let number: Double
    }

    var lengths: [Int]
    var operands: [(place: Place, strides: [Int])]
    var steps: [Step]
    var out: Place
    var strides: [Int]
  }

  struct Product {
    var m, n, k: Int
    var a: Place
    var aRow, aColumn: Int
    var b: Place
    var bStride: Int
    var bIsTransposed: Bool
    var c: Place
    var cRow: Int
    /// Of up to three axes of matrices.
    var lengths: [Int] = []
    var aStrides: [Int] = []
    var bStrides: [Int] = []
    var cStrides: [Int] = []
    var bias: Place?
    var other: Place?
    var meeting = TENSOR_NOTHING
    var scale = 1.0
    var hasRelu = false
  }

  enum RowFunction {
    case largest, softmax, softmaxGradient, logSoftmax, normalize, normalizeGradient
  }

  struct Pick {
    let out, x, indices: Place
    let rows, width, count: Int
  }

  let work: Work
  /// What it is, for people.
  let name: String
  let shape: Shape
  let flop: Double

  var reads: [Int] {
    switch work {
    case .map(let map): map.operands.map(\.place.buffer)
    case .product(let product):
      [product.a, product.b, product.bias, product.other].compactMap { $0?.buffer }
    case .rows(_, _, let x, let y, _, _, _): [x.buffer, y.buffer]
    case .sum(_, let x, _, _, _): [x.buffer]
    case .gather(let pick), .scatter(let pick): [pick.x.buffer, pick.indices.buffer]
    case .keep: []
    }
  }

  var writes: Int {
    switch work {
    case .map(let map): map.out.buffer
    case .product(let product): product.c.buffer
    case .rows(_, let out, _, _, _, _, _), .sum(let out, _, _, _, _), .keep(let out, _, _, _):
      out.buffer
    case .gather(let pick), .scatter(let pick): pick.out.buffer
    }
  }
}
