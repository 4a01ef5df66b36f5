import Foundation

/// One layer as the allocation of bits sees it.
public struct QuantizedLayer: Sendable, Hashable {
  /// n
  public var parameters: Double
  /// a: what one unit of mean squared error of its weights costs the result.
  public var sensitivity: Double
  /// σ² of its weights.
  public var variance: Double

  public init(parameters: Double, sensitivity: Double, variance: Double) {
    self.parameters = parameters
    self.sensitivity = sensitivity
    self.variance = variance
  }

  /// What it adds to the distortion at `bits`: `a σ² 2^(−2b)`.
  package func distortion(_ bits: Double) -> Double { sensitivity * variance * exp2(-2 * bits) }
}

/// Widths for the weights of each layer under a budget of bits.
///
/// ```
/// minimise  Σ a_l σ_l² 2^(−2 b_l)      subject to  Σ n_l b_l ≤ B
/// b_l = B/N + ½ log₂((a_l σ_l²/n_l)/G)         N = Σ n_l,  G: geometric mean with weights n_l
/// ```
/// The closed form of the Lagrangian is cut down to widths that exist, and what the cut leaves of the
/// budget is spent one width at a time where it gains most. Then one layer after the other is given
/// another width, with the same repair of the rest, until no such change helps.
///
/// Good to a percent of the optimum in the mean; single cases with few coarse widths lose more, for the
/// problem is a knapsack.
public struct BitAllocation: Sendable, Hashable {
  /// Of each layer.
  public let bits: [Int]
  public let distortion: Double

  /// Widths for which there are kernels or packings.
  public static let usualWidths = [2, 3, 4, 8, 16]

  /// - Parameters:
  ///   - budget: B, bits of all weights together.
  ///   - widths: those that exist, in any order.
  /// - Returns: nil where not even the least width of every layer fits.
  public init?(_ layers: [QuantizedLayer], budget: Double, widths: [Int] = usualWidths) {
    let widths = widths.sorted()
    guard let least = widths.first, let most = widths.last else { return nil }
    var search = BitSearch(layers: layers, widths: widths.map(Double.init), budget: budget)
    search.places = Self.closedForm(layers, budget: budget).map { bits in
      let wanted = min(max(bits, Double(least)), Double(most))
      return widths.lastIndex { Double($0) <= wanted + 1e-9 } ?? 0
    }
    guard search.reduce() else { return nil }
    search.fill()
    // A single width for all layers is never better.
    let uniform = widths.lastIndex { Double($0) * search.parameters <= budget * (1 + 1e-12) }
    if let uniform {
      var other = search
      other.places = layers.map { _ in uniform }
      other.fill()
      if other.distortion < search.distortion { search = other }
    }
    while search.improve() {}
    bits = search.places.map { widths[$0] }
    distortion = search.distortion
  }

  /// The best real widths, negative ones among them where a layer deserves none.
  public static func closedForm(_ layers: [QuantizedLayer], budget: Double) -> [Double] {
    let total = layers.reduce(0) { $0 + $1.parameters }
    guard total > 0 else { return layers.map { _ in 0 } }
    let logs = layers.map { log2($0.sensitivity * $0.variance / $0.parameters) }
    let mean = zip(layers, logs).reduce(0) { $0 + $1.0.parameters * $1.1 } / total
    return logs.map { budget / total + 0.5 * ($0 - mean) }
  }

  /// The optimum by trying everything.
  ///
  /// - Complexity: O(widths ^ layers): for a few layers, as a reference.
  public static func exhaustive(
    _ layers: [QuantizedLayer], budget: Double, widths: [Int] = usualWidths
  ) -> Double? {
    var best: Double?
    func visit(_ index: Int, _ spent: Double, _ distortion: Double) {
      guard spent <= budget * (1 + 1e-12), distortion < best ?? .infinity else { return }
      guard index < layers.count else {
        best = distortion
        return
      }
      for width in widths.map(Double.init) {
        visit(
          index + 1, spent + layers[index].parameters * width,
          distortion + layers[index].distortion(width))
      }
    }
    visit(0, 0, 0)
    return best
  }
}
