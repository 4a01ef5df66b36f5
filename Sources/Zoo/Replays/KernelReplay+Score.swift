import Analytic
import Devices
import Foundation
import Mathematics

extension KernelReplay {
  /// Errors of one operation on one GPU, by three rules.
  public struct Score: Sendable, Encodable {
    public let operation: String
    public let gpu: String
    public let count: Int
    /// Constants fitted on the other GPUs.
    public let model: Errors
    /// On calls ten times as long as the shortest.
    public let modelLarge: Errors
    /// One efficiency for arithmetic and one for traffic, fitted on the other GPUs.
    public let constant: Errors
    public let constantLarge: Errors
    /// The largest share of the peak rate, or of the bandwidth, that the model gives a kernel.
    public let largestEfficiency: Double
    /// Median of ln(predicted ÷ measured) of the model on large calls: above 0 is too slow.
    public let biasLarge: Double

    private enum CodingKeys: String, CodingKey {
      case operation, gpu, count, model, constant
      case modelLarge = "model_large"
      case constantLarge = "constant_large"
      case largestEfficiency = "largest_efficiency"
      case biasLarge = "bias_large"
    }
  }

  public struct Errors: Sendable, Encodable {
    public let median: Double
    public let mean: Double

    init(_ errors: [Double]) {
      median = errors.isEmpty ? .nan : Mathematics.median(errors)
      mean = errors.isEmpty ? .nan : Mathematics.mean(errors)
    }
  }

  /// Leave-one-GPU-out over every operation of `families`.
  public func scores(
    _ families: [Family] = Family.allCases, progress: (Double) -> Void = { _ in }
  ) throws -> [Score] {
    var scores: [Score] = []
    for family in families {
      let own = sessions.filter { $0.family == family }
      let gpus = Set(own.map(\.gpu)).sorted()
      for (place, gpu) in gpus.enumerated() {
        progress(
          (Double(families.firstIndex(of: family) ?? 0) + Double(place) / Double(gpus.count))
            / Double(families.count))
        let others = own.filter { $0.gpu != gpu }
        guard !others.isEmpty else { continue }
        let table = try EfficiencyFit.fit(family.constants, start: .graphics) { table in
          others.flatMap { $0.errors(table) }
        }
        let (compute, bandwidth) = try Self.constantEfficiency(others)
        for session in own where session.gpu == gpu {
          scores.append(session.score(table, compute: compute, bandwidth: bandwidth))
        }
      }
    }
    return scores
  }

  /// The two shares of `latency = max(FLOP/(e_c F), bytes/(e_m W))`, fitted to the sessions.
  private static func constantEfficiency(
    _ sessions: [Session]
  ) throws -> (compute: Double, bandwidth: Double) {
    let fit = try levenbergMarquardt(start: [-1, -0.4], steps: [0.02, 0.02], iterations: 30) { x in
      sessions.flatMap { session in
        session.sample.map { place in
          let error = log(
            session.latency(
              session.constantTime(session.kernels[place], exp(x[0]), exp(x[1])))
              / session.measured[place])
          // Huber's loss as a residual.
          return abs(error) < 0.15
            ? error : (error < 0 ? -1 : 1) * (0.3 * abs(error) - 0.0225).squareRoot()
        }
      }
    }
    return (exp(fit.parameters[0]), exp(fit.parameters[1]))
  }
}

extension KernelReplay.Session {
  /// Seconds of a synchronous call: the host's own time hides a short kernel, and most of it adds to a
  /// long one.
  func latency(_ kernel: Double) -> Double { max(floor, hostShare * floor + kernel) }

  /// A convolution's several launches and AMD's runtime hide nothing.
  private var hostShare: Double { family == .conv || device.vendor == "AMD" ? 1 : 0.7 }

  func machine(_ table: EfficiencyTable) throws -> Machine {
    try Machine(device, precision: .fp32, efficiency: table)
  }

  /// ln(predicted ÷ measured) of the sample.
  func errors(_ table: EfficiencyTable) -> [Double] {
    guard let machine = try? machine(table) else { return [] }
    return sample.map { log(latency(machine.seconds(of: kernels[$0])) / measured[$0]) }
  }

  func constantTime(_ kernel: Kernel, _ compute: Double, _ bandwidth: Double) -> Double {
    let rate = device.peak(.fp32, unit: .vector)?.dense?.value.value ?? .infinity
    let stream = device.bandwidth?.value.value ?? .infinity
    return max(kernel.flop.value / (compute * rate), kernel.bytes.value / (bandwidth * stream))
  }

  func score(
    _ table: EfficiencyTable, compute: Double, bandwidth: Double
  ) -> KernelReplay.Score {
    var model: [Double] = []
    var constant: [Double] = []
    var large: [Bool] = []
    var efficiency = 0.0
    var biases: [Double] = []
    guard let machine = try? machine(table) else {
      return KernelReplay.Score(
        operation: operation, gpu: gpu, count: 0, model: .init([]), modelLarge: .init([]),
        constant: .init([]), constantLarge: .init([]), largestEfficiency: .nan, biasLarge: .nan)
    }
    for (kernel, measured) in zip(kernels, measured) {
      let seconds = machine.seconds(of: kernel)
      model.append(abs(latency(seconds) / measured - 1))
      constant.append(abs(latency(constantTime(kernel, compute, bandwidth)) / measured - 1))
      large.append(measured > 10 * floor)
      if measured > 10 * floor { biases.append(log(latency(seconds) / measured)) }
      efficiency = max(efficiency, 2 * kernel.matrixMACs / seconds / machine.peakRate.value)
    }
    func longOnes(_ errors: [Double]) -> [Double] {
      zip(errors, large).filter { $0.1 }.map { $0.0 }
    }
    return KernelReplay.Score(
      operation: operation, gpu: gpu, count: kernels.count, model: .init(model),
      modelLarge: .init(longOnes(model)), constant: .init(constant),
      constantLarge: .init(longOnes(constant)), largestEfficiency: efficiency,
      biasLarge: biases.isEmpty ? .nan : median(biases))
  }
}
