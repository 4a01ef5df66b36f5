import ArgumentParser
import Predictions

/// The most that a run may take, of each metric at most once.
struct LimitOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The most that is allowed: latency=5ms, energy=20mJ, memory=8GB or edp=1mJs.",
      discussion: "May be given once for each metric.", valueName: "metric=value"),
    transform: { try Limit(parsing: $0) })
  var limit: [Limit] = []

  func validate() throws { _ = try limit.checked() }
}
