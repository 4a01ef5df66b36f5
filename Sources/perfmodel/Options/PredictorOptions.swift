import ArgumentParser
import Evaluation
import Features
import Predictions
import Quantities
import Workloads
import Zoo

/// A predictor that knows its device.
struct AdaptedPredictorOptions: ParsableArguments {
  @Option(help: "A predictor that 'perfmodel adapt' has written.")
  var predictor: String

  @Option(
    help: "Features of your own as CSV, for a predictor that was trained with some.")
  var features: String?

  func load() throws -> TrainedPredictor { try ShippedPredictors.load(predictor) }

  /// The user's features of `ids`, where the predictor needs them.
  func userFeatures(for ids: [String], of predictor: TrainedPredictor) throws -> UserFeatures? {
    try loadUserFeatures(features, for: ids, of: predictor)
  }
}

/// The features in the file `path` of architectures `ids`, as `predictor` was trained with them.
func loadUserFeatures(
  _ path: String?, for ids: [String], of predictor: TrainedPredictor
) throws -> UserFeatures? {
  let names = predictor.userFeatureNames
  guard !names.isEmpty else {
    if path != nil { throw ValidationError("this predictor was trained without --features") }
    return nil
  }
  guard let path else {
    throw ValidationError(
      "this predictor was trained with the features \(names.joined(separator: ", ")); "
        + "name them with --features")
  }
  return try UserFeatureTable(csv: path).selecting(names).aligned(with: ids)
}

enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
  case table, json, csv
}

struct FormatOption: ParsableArguments {
  @Option(help: "How to print: table, json or csv.")
  var format: OutputFormat = .table
}
