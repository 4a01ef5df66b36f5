import Analytic
import Quantities
import Workloads

/// Hybrid Quantum-Classical Model for Image Classification.
enum QuantumHybridStudy {
  static let study = Study(
    66,
    setting:
      "small convolutional networks whose dense head gives way to a simulated circuit of 4 to 8 "
      + "qubits, trained for epochs of 60,000 pictures in batches of 64 on a T4; the architectures are "
      + "not stated: LeNet-5, and a network of four convolutions for 100 classes, stand for them",
    model: "Analytic/Quantum, Analytic/Roofline",
    notes: [
      "Within its tolerance a ratio of times leaves the claim unexplained, which is what is expected: a "
        + "step of such networks is launches, of which the smaller head saves few, and a simulated "
        + "circuit has more of them than it replaces.",
      "Accuracy and robustness are not modelled, nor real quantum hardware.",
    ]
  ) { _ in
    let pairs = [4, 6, 8].flatMap { qubits in
      [leNet(qubits: qubits), coloured(qubits: qubits)]
    }
    let free = try pairs.map { try $0.timeRatio(simulates: false) }.max() ?? .nan
    let simulated = try pairs.map { try $0.timeRatio(simulates: true) }.max() ?? .nan
    return [
      StudyCheck(
        "classical over hybrid epoch, the circuit for free", reported: 108.44 / 21.23,
        predicted: free, unit: "×", tolerance: .atMost(1.6),
        source: "abstract: 108.44 s and 21.23 s",
        confidence: .derived),
      StudyCheck(
        "classical over hybrid epoch, the circuit simulated gate by gate", reported: 108.44 / 21.23,
        predicted: simulated, unit: "×", tolerance: .atMost(1.6),
        source: "abstract: 108.44 s and 21.23 s", confidence: .derived),
      StudyCheck(
        "parameters of LeNet-5 that six qubits save",
        predicted: 100 * leNet(qubits: 6).saved, unit: "%",
        tolerance: .between(6, 32),
        source: "abstract: 6 to 32 %"),
      StudyCheck(
        "parameters of the network for 100 classes that six qubits save",
        predicted: 100 * coloured(qubits: 6).saved, unit: "%",
        tolerance: .between(6, 32), source: "abstract: 6 to 32 %"),
    ]
  }

  /// LeNet-5 on 28×28 pixels, its last two layers replaced.
  private static func leNet(qubits: Int) -> HybridPair {
    HybridPair(
      input: (1, 28), convolutions: [(6, 5, 2), (16, 5, 0)], dense: [120],
      head: DenseHeadReplacement(
        features: 120, dense: [84, 10], circuit: .entangling(qubits: qubits, layers: 2)))
  }

  /// Four convolutions of 3×3 on 32×32 pixels in colour, pooled to 512 features.
  private static func coloured(qubits: Int) -> HybridPair {
    HybridPair(
      input: (3, 32), convolutions: [(64, 3, 1), (128, 3, 1), (256, 3, 1), (512, 3, 1)], dense: [],
      head: DenseHeadReplacement(
        features: 512, dense: [256, 100], circuit: .entangling(qubits: qubits, layers: 2)))
  }
}

/// A classical network and its hybrid.
private struct HybridPair {
  /// Channels in, and sides of the picture.
  let input: (channels: Int, side: Int)
  /// Channels, side of the window and padding of each convolution, a pooling of two after each.
  let convolutions: [(channels: Int, kernel: Int, padding: Int)]
  /// Widths of dense layers that stay.
  let dense: [Int]
  let head: DenseHeadReplacement

  /// - Parameter isHybrid: whether the features meet the qubits' angles instead of dense layers.
  func network(isHybrid: Bool) throws -> Workload {
    let net = WorkloadBuilder(isHybrid ? "hybrid" : "classical")
    var x = net.input("image", [64, input.channels, input.side, input.side])
    for (index, layer) in convolutions.enumerated() {
      x = net.convolution(
        x, to: layer.channels, kernel: layer.kernel, padding: .amount(layer.padding), bias: true,
        named: "conv\(index)")
      x = net.maxPool(net.activation(.relu, x), kernel: 2, stride: 2)
    }
    if dense.isEmpty { x = net.globalAveragePool(x) } else { x = net.flatten(x) }
    for width in dense { x = net.activation(.relu, net.linear(x, to: width)) }
    let widths = isHybrid ? [head.circuit.qubits, head.dense.last ?? 1] : head.dense
    for (index, width) in widths.enumerated() {
      x = net.linear(x, to: width, named: "head\(index)")
      if !isHybrid, index + 1 < widths.count { x = net.activation(.relu, x) }
    }
    net.result(x)
    return try net.finish()
  }

  var saved: Double {
    guard let parameters = try? network(isHybrid: false).counts().parameters else { return .nan }
    return head.savedShare(of: parameters)
  }

  /// Of a training step.
  ///
  /// - Parameter simulates: whether the circuit costs what its launches and its arithmetic cost.
  func timeRatio(simulates: Bool) throws -> Double {
    let model = RooflineModel(try DeviceCatalogue.device(named: "T4"))
    func step(_ isHybrid: Bool) throws -> Seconds {
      try model.predict(network(isHybrid: isHybrid).trainingStep(optimizer: .adam)).latency.value
    }
    let launches = Seconds(
      head.circuit.launches(.backPropagation) * model.efficiency.dispatch)
    let arithmetic =
      64 * head.circuit.training(.backPropagation) / (try model.machine(.fp32).peakRate)
    return try step(false) / (step(true) + (simulates ? max(launches, arithmetic) : .zero))
  }
}
