/// Which positions a decoded token attends to, and how they are found.
public enum AttentionPolicy: Sendable, Hashable {
  /// All that came before.
  case dense
  /// The `budget` positions of the highest scores, found at no cost: what any search could reach.
  case topK(budget: Int)
  /// `blocks` blocks of `blockSize` positions whose mean keys score highest, and the last `local`
  /// positions. Every block's mean is scored for every token.
  case blockTopK(blocks: Int, blockSize: Int, local: Int)
  /// The last `window` positions.
  case local(window: Int)

  /// B, the most positions that a token attends to; nil of all.
  public var budget: Int? {
    switch self {
    case .dense: nil
    case .topK(let budget): budget
    case .blockTopK(let blocks, let size, let local): local + blocks * size
    case .local(let window): window
    }
  }
}

/// Positions attended to while `generated` tokens follow a prompt of `prompt`, summed over the tokens.
public struct AttendedPositions: Sendable, Hashable {
  /// How the sum over tokens is taken.
  public enum Sum: Sendable, Hashable {
    /// Token by token; a token attends to itself, too: `Σₜ min(B, c + t)`, t = 1 … g.
    case everyToken
    /// As an integral, `∫ min(B, c + t) dt` from 0 to g, which published costs use: half a position less
    /// for each token.
    case integral
  }

  /// c
  public let prompt: Double
  /// g
  public let generated: Double
  public let sum: Sum

  public init(prompt: Double, generated: Double, sum: Sum = .everyToken) {
    self.prompt = prompt
    self.generated = generated
    self.sum = sum
  }

  /// Of the prompt, by all tokens: `c·g`.
  public var ofPrompt: Double { prompt * generated }

  /// Of generated tokens, by those after them: `g·(g + 1)/2`, or `g²/2` as an integral.
  public var ofGenerated: Double { growing(generated) }

  /// Everything before a token.
  public var all: Double { ofPrompt + ofGenerated }

  /// With at most `budget` positions for each token.
  ///
  /// ```
  /// m = the tokens that see less than B: min(max(B − c, 0), g)
  /// Σ = c·m + m·(m + 1)/2 + (g − m)·B
  /// ```
  /// The integral is `B·g − max(0, B − c)²/2` while `B ≤ c + g`, as published for sparse attention.
  public func atMost(_ budget: Int?) -> Double {
    guard let budget else { return all }
    let limit = Double(budget)
    let m = min(max(limit - prompt, 0), generated)
    return prompt * m + growing(m) + (generated - m) * limit
  }

  private func growing(_ count: Double) -> Double {
    sum == .everyToken ? count * (count + 1) / 2 : count * count / 2
  }
}
