import Devices
import Foundation
import Predictions
import Quantities
import Workloads

extension RooflineModel {
  /// What would have to change for a run to keep its limits, and what its totals depend on.
  ///
  /// - Parameters:
  ///   - limits: each of another metric.
  ///   - ignoreMemory: whether a batch or a precision may exceed the device's memory.
  ///   - rebuilt: the workload at another batch.
  /// - Throws: `MachineError` where the device has no rate for the precision.
  public func limitAnalysis(
    _ workload: Workload, limits: [Limit], ignoreMemory: Bool = false,
    rebuilt: (Int) throws -> Workload
  ) throws -> LimitAnalysis {
    let counts = workload.counts()
    let program = workload.kernels(execution, counts: counts)
    let tally = KernelTally(program)
    let forecast = try forecast(tally)
    let search = FigureSearch(model: try stated(tally.precision), tally: tally)
    let machine = try search.model.machine(tally.precision)
    func figure(_ figure: DeviceFigure) -> LimitAnalysis.Figure? {
      search.model.amount(of: figure, machine).map {
        .init(name: figure.rawValue, value: $0, kind: figure.kind)
      }
    }
    var answers: [LimitAnalysis.Answer] = []
    for limit in limits {
      var needs: [LimitAnalysis.Need] = []
      for lever in FigureSearch.levers(of: limit.metric) {
        let figures = (lever.raised + lever.lowered).compactMap(figure)
        guard !figures.isEmpty else { continue }
        let isOne = lever.raised.count + lever.lowered.count == 1
        needs.append(
          .init(
            name: lever.name, figure: isOne ? figures.first : nil,
            outcome: try search.outcome(lever, limit)))
      }
      answers.append(
        .init(
          limit: limit, value: forecast.value(of: limit.metric),
          probability: forecast.probability(within: limit), needs: needs))
    }
    var sensitivities: [LimitAnalysis.Sensitivity] = []
    var sum = 0.0
    for case (let place, let known?) in DeviceFigure.allCases.map({ ($0, figure($0)) }) {
      let slopes = try search.sensitivity(to: place)
      sensitivities.append(
        .init(figure: known, latency: slopes.latency, energy: slopes.energy))
      sum += (place.pace ?? 0) * slopes.latency
    }
    let metric = limits.first { $0.metric != .memory }?.metric ?? .latency
    return LimitAnalysis(
      latency: forecast.estimate(.latency, as: Seconds.self) ?? Estimate(forecast.latency),
      energy: forecast.estimate(.energy, as: Joules.self) ?? Estimate(.zero),
      memory: forecast.memory,
      capacity: device.capacity?.value, answers: answers,
      batch: largestBatch(limits, ignoreMemory, rebuilt),
      trials: trials(workload, counts, tally.precision, limits, ignoreMemory),
      sensitivities: sensitivities, latencySum: sum, curveMetric: metric,
      curves: try curves(search, metric), assumptions: assumptions(program, machine))
  }

  private func fits(_ memory: Bytes) -> Bool {
    device.capacity.map { memory <= $0.value } ?? true
  }

  // MARK: - Batches

  /// The largest batch that was tried: no device is filled by more.
  static let largestTriedBatch = 1 << 20

  /// Doubling, then bisection: nothing falls when a batch grows.
  private func largestBatch(
    _ limits: [Limit], _ ignoreMemory: Bool, _ rebuilt: (Int) throws -> Workload
  ) -> LimitAnalysis.BatchAnswer {
    func holds(_ batch: Int) throws -> Bool {
      let forecast = try forecast(KernelTally(rebuilt(batch).kernels(execution)))
      return forecast.isWithin(limits) && (ignoreMemory || fits(forecast.memory))
    }
    do {
      guard try holds(1) else { return .none }
    } catch {
      return .unknown("\(error)")
    }
    var low = 1
    var high = 2
    // A tensor that cannot be counted is beyond every memory.
    while high <= Self.largestTriedBatch, (try? holds(high)) == true {
      low = high
      high *= 2
    }
    guard high <= Self.largestTriedBatch else { return .atLeast(low) }
    while high - low > 1 {
      let middle = (low + high) / 2
      if (try? holds(middle)) == true { low = middle } else { high = middle }
    }
    return .largest(low)
  }

  // MARK: - Precisions

  private func trials(
    _ workload: Workload, _ counts: WorkloadCounts, _ current: Precision, _ limits: [Limit],
    _ ignoreMemory: Bool
  ) -> [LimitAnalysis.Trial] {
    Precision.allCases.compactMap { precision in
      var execution = execution
      execution.precision = precision == current ? execution.precision : precision
      let tally = KernelTally(workload.kernels(execution, counts: counts))
      guard let machine = try? machine(precision), let forecast = try? forecast(tally) else {
        return nil
      }
      return LimitAnalysis.Trial(
        precision: precision.rawValue, isCurrent: precision == current,
        latency: forecast.latency, energy: forecast.energy ?? .zero, memory: forecast.memory,
        probabilities: limits.map { forecast.probability(within: $0) },
        holds: forecast.isWithin(limits) && (ignoreMemory || fits(forecast.memory)),
        note: machine.hasOwnFormat
          ? "" : "\(precision.arithmetic.rawValue) as \(machine.productFormat.rawValue)")
    }
  }

  // MARK: - Curves

  /// From an eighth to eight times the figure.
  private func curves(
    _ search: FigureSearch, _ metric: Metric
  ) throws(MachineError) -> [LimitAnalysis.Curve] {
    var curves: [LimitAnalysis.Curve] = []
    for lever in FigureSearch.levers(of: metric).prefix(2) {
      var points: [(factor: Double, value: Double)] = []
      for step in -24...24 {
        let factor = exp2(Double(step) / 8)
        points.append((factor, try search.value(of: metric, lever.factors(factor))))
      }
      curves.append(.init(name: lever.name, points: points))
    }
    return curves
  }
}
