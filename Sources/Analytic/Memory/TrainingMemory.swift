import Quantities
import Workloads

/// What a training step keeps in memory, as frameworks that differentiate operation by operation do.
///
/// Each operation keeps what its gradient reads, and a tensor that several keep is kept once:
///
/// ```
/// convolution, product         its input
/// batch normalisation          its input; its output where it is inverted in place
/// ReLU, sigmoid, tanh, softmax its output
/// GELU, SiLU, hard swish       its input
/// product of tensors           both
/// sum, mean, another name      nothing
/// maximum over windows         its input, and an index of 8 bytes for each output
/// ```
///
/// ```
/// largest batch = (capacity − reserve − state) / (kept + in flight for one picture)
/// ```
/// Buffers of libraries and fragmentation are the reserve's.
public struct TrainingMemory: Sendable, Hashable {
  /// What a batch normalisation leaves for its gradient.
  public enum Normalization: Sendable {
    case keepsInput
    /// Its input is computed back from its output, which the next layer keeps anyway; an invertible
    /// activation behind it (leaky ReLU, ELU) overwrites that output and is computed back, too.
    /// - Source: S. Rota Bulò et al., *In-Place Activated BatchNorm*, CVPR 2018.
    case inverts
  }

  /// Activations that wait for their gradients.
  public let kept: Bytes
  /// The largest tensor, its gradient, and that of what was made from it.
  public let inFlight: Bytes
  /// Weights, the copies in which products read them, gradients and what the optimiser keeps.
  public let state: Bytes

  /// - Parameter workload: the forward run.
  public init(
    _ workload: Workload, precision: Precision, optimizer: Optimizer,
    normalization: Normalization = .keepsInput
  ) {
    var owner = workload.values.indices.map { $0 }
    var isKept = [Bool](repeating: false, count: workload.values.count)
    var isNormalized = isKept
    var indices = 0.0
    func keep(_ ids: some Sequence<ValueID>) {
      for id in ids {
        let place = owner[Int(id.index)]
        switch workload.values[place].role {
        case .activation, .input: isKept[place] = true
        default: break
        }
      }
    }
    for operation in workload.operations {
      let inputs = workload.inputs(of: operation)
      let outputs = workload.outputs(of: operation)
      if operation.kind.isView, let from = inputs.first, let to = outputs.first {
        owner[Int(to.index)] = owner[Int(from.index)]
        continue
      }
      switch operation.kind {
      case .normalization(.batch):
        keep(normalization == .inverts ? outputs : inputs.prefix(1))
        for id in outputs { isNormalized[Int(id.index)] = true }
      case .elementwise(let function):
        switch function {
        case .leakyReLU, .elu:
          // Inverted with the normalisation before it, whose output it overwrites.
          if normalization == .inverts {
            for id in inputs where isNormalized[owner[Int(id.index)]] {
              isKept[owner[Int(id.index)]] = false
            }
          }
          keep(outputs)
        case .add, .subtract, .cast, .negate, .quantize, .dequantize: break
        case .relu, .clip, .sigmoid, .tanh, .exponential, .squareRoot, .reciprocal:
          keep(outputs)
        default: keep(inputs)
        }
      case .softmax: keep(outputs)
      case .attention, .stateSpace, .recurrence:
        keep(inputs)
        keep(outputs)
      case .pooling(let pooling) where pooling.function == .maximum:
        keep(inputs)
        indices += outputs.reduce(0) { $0 + 8 * workload[$1].elements }
      case .pooling, .reduction, .movement, .embedding, .selection, .optimizerUpdate: break
      default: keep(inputs)
      }
    }
    let width = precision.activationBits / 8
    var elements = 0.0
    var largest = 0.0
    for (place, value) in workload.values.enumerated() {
      if isKept[place] { elements += workload[value.scope].instances * value.elements }
      if value.role == .activation { largest = max(largest, value.elements) }
    }
    kept = Bytes(width * elements + indices)
    inFlight = Bytes(3 * width * largest)
    let parameters = Double(workload.counts().parameters)
    let copy = precision == .amp ? 2.0 : 0
    let weight = precision == .amp ? 4 : precision.weightBits / 8
    state = Bytes(parameters * (2 * weight + copy + 4 * Double(optimizer.stateElements)))
  }

  /// - Parameter pictures: the batch that this is the memory of.
  /// - Returns: how many pictures fit; not a whole number, and 0 where the state alone does not fit.
  public func largestBatch(
    of pictures: Int, capacity: Bytes, reserve: Bytes = .gigabytes(1)
  ) -> Double {
    max(0, (capacity - reserve - state) / ((kept + inFlight) / Double(pictures)))
  }
}
