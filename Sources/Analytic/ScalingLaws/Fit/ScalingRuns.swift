import Foundation

/// What trained models have shown: quantities of each run, and what is to be explained.
public struct ScalingRuns: Sendable {
  /// By the name that a form's formula uses: `N`, `D`, `C`, `M`, `U`, `X`, `L`.
  public private(set) var columns: [String: [Double]]
  /// The loss, or what else the form is of.
  public private(set) var target: [Double]
  public private(set) var weights: [Double]
  /// Runs of one label are one training, seen several times.
  public private(set) var labels: [String]
  /// Where each stands in its file.
  public private(set) var rows: [Int]
  public let convention: FLOPConvention

  public var count: Int { target.count }

  /// - Parameters:
  ///   - columns: what is known; parameters, tokens and FLOP are completed from two of them.
  ///   - rows: places in a file, for people; from 1 on without.
  /// - Throws: `ScalingError` for amounts that are not positive, and for lengths that differ.
  public init(
    _ columns: [String: [Double]], target: [Double], weights: [Double]? = nil,
    labels: [String]? = nil, rows: [Int]? = nil, convention: FLOPConvention = .standard
  ) throws(ScalingError) {
    let count = target.count
    let rows = rows ?? Array(1...max(1, count))
    for (name, values) in columns.sorted(by: { $0.key < $1.key }) {
      guard values.count == count else {
        throw .lengths(column: name, found: values.count, wanted: count)
      }
      if let place = values.firstIndex(where: { !($0 > 0 && $0.isFinite) }) {
        throw .notPositive(column: name, row: rows[place], found: values[place])
      }
    }
    if let place = target.firstIndex(where: { !$0.isFinite }) {
      throw .notPositive(column: "the target", row: rows[place], found: target[place])
    }
    if let weights, let place = weights.firstIndex(where: { !($0 >= 0 && $0.isFinite) }) {
      throw .notPositive(column: "the weight", row: rows[place], found: weights[place])
    }
    var columns = columns
    // Doubles: products of counts overflow 64-bit integers.
    switch (columns["N"], columns["D"], columns["C"]) {
    case (let n?, let d?, nil): columns["C"] = zip(n, d).map { convention.flop($0, $1) }
    case (let n?, nil, let c?): columns["D"] = zip(n, c).map { convention.tokens($0, flop: $1) }
    case (nil, let d?, let c?): columns["N"] = zip(d, c).map { convention.parameters($0, flop: $1) }
    default: break
    }
    if let n = columns["N"], let d = columns["D"] { columns["M"] = zip(d, n).map { $0 / $1 } }
    self.columns = columns
    self.target = target
    self.weights = weights ?? [Double](repeating: 1, count: count)
    self.labels = labels ?? rows.map { "\($0)" }
    self.rows = rows
    self.convention = convention
  }

  /// Those runs, in that order; a run may be named several times.
  public func subset(_ places: [Int]) -> ScalingRuns {
    var other = self
    other.columns = columns.mapValues { values in places.map { values[$0] } }
    other.target = places.map { target[$0] }
    other.weights = places.map { weights[$0] }
    other.labels = places.map { labels[$0] }
    other.rows = places.map { rows[$0] }
    return other
  }

  /// How many rows differ from all others.
  public var distinctCount: Int {
    let names = columns.keys.sorted()
    return Set((0..<count).map { row in names.map { columns[$0]?[row] ?? 0 } + [target[row]] })
      .count
  }

  /// The quantities of one run.
  func point(_ place: Int) -> [String: Double] { columns.mapValues { $0[place] } }

  /// How large a run is: FLOP where they are known, else what the form names first.
  public func size(_ form: ScalingForm) -> [Double] {
    columns["C"] ?? form.columns.first.flatMap { columns[$0] } ?? target
  }
}

/// What a training run is said to cost.
///
/// ```
/// C = k N D            k = 6: a product and a sum for each parameter forwards, twice that backwards
/// ```
/// Exponents move with the convention: whether N holds embeddings is a choice of the column, and what
/// attention adds is one of the factor for each row.
public struct FLOPConvention: Sendable, Hashable, Codable {
  /// FLOP for each parameter and token.
  public var perParameterToken: Double

  public init(perParameterToken: Double) { self.perParameterToken = perParameterToken }

  /// 6 N D.
  public static let standard = FLOPConvention(perParameterToken: 6)

  public func flop(_ parameters: Double, _ tokens: Double) -> Double {
    perParameterToken * parameters * tokens
  }

  func tokens(_ parameters: Double, flop: Double) -> Double {
    flop / perParameterToken / parameters
  }
  func parameters(_ tokens: Double, flop: Double) -> Double { flop / perParameterToken / tokens }
}

/// What makes a fit or a plan impossible.
public enum ScalingError: Error, Equatable, Sendable, CustomStringConvertible {
  case lengths(column: String, found: Int, wanted: Int)
  case notPositive(column: String, row: Int, found: Double)
  case missingColumns(form: String, columns: [String])
  case tooFew(form: String, runs: Int, parameters: Int)
  case constant(form: String, column: String, value: Double)
  case belowFloor(form: String, row: Int, loss: Double, floor: Double)
  case noFit(form: String)
  case unreachable(String)

  public var description: String {
    switch self {
    case .lengths(let column, let found, let wanted):
      "the column of \(column) has \(found) values, and the target \(wanted)"
    case .notPositive(let column, let row, let found):
      "row \(row): \(column) is \(found); an amount above 0 is wanted"
    case .missingColumns(let form, let columns):
      "the form '\(form)' needs \(columns.map(Self.role).joined(separator: " and "))"
    case .tooFew(let form, let runs, let parameters):
      "\(runs) run\(runs == 1 ? "" : "s") cannot determine the \(parameters) parameters of '\(form)'; "
        + "bring more runs, or take a form with fewer"
    case .constant(let form, let column, let value):
      "all runs have one value of \(column), \(value): the form '\(form)' needs several"
    case .belowFloor(let form, let row, let loss, let floor):
      "row \(row): the loss \(loss) lies below the floor E of '\(form)', which is at least \(floor); see "
        + "whether the units agree, or lower the bound"
    case .noFit(let form):
      "no start of '\(form)' ends at a finite fit; see whether the columns are what the form takes"
    case .unreachable(let reason): reason
    }
  }

  private static func role(_ column: String) -> String {
    switch column {
    case "N": "parameters (--n)"
    case "D": "tokens (--d, or training FLOP)"
    case "C": "training FLOP (--flop-column)"
    case "M": "tokens and parameters (--d, --n)"
    case "U": "tokens that are not repeated (--unique)"
    case "X": "a quantity (--x)"
    case "L": "a loss (--x)"
    default: "a column '\(column)'"
    }
  }
}
