import Dispatch
import Features
import Foundation
import Mathematics
import Predictions
import Predictors
import Quantities
import Synchronization

/// Runs a protocol: fits the sources once, then every target, seed and predictor.
public struct Evaluator: Sendable {
  public let evaluation: EvaluationProtocol
  public let table: MeasuredSpace
  private let resolved: ResolvedProtocol

  /// - Throws: `EvaluationError` where the protocol asks for what the table does not have.
  public init(_ evaluation: EvaluationProtocol, _ table: MeasuredSpace) throws {
    guard evaluation.space == table.space.name else {
      throw EvaluationError.wrongSpace(
        protocolName: evaluation.name, found: evaluation.space, given: table.space.name)
    }
    self.evaluation = evaluation
    self.table = table
    resolved = try ResolvedProtocol(evaluation, table)
  }

  /// One prediction, for those who score with their own tools.
  public struct DumpedPrediction: Sendable {
    public let predictor: String
    public let device: String
    public let seed: Int
    public let architecture: String
    public let isSample: Bool
    public let predicted: Estimate<Seconds>
    public let measured: Seconds
  }

  /// - Parameters:
  ///   - progress: called with the share that is done, from any thread.
  ///   - dump: called for each target and seed with all its predictions; calls do not overlap.
  public func run(
    _ predictors: [any FewShotPredictor],
    progress: @escaping @Sendable (Double) -> Void = { _ in },
    dump: (@Sendable ([DumpedPrediction]) throws -> Void)? = nil
  ) throws -> EvaluationResult {
    // Sources are learned from their latencies at the pool, and from nothing else.
    let pool = table.features.selecting(rows: resolved.pool)
    let latencies = table.latencies.selecting(rows: resolved.pool)
      .selecting(columns: resolved.sources)
    let knowledge = try SourceKnowledge.fit(
      pool: pool, devices: resolved.sources.map { table.devices[$0] }, latencies: latencies)
    let encoded = knowledge.encode(table.features)

    let outcome = Mutex<Result<[Int: [[Trial]]], any Error>>(.success([:]))
    let done = Atomic<Int>(0)
    DispatchQueue.concurrentPerform(iterations: resolved.targets.count) { place in
      do {
        let target = resolved.targets[place]
        let sources = resolved.sources(of: target)
        let own = knowledge.selecting(devices: sources)
        let seen = encoded.selecting(devices: sources)
        let trials = try (0..<evaluation.seeds).map { seed in
          let (trials, dumped) = try run(
            predictors, target: target, seed: seed, own, seen, dumping: dump != nil)
          if let dump { try outcome.withLock { _ in try dump(dumped) } }
          let count = done.add(1, ordering: .relaxed).newValue
          progress(Double(count) / Double(resolved.targets.count * evaluation.seeds))
          return trials
        }
        outcome.withLock {
          if case .success(var all) = $0 {
            all[place] = trials
            $0 = .success(all)
          }
        }
      } catch {
        outcome.withLock { if case .success = $0 { $0 = .failure(error) } }
      }
    }
    return summarise(predictors, try outcome.withLock { try $0.get() })
  }

  /// One predictor on one target and seed.
  private struct Trial {
    let scores: Scores
    let adaptTime: Double
    let predictTime: Double
  }

  private func run(
    _ predictors: [any FewShotPredictor], target: Int, seed: Int, _ knowledge: SourceKnowledge,
    _ encoded: EncodedArchitectures, dumping: Bool
  ) throws -> ([Trial], [DumpedPrediction]) {
    let latencies = table.latencies.column(target)
    let split = try resolved.split(target: target, seed: seed, latencies: latencies)
    let queries = encoded.selecting(rows: split.queries)
    let samples = try Samples(
      encoded.selecting(rows: split.samples), split.samples.map { Seconds(latencies[$0]) })
    let measured = split.queries.map { Seconds(latencies[$0]) }
    var dumped: [DumpedPrediction] = []
    let clock = ContinuousClock()
    let trials = try predictors.map { predictor in
      let start = clock.now
      let adapted = try predictor.adapt(knowledge, to: samples)
      let middle = clock.now
      let predicted = adapted.predict(queries)
      let end = clock.now
      if dumping {
        let onSamples = adapted.predict(samples.architectures)
        for (rows, estimates, isSample) in [
          (split.samples, onSamples, true), (split.queries, predicted, false),
        ] {
          for (row, estimate) in zip(rows, estimates) {
            dumped.append(
              DumpedPrediction(
                predictor: predictor.name, device: table.devices[target], seed: seed,
                architecture: table.ids[row], isSample: isSample, predicted: estimate,
                measured: Seconds(latencies[row])))
          }
        }
      }
      return Trial(
        scores: Scores(
          predicted: predicted, measured: measured, isConnected: queries.features.isConnected),
        adaptTime: (middle - start) / .seconds(1),
        predictTime: (end - middle) / .seconds(1) / Double(queries.count))
    }
    return (trials, dumped)
  }

  private func summarise(
    _ predictors: [any FewShotPredictor], _ trials: [Int: [[Trial]]]
  ) -> EvaluationResult {
    let results = predictors.enumerated().map { index, predictor in
      let byDevice = resolved.targets.indices.map { place in
        (trials[place] ?? []).map { $0[index] }
      }
      let devices = zip(resolved.targets, byDevice).map { target, trials in
        EvaluationResult.DeviceResult(
          device: table.devices[target], scores: .init(seeds: trials.map(\.scores)))
      }
      let all = byDevice.flatMap(\.self)
      return EvaluationResult.PredictorResult(
        predictor: predictor.name, devices: devices, mean: .init(devices: devices.map(\.scores)),
        adaptMilliseconds: median(all.map(\.adaptTime)) * 1e3,
        predictMicrosecondsPerArchitecture: median(all.map(\.predictTime)) * 1e6)
    }
    return EvaluationResult(
      protocol: evaluation.name, space: evaluation.space, samples: evaluation.samples,
      seeds: evaluation.seeds, results: results)
  }
}
