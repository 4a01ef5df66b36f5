import Predictions
import Quantities
import Testing

@Suite("Limits") struct LimitTests {
  @Test(
    "a limit is a metric, an amount and its unit",
    arguments: [
      ("latency=5ms", Limit.latency(.milliseconds(5))),
      ("latency=5 ms", .latency(.milliseconds(5))),
      ("latency=0.25", .latency(Seconds(0.25))),
      ("energy=20mJ", .energy(.millijoules(20))),
      ("energy=3uJ", .energy(Joules(3e-6))),
      ("memory=8GB", .memory(.gigabytes(8))),
      ("memory=1GiB", .memory(.gibibytes(1))),
      ("edp=2mJs", .edp(JouleSeconds(2e-3))),
      ("edp=2 mJ·s", .edp(JouleSeconds(2e-3))),
    ])
  func parses(text: String, limit: Limit) throws {
    let parsed = try Limit(parsing: text)
    #expect(parsed.metric == limit.metric)
    #expect(abs(parsed.value / limit.value - 1) < 1e-12)
  }

  @Test(
    "what is no limit is refused with what is allowed",
    arguments: [
      ("latncy=5ms", "no metric 'latncy'. Did you mean 'latency'?"),
      ("power=5W", "Metrics are latency, energy, memory, edp."),
      ("5ms", "write metric=value unit, as latency=5ms"),
      ("", "write metric=value unit"),
      ("latency", "'latency' has no value; write latency=5ms"),
      ("energy=", "'energy' has no value; write energy=20mJ"),
      ("memory= ", "'memory' has no value; write memory=8GB"),
      ("latency=fast", "'fast' is not an amount of latency; write latency=5ms"),
      (
        "latency=5J", "'J' is a unit of energy in '5J'; latency is in ns, us, µs, ms, s, min, h, d."
      ),
      ("energy=5ms", "'ms' is a unit of latency"),
      ("energy=5 mJs", "'mJs' is a unit of edp"),
      ("memory=5 tons", "there is no unit 'tons'"),
      ("latency=0ms", "finite amount above 0"), ("energy=-1J", "finite amount above 0"),
      ("latency=inf", "not an amount"), ("latency=nan", "not an amount"),
      ("latency=1e999s", "not an amount"),
    ])
  func refuses(text: String, message: String) {
    let error = #expect(throws: LimitError.self) { try Limit(parsing: text) }
    #expect(
      "\(error.map { "\($0)" } ?? "")".contains(message), "\(text): \(String(describing: error))")
  }

  @Test("two limits of one metric contradict each other, of two metrics they do not")
  func repeated() throws {
    let limits = try ["latency=5ms", "energy=1J", "latency=4ms"].map { try Limit(parsing: $0) }
    #expect(try Array(limits.prefix(2)).checked().count == 2)
    let error = #expect(throws: LimitError.self) { try limits.checked() }
    #expect(
      error?.description
        == "two limits of one metric, latency=5.00 ms and latency=4.00 ms; name one latency.")
  }

  @Test("a metric's key carries its unit, and its amounts are written with it") func keys() {
    #expect(
      Metric.allCases.map(\.key) == ["latency_s", "energy_j", "peak_memory_bytes", "edp_j_s"])
    #expect(Metric.edp.text((Joules(0.2) * Seconds(0.01)).value) == "2.00 mJ·s")
  }
}
