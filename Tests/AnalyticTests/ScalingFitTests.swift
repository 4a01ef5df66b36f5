import Analytic
import Datasets
import Foundation
import Mathematics
import Testing

private let figure = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
  .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
  .appendingPathComponent("shared/data/scaling/chinchilla/svg_extracted_data.csv").path
private let hasFigure = FileManager.default.fileExists(atPath: figure)

/// The runs of the figure, without the five of highest loss where asked.
private func figureRuns(dropped: Bool) throws -> ScalingRuns {
  let table = try CSVTable(figure)
  let runs = try ScalingRuns(
    ["N": table.doubles("Model Size"), "C": table.doubles("Training FLOP")],
    target: table.doubles("loss"))
  return dropped ? runs.subset(Array(5..<runs.count)) : runs
}

/// Runs that follow a law, but for a little noise.
private func made(
  noise: Double = 0, seed: UInt64 = 1, law: (Double, Double) -> Double = chinchilla
) throws -> ScalingRuns {
  var random = RandomStream(seed: seed)
  var (n, d, loss): ([Double], [Double], [Double]) = ([], [], [])
  for size in [1e7, 3e7, 1e8, 3e8, 1e9, 3e9] {
    for ratio in [2.0, 5, 20, 60, 200] {
      n.append(size)
      d.append(size * ratio)
      loss.append(law(size, size * ratio) * exp(noise * random.normal()))
    }
  }
  return try ScalingRuns(["N": n, "D": d], target: loss)
}

private func chinchilla(_ n: Double, _ d: Double) -> Double {
  1.7 + 400 * pow(n, -0.34) + 1200 * pow(d, -0.36)
}

@Suite("Scaling laws: fit") struct ScalingFitTests {
  @Test("runs of a law give its parameters back") func exact() throws {
    let fit = try ScalingFit(.chinchilla, made())
    for (found, wanted) in zip(fit.values, [1.7, 400, 1200, 0.34, 0.36]) {
      #expect(abs(found / wanted - 1) < 1e-4)
    }
    #expect(fit.search.starts == 4500 && fit.search.agreeing > 0)
  }

  @Test(
    "every form gives back the runs that it has made",
    arguments: ["kaplan", "overtraining", "power-c", "power-n", "power-d"])
  func forms(name: String) throws {
    let form = try #require(ScalingForm(named: name))
    let truth: [String: [Double]] = [
      "kaplan": [8.8e13, 5.4e13, 0.076, 0.095], "overtraining": [1.5, 140, 190, 0.121],
      "power-c": [1.6, 300, 0.13], "power-n": [1.8, 300, 0.3], "power-d": [1.8, 900, 0.3],
    ]
    let values = try #require(truth[name])
    let law = ScalingLaw(form: form, values: values)
    let runs = try made { n, d in (try? law.predict(["N": n, "D": d])) ?? .nan }
    let fit = try ScalingFit(form, runs)
    #expect(fit.residuals.allSatisfy { abs($0) < 1e-4 }, "\(fit.values)")
  }

  @Test("repeated tokens are worth less and less, as a law that has made them says") func repeated()
    throws
  {
    let form = ScalingForm.dataConstrained
    let law = ScalingLaw(form: form, values: [1.87, 521, 1488, 0.35, 0.35, 5.3, 15.4])
    let unique = 1e9
    let losses = try [1.0, 4, 16, 64, 256].map {
      try law.predict(["N": 2e7, "D": $0 * unique, "U": unique])
    }
    #expect(losses == losses.sorted(by: >))
    // A model below the best for its tokens, none of which repeats: there it is Chinchilla's law.
    let once = try law.predict(["N": 2e7, "D": unique, "U": unique])
    #expect(abs(once - (1.87 + 521 * pow(2e7, -0.35) + 1488 * pow(1e9, -0.35))) < 1e-6)
    // By hand, eq. 5: D' = U + U·R*(1 − e^(−3/R*)) for four epochs, R* = 15.4.
    let effective = unique * (1 + 15.4 * (1 - exp(-3 / 15.4)))
    let four = 1.87 + 521 * pow(2e7, -0.35) + 1488 * pow(effective, -0.35)
    #expect(abs(losses[1] - four) < 1e-6)
  }

  @Test(
    "the published refit of Chinchilla's figure, and its exact optimum", .enabled(if: hasFigure))
  func published() throws {
    let fit = try ScalingFit(.chinchilla, figureRuns(dropped: true))
    // T. Besiroglu et al. 2024.
    for (name, published, tolerance) in [
      ("E", 1.817, 0.005), ("A", 482, 0.05), ("B", 2085, 0.05), ("alpha", 0.348, 0.005),
      ("beta", 0.366, 0.005),
    ] {
      let value = try #require(fit[name])
      #expect(abs(value / published - 1) < tolerance, "\(name) \(value)")
    }
    // Of the same sum, by the simplex method from several starts.
    for (name, exact) in [
      ("E", 1.81722), ("A", 477.826), ("B", 2143.42), ("alpha", 0.347311), ("beta", 0.367172),
    ] {
      #expect(abs((fit[name] ?? 0) / exact - 1) < 1e-4, "\(name)")
    }
    #expect(fit.search.agreeing == fit.search.followed)
  }

  @Test("the five runs that bend it are named, and no other", .enabled(if: hasFigure))
  func outliers() throws {
    let fit = try ScalingFit(.chinchilla, figureRuns(dropped: false))
    #expect(abs((fit["beta"] ?? 0) - 0.453) < 0.001)
    let search = try ScalingOutliers(fit)
    #expect(Set(search.outliers.map(\.row)) == [1, 2, 3, 4, 5])
    #expect(abs((search.fit["beta"] ?? 0) - 0.3672) < 0.0005)
  }

  @Test("runs that obey a law have no outlier; one wild run is named") func wild() throws {
    var runs = try made(noise: 0.003)
    #expect(try ScalingOutliers(ScalingFit(.chinchilla, runs)).outliers.isEmpty)
    var target = runs.target
    target[7] *= 1.3
    runs = try ScalingRuns(runs.columns.filter { ["N", "D"].contains($0.key) }, target: target)
    #expect(try ScalingOutliers(ScalingFit(.chinchilla, runs)).outliers.map(\.row) == [8])
  }

  @Test("the convention of FLOP moves tokens, not the law's fit to them") func convention() throws {
    let n = [1e8, 1e9, 1e10]
    let c = [1e18, 1e20, 1e22]
    let runs = try ScalingRuns(
      ["N": n, "C": c], target: [3, 2.5, 2], convention: FLOPConvention(perParameterToken: 2))
    #expect(runs.columns["D"]?[0] == 1e18 / 2 / 1e8)
    #expect(runs.columns["M"]?[1] == 1e20 / 2 / 1e9 / 1e9)
    // 6·N·D of the largest models is beyond 64-bit integers.
    let large = try ScalingRuns(["N": [2e12], "D": [3e13]], target: [2])
    #expect(large.columns["C"]?[0] == 3.6e26)
  }

  @Test("what cannot be fitted is refused in words") func refusals() throws {
    func runs(_ n: [Double], _ d: [Double], _ loss: [Double]) throws -> ScalingRuns {
      try ScalingRuns(["N": n, "D": d], target: loss)
    }
    #expect(throws: ScalingError.notPositive(column: "D", row: 2, found: 0)) {
      try runs([1e8, 1e8], [1e9, 0], [3, 3])
    }
    #expect(throws: ScalingError.notPositive(column: "the loss", row: 1, found: -1)) {
      try ScalingFit(.chinchilla, runs([1e8], [1e9], [-1]))
    }
    #expect(throws: ScalingError.tooFew(form: "chinchilla", runs: 2, parameters: 5)) {
      try ScalingFit(.chinchilla, runs([1e8, 2e8, 2e8], [1e9, 1e9, 1e9], [3, 2, 2]))
    }
    let count = 8
    #expect(throws: ScalingError.constant(form: "chinchilla", column: "N", value: 1e8)) {
      try ScalingFit(
        .chinchilla,
        runs(
          [Double](repeating: 1e8, count: count), (1...count).map { 1e9 * Double($0) },
          (1...count).map { 3 - 0.1 * Double($0) }))
    }
    let floored = try ScalingForm(
      formula: "E + A/C^gamma", columns: ["C"],
      parameters: [.init("E", starts: 2...3, bounds: 2...3)])
    #expect(throws: ScalingError.belowFloor(form: "formula", row: 2, loss: 1.9, floor: 2)) {
      try ScalingFit(
        floored, ScalingRuns(["C": [1, 2, 3, 4, 5]], target: [2.5, 1.9, 2.3, 2.2, 2.1]))
    }
    #expect(throws: ScalingError.missingColumns(form: "data-constrained", columns: ["U"])) {
      try ScalingFit(.dataConstrained, made())
    }
  }

  @Test("a ladder's second step is a sigmoid of the loss") func ladder() throws {
    let loss = (0..<20).map { 1.5 + 0.1 * Double($0) }
    let accuracy = loss.map { 0.25 + (0.9 - 0.25) / (1 + exp(4 * ($0 - 2.4))) }
    let fit = try ScalingFit(.ladder, ScalingRuns(["L": loss], target: accuracy))
    for (found, wanted) in zip(fit.values, [0.25, 0.9, 4, 2.4]) {
      #expect(abs(found / wanted - 1) < 1e-3)
    }
  }

  @Test("a formula of one's own, with its bounds") func formula() throws {
    let form = try ScalingForm(
      formula: "floor + A/C^gamma", columns: ["N", "D", "C", "M"],
      parameters: [
        .init("floor", starts: 0.5...2, bounds: 0...1.9), .init("gamma", starts: 0.05...0.5),
      ])
    #expect(Set(form.parameters.map(\.name)) == ["floor", "gamma", "A"])
    #expect(form.columns == ["C"])
    let runs = try made { n, d in 2 + 300 * pow(6 * n * d, -0.13) }
    let fit = try ScalingFit(form, runs)
    // The bound holds it below the truth.
    #expect(fit["floor"] == 1.9)
  }
}

@Suite("Scaling laws: trust") struct ScalingTrustTests {
  @Test("resampling is the same for a seed, and another for another") func seeds() throws {
    let fit = try ScalingFit(.chinchilla, made(noise: 0.01))
    let a = try ScalingBootstrap(fit, count: 120, seed: 3)
    let b = try ScalingBootstrap(fit, count: 120, seed: 3)
    let c = try ScalingBootstrap(fit, count: 120, seed: 4)
    #expect(a.samples == b.samples && a.samples != c.samples)
    #expect(a.samples.count == 120)
  }

  @Test(
    "an interval holds the truth about as often as it says",
    arguments: ScalingBootstrap.Unit.allCases)
  func coverage(unit: ScalingBootstrap.Unit) throws {
    var held = 0
    for seed in 1...40 {
      let fit = try ScalingFit(
        .powerOfCompute,
        made(noise: 0.01, seed: UInt64(seed)) { n, d in
          1.6 + 300 * pow(6 * n * d, -0.13)
        }, options: .init(starts: 60))
      let samples = try ScalingBootstrap(fit, unit: unit, count: 200)
      if try #require(samples.interval(ofParameter: 2)).contains(0.13) { held += 1 }
    }
    // 36 of 40 on average; with 40 trials fewer than 28 would be a wrong interval.
    #expect(held >= 28, "\(held) of 40")
  }

  @Test("the profile of a straight line is the textbook's interval") func profile() throws {
    // ln y = ln A + α ln X with a wide δ: least squares.
    var random = RandomStream(seed: 5)
    let x = (1...40).map { Double($0) }
    let y = x.map { 3 * pow($0, 0.5) * exp(0.05 * random.normal()) }
    let runs = try ScalingRuns(["X": x], target: y)
    let fit = try ScalingFit(.plainPower, runs, options: .init(delta: 100, starts: 50))
    let line = try #require(LineFit(zip(x, y).map { (x: log($0), y: log($1)) }))
    #expect(abs((fit["alpha"] ?? 0) - line.slope) < 1e-7)
    let interval = try #require(ScalingProfile(fit)).interval(ofParameter: 1)
    let center = mean(x.map { log($0) })
    let spread = x.reduce(0) { $0 + (log($1) - center) * (log($1) - center) }
    let half = 1.6449 * line.deviation / spread.squareRoot()
    #expect(abs(interval.lowerBound / (line.slope - half) - 1) < 1e-3)
    #expect(abs(interval.upperBound / (line.slope + half) - 1) < 1e-3)
    // What follows from the parameters has the same interval where it is a parameter.
    let followed = try #require(
      ScalingProfile(fit)?.interval(isLogarithmic: false) { $0[1] })
    #expect(abs(followed.lowerBound / interval.lowerBound - 1) < 2e-3)
    #expect(abs(followed.upperBound / interval.upperBound - 1) < 2e-3)
  }

  @Test("what every law of a form has alike has no width") func structural() throws {
    let fit = try ScalingFit(.overtraining, made(noise: 0.005))
    // M appears as M^η and M^−η: parameters and tokens always grow alike.
    let interval = try #require(
      ScalingProfile(fit)?.interval(isLogarithmic: false) { values in
        ScalingLaw(form: .overtraining, values: values).optimalExponent(flop: 1e19)
      })
    #expect(
      abs(interval.lowerBound - 0.5) < 1e-3 && interval.upperBound - interval.lowerBound < 1e-3)
  }

  @Test("larger runs are predicted by smaller ones, and a wrong form says so") func comparison()
    throws
  {
    let runs = try made(noise: 0.002)
    let comparison = ScalingComparison(
      [.kaplan, .powerOfCompute, .chinchilla], runs, ratio: 20, resamples: 60)
    #expect(comparison.entries.first?.form.name == "chinchilla")
    let best = try #require(comparison.entries.first)
    let largest = try #require(best.largest)
    #expect(largest.ratio >= 20 && abs(largest.error) < 0.02)
    #expect(best.largestInterval?.contains(largest.observed) == true)
    #expect(best.aic == comparison.entries.map(\.aic).min())
  }

  @Test("far from the runs the interval widens, and that is said") func reach() throws {
    let fit = try ScalingFit(.chinchilla, made(noise: 0.005))
    let forecast = ScalingForecast(
      fit, try ScalingBootstrap(fit, count: 200), ScalingBacktest(fit))
    func width(_ n: Double, _ d: Double) throws -> Double {
      let interval = try #require(try forecast.loss(["N": n, "D": d]).interval)
      return log(interval.upperBound / interval.lowerBound)
    }
    #expect(try width(3e11, 6e12) > width(1e9, 2e10))
    #expect(forecast.warning(size: 6 * 1e9 * 2e10) == nil)
    #expect(forecast.warning(size: 1e25)?.contains("times the largest run") == true)
    #expect(forecast.warning(size: 1e10)?.contains("smaller than the smallest run") == true)
  }
}

@Suite("Scaling laws: plan") struct ScalingPlanTests {
  private let law = ScalingLaw(form: .chinchilla, values: [1.7, 400, 1200, 0.34, 0.36])

  @Test("the optimum is the closed form of Hoffmann's eq. 4") func closedForm() throws {
    for flop in [1e18, 5.76e23, 1e26] {
      let best = try #require(law.optimum(flop: flop))
      let g = pow(0.34 * 400 / (0.36 * 1200), 1 / 0.7)
      let n = g * pow(flop / 6, 0.36 / 0.7)
      #expect(abs(best.parameters / n - 1) < 1e-10)
      #expect(abs(best.tokens * best.parameters * 6 / flop - 1) < 1e-9)
    }
    #expect(abs(try #require(law.optimalExponent(flop: 1e22)) - 0.36 / 0.7) < 1e-10)
  }

  @Test("tokens of its life make the best model smaller, and the budget is spent whole")
  func lifetime() throws {
    let alone = try #require(law.optimum(flop: 1e23))
    let used = try #require(law.optimum(flop: 1e23, lifetimeTokens: 1e12))
    #expect(used.parameters < alone.parameters && used.loss > alone.loss)
    #expect(abs((used.trainingFLOP + used.inferenceFLOP) / 1e23 - 1) < 1e-9)
    // Brute force over sizes.
    let least = stride(from: 8.0, through: 12, by: 0.0005).compactMap { exponent -> Double? in
      let n = pow(10, exponent)
      let d = 1e23 / (6 * n) - 1e12 / 3
      return d > 0 ? try? law.predict(["N": n, "D": d]) : nil
    }.min()
    #expect(abs(used.loss - (least ?? 0)) < 1e-6)
  }

  @Test("another size loses, and the best reaches its loss for less") func otherSizes() throws {
    let best = try #require(law.optimum(flop: 1e22))
    let sizes = law.otherSizes(flop: 1e22, lifetimeTokens: 0, best)
    #expect(sizes.count == 7)
    for size in sizes {
      #expect(size.optimum.loss >= best.loss)
      let budget = try #require(size.bestBudget)
      #expect(budget <= 1e22 * 1.0001)
      #expect(abs(try #require(law.optimum(flop: budget)).loss - size.optimum.loss) < 1e-6)
    }
  }

  @Test("level lines have their loss, and budgets theirs") func curves() throws {
    let samples = ScalingBootstrap(
      form: .chinchilla, convention: .standard, unit: .cases, seed: 0,
      samples: [[Double]](repeating: law.values, count: 30))
    let curves = try #require(ScalingCurves(law, samples))
    for point in curves.isoLoss(2.2, parameters: 1e8...1e10, flop: 1e18...1e26) {
      let d = point.flop / 6 / point.parameters
      #expect(abs(try law.predict(["N": point.parameters, "D": d]) - 2.2) < 1e-6)
    }
    let frontier = curves.frontier(1e18...1e22)
    #expect(frontier.count == 25)
    #expect(frontier.map(\.loss) == frontier.map(\.loss).sorted(by: >))
  }

  @Test("a fleet's budgets of time, energy and money are one") func fleet() throws {
    let fleet = TrainingFleet(
      device: "chip", count: 8, peak: .teraFLOPPerSecond(100), utilization: 0.5,
      power: .init(400), hourlyPrice: 2)
    // 8 · 100e12 · 0.5 = 4e14 FLOP/s for 3,600 s.
    #expect(fleet.flop(in: .init(3600)) == 1.44e18)
    #expect(abs(try #require(fleet.flop(for: .init(8 * 400 * 3600))) / 1.44e18 - 1) < 1e-12)
    #expect(abs(try #require(fleet.flop(forMoney: 16)) / 1.44e18 - 1) < 1e-12)
    #expect(abs(try #require(fleet.money(1.44e18)) - 16) < 1e-9)
    #expect(abs(fleet.time(1.44e18).value - 3600) < 1e-9)
  }

  @Test("a law of one variable divides no budget") func none() {
    let power = ScalingLaw(form: .powerOfCompute, values: [1.7, 400, 0.2])
    #expect(!power.hasOptimum && power.optimum(flop: 1e20) == nil)
  }
}
