import Mathematics
import Testing

@Suite("Statistics") struct StatisticsTests {
  @Test("tied values share their rank") func tiedRanks() {
    #expect(ranks([10, 20, 20, 5]) == [2, 3.5, 3.5, 1])
  }

  @Test("Spearman is 1 for any rising curve and −1 for a falling one") func monotone() {
    #expect(spearman([1, 2, 3, 4], [1, 8, 27, 64]) == 1)
    #expect(spearman([1, 2, 3], [3, 2, 1]) == -1)
    #expect(spearman([1, 1, 1], [1, 2, 3]) == nil)
  }

  @Test("Kendall's tau-b equals the count over all pairs", arguments: 0..<30)
  func kendallPairs(seed: Int) throws {
    var random = RandomStream(seed: UInt64(seed))
    let n = 2 + random.integer(below: 60)
    // Few different values: many ties.
    let x = (0..<n).map { _ in Double(random.integer(below: 8)) }
    let y = (0..<n).map { _ in Double(random.integer(below: 8)) }
    var score = 0
    var untiedX = 0
    var untiedY = 0
    for i in 0..<n {
      for j in 0..<i {
        let a = (x[i] - x[j]).sign == .minus ? -1 : x[i] == x[j] ? 0 : 1
        let b = (y[i] - y[j]).sign == .minus ? -1 : y[i] == y[j] ? 0 : 1
        score += a * b
        untiedX += a * a
        untiedY += b * b
      }
    }
    if untiedX == 0 || untiedY == 0 {
      #expect(kendall(x, y) == nil)
    } else {
      let expected = Double(score) / (Double(untiedX).squareRoot() * Double(untiedY).squareRoot())
      #expect(abs(try #require(kendall(x, y)) - expected) < 1e-12)
    }
  }

  @Test("quantiles lie linearly between order statistics") func quantiles() {
    #expect(quantile([4, 1, 3, 2], 0.5) == 2.5)
    #expect(quantile([1, 2, 3, 4, 5], 0.1) == 1.4)
    #expect(median([7]) == 7)
  }

  @Test(
    "Student's quantiles are those of printed tables",
    arguments: [(1.0, 0.95, 6.314), (4, 0.975, 2.776), (9, 0.95, 1.833), (120, 0.95, 1.658)])
  func student(freedom: Double, probability: Double, printed: Double) {
    let t = StudentT(degreesOfFreedom: freedom)
    #expect(abs(t.quantile(probability) - printed) < 6e-4)
    #expect(abs(t.probability(below: t.quantile(0.3)) - 0.3) < 1e-9)
  }

  @Test("a bootstrap interval of the mean holds the mean and shrinks with the spread")
  func bootstrap() {
    let values = (0..<40).map(Double.init)
    let interval = bootstrapInterval(count: 40) { mean($0.map { values[$0] }) }
    #expect(interval.contains(19.5))
    #expect(interval.upperBound - interval.lowerBound < 8)
    #expect(bootstrapInterval(count: 5) { _ in 3 } == 3...3)
  }
}

@Suite("The random stream") struct RandomStreamTests {
  @Test("SplitMix64 seeds xoshiro256** as its authors' programs do") func reference() {
    // Computed by hand from the published recurrences for seed 0: the first state words of
    // SplitMix64 are e220a8397b1dcdaf, 6e789e6aa1b965f4, 06c45d188009454f, f88bb8a8724c81ec.
    let second: UInt64 = 0x6e78_9e6a_a1b9_65f4
    let product = second &* 5
    let expected = ((product << 7) | (product >> 57)) &* 9
    var stream = RandomStream(seed: 0)
    #expect(stream.next() == expected)
  }

  @Test("a sample without replacement has no repetition and every size works")
  func sampling() {
    var stream = RandomStream(seed: 3)
    for count in [0, 1, 50, 100] {
      let sample = stream.sample(count, of: 100)
      #expect(Set(sample).count == count && sample.allSatisfy { (0..<100).contains($0) })
    }
  }

  @Test("integers below a bound are equally frequent") func uniform() {
    var stream = RandomStream(seed: 4)
    var counts = [Int](repeating: 0, count: 6)
    for _ in 0..<60_000 { counts[stream.integer(below: 6)] += 1 }
    // Five standard deviations of a binomial of 60,000 and 1/6.
    #expect(counts.allSatisfy { abs(Double($0) - 10_000) < 5 * 91.3 })
  }

  @Test("labels part streams of one seed") func labels() {
    var a = RandomStream(seed: 1, label: "a")
    var b = RandomStream(seed: 1, label: "b")
    #expect(a.next() != b.next())
  }

  /// SciPy's `ttest_ind` with `equal_var=False`.
  @Test("Welch's test has the statistic, freedom and probability of another library")
  func welch() throws {
    let test = try #require(WelchTest([1, 2, 4], [3, 3.5, 9, 11]))
    #expect(abs(test.statistic - -1.968791954740837) < 1e-12)
    #expect(abs(test.degreesOfFreedom - 4.056167254782308) < 1e-10)
    #expect(abs(test.pValue - 0.11935517624654259) < 1e-10)
    #expect(WelchTest([1], [2, 3]) == nil)
    #expect(WelchTest([1, 1], [1, 1]) == nil)
    #expect(WelchTest([1, 2], [1, 2])?.pValue == 1)
  }
}
