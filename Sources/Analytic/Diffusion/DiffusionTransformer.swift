import Foundation
import Quantities

/// The blocks of a transformer over the tokens of a film or picture, by the sizes that decide their
/// work.
///
/// For `l` tokens, `m` tokens of text, width `d` and feed-forward width `f`, one pass of `N` blocks is
///
/// ```
/// F_self  = 8·l·d² + 4·l²·d
/// F_cross = 4·l·d² + 4·m·d² + 4·l·m·d          where the text is attended to beside the film
/// F_mlp   = 4·f·l·d
/// F       = N·(F_self + F_cross + F_mlp)
/// ```
/// Modulations and embeddings are left out: a thousandth. Of a network that is built in, `Workload`
/// counts everything.
///
/// - Source: J. Delavande et al., *Video Killed the Energy Budget*, arXiv:2509.19222, section 2.
public struct DiffusionTransformer: Sendable, Hashable {
  /// N
  public var blocks: Int
  /// d
  public var width: Int
  /// f
  public var feedForwardWidth: Int
  /// m; nil where text and film are one sequence.
  public var textTokens: Int?

  public init(blocks: Int, width: Int, feedForwardWidth: Int, textTokens: Int?) {
    self.blocks = blocks
    self.width = width
    self.feedForwardWidth = feedForwardWidth
    self.textTokens = textTokens
  }

  /// One pass over `tokens`.
  public func flop(tokens l: Double) -> FLOP {
    let d = Double(width)
    var block = 8 * l * d * d + scores(l) + 4 * Double(feedForwardWidth) * l * d
    if let m = textTokens.map(Double.init) {
      block += 4 * l * d * d + 4 * m * d * d + 4 * l * m * d
    }
    return FLOP(Double(blocks) * block)
  }

  /// How the work grows with the tokens: 1 where products with weights are all, 2 where attention is.
  ///
  /// ```
  /// ∂ ln F / ∂ ln l = 1 + share of 4·l²·d          (less the text's own share)
  /// ```
  public func exponent(tokens l: Double) -> Double {
    let step = 1e-4
    return (log(flop(tokens: l * exp(step)).value) - log(flop(tokens: l * exp(-step)).value))
      / (2 * step)
  }

  /// Attention of the film to itself: `4·l²·d`.
  private func scores(_ l: Double) -> Double { 4 * l * l * Double(width) }
}
