import Foundation
import Mathematics

extension ScalingForm {
  /// The published forms, by name.
  public static let standard: [ScalingForm] = [
    chinchilla, kaplan, overtraining, dataConstrained, powerOfCompute, powerOfParameters,
    powerOfTokens, power, plainPower, hyperparameter, ladder,
  ]

  /// nil for a name that there is none of.
  public init?(named name: String) {
    guard let form = Self.standard.first(where: { $0.name == name }) else { return nil }
    self = form
  }

  /// ```
  /// L = E + A/N^α + B/D^β
  /// ```
  /// Starts are those of the paper: 4,500 of ln A, ln B, ln E, α and β.
  /// - Source: J. Hoffmann et al., *Training Compute-Optimal Large Language Models* (2022), eq. 2 and 3.
  public static let chinchilla = form(
    "chinchilla", "loss of parameters and tokens", "E + A/N^alpha + B/D^beta",
    [
      .amount("E", 0.3...2.8, grid: stride(from: -1, through: 1, by: 0.5).map { exp($0) }),
      .amount("A", 1...1e8, grid: stride(from: 0, through: 25, by: 5).map { exp($0) }),
      .amount("B", 1...1e8, grid: stride(from: 0, through: 25, by: 5).map { exp($0) }),
      .exponent("alpha", 0...2, grid: [0, 0.5, 1, 1.5, 2]),
      .exponent("beta", 0...2, grid: [0, 0.5, 1, 1.5, 2]),
    ], "Hoffmann et al. 2022, approach 3")

  /// ```
  /// L = ((Nc/N)^(αN/αD) + Dc/D)^αD
  /// ```
  /// - Source: J. Kaplan et al., *Scaling Laws for Neural Language Models* (2020), eq. 1.5.
  public static let kaplan = form(
    "kaplan", "loss that goes to zero", "((Nc/N)^(alphaN/alphaD) + Dc/D)^alphaD",
    [
      .amount("Nc", 1e10...1e18), .amount("Dc", 1e10...1e18), .exponent("alphaN", 0.02...0.5),
      .exponent("alphaD", 0.02...0.5),
    ], "Kaplan et al. 2020, eq. 1.5")

  /// ```
  /// L = E + (a M^η + b M^−η) C^−η        M = D/N
  /// ```
  /// - Source: S. Y. Gadre et al., *Language models scale reliably with over-training and on downstream
  ///   tasks* (2024), eq. 4.
  public static let overtraining = form(
    "overtraining", "loss of compute and of tokens for each parameter",
    "E + (a*M^eta + b*M^-eta) * C^-eta",
    [
      .amount("E", 0.3...2.8), .amount("a", 1...1e5), .amount("b", 1...1e5),
      .exponent("eta", 0.02...0.6),
    ], "Gadre et al. 2024, eq. 4")

  /// ```
  /// L = E + A/N'^α + B/D'^β
  /// D' = U + U R_D* (1 − e^(−(D/U − 1)/R_D*))           N' likewise of U_N, the best N for U tokens
  /// ```
  /// - Source: N. Muennighoff et al., *Scaling Data-Constrained Language Models* (2023), eq. 5 and 6.
  public static let dataConstrained = form(
    "data-constrained", "loss with tokens that repeat",
    """
    G = (alpha*A/(beta*B))^(1/(alpha+beta)); UN = min(N, G*(U*G)^(beta/alpha)); \
    RD = max(D/U - 1, 0); RN = max(N/UN - 1, 0); \
    E + A/(UN + UN*RNstar*(1 - exp(-RN/RNstar)))^alpha + \
    B/(min(D,U) + min(D,U)*RDstar*(1 - exp(-RD/RDstar)))^beta
    """,
    [
      .amount("E", 0.3...2.8), .amount("A", 10...1e6), .amount("B", 10...1e6),
      .exponent("alpha", 0.1...0.8), .exponent("beta", 0.1...0.8), .amount("RNstar", 0.5...50),
      .amount("RDstar", 0.5...50),
    ], "Muennighoff et al. 2023, eq. 5 and 6")

  public static let powerOfCompute = offsetPower("power-c", "C", 1e2...1e7, "of compute")
  public static let powerOfParameters = offsetPower("power-n", "N", 1...1e6, "of parameters")
  public static let powerOfTokens = offsetPower("power-d", "D", 1...1e6, "of tokens")
  public static let power = offsetPower("power", "X", 1e-3...1e6, "of one quantity")

  /// ```
  /// y = A X^α
  /// ```
  public static let plainPower = form(
    "plain-power", "a power of one quantity", "A*X^alpha",
    [.amount("A", 1e-6...1e6), .exponent("alpha", -2...2)], "a straight line on logarithmic axes")

  /// ```
  /// y = c N^a D^b
  /// ```
  /// The best learning rate or batch of a model and its tokens.
  /// - Source: H. Li et al., *Predictable Scale: Step Law* (2025).
  public static let hyperparameter = form(
    "hyperparameter", "the best learning rate or batch", "c * N^a * D^b",
    [.amount("c", 1e-6...1e6), .exponent("a", -1.5...1.5), .exponent("b", -1.5...1.5)],
    "Li et al. 2025")

  /// ```
  /// accuracy = low + (high − low) / (1 + e^(k (L − L₀)))
  /// ```
  /// The second step of a ladder from compute to accuracy, the first of which is a loss.
  /// - Source: A. Bhagia et al., *Establishing Task Scaling Laws via Compute-Efficient Model Ladders*
  ///   (2024), eq. 3.
  public static let ladder = form(
    "ladder", "accuracy of a loss", "low + (high - low) * sigmoid(-k*(L - L0))",
    [
      Parameter("low", starts: 0...0.5, bounds: 0...1),
      Parameter("high", starts: 0.5...1, bounds: 0...1), .amount("k", 0.5...20),
      Parameter("L0", starts: 0.2...4),
    ], "Bhagia et al. 2024, eq. 3", isRelative: false)

  private static func offsetPower(
    _ name: String, _ column: String, _ scale: ClosedRange<Double>, _ title: String
  ) -> ScalingForm {
    form(
      name, "a floor and a power \(title)", "E + A/\(column)^alpha",
      [.amount("E", 0.1...3), .amount("A", scale), .exponent("alpha", 0.02...1)],
      "a power law with an offset")
  }

  private static func form(
    _ name: String, _ title: String, _ formula: String, _ parameters: [Parameter],
    _ source: String, isRelative: Bool = true
  ) -> ScalingForm {
    guard let formula = try? Formula(formula) else {
      preconditionFailure("the form '\(name)' is no formula")
    }
    return ScalingForm(
      name: name, title: title, formula: formula, parameters: parameters, source: source,
      isRelative: isRelative)
  }
}
