/// What a language model does in one run.
public enum LanguagePhase: Hashable, Sendable {
  /// `tokens` new tokens of each sequence, after `cached` that were seen before.
  case prefill(tokens: Int, cached: Int = 0)
  /// One new token of each sequence, the last of `context`.
  case decode(context: Int)
  /// Forward, backward and update over `tokens` of each sequence.
  case training(tokens: Int, optimizer: Optimizer = .adam)

  /// New tokens of one sequence.
  public var tokens: Int {
    switch self {
    case .prefill(let tokens, _), .training(let tokens, _): tokens
    case .decode: 1
    }
  }

  /// Tokens that can be attended to.
  public var context: Int {
    switch self {
    case .prefill(let tokens, let cached): tokens + cached
    case .decode(let context): context
    case .training(let tokens, _): tokens
    }
  }

  var isTraining: Bool {
    if case .training = self { return true }
    return false
  }

  var isDecode: Bool {
    if case .decode = self { return true }
    return false
  }
}
