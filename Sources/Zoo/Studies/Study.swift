/// A published system or result with our general models' answer beside what was reported.
///
/// A study holds a setting as data and calls a model that knows nothing of it. No reported figure goes
/// back into a prediction: what a model is calibrated with is named and not scored.
public struct Study: Sendable {
  /// Its place in the list of the project's studies.
  public let number: Int
  /// What was run on what, as far as the source says.
  public let setting: String
  /// The general model that answers: `Analytic/Roofline`.
  public let model: String
  /// Figures that were fitted or chosen to bring the model to this setting.
  public let calibrated: [String]
  /// What a reader should know before believing it.
  public let notes: [String]
  /// Paths of the tables that it replays, in the folder of public measurements.
  public let tables: [String]
  let evaluate: @Sendable (StudyData) throws -> [StudyCheck]

  public init(
    _ number: Int, setting: String, model: String, calibrated: [String] = [],
    notes: [String] = [], tables: [String] = [],
    evaluate: @escaping @Sendable (StudyData) throws -> [StudyCheck]
  ) {
    self.number = number
    self.setting = setting
    self.model = model
    self.calibrated = calibrated
    self.notes = notes
    self.tables = tables
    self.evaluate = evaluate
  }
}

/// One figure of a study: reported, predicted, and how far apart they may be.
public struct StudyCheck: Sendable {
  public let what: String
  /// As the source states it; nil where it makes a claim without a number.
  public let reported: Double?
  public let predicted: Double
  public let unit: String
  public let tolerance: Tolerance
  public let source: String
  public let confidence: Confidence
  /// What the check was when it was last looked at: a study that falls behind it has broken.
  public let recorded: Verdict
  /// Why it is as it is, where it is not within its tolerance.
  public let explanation: String

  /// How the reported figure is known.
  public enum Confidence: String, Sendable {
    case published
    /// Computed from published figures.
    case derived
    case fromMemory = "from memory"
    /// A property that follows from the model, with a reference method of its own.
    case property
  }

  public enum Verdict: String, Sendable {
    case within, outside
    /// The sign or order is right; the size was never claimed.
    case directionOnly = "direction only"
  }

  /// - Parameter recorded: the verdict that `zoo run` holds it to.
  public init(
    _ what: String, reported: Double? = nil, predicted: Double, unit: String,
    tolerance: Tolerance, source: String, confidence: Confidence = .published,
    recorded: Verdict = .within, explanation: String = ""
  ) {
    self.what = what
    self.reported = reported
    self.predicted = predicted
    self.unit = unit
    self.tolerance = tolerance
    self.source = source
    self.confidence = confidence
    self.recorded = recorded
    self.explanation = explanation
  }

  public var verdict: Verdict {
    guard tolerance.holds(predicted: predicted, reported: reported) else { return .outside }
    return tolerance.isDirection ? .directionOnly : .within
  }

  /// Whether it was good when last looked at and is no longer.
  public var hasBroken: Bool { recorded != .outside && verdict == .outside }
}

/// How far a prediction may lie from what was reported.
public enum Tolerance: Sendable, Hashable {
  /// |predicted ÷ reported − 1| ≤ share.
  case relative(Double)
  /// |predicted − reported| ≤ amount.
  case absolute(Double)
  /// Neither above `factor` times the reported figure nor below its `factor`th part.
  case factor(Double)
  case between(Double, Double)
  case atLeast(Double)
  case atMost(Double)
  /// The prediction is 1 where the claim holds, and 0 where it does not.
  case holds
  /// The same for a claim of sign or order alone.
  case direction

  public func holds(predicted: Double, reported: Double?) -> Bool {
    guard predicted.isFinite else { return false }
    switch self {
    case .relative(let share):
      guard let reported, reported != 0 else { return false }
      return abs(predicted / reported - 1) <= share
    case .absolute(let amount):
      guard let reported else { return false }
      return abs(predicted - reported) <= amount
    case .factor(let factor):
      guard let reported, reported > 0, predicted > 0 else { return false }
      return predicted <= reported * factor && predicted >= reported / factor
    case .between(let low, let high): return predicted >= low && predicted <= high
    case .atLeast(let low): return predicted >= low
    case .atMost(let high): return predicted <= high
    case .holds, .direction: return predicted == 1
    }
  }

  var isDirection: Bool { self == .direction }
}

extension Tolerance: CustomStringConvertible {
  public var description: String {
    func text(_ number: Double) -> String {
      number == number.rounded() && abs(number) < 1e6 ? "\(Int(number))" : "\(number)"
    }
    return switch self {
    case .relative(let share): "±\(text((share * 1000).rounded() / 10)) %"
    case .absolute(let amount): "±\(text(amount))"
    case .factor(let factor): "factor \(text(factor))"
    case .between(let low, let high): "\(text(low)) … \(text(high))"
    case .atLeast(let low): "≥ \(text(low))"
    case .atMost(let high): "≤ \(text(high))"
    case .holds: "holds"
    case .direction: "direction"
    }
  }
}
