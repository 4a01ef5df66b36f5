import Analytic
import Mathematics
import Predictions
import Quantities
import Testing

/// Two limits: 100 W takes 1.2 of the time at half the power.
private func batch(_ size: Int, epochs: [Int?], seconds: Double) -> RecurringJob.Batch {
  RecurringJob.Batch(
    size: size, epochs: epochs,
    limits: [
      PowerMeasurement(limit: Watts(200), time: Seconds(seconds), power: Watts(200)),
      PowerMeasurement(limit: Watts(100), time: Seconds(1.2 * seconds), power: Watts(100)),
    ])
}

@Suite("Jobs that recur") struct RecurringJobTests {
  private func job() throws -> RecurringJob {
    try RecurringJob(
      name: "job",
      batches: [
        batch(64, epochs: [10, 10], seconds: 10), batch(32, epochs: [4, 6], seconds: 12),
        batch(128, epochs: [nil, 8], seconds: 8),
      ], defaultBatch: 64)
  }

  @Test("everything known: energies, costs and savings by hand") func offline() throws {
    let job = try job()
    // 64 at 200 W: 10·10 s·200 W = 20 kJ. 32 at 100 W: 5·14.4 s·100 W = 7.2 kJ.
    #expect(job.baseline.energy == Joules(20_000))
    #expect(job.maximumPower == Watts(200))
    let best = job.optimum()
    #expect(best.batch == 32 && best.limit == Watts(100))
    #expect(abs(best.energy.value - 7200) < 1e-9)
    #expect(abs(job.reduction(to: best.energy) - 0.64) < 1e-12)
    // Batch alone: 5·12·200 = 12 kJ; limit alone: 10·12·100 = 12 kJ.
    #expect(abs(job.optimum(.batchAlone).energy.value - 12_000) < 1e-9)
    #expect(abs(job.optimum(.limitAlone).energy.value - 12_000) < 1e-9)
    // A batch that once failed is no choice.
    #expect(!job.choices().contains { $0.batch == 128 })
    // η = 0 is P_max times the time: the highest limit, 60 s · 200 W.
    let fastest = job.optimum(eta: 0)
    #expect(fastest.limit == Watts(200) && abs(fastest.cost - 12_000) < 1e-9)
    // η = ½ at 100 W: ½·7200 + ½·200·72 = 10 800 < 12 000.
    #expect(abs(job.optimum(eta: 0.5).cost - 10_800) < 1e-9)
  }

  @Test("what recurs depends on the seed alone, and costs no less than the best choice")
  func recurrences() throws {
    let job = try job()
    let runs = job.recurrences(.init(eta: 1), seed: 3)
    #expect(runs == job.recurrences(.init(eta: 1), seed: 3))
    #expect(runs.count == 2 * 3 * 2)
    // The first is the default batch under its best limit: 12 kJ.
    #expect(runs[0].batch == 64 && runs[0].energy == Joules(12_000) && runs[0].stopped == 0)
    // The least that any run can take: 4 epochs of 14.4 s at 100 W.
    #expect(runs.allSatisfy { $0.energy >= Joules(5760 - 1e-6) })
  }

  @Test("the search visits the default, then smaller, then larger ones, and drops beyond a failure")
  func pruning() {
    var random = RandomStream(seed: 1)
    var search = BatchSizeSearch([8, 16, 32, 64, 128], start: 32)
    let costs: [Int: Double] = [8: 9, 16: 5, 32: 6, 64: 7]
    var visited: [Int] = []
    while search.round <= 2 {
      let batch = search.next(&random)
      guard search.round <= 2 else { break }
      visited.append(batch)
      // 8 and 64 are stopped: 8 is the last of its direction, 128 lies beyond 64.
      let reaches = batch != 8 && batch != 64
      search.observe(batch, cost: costs[batch] ?? 1, reachedTarget: reaches)
    }
    // The second round starts at the better of the survivors.
    #expect(visited == [32, 16, 8, 64, 16, 32])
    #expect(search.alive == [16, 32])
  }

  @Test("sampling settles on the batch that costs least") func sampling() {
    var random = RandomStream(seed: 7)
    var noise = RandomStream(seed: 8)
    var search = BatchSizeSearch([1, 2, 3], start: 2)
    var chosen: [Int] = []
    for _ in 0..<200 {
      let batch = search.next(&random)
      chosen.append(batch)
      search.observe(batch, cost: [10, 8, 12][batch - 1] + noise.normal(), reachedTarget: true)
    }
    #expect(chosen.suffix(50).count { $0 == 2 } >= 45)
  }

  @Test("a default that is missing or fails is refused") func refused() {
    #expect(throws: RecurringJobError.noDefault(job: "job", batch: 5, batches: [64])) {
      try RecurringJob(
        name: "job", batches: [batch(64, epochs: [1], seconds: 1)], defaultBatch: 5)
    }
    #expect(throws: RecurringJobError.defaultFails(job: "job", batch: 64)) {
      try RecurringJob(
        name: "job", batches: [batch(64, epochs: [1, nil], seconds: 1)], defaultBatch: 64)
    }
  }
}
