import Analytic
import ArgumentParser
import Datasets
import Foundation

/// A CSV of training runs, and which of its columns are what.
struct ScalingRunOptions: ParsableArguments {
  @Argument(help: ArgumentHelp("CSV of runs, one in a row.", valueName: "runs"))
  var table: String

  @Option(help: "Column of parameters.")
  var n: String?
  @Option(help: "Column of tokens.")
  var d: String?
  @Option(help: "Column of training FLOP; with one of --n and --d it gives the other.")
  var flopColumn: String?
  @Option(help: "Column of losses, or of what else the form is of.")
  var loss = "loss"
  @Option(help: "Column of the quantity X of forms in one variable, or of the loss L of a ladder.")
  var x: String?
  @Option(help: "Column of tokens that are not repeated, for data-constrained.")
  var unique: String?
  @Option(help: "Column of weights.")
  var weight: String?
  @Option(help: "Column that names the training that a row is of, where rows are its checkpoints.")
  var run: String?
  @Option(help: "Only rows with this value, as dataset=c4; may be given several times.")
  var `where`: [String] = []
  @Option(help: "A further column for a formula, as width=hidden; may be given several times.")
  var column: [String] = []

  @Option(
    help: ArgumentHelp(
      "FLOP for each parameter and token.",
      discussion:
        "Whether parameters hold embeddings is a choice of the column; exponents move with it."))
  var flopPerParameterToken = 6.0
  @Option(
    help: ArgumentHelp(
      "Columns of layers and width, and the sequence length, as layers,width,2048: attention's products "
        + "count, too.",
      discussion: "12 · layers · width · length FLOP for each token."))
  var attention: String?
  @Option(
    help:
      "Column of widths and the vocabulary, as width,50304: embeddings are taken out of parameters."
  )
  var withoutEmbeddings: String?

  func validate() throws {
    guard flopPerParameterToken > 0, flopPerParameterToken.isFinite else {
      throw ValidationError("--flop-per-parameter-token is \(flopPerParameterToken); it is above 0")
    }
  }

  /// The runs of the table, those of each value of `group` apart where it is a column.
  func load(group: String? = nil) throws -> [(group: String?, runs: ScalingRuns)] {
    let table = try CSVTable(self.table)
    let places = try rows(of: table)
    guard let group else { return [(nil, try load(table, places))] }
    let names = try table.strings(group)
    let groups = Dictionary(grouping: places) { names[$0] }
    return try groups.sorted { $0.key < $1.key }.map { ($0.key, try load(table, $0.value)) }
  }

  /// Rows that `--where` leaves.
  private func rows(of table: CSVTable) throws -> [Int] {
    var places = Array(0..<table.rowCount)
    for condition in `where` {
      guard let sign = condition.firstIndex(of: "=") else {
        throw ValidationError("--where is '\(condition)'; write column=value")
      }
      let values = try table.strings(String(condition[..<sign]))
      let wanted = String(condition[condition.index(after: sign)...])
      places = places.filter { values[$0] == wanted }
      if places.isEmpty {
        let seen = Set(values).sorted().prefix(12).joined(separator: ", ")
        throw ValidationError("\(self.table): no row has \(condition); there are \(seen)")
      }
    }
    if places.isEmpty { throw ValidationError("\(self.table): there is no row but the header") }
    return places
  }

  private func load(_ table: CSVTable, _ places: [Int]) throws -> ScalingRuns {
    func numbers(_ column: String) throws -> [Double] {
      let values = try table.doubles(column)
      return try places.map { place in
        guard !values[place].isNaN else {
          throw DatasetError.row(
            path: self.table, line: table.line(place), column: column, found: "",
            allowed: "a number is wanted; leave the row out where it is not known")
        }
        return values[place]
      }
    }
    var columns: [String: [Double]] = [:]
    for (name, column) in [("N", n), ("D", d), ("C", flopColumn), ("X", x), ("U", unique)] {
      if let column { columns[name] = try numbers(column) }
    }
    if let x { columns["L"] = try numbers(x) }
    for own in column {
      let parts = own.split(separator: "=", maxSplits: 1).map(String.init)
      guard let name = parts.first else { continue }
      columns[name] = try numbers(parts.count > 1 ? parts[1] : name)
    }
    if let withoutEmbeddings {
      let (names, vocabulary) = try list(withoutEmbeddings, "without-embeddings", columns: 1)
      guard let all = columns["N"] else {
        throw ValidationError("--without-embeddings belongs to --n")
      }
      columns["N"] = zip(all, try numbers(names[0])).map { $0 - $1 * vocabulary }
    }
    if let attention {
      let (names, length) = try list(attention, "attention", columns: 2)
      guard let n = columns["N"], let d = columns["D"], columns["C"] == nil else {
        throw ValidationError("--attention belongs to --n and --d, without --flop-column")
      }
      let (layers, widths) = (try numbers(names[0]), try numbers(names[1]))
      columns["C"] = n.indices.map { row in
        (flopPerParameterToken * n[row] + 12 * layers[row] * widths[row] * length) * d[row]
      }
    }
    let rows = places.map { $0 + 1 }
    let runs: ScalingRuns
    do {
      runs = try ScalingRuns(
        columns, target: try numbers(loss), weights: try weight.map { try numbers($0) },
        labels: try run.map { name in
          let labels = try table.strings(name)
          return places.map { labels[$0] }
        },
        rows: rows, convention: FLOPConvention(perParameterToken: flopPerParameterToken))
    } catch let error as ScalingError {
      throw ValidationError("\(self.table): \(error)")
    }
    let repeated = rows.count - runs.distinctCount
    if repeated > 0 {
      Console.remark(
        "perfmodel: \(self.table): \(repeated) row\(repeated == 1 ? " repeats" : "s repeat") another; "
          + "each counts, and intervals are too narrow for it")
    }
    return runs
  }

  private func list(
    _ text: String, _ option: String, columns: Int
  ) throws -> (names: [String], number: Double) {
    let parts = text.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
    guard parts.count == columns + 1, let number = Double(parts[columns]), number > 0,
      number.isFinite
    else {
      let wanted = columns == 1 ? "width,50304" : "layers,width,2048"
      throw ValidationError("--\(option) is '\(text)'; write columns and a number, as \(wanted)")
    }
    return (Array(parts.dropLast()), number)
  }
}
