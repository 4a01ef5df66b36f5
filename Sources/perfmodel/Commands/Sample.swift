import ArgumentParser
import Datasets
import Evaluation
import Mathematics
import Predictors
import Workloads
import Zoo

struct Sample: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Chooses which architectures to measure.",
    discussion: """
      'spread' picks the architectures whose latencies will say most about all others under the \
      predictor's prior; 'random' picks blindly, which is what a fair score wants.

        perfmodel sample --space nasbench201 --count 10 --output to-measure.csv
        perfmodel sample --space nasbench201 --count 20 --method random --seed 1 \\
                         --exclude to-measure.csv --output others.csv
        perfmodel sample --space generic --from table.csv --count 10 --output to-measure.csv
      """)

  enum Method: String, ExpressibleByArgument, CaseIterable { case spread, random }

  @Option(help: "The search space: \(SearchSpaces.names.joined(separator: ", ")).")
  var space: String

  @Option(help: "How many architectures.")
  var count: Int

  @Option(help: "How to choose: spread or random.")
  var method: Method = .spread

  @Option(help: "Seed of the random stream.")
  var seed: UInt64 = 0

  @Option(help: "Predictor whose prior says what is informative; default: the space's shipped one.")
  var predictor: String?

  @Option(help: "Choose only from the architectures of this CSV.")
  var from: String?

  @Option(help: "Leave out the architectures of this CSV.")
  var exclude: String?

  @Option(help: "Features of your own as CSV, for a predictor that was trained with some.")
  var features: String?

  @Option(help: "CSV to write.")
  var output: String

  /// Candidates that 'spread' weighs against each other: more changes nothing but the time.
  static let candidateLimit = 1500

  func run() throws {
    guard count >= 1 else { throw ValidationError("--count is \(count); at least 1 is needed") }
    let known = try SearchSpaces.named(space)
    let candidates: ArchitectureList
    if let from {
      candidates = try ArchitectureList(csv: from, spaceName: space)
    } else if let known {
      candidates = ArchitectureList(
        space: known, count: max(Self.candidateLimit, 20 * count), seed: seed)
    } else {
      throw ValidationError("the space 'generic' is what a table says: name it with --from")
    }
    let excluded = try exclude.map {
      Set(try ArchitectureList(csv: $0, space: candidates.space).architectures)
    }
    let allowed = candidates.filtering {
      !(excluded?.contains($0) ?? false) && candidates.space.isConnected($0)
    }
    guard allowed.count >= count else {
      throw ValidationError("--count is \(count), but only \(allowed.count) architectures are left")
    }
    var random = RandomStream(seed: seed, label: "sample")
    let chosen: [Int]
    switch method {
    case .random:
      chosen = random.sample(count, of: allowed.count)
    case .spread:
      let pool = allowed.selecting(
        random.sample(min(Self.candidateLimit, allowed.count), of: allowed.count))
      let picks = try spread(pool, shipped: known != nil)
      try pool.selecting(picks).write(csv: output)
      return
    }
    try allowed.selecting(chosen).write(csv: output)
  }

  private func spread(_ pool: ArchitectureList, shipped: Bool) throws -> [Int] {
    let knowledge: SourceKnowledge
    let encoded: EncodedArchitectures
    if let name = predictor ?? (shipped ? space : nil) {
      let predictor = try ShippedPredictors.load(name)
      guard predictor.space.positions == pool.space.positions else {
        throw ValidationError("the predictor '\(name)' is for another space")
      }
      knowledge = predictor.knowledge
      encoded = predictor.encode(
        pool.architectures,
        userFeatures: try loadUserFeatures(features, for: pool.ids, of: predictor))
    } else {
      knowledge = try SourceKnowledge.withoutSources(
        pool: pool.space.features(of: pool.architectures))
      encoded = knowledge.encode(pool.space.features(of: pool.architectures))
    }
    return SampleDesign(knowledge).choose(count, from: encoded)
  }
}
