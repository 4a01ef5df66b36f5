import Quantities
import Workloads

/// How a network's weights are stored: which in few bits, which as they are.
public struct StorageScheme: Sendable, Hashable {
  /// Weights that a scheme may leave alone.
  public enum Part: Sendable, Hashable, CaseIterable {
    /// Norms and biases: a thousandth of a network, and sensitive.
    case vectors
    /// Rows that are looked up, as of tokens.
    case tables
    /// The product that writes the result.
    case head
  }

  /// nil: everything in `keptBits`.
  public var quantization: WeightQuantization?
  /// Bits of a weight that is left alone.
  public var keptBits: Double
  public var keeps: Set<Part>
  /// Of the file, and of each tensor: its name, shape and type.
  public var headerBytes: Double
  public var tensorHeaderBytes: Double

  public init(
    _ quantization: WeightQuantization? = nil, keptBits: Double,
    keeps: Set<Part> = [.vectors, .tables], headerBytes: Double = 0, tensorHeaderBytes: Double = 0
  ) {
    self.quantization = quantization
    self.keptBits = keptBits
    self.keeps = keeps
    self.headerBytes = headerBytes
    self.tensorHeaderBytes = tensorHeaderBytes
  }
}

/// What stored weights occupy.
///
/// ```
/// M = Σ N_t·b_eff,t/8 + Σ_kept N_t·b_kept/8 + headers
/// ```
public struct StoredSize: Sendable, Hashable {
  /// Weights in few bits, with their scales.
  public internal(set) var quantized = Bytes.zero
  public internal(set) var kept = Bytes.zero
  public internal(set) var headers = Bytes.zero
  /// Elements of each.
  public internal(set) var quantizedElements = 0.0
  public internal(set) var keptElements = 0.0

  public var total: Bytes { quantized + kept + headers }

  /// `1 − M/M₀`
  public func reduction(from other: StoredSize) -> Double { 1 - total / other.total }
}

extension Workload {
  /// The size of the network's weights, and of what is stored with them, under a scheme.
  ///
  /// - Complexity: O(operations + values).
  public func storedSize(_ scheme: StorageScheme) -> StoredSize {
    var isTable = [Bool](repeating: false, count: values.count)
    var isHead = [Bool](repeating: false, count: values.count)
    let producer = producers()
    for operation in operations where operation.kind == .embedding {
      if let table = inputs(of: operation).first { isTable[Int(table.index)] = true }
    }
    for result in results {
      guard let index = producer[Int(result.index)] else { continue }
      for id in inputs(of: operations[index]) where self[id].role == .weight {
        isHead[Int(id.index)] = true
      }
    }
    var size = StoredSize()
    size.headers = Bytes(scheme.headerBytes)
    for (index, value) in values.enumerated() where value.role == .weight || value.role == .buffer {
      let copies = self[value.scope].weightInstances
      let elements = copies * value.elements
      size.headers += Bytes(copies * scheme.tensorHeaderBytes)
      let isKept =
        value.role == .buffer || (value.shape.rank <= 1 && scheme.keeps.contains(.vectors))
        || (isTable[index] && scheme.keeps.contains(.tables))
        || (isHead[index] && scheme.keeps.contains(.head))
      if !isKept, let quantization = scheme.quantization {
        size.quantized += Bytes(elements * quantization.effectiveBits(of: value.shape) / 8)
        size.quantizedElements += elements
      } else {
        size.kept += Bytes(elements * scheme.keptBits / 8)
        size.keptElements += elements
      }
    }
    return size
  }
}
