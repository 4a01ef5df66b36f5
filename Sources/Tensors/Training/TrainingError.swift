/// What stops training.
public enum TrainingError: Error, Sendable, CustomStringConvertible {
  case noSamples
  case missing(String, given: [String])
  case shape(String, found: Shape, wanted: Shape)
  case counts(String, Int, String, Int)
  case noOutput(String, known: [String])
  /// Data that are no finite numbers.
  case notFinite(String, sample: Int, found: Float)
  /// A loss or a gradient that is no finite number. The step was not taken.
  ///
  /// - Parameters:
  ///   - step: from 1.
  ///   - first: the parameter whose gradient was the first that is not finite, nil where only the loss is.
  ///   - checkpoint: the parameters as they were before the step.
  case diverged(step: Int, loss: Float, first: String?, checkpoint: [NamedTensor])

  public var description: String {
    switch self {
    case .noSamples: "there are no samples"
    case .missing(let name, let given):
      "there is no input '\(name)'; given are \(given.isEmpty ? "none" : given.joined(separator: ", "))"
    case .shape(let name, let found, let wanted):
      "'\(name)' is \(found), and the model takes \(wanted)"
    case .counts(let first, let one, let second, let other):
      "'\(first)' has \(one) samples and '\(second)' has \(other)"
    case .noOutput(let name, let known):
      "the model has no output '\(name)'; it has \(known.joined(separator: ", "))"
    case .notFinite(let name, let sample, let found):
      "'\(name)' of sample \(sample) is \(found); take the sample out or replace it"
    case .diverged(let step, let loss, let first, _):
      "step \(step): the loss is \(loss)"
        + (first.map { ", and the gradient of '\($0)' is the first that is not finite" } ?? "")
        + "; the parameters before the step are kept. Try a lower rate or clipping"
    }
  }
}
