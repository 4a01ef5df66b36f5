import Foundation
import Testing

/// Runs of `1.7 + 400/N^0.34 + 1200/D^0.36`, to six digits, a little apart from it.
private let runs: String = {
  var lines = ["name,params,tokens,loss"]
  var place = 0
  for n in [1e7, 3e7, 1e8, 3e8, 1e9, 3e9] {
    for ratio in [2.0, 5, 20, 60, 200] {
      let d = n * ratio
      place += 1
      let loss =
        (1.7 + 400 * pow(n, -0.34) + 1200 * pow(d, -0.36)) * exp(0.002 * sin(Double(place * place)))
      lines.append("run-\(Int(n)),\(n),\(d),\(String(format: "%.6f", loss))")
    }
  }
  return lines.joined(separator: "\n") + "\n"
}()

private let columns = ["--n", "params", "--d", "tokens"]

@Suite("perfmodel scaling") struct ScalingFitCommandTests {
  private static let table = runs

  private func fitted() throws -> Program {
    let program = try Program()
    try program.write("runs.csv", runs)
    let result = try program.run(
      ["scaling", "fit", "runs.csv"] + columns + ["--bootstrap", "60", "--output", "fit.json"])
    #expect(result.code == 0, "\(result.errors)")
    return program
  }

  @Test("fit prints parameters with both intervals, starts and what to know of the runs")
  func fit() throws {
    let program = try Program()
    try program.write("runs.csv", runs)
    let result = try program.run(
      ["scaling", "fit", "runs.csv"] + columns + ["--bootstrap", "60", "--svg", "fit.svg"])
    #expect(result.code == 0, "\(result.errors)")
    for part in [
      "chinchilla: E + A/N^alpha + B/D^beta", "parameter   ", "90 %, resampled", "90 %, profile",
      "best N ∝ C^", "30 runs", "4500 starts, the best 24 followed", "60 resamples of cases",
    ] {
      #expect(result.output.contains(part), "\(part)")
    }
    #expect(!result.output.contains("far from the law"))
    for picture in ["fit", "fit-contours", "fit-budgets", "fit-residuals", "fit-bootstrap"] {
      #expect(program.read("\(picture).svg")?.hasPrefix("<svg ") == true, "\(picture)")
    }
  }

  @Test("its JSON has each parameter with value, low and high") func json() throws {
    let text = try #require(try fitted().read("fit.json"))
    let document = try #require(
      try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    let parameters = try #require(document["parameters"] as? [String: [String: Double]])
    #expect(Set(parameters.keys) == ["E", "A", "B", "alpha", "beta"])
    for (name, truth) in [("E", 1.7), ("alpha", 0.34), ("beta", 0.36)] {
      let own = try #require(parameters[name])
      let (value, low, high) = (own["value"] ?? 0, own["low"] ?? .nan, own["high"] ?? .nan)
      #expect(low <= value && value <= high, "\(name)")
      #expect(abs(value / truth - 1) < 0.1, "\(name) \(value)")
    }
    #expect(document["starts"] as? Int == 4500)
    #expect((document["data_hash"] as? String)?.hasPrefix("fnv1a64:") == true)
    #expect((document["outliers"] as? [Any])?.isEmpty == true)
  }

  @Test("budgets are divided with both kinds of intervals") func optima() throws {
    let program = try Program()
    try program.write("runs.csv", runs)
    let result = try program.run(
      ["scaling", "fit", "runs.csv"] + columns
        + ["--bootstrap", "60", "--flop", "1e20,1e22", "--format", "json"])
    #expect(result.code == 0, "\(result.errors)")
    let document =
      try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any]
    let optima = try #require(document?["optima"] as? [[String: Any]])
    #expect(optima.map { $0["flop"] as? Double } == [1e20, 1e22])
    // Hoffmann's eq. 4 of the law that made the runs.
    let g = pow(0.34 * 400 / (0.36 * 1200), 1 / 0.7)
    let truth = g * pow(1e20 / 6, 0.36 / 0.7)
    let own = try #require(optima[0]["parameters"] as? [String: Double])
    let (low, high) = (own["profile_low"] ?? .nan, own["profile_high"] ?? .nan)
    #expect(low < own["value"] ?? 0 && own["value"] ?? 0 < high)
    #expect(0.9 * low < truth && truth < 1.1 * high)
    #expect(own["low"] ?? .nan < high && low < own["high"] ?? .nan)
  }

  @Test("the same seed gives the same file") func repeatable() throws {
    #expect(try fitted().read("fit.json") == fitted().read("fit.json"))
  }

  @Test("predict and optimal take what fit wrote") func plan() throws {
    let program = try fitted()
    let loss = try program.run(
      "scaling", "predict", "fit.json", "--n", "1e10", "--d", "2e11", "--format", "json")
    #expect(loss.code == 0, "\(loss.errors)")
    let answer = try #require(
      try JSONSerialization.jsonObject(with: Data(loss.output.utf8)) as? [String: Any])
    let (value, low, high) = (
      answer["loss"] as? Double ?? 0, answer["low"] as? Double ?? 9, answer["high"] as? Double ?? 0
    )
    // The law that made the runs.
    let truth = 1.7 + 400 * pow(1e10, -0.34) + 1200 * pow(2e11, -0.36)
    #expect(low < truth && truth < high && low < value && value < high)
    #expect((answer["warning"] as? String)?.contains("times the largest run") == true)
    let best = try program.run("scaling", "optimal", "fit.json", "--flop", "1e21")
    #expect(best.code == 0, "\(best.errors)")
    #expect(best.output.contains("tokens for each parameter"))
    #expect(best.output.contains("100 % of the budget"))
    let timed = try program.run(
      "scaling", "optimal", "fit.json", "--time", "10d", "--device", "A100-SXM-80GB", "--devices",
      "64", "--mfu", "0.4", "--price", "2", "--format", "json")
    #expect(timed.code == 0, "\(timed.errors)")
    let budget = try #require(
      try JSONSerialization.jsonObject(with: Data(timed.output.utf8)) as? [String: Any])
    // 64 · 312 TFLOP/s · 0.4 · 864,000 s, and 64 · 240 h · 2.
    #expect(abs((budget["flop"] as? Double ?? 0) / (64 * 312e12 * 0.4 * 864_000) - 1) < 1e-9)
    #expect(abs((budget["money"] as? Double ?? 0) - 30_720) < 1e-6)
  }

  @Test("what counts as FLOP is the user's choice, and moves tokens and sizes") func conventions()
    throws
  {
    let program = try Program()
    var table = "params,tokens,loss,width,layers\n"
    for line in runs.split(separator: "\n").dropFirst() {
      table += line.split(separator: ",").dropFirst().joined(separator: ",") + ",100,4\n"
    }
    try program.write("runs.csv", table)
    func largest(_ options: String...) throws -> Double {
      let result = try program.run(
        ["scaling", "fit", "runs.csv"] + columns
          + ["--bootstrap", "0", "--starts", "20", "--format", "json"] + options)
      #expect(result.code == 0, "\(result.errors)")
      let document = try JSONSerialization.jsonObject(with: Data(result.output.utf8))
      return (document as? [String: Any])?["largest_size"] as? Double ?? .nan
    }
    // The largest run: 3e9 parameters and 6e11 tokens.
    #expect(abs(try largest() / (6 * 3e9 * 6e11) - 1) < 1e-9)
    #expect(abs(try largest("--flop-per-parameter-token", "2") / (2 * 3e9 * 6e11) - 1) < 1e-9)
    // 12 · 4 · 100 · 2048 for each token beside 6 · 3e9.
    let attended = (6 * 3e9 + 12 * 4 * 100 * 2048) * 6e11
    #expect(abs(try largest("--attention", "layers,width,2048") / attended - 1) < 1e-9)
    // 100 · 50,000 embeddings less.
    #expect(
      abs(try largest("--without-embeddings", "width,50000") / (6 * (3e9 - 5e6) * 6e11) - 1) < 1e-9)
  }

  @Test("compare puts the form first that reaches the largest run") func compare() throws {
    let program = try Program()
    try program.write("runs.csv", runs)
    let result = try program.run(
      ["scaling", "compare", "runs.csv"] + columns
        + ["--form", "kaplan,chinchilla", "--bootstrap", "40", "--format", "csv"])
    #expect(result.code == 0, "\(result.errors)")
    let rows = result.output.split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false)
    }
    #expect(rows.count == 3 && rows[1][1] == "chinchilla")
  }

  @Test("budgets find the exponent of the runs without a form of the loss") func budgets() throws {
    let program = try Program()
    var lines = ["n,c,loss"]
    for c in [1e18, 1e19, 1e20, 1e21] {
      for step in -4...4 {
        let n = 0.3 * pow(c / 6, 0.5) * pow(1.5, Double(step))
        let loss = 1.7 + 400 * pow(n, -0.34) + 800 * pow(c / 6 / n, -0.34)
        lines.append("\(n),\(c),\(loss)")
      }
    }
    try program.write("iso.csv", lines.joined(separator: "\n") + "\n")
    let result = try program.run(
      "scaling", "budgets", "iso.csv", "--n", "n", "--flop-column", "c", "--bootstrap", "0",
      "--format", "json")
    #expect(result.code == 0, "\(result.errors)")
    let report = try #require(
      try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
    // Equal exponents: N ∝ C^½.
    #expect(abs((report["exponent"] as? Double ?? 0) - 0.5) < 0.01)
  }

  @Test("hyperparameters give a law back") func hyperparameters() throws {
    let program = try Program()
    var lines = ["N,D,lr,bs,loss"]
    for n in [1e8, 3e8, 1e9] {
      for d in [2e9, 1e10, 5e10] {
        let (rate, batch) = (0.9 * pow(n, -0.7) * pow(d, 0.3), 0.6 * pow(d, 0.57))
        for i in -3...3 {
          for j in -3...3 {
            let (u, v) = (0.3 * Double(i) + 0.1, 0.3 * Double(j) - 0.05)
            let loss = (3 - 0.1 * log10(n)) * (1 + 0.004 * u * u + 0.006 * v * v + 0.002 * u * v)
            lines.append("\(n),\(d),\(rate * exp(u)),\(batch * exp(v)),\(loss)")
          }
        }
      }
    }
    try program.write("grid.csv", lines.joined(separator: "\n") + "\n")
    let result = try program.run(
      "scaling", "hyperparameters", "grid.csv", "--at-n", "1e9", "--at-d", "1e10", "--bootstrap",
      "0",
      "--format", "json")
    #expect(result.code == 0, "\(result.errors)")
    let report = try #require(
      try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
    let rate = report["learning_rate"] as? [String: [String: Double]] ?? [:]
    #expect(abs((rate["parameters"]?["value"] ?? 0) + 0.7) < 0.01)
    #expect(abs((rate["tokens"]?["value"] ?? 0) - 0.3) < 0.01)
    let batch = report["batch"] as? [String: [String: Double]] ?? [:]
    #expect(abs((batch["tokens"]?["value"] ?? 0) - 0.57) < 0.01)
    let at = report["at"] as? [String: Double] ?? [:]
    #expect(abs((at["batch"] ?? 0) / (0.6 * pow(1e10, 0.57)) - 1) < 0.02)
  }

  @Test(
    "what is wrong with runs is one line and exit code 2",
    arguments: [
      ("", "--n params --d tokens", "it is empty"),
      ("params,tokens,loss\n", "--n params --d tokens", "there is no row but the header"),
      ("params,tokens,loss\n1e8,1e9,3\n", "--n param --d tokens", "Did you mean 'params'?"),
      (
        "params,tokens,loss\n1e8,1e9,3\n", "--n params --d tokens",
        "1 run cannot determine the 5 parameters"
      ),
      ("params,tokens,loss\n1e8,,3\n", "--n params --d tokens", ":2: column 'tokens' is ''"),
      ("params,tokens,loss\n1e8,0,3\n", "--n params --d tokens", "row 1: D is 0.0"),
      ("params,tokens,loss\n-1,1e9,3\n", "--n params --d tokens", "row 1: N is -1.0"),
      ("params,tokens,loss\n1e8,1e9,nan\n", "--n params --d tokens", "column 'loss' is 'nan'"),
      ("params,tokens,loss\n1e8,1e9,3\n", "--n params", "needs tokens (--d, or training FLOP)"),
      ("params,tokens,loss\n1e8,1e9,3\n", "--form chinchila", "Did you mean 'chinchilla'?"),
      ("params,tokens,loss\n1e8,1e9,3\n", "--formula sin(N) --n params", "the formula calls 'sin'"),
      (
        "params,tokens,loss\n1e8,1e9,3\n", "--n params --d tokens --bootstrap 3", "--bootstrap is 3"
      ),
      (
        Self.table, "--n params --d tokens --starts 5 --bootstrap 0 --flop 1e20,x", "--flop has 'x'"
      ),
      ("params,tokens,loss\n1e8,1e9,3\n", "--n params --where set=x", "there is no column 'set'"),
      (
        "params,tokens,loss\n1e8,1e9,3\n", "--n params --attention layers",
        "--attention is 'layers'"
      ),
    ])
  func refusals(table: String, options: String, message: String) throws {
    let program = try Program()
    try program.write("runs.csv", table)
    let result = try program.run(
      ["scaling", "fit", "runs.csv"] + options.split(separator: " ").map(String.init)
        + ["--output", "fit.json"])
    #expect(result.code == 2)
    #expect(result.errors.contains(message), "\(result.errors)")
    #expect(result.errors.split(separator: "\n").count == 1)
    #expect(program.read("fit.json") == nil)
  }

  @Test(
    "what is wrong with a law or a plan is one line and exit code 2",
    arguments: [
      ("predict nowhere.json --n 1 --d 1", "nowhere.json: the file cannot be read"),
      ("predict broken.json --n 1 --d 1", "it is no output of 'perfmodel scaling fit'"),
      ("predict fit.json --n 1e9", "the form 'chinchilla' needs tokens (--d"),
      ("predict fit.json --n zero --d 1", "N is 'zero'"),
      ("predict fit.json --n 1 --d 1 --group c4", "it holds one law and no groups"),
      ("optimal fit.json", "name one budget"),
      ("optimal fit.json --flop 1e20 --money 5 --price 1 --device T4", "name one budget"),
      ("optimal fit.json --flop=-1", "--flop is -1.0; it is above 0"),
      ("optimal fit.json --time 30d", "belong to --device"),
      ("optimal fit.json --money 5 --device T4", "--money needs --price"),
      ("optimal fit.json --flop 1e20 --device T5", "'T5' is neither a file nor a built-in device"),
      ("optimal fit.json --flop 1e20 --device T4 --mfu 2", "--mfu is 2.0"),
    ])
  func plans(arguments: String, message: String) throws {
    let program = try fitted()
    try program.write("broken.json", #"{"form": "chinchilla"}"#)
    let result = try program.run(["scaling"] + arguments.split(separator: " ").map(String.init))
    #expect(result.code == 2)
    #expect(result.errors.contains(message), "\(result.errors)")
    #expect(result.errors.split(separator: "\n").count == 1)
  }
}
