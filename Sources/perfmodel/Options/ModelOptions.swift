import ArgumentParser
import Quantities
import Workloads
import Zoo

/// Which network, and at what size.
struct ModelOptions: ParsableArguments {
  @Argument(help: "Name or file of the network.")
  var network: String

  @Option(help: "Pictures or sequences in one run.")
  var batch = 1

  @Option(help: "A size of the network, name=value, as image=384; may be given several times.")
  var set: [String] = []

  @Option(help: "What counts as a MAC: fvcore (with normalisations) or matrix.")
  var convention = CountingConvention.fvcore

  func workload() throws -> Workload {
    var settings: [String: Int] = [:]
    for text in set {
      let pair = text.split(separator: "=", maxSplits: 1)
      guard pair.count == 2, let value = Int(pair[1]) else {
        throw ValidationError("--set is '\(text)'; write name=number")
      }
      settings[String(pair[0])] = value
    }
    if network.hasSuffix(".json") {
      let model = try LanguageRegistry.model(path: network)
      return try model.workload(.prefill(tokens: 128))
    }
    guard let definition = NetworkRegistry.network(named: network) else {
      throw ValidationError("no network '\(network)'")
    }
    return try definition.workload(batch: batch, settings: settings)
  }
}

extension CountingConvention: ExpressibleByArgument {}
