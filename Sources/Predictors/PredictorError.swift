/// What can be wrong with what a predictor is given.
public enum PredictorError: Error, Equatable, CustomStringConvertible {
  case emptyPool
  case sourceWithoutMeasurements(device: String, count: Int)
  case sourceWithoutTime(device: String)
  case tooFewSamples(Int)
  case equalSamples(count: Int)
  case invalidSample(Double)
  case unknownPredictor(String, allowed: [String])
  case needsSources(predictor: String)
  case needsWork(predictor: String)
  case inconsistentState

  public var description: String {
    switch self {
    case .emptyPool:
      "there is no source architecture to learn from."
    case .sourceWithoutMeasurements(let device, let count):
      "source device '\(device)' has \(count) measurements among the source architectures; "
        + "at least 2 are needed."
    case .sourceWithoutTime(let device):
      "source device '\(device)' takes no time at all: every latency is 0."
    case .tooFewSamples(let count):
      "\(count) samples; at least 2 are needed to adapt."
    case .equalSamples(let count):
      "all \(count) samples have the same latency; measure architectures that differ."
    case .invalidSample(let value):
      "a sample is \(value) s; a latency is finite and not negative."
    case .unknownPredictor(let name, let allowed):
      "'\(name)' is not a predictor; allowed are \(allowed.joined(separator: ", "))."
    case .needsSources(let predictor):
      "'\(predictor)' needs at least one source device."
    case .needsWork(let predictor):
      "'\(predictor)' needs the architectures' FLOP count, which this space does not have."
    case .inconsistentState:
      "the parts of the predictor do not fit together."
    }
  }
}
