import Foundation
import Quantities

/// A circuit of qubits that a classical processor simulates by its state vector.
///
/// Each gate updates all 2ⁿ amplitudes, with a complex multiplication and addition (8 FLOP) for each in
/// the mean: a rotation by any angles needs 14, a controlled phase less than one.
///
/// ```
/// F_forward = 2ⁿ · gates · 8
/// F_shift   = 2p · F_forward          gradient of p parameters by the parameter-shift rule
/// F_adjoint = 3 · F_forward           forward and backward in one, by back-propagation
/// ```
public struct CircuitSimulation: Sendable, Hashable {
  public enum Gradient: Sendable, Hashable, CaseIterable {
    case backPropagation
    /// Two runs of the circuit for each parameter: what real hardware would need.
    case parameterShift
  }

  public var qubits: Int
  public var gates: Int
  /// p: angles that are learned.
  public var parameters: Int

  public init(qubits: Int, gates: Int, parameters: Int) {
    self.qubits = qubits
    self.gates = gates
    self.parameters = parameters
  }

  /// Layers of one rotation by three angles for each qubit and a ring of controlled gates, after an
  /// embedding of one rotation for each.
  public static func entangling(qubits: Int, layers: Int) -> CircuitSimulation {
    CircuitSimulation(
      qubits: qubits, gates: qubits + 2 * qubits * layers, parameters: 3 * qubits * layers)
  }

  public var amplitudes: Double { exp2(Double(qubits)) }

  /// One run for one sample.
  public var forward: FLOP { FLOP(amplitudes * Double(gates) * 8) }

  /// One training step for one sample.
  public func training(_ gradient: Gradient) -> FLOP {
    switch gradient {
    case .backPropagation: 3 * forward
    case .parameterShift: (1 + 2 * Double(parameters)) * forward
    }
  }

  /// Kernels of one step where every gate is one, for a whole batch: what an eager framework launches.
  public func launches(_ gradient: Gradient) -> Double {
    switch gradient {
    case .backPropagation: 3 * Double(gates)
    case .parameterShift: (1 + 2 * Double(parameters)) * Double(gates)
    }
  }
}

/// A classifier's dense head replaced by a few qubits: features to `n` angles, a circuit, `n`
/// expectations to classes.
public struct DenseHeadReplacement: Sendable, Hashable {
  /// Features that enter the head.
  public var features: Int
  /// Widths of the dense layers that are replaced, the classes last.
  public var dense: [Int]
  public var circuit: CircuitSimulation

  public init(features: Int, dense: [Int], circuit: CircuitSimulation) {
    self.features = features
    self.dense = dense
    self.circuit = circuit
  }

  /// Weights and biases of the dense layers.
  public var denseParameters: Int {
    var total = 0
    var input = features
    for width in dense {
      total += (input + 1) * width
      input = width
    }
    return total
  }

  /// Of what takes their place.
  ///
  /// ```
  /// (features + 1)·n + p + (n + 1)·classes
  /// ```
  public var hybridParameters: Int {
    (features + 1) * circuit.qubits + circuit.parameters
      + (circuit.qubits + 1) * (dense.last ?? 0)
  }

  /// The share of a network's parameters that goes away.
  public func savedShare(of parameters: Int) -> Double {
    Double(denseParameters - hybridParameters) / Double(parameters)
  }
}
