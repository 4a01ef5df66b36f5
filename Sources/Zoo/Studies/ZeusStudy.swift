import Analytic
import Mathematics
import Predictions
import Quantities

/// Zeus: Understanding and Optimizing GPU Energy Consumption of DNN Training, on its own V100 traces.
enum ZeusStudy {
  static let study = Study(
    54,
    setting: "six trainings on a V100 of 250 W under limits of 100 to 250 W, each to its target",
    model: "Analytic/Energy/Recurrence, Analytic/Energy/PowerLimit",
    calibrated: [
      "the constants of the power-limit model, on these traces among others; each batch's own "
        + "parameters, by its lowest and highest limit"
    ],
    notes: [
      "The traces are measurements, so that the offline figures are theirs and not the model's.",
      "The lower end of the range over limits alone is NeuMF, whose power does not depend on the limit: "
        + "its 3 % are noise.",
      "An online optimum at η = 0.5 trades time for energy, so that it saves less than the offline "
        + "optimum of energy alone.",
    ],
    tables: [powers, epochs]
  ) { data in
    let power = try PowerTrace(.v100, path: data.path(powers))
    let epochs = try RecurrenceTrace(path: data.path(epochs))
    let jobs = try trainings.map { try epochs.job($0, power) }
    return offline(jobs) + online(jobs) + [try modelled(jobs)]
  }

  private static let powers = "zeus/summary_power_v100.csv"
  private static let epochs = "zeus/summary_train.csv"

  private static let trainings: [RecurrenceTrace.Training] = [
    .init(
      name: "DeepSpeech2", dataset: "librispeech", network: "deepspeech2", optimizer: "adamw",
      defaultBatch: 192, target: 40),
    .init(
      name: "BERT (QA)", dataset: "squad", network: "bert_base_uncased", optimizer: "adamw",
      defaultBatch: 32, target: 84),
    .init(
      name: "BERT (SA)", dataset: "sentiment140", network: "bert_base_uncased",
      optimizer: "adamw", defaultBatch: 128, target: 0.84),
    .init(
      name: "ResNet-50", dataset: "imagenet", network: "resnet50", optimizer: "adadelta",
      defaultBatch: 256, target: 0.65),
    .init(
      name: "ShuffleNet V2", dataset: "cifar100", network: "shufflenetv2", optimizer: "adadelta",
      defaultBatch: 1024, target: 0.6),
    .init(
      name: "NeuMF", dataset: "movielens-1m", network: "ncf", optimizer: "adam",
      defaultBatch: 1024, target: 0.41),
  ]

  private static let seeds = 20
  /// What counts as where an online run has come to: its last recurrences.
  private static let tail = 5

  /// Energy to the target with every choice known, against the default batch at 250 W.
  private static func offline(_ jobs: [RecurringJob]) -> [StudyCheck] {
    let ranges: [(RecurringJob.Freedom, String, (Double, Double))] = [
      (.both, "batch and limit", (23.8, 74.7)), (.batchAlone, "batch alone", (3.0, 65.0)),
      (.limitAlone, "limit alone", (3.0, 31.5)),
    ]
    return ranges.flatMap { freedom, name, reported in
      let percent = jobs.map { 100 * $0.reduction(to: $0.optimum(freedom).energy) }
      return [("least", reported.0, percent.min()), ("most", reported.1, percent.max())].map {
        StudyCheck(
          "energy saved, \(name), offline: \($0.0) of six trainings", reported: $0.1,
          predicted: $0.2 ?? .nan, unit: "%", tolerance: .absolute(1),
          source: "figures of the paper's evaluation", confidence: .fromMemory)
      }
    }
  }

  /// The same by the optimiser that learns while the job recurs.
  private static func online(_ jobs: [RecurringJob]) -> [StudyCheck] {
    let percent = jobs.map { job in
      mean(
        (0..<seeds).map { seed in
          let last = job.recurrences(seed: UInt64(seed)).suffix(tail)
          return 100 * job.reduction(to: Joules(mean(last.map(\.energy.value))))
        })
    }
    return [
      StudyCheck(
        "energy saved online (η 0.5, β 2, \(seeds) seeds): least of six trainings", reported: 15.3,
        predicted: percent.min() ?? .nan, unit: "%", tolerance: .between(10, 24),
        source: "abstract"),
      StudyCheck(
        "energy saved online (η 0.5, β 2, \(seeds) seeds): most of six trainings", reported: 75.8,
        predicted: percent.max() ?? .nan, unit: "%", tolerance: .between(70, 78),
        source: "abstract"),
    ]
  }

  /// What is lost where each batch's limit comes from the power-limit model, fitted to its lowest and
  /// highest limit, in the place of profiling all seven.
  private static func modelled(_ jobs: [RecurringJob]) throws -> StudyCheck {
    let device = try DeviceCatalogue.device(named: PowerTrace.Board.v100.deviceName)
    let floor = jobs.flatMap(\.batches).compactMap { $0.limits.last?.power }.min()
    let model = try PowerLimitModel(device, floor: floor)
    let losses = try jobs.map { job in
      let energies = try job.batches.compactMap { batch -> Joules? in
        guard let epochs = batch.meanEpochs, let lowest = batch.limits.first,
          let highest = batch.limits.last
        else { return nil }
        let fit = try PowerLimitFit(model, [lowest, highest])
        let chosen = batch.limits.min {
          model.state(of: fit.job, limit: $0.limit).energy
            < model.state(of: fit.job, limit: $1.limit).energy
        }
        return chosen.map { epochs * $0.energy }
      }
      guard let best = energies.min() else { return Double.nan }
      return 100 * (job.reduction(to: job.optimum().energy) - job.reduction(to: best))
    }
    return StudyCheck(
      "points of energy lost offline where limits come from two profiled ones: most of six trainings",
      reported: 0, predicted: losses.max() ?? .nan, unit: "%", tolerance: .atMost(2),
      source: "exhaustive profiling of the same traces", confidence: .property)
  }
}
