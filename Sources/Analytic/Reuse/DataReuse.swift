import Workloads

/// How often what is loaded is used: products for each element of weights and activations.
///
/// Elements, not bytes: the ratio belongs to the network and not to its precision.
///
/// - Source: N. K. Jha, S. Mittal, *Modeling Data Reuse in Deep Neural Networks by Taking Data-Types
///   into Cognizance*, IEEE Transactions on Computers (2020). The normalisation of the weighted form is
///   ours: α and 1 − α add up to one.
public struct DataReuse: Sendable, Hashable {
  public var macs: Double
  /// Elements of weights that are read.
  public var weights: Double
  /// Elements of activations that are read and written.
  public var activations: Double

  public init(macs: Double, weights: Double, activations: Double) {
    self.macs = macs
    self.weights = weights
    self.activations = activations
  }

  /// ```
  /// AI = M / (W + A)
  /// ```
  public var arithmeticIntensity: Double { ratio(macs, weights + activations) }

  /// The same with activations counted more dearly than weights, which a batch and a cache share.
  ///
  /// ```
  /// DI(α) = M / (α A + (1 − α) W)
  /// ```
  public func weightedIntensity(activationWeight alpha: Double) -> Double {
    ratio(macs, alpha * activations + (1 - alpha) * weights)
  }

  /// How often a weight is used: `M / W`, for a convolution output pixels times pictures.
  public var weightReuse: Double { ratio(macs, weights) }
  /// How often an activation is used: `M / A`.
  public var activationReuse: Double { ratio(macs, activations) }

  /// The weight of activations that fits the energy efficiency of training GPUs best.
  /// - Source: the paper's choice, from memory.
  public static let publishedActivationWeight = 0.8

  private func ratio(_ amount: Double, _ elements: Double) -> Double {
    elements > 0 ? amount / elements : 0
  }
}

/// Both forms of a network's intensity: of the sums, and the mean over its layers.
public struct NetworkReuse: Sendable {
  /// One for each operation that multiplies, all its instances together.
  public let layers: [(operation: Int, reuse: DataReuse)]
  /// Σ M, Σ W and Σ A: the cumulative form.
  public let total: DataReuse

  /// ```
  /// AI_a = mean over layers of M_i / (W_i + A_i)
  /// ```
  public var meanArithmeticIntensity: Double {
    layers.isEmpty
      ? 0 : layers.reduce(0) { $0 + $1.reuse.arithmeticIntensity } / Double(layers.count)
  }
}

extension Workload {
  /// Reuse in the operations that multiply; what only passes data on has none.
  public func reuse(_ counts: WorkloadCounts) -> NetworkReuse {
    var layers: [(operation: Int, reuse: DataReuse)] = []
    var total = DataReuse(macs: 0, weights: 0, activations: 0)
    for (index, operation) in operations.enumerated() {
      let cost = counts.operations[index]
      guard cost.matrixMACs > 0 else { continue }
      let instances = self.instances(of: operation)
      var reuse = DataReuse(
        macs: instances * cost.matrixMACs, weights: 0, activations: 0)
      for id in inputs(of: operation) {
        let value = self[id]
        switch value.role {
        case .weight, .buffer: reuse.weights += instances * value.elements
        default: reuse.activations += instances * value.elements
        }
      }
      for id in outputs(of: operation) { reuse.activations += instances * self[id].elements }
      layers.append((index, reuse))
      total.macs += reuse.macs
      total.weights += reuse.weights
      total.activations += reuse.activations
    }
    return NetworkReuse(layers: layers, total: total)
  }
}
