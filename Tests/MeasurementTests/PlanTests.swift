import Measurement
import Quantities
import Synchronization
import Testing
import Workloads

/// Answers with times made from the architecture and remembers who was asked.
private final class FakeRunner: ArchitectureRunner {
  let asked = Mutex<[Architecture]>([])
  let failing: Set<Architecture>

  init(failing: Set<Architecture> = []) { self.failing = failing }

  func runs(of architecture: Architecture) throws(MeasurementError) -> [Seconds] {
    asked.withLock { $0.append(architecture) }
    if failing.contains(architecture) {
      throw .noOutput(program: "fake", errors: "")
    }
    return [Seconds(Double(architecture.operations[0] + 1))]
  }
}

private let twenty = (0..<20).map { NASBench201Space().architecture(at: $0 * 700) }

@Suite("A measurement plan")
struct PlanTests {
  @Test("visits every architecture once in each pass, in orders that differ")
  func orders() throws {
    let plan = try MeasurementPlan(twenty, passes: 3, seed: 5)
    let orders = (0..<3).map { plan.order(pass: $0) }
    for order in orders {
      #expect(Set(order) == Set(twenty))
      #expect(order.count == 20)
      #expect(order != twenty)
    }
    #expect(Set(orders).count == 3)
  }

  @Test("has the same orders for the same seed and others for another")
  func seeds() throws {
    let first = try MeasurementPlan(twenty, seed: 5).order(pass: 1)
    #expect(try MeasurementPlan(twenty, seed: 5).order(pass: 1) == first)
    #expect(try MeasurementPlan(twenty, seed: 6).order(pass: 1) != first)
  }

  @Test("leaves repetitions out and gives rows in the order of the question")
  func rows() throws {
    let plan = try MeasurementPlan([twenty[3], twenty[1], twenty[3]], passes: 2)
    let rows = plan.measure(with: FakeRunner())
    #expect(rows.map(\.architecture) == [twenty[3], twenty[1]])
    #expect(rows.allSatisfy { $0.runs.count == 2 && $0.failure == nil })
  }

  @Test("reports progress before and hands over each visit after it")
  func callbacks() throws {
    let plan = try MeasurementPlan(Array(twenty.prefix(4)), passes: 2)
    var done: [Int] = []
    var visits: [TimedVisit] = []
    _ = plan.measure(
      with: FakeRunner(),
      progress: {
        done.append($0.done)
        #expect($0.total == 8)
        #expect($0.architecture == plan.order(pass: $0.pass)[$0.done % 4])
      },
      finished: { visits.append($0) })
    #expect(done == Array(0..<8))
    #expect(visits.map(\.architecture) == plan.order(pass: 0) + plan.order(pass: 1))
    #expect(visits.map(\.pass) == [0, 0, 0, 0, 1, 1, 1, 1])
  }

  @Test("goes on where an earlier session was broken off and ends with the same rows")
  func resume() throws {
    struct Killed: Error {}
    let plan = try MeasurementPlan(twenty, passes: 2, seed: 1)
    let whole = plan.measure(with: FakeRunner())
    var saved: [TimedVisit] = []
    #expect(throws: Killed.self) {
      try plan.measure(
        with: FakeRunner(),
        finished: { visit throws(Killed) in
          if saved.count == 27 { throw Killed() }
          saved.append(visit)
        })
    }
    let runner = FakeRunner()
    var done: [Int] = []
    let rest = plan.measure(with: runner, resuming: saved, progress: { done.append($0.done) })
    #expect(runner.asked.withLock { $0 } == Array(plan.order(pass: 1).dropFirst(7)))
    #expect(done == Array(27..<40))
    #expect(rest == whole)
    let idle = FakeRunner()
    let complete = rest.flatMap { row in
      row.runs.indices.map {
        TimedVisit(architecture: row.architecture, pass: $0, runs: [row.runs[$0]])
      }
    }
    #expect(plan.measure(with: idle, resuming: complete) == whole)
    #expect(idle.asked.withLock { $0 }.isEmpty)
  }

  @Test("ignores earlier visits of other architectures and passes and repeats failed ones")
  func foreignVisits() throws {
    let plan = try MeasurementPlan([twenty[1]], passes: 1)
    let runner = FakeRunner()
    let rows = plan.measure(
      with: runner,
      resuming: [
        TimedVisit(architecture: twenty[2], pass: 0, runs: [Seconds(9)]),
        TimedVisit(architecture: twenty[1], pass: 4, runs: [Seconds(9)]),
        TimedVisit(architecture: twenty[1], pass: 0, runs: [], failure: "it was Monday"),
      ])
    #expect(runner.asked.withLock { $0 } == [twenty[1]])
    #expect(rows.map(\.runs) == [[Seconds(1)]])
  }

  @Test("loses only the row of an architecture that fails, and does not ask for it again")
  func failures() throws {
    let plan = try MeasurementPlan(Array(twenty.prefix(5)), passes: 3)
    let runner = FakeRunner(failing: [twenty[2]])
    let rows = plan.measure(with: runner)
    #expect(
      rows[2].failure
        == "fake: wrote nothing; its last line holds the run times in seconds.")
    #expect(rows[2].latency == nil)
    #expect(rows.indices.allSatisfy { $0 == 2 || rows[$0].runs.count == 3 })
    #expect(runner.asked.withLock { $0 }.filter { $0 == twenty[2] }.count == 1)
  }

  @Test("needs an architecture and a pass")
  func errors() {
    #expect(throws: MeasurementError.noArchitectures) { try MeasurementPlan([]) }
    #expect(throws: MeasurementError.tooSmall(setting: "passes", found: 0, minimum: 1)) {
      try MeasurementPlan(twenty, passes: 0)
    }
  }
}

@Suite("Timing statistics")
struct TimingStatisticsTests {
  @Test("are the median, the quartiles and their distance over the median")
  func byHand() throws {
    let statistics = try #require(
      TimingStatistics([5, 1, 3, 2, 4].map { Seconds($0) }))
    #expect(statistics.repeats == 5)
    #expect(statistics.minimum == Seconds(1))
    #expect(statistics.lowerQuartile == Seconds(2))
    #expect(statistics.median == Seconds(3))
    #expect(statistics.upperQuartile == Seconds(4))
    #expect(abs(statistics.spread - 2.0 / 3) < 1e-15)
  }

  @Test("of one run are that run without spread, and of none are nothing")
  func few() throws {
    let one = TimedArchitecture(architecture: twenty[0], runs: [Seconds(2)])
    #expect(one.latency == Seconds(2) && one.low == Seconds(2) && one.high == Seconds(2))
    #expect(one.statistics?.spread == 0)
    #expect(TimedArchitecture(architecture: twenty[0], runs: []).latency == nil)
  }

  @Test("do not move when one run is interrupted")
  func interruption() throws {
    let calm = TimingStatistics([Double](repeating: 1, count: 15).map { Seconds($0) })
    let busy = TimingStatistics(([100] + [Double](repeating: 1, count: 14)).map { Seconds($0) })
    #expect(calm?.median == busy?.median)
    #expect(calm?.upperQuartile == busy?.upperQuartile)
  }
}
