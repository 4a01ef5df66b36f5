import Foundation
import Mathematics

/// A law of a loss, or of anything else that runs show, as a formula with parameters.
///
/// What a formula names is a column (`N` parameters, `D` tokens, `C` FLOP, `M` tokens for each parameter,
/// `U` tokens that are not repeated, `X` anything, `L` a loss where something else is predicted) or one of
/// the form's parameters.
public struct ScalingForm: Sendable {
  /// A number that the fit finds.
  public struct Parameter: Sendable, Hashable {
    public let name: String
    /// Where starts are drawn.
    public let starts: ClosedRange<Double>
    /// What it may be.
    public let bounds: ClosedRange<Double>
    /// Whether the fit moves its logarithm: amounts that may be of any size.
    public let isLogarithmic: Bool
    /// Starts of its own, all of which are joined with those of the others.
    public let grid: [Double]

    public init(
      _ name: String, starts: ClosedRange<Double>, bounds: ClosedRange<Double>? = nil,
      isLogarithmic: Bool = false, grid: [Double] = []
    ) {
      self.name = name
      self.starts = starts
      self.bounds =
        bounds ?? (isLogarithmic ? 0 ... .infinity : -.infinity ... .infinity)
      self.isLogarithmic = isLogarithmic
      self.grid = grid
    }

    /// A positive amount.
    static func amount(
      _ name: String, _ starts: ClosedRange<Double>, grid: [Double] = []
    ) -> Parameter {
      Parameter(name, starts: starts, isLogarithmic: true, grid: grid)
    }

    /// A power of something.
    static func exponent(
      _ name: String, _ starts: ClosedRange<Double>, grid: [Double] = []
    ) -> Parameter {
      Parameter(name, starts: starts, bounds: -5...5, grid: grid)
    }

    /// From the scale of the fit to the parameter's own.
    func value(_ internalValue: Double) -> Double {
      isLogarithmic ? exp(internalValue) : internalValue
    }

    func internalValue(_ value: Double) -> Double { isLogarithmic ? log(value) : value }
  }

  public let name: String
  public let title: String
  public let formula: Formula
  public let parameters: [Parameter]
  /// Where it is from.
  public let source: String
  /// Whether errors are of the logarithm: of losses they are, of shares they are not.
  public let isRelative: Bool

  public init(
    name: String, title: String, formula: Formula, parameters: [Parameter], source: String,
    isRelative: Bool = true
  ) {
    self.name = name
    self.title = title
    self.formula = formula
    self.parameters = parameters
    self.source = source
    self.isRelative = isRelative
  }

  /// What it needs of each run.
  public var columns: [String] {
    formula.names.filter { name in !parameters.contains { $0.name == name } }
  }

  /// A form of the user's own.
  ///
  /// - Parameters:
  ///   - columns: what is known of runs; a name of the formula that is neither one of them nor one of
  ///     `parameters` becomes a positive amount that starts between 10⁻² and 10³. Without columns such a
  ///     name is a column.
  ///   - parameters: in any order.
  /// - Throws: `FormulaError` for what is no formula.
  public init(
    formula text: String, columns: Set<String>? = nil, parameters: [Parameter] = [],
    isRelative: Bool = true, named name: String = "formula"
  ) throws(FormulaError) {
    let formula = try Formula(text)
    // Without columns, whatever is no parameter is one.
    let free = columns.map { columns in
      formula.names.filter { name in
        !columns.contains(name) && !parameters.contains { $0.name == name }
      }.map { Parameter.amount($0, 1e-2...1e3) }
    }
    self.init(
      name: name, title: text, formula: formula, parameters: parameters + (free ?? []),
      source: "the user's own", isRelative: isRelative)
  }

  // MARK: - Parameters of the fit's scale

  func values(_ internalValues: [Double]) -> [Double] {
    zip(parameters, internalValues).map { $0.value($1) }
  }

  func internalValues(_ values: [Double]) -> [Double] {
    zip(parameters, values).map { $0.internalValue($1) }
  }

  var internalBounds: [ClosedRange<Double>] {
    parameters.map { parameter in
      guard parameter.isLogarithmic else { return parameter.bounds }
      // Amounts that a number can hold.
      let low = min(690, max(-690, log(max(parameter.bounds.lowerBound, 0))))
      return low...max(low, min(690, log(parameter.bounds.upperBound)))
    }
  }

  /// Points from which the fit starts: the joined grids, or a sequence that fills the ranges evenly.
  func starts(_ count: Int?) -> [[Double]] {
    let grids = parameters.map(\.grid)
    if grids.allSatisfy({ !$0.isEmpty }) {
      let size = grids.reduce(1) { $0 * $1.count }
      let wanted = min(count ?? size, size)
      return (0..<wanted).map { place in
        // Spread over the grid where fewer are wanted.
        var rest = Int(Double(place) * Double(size) / Double(wanted))
        return zip(parameters, grids).map { parameter, grid in
          defer { rest /= grid.count }
          return parameter.internalValue(grid[rest % grid.count])
        }
      }
    }
    let sequence = HaltonSequence(dimensions: parameters.count)
    return (0..<(count ?? 1000)).map { place in
      zip(parameters, sequence.point(place + 1)).map { parameter, share in
        let low = parameter.internalValue(parameter.starts.lowerBound)
        let high = parameter.internalValue(parameter.starts.upperBound)
        return low + share * (high - low)
      }
    }
  }
}
