import Devices
import Testing

@Suite("A wrong device says where and what") struct DeviceErrorTests {
  static func problem(_ text: String) -> String {
    do throws(DeviceError) {
      _ = try Device(json: Array(text.utf8), file: "mine.json")
      return ""
    } catch {
      return "\(error)"
    }
  }

  /// A GPU with these members.
  private static func device(_ members: String) -> String {
    #"{"name": "x", "class": "gpu", "# + members + "}"
  }

  private static func memory(_ level: String) -> String {
    device(#""memory": [{"level": "L2", "capacity_bytes": 6291456}, "# + level + "]")
  }

  private static func peak(_ members: String) -> String {
    device(#""peaks": [{"type": "fp32", "unit": "vector", "# + members + "}]")
  }

  // MARK: - Keys

  static let keys: [(String, String)] = [
    (#"{"class": "gpu"}"#, "mine.json: 'name' is missing."),
    (#"{"nmae": "x", "class": "gpu"}"#, "mine.json: 'name' is missing (there is 'nmae')."),
    (#"{"name": "x"}"#, "mine.json: 'class' is missing."),
    (
      #"{"name": "x", "class": "gpuu"}"#,
      "mine.json: 'class': 'gpuu' is none of gpu, npu, cpu, mobile, board, fpga, mcu; "
        + "did you mean 'gpu'?"
    ),
    (
      #"{"name": " ", "class": "gpu"}"#,
      "mine.json: 'name': a name has 1 to 200 characters on one line, not ' '."
    ),
    (
      #"{"name": "a\u001b[31m\nb", "class": "gpu"}"#,
      "mine.json: 'name': a name has 1 to 200 characters on one line, not 'a [31m b'."
    ),
    (device(#""tdp": 5"#), "mine.json: there is no key 'tdp' here; did you mean 'tdp_w'?"),
    (
      memory(#"{"level": "DRAM", "bandwidth_gb_per_s": 936}"#),
      "mine.json: 'memory[1]': there is no key 'bandwidth_gb_per_s' here; "
        + "did you mean 'bandwidth_b_per_s'?"
    ),
    (
      peak(#""dense_flop_per_s": null"#),
      "mine.json: 'peaks[0].dense_flop_per_s': null stands for no figure; leave the key out where "
        + "it is unknown."
    ),
    (
      peak(#""dense_flop_per_s": "fast""#),
      "mine.json: 'peaks[0].dense_flop_per_s': a number is expected, not a text."
    ),
    (
      peak(#""dense_flop_per_s": {"value": 1e13, "confidence": "sure"}"#),
      "mine.json: 'peaks[0].dense_flop_per_s.confidence': 'sure' is none of data sheet, measured, "
        + "fitted, uncertain."
    ),
    (
      peak(#""dense_flop_per_s": {"confidence": "measured"}"#),
      "mine.json: 'peaks[0].dense_flop_per_s': 'value' is missing."
    ),
    (
      device(#""peaks": [{"type": "fp12", "unit": "vector"}]"#),
      "mine.json: 'peaks[0].type': 'fp12' is none of fp64, fp32, tf32, fp16, bf16, fp8, fp4, int8, "
        + "int4; did you mean 'fp32'?"
    ),
    (
      device(#""compute_units": {"kind": "SM", "count": 8.5}"#),
      "mine.json: 'compute_units.count': 8.5 is not a whole number between 1 and 100000000."
    ),
    (device(#""memory": {}"#), "mine.json: 'memory': a list is expected, not an object."),
    ("[]", "mine.json: an object is expected, not a list."),
    (
      #"{"name": "x" "class": "gpu"}"#,
      "mine.json: this is not JSON: line 1, column 14: ',' or '}' is expected, not '\"'."
    ),
  ]

  @Test("keys and kinds of values", arguments: keys)
  func wrongKeys(text: String, message: String) {
    #expect(Self.problem(text) == message)
  }

  // MARK: - Units

  static let units: [(String, String)] = [
    (
      memory(#"{"level": "DRAM", "bandwidth_b_per_s": 936}"#),
      "mine.json: 'memory[1].bandwidth_b_per_s' is 936; 936 B/s is not plausible for the main "
        + "memory of a gpu (1 GB/s to 100 TB/s). For 936 GB/s write 9.36e11."
    ),
    (
      memory(#"{"level": "DRAM", "bandwidth_b_per_s": 3.35}"#),
      "mine.json: 'memory[1].bandwidth_b_per_s' is 3.35; 3.35 B/s is not plausible for the main "
        + "memory of a gpu (1 GB/s to 100 TB/s). For 3.35 TB/s write 3.35e12."
    ),
    (
      memory(#"{"level": "DRAM", "capacity_bytes": 24}"#),
      "mine.json: 'memory[1].capacity_bytes' is 24; 24 B is not plausible for the main memory of a "
        + "gpu (10 MB to 100 TB). For 24 GB write 2.4e10."
    ),
    (
      memory(#"{"level": "DRAM", "capacity_bytes": 24576}"#),
      "mine.json: 'memory[1].capacity_bytes' is 24576; 24.6 kB is not plausible for the main memory "
        + "of a gpu (10 MB to 100 TB). For 24576 MiB write 25769803776."
    ),
    (
      device(#""memory": [{"level": "L2", "capacity_bytes": 6}, {"level": "DRAM"}]"#),
      "mine.json: 'memory[0].capacity_bytes' is 6; 6 B is not plausible for a cache of a gpu "
        + "(131 kB to 100 GB). For 6 MiB write 6291456."
    ),
    (
      device(
        #""memory": [{"level": "L1", "scope": "compute unit", "capacity_bytes": 128}, {"level": "D"}]"#
      ),
      "mine.json: 'memory[0].capacity_bytes' is 128; 128 B is not plausible for a level inside a "
        + "gpu (512 B to 1 GB). For 128 KiB write 131072."
    ),
    (
      peak(#""dense_flop_per_s": 35.58"#),
      "mine.json: 'peaks[0].dense_flop_per_s' is 35.58; 35.6 FLOP/s is not plausible for a rate of a "
        + "gpu (1 GFLOP/s to 1 EFLOP/s). For 35.58 TFLOP/s write 3.558e13."
    ),
    (
      peak(#""dense_flop_per_s": 35580"#),
      "mine.json: 'peaks[0].dense_flop_per_s' is 35580; 35.6 kFLOP/s is not plausible for a rate of "
        + "a gpu (1 GFLOP/s to 1 EFLOP/s). For 35580 GFLOP/s write 3.558e13."
    ),
    (
      device(#""clock_hz": {"boost": 1695}"#),
      "mine.json: 'clock_hz.boost' is 1695; 1.7 kHz is not plausible for the clock of a gpu (1 MHz "
        + "to 20 GHz). For 1695 MHz write 1.695e9."
    ),
    (
      device(#""launch_overhead_s": 4"#),
      "mine.json: 'launch_overhead_s' is 4; 4 s is not plausible for the launch overhead of a gpu "
        + "(1 ns to 100 ms). For 4 µs write 4e-6."
    ),
    (
      device(#""links": [{"kind": "NVLink4", "bidirectional_b_per_s": 900}]"#),
      "mine.json: 'links[0].bidirectional_b_per_s' is 900; 900 B/s is not plausible for a link of a "
        + "gpu (100 kB/s to 1 PB/s). For 900 GB/s write 9e11."
    ),
    (
      device(#""tdp_w": 0.35"#),
      "mine.json: 'tdp_w' is 0.35; 350 mW is not plausible for the design power of a gpu (2 W to "
        + "20 kW). For 0.35 kW write 350."
    ),
    (
      #"{"name": "x", "class": "mcu", "tdp_w": 40}"#,
      "mine.json: 'tdp_w' is 40; 40 W is not plausible for the design power of an mcu (10 µW to "
        + "20 W). For 40 mW write 0.04."
    ),
    (
      peak(#""energy_j_per_flop": 0.5"#),
      "mine.json: 'peaks[0].energy_j_per_flop' is 0.5; 500 mJ/FLOP is not plausible for an "
        + "operation of a gpu (0.01 fJ/FLOP to 1 µJ/FLOP). For 0.5 pJ/FLOP write 5e-13."
    ),
    (
      memory(#"{"level": "DRAM", "bandwidth_b_per_s": -1}"#),
      "mine.json: 'memory[1].bandwidth_b_per_s' is -1; a bandwidth is positive. Leave the key out "
        + "where it is unknown."
    ),
    (
      peak(#""dense_flop_per_s": 0"#),
      "mine.json: 'peaks[0].dense_flop_per_s' is 0; a rate is positive. Leave the key out where it "
        + "is unknown."
    ),
  ]

  @Test("a unit that cannot be meant is named, with the number to write", arguments: units)
  func wrongUnits(text: String, message: String) {
    #expect(Self.problem(text) == message)
  }

  // MARK: - Contradictions

  static let contradictions: [(String, String)] = [
    (
      peak(#""dense_flop_per_s": 2e13, "sparse_flop_per_s": 1e13"#),
      "mine.json: 'peaks[0].sparse_flop_per_s' is 1e13; it is below the dense rate, 2e13: are they "
        + "swapped?"
    ),
    (
      peak(#""dense_flop_per_s": 2e13, "achieved_flop_per_s": 2.1e13"#),
      "mine.json: 'peaks[0].achieved_flop_per_s' is 2.1e13; nothing runs above its peak, here 2e13. "
        + "If the peak is not sure, write \"dense_flop_per_s\": {\"value\": 2e13, "
        + "\"confidence\": \"uncertain\"}."
    ),
    (
      memory(#"{"level": "DRAM", "bandwidth_b_per_s": 1e12, "achieved_b_per_s": 1.1e12}"#),
      "mine.json: 'memory[1].achieved_b_per_s' is 1.1e12; nothing runs above its peak, here 1e12. If "
        + "the peak is not sure, write \"bandwidth_b_per_s\": {\"value\": 1e12, "
        + "\"confidence\": \"uncertain\"}."
    ),
    (
      device(#""peaks": [{"type": "fp16", "unit": "matrix", "accumulate": "int32"}]"#),
      "mine.json: 'peaks[0].accumulate' is int32; products of fp16 are summed in fp16 or fp32."
    ),
    (
      device(
        #""peaks": [{"type": "fp16", "unit": "matrix"}, {"type": "fp16", "unit": "matrix"}]"#),
      "mine.json: 'peaks[1]' is fp16 matrix; so is 'peaks[0]', and a rate stands once."
    ),
    (
      memory(#"{"level": "L2"}"#),
      "mine.json: 'memory[1].level' is 'L2'; so is 'memory[0].level', and a level stands once."
    ),
    (
      device(
        #""memory": [{"level": "DRAM", "capacity_bytes": 2.4e10}, "#
          + #"{"level": "L2", "capacity_bytes": 2e8}]"#),
      "mine.json: 'memory[0].capacity_bytes' is 2.4e10; that is more than the main memory's 2e8. "
        + "Levels stand innermost first, the main memory last."
    ),
    (
      device(
        #""memory": [{"level": "L2", "bandwidth_b_per_s": 5e11}, "#
          + #"{"level": "DRAM", "bandwidth_b_per_s": 9e11}]"#),
      "mine.json: 'memory[0].bandwidth_b_per_s' is 5e11; that is below the main memory's 9e11, which "
        + "lies behind it."
    ),
    (
      device(#""clock_hz": {"base": 1.7e9, "boost": 1.4e9}"#),
      "mine.json: 'clock_hz.boost' is 1.4e9; it is below 'clock_hz.base', 1.7e9."
    ),
    (
      device(#""tdp_w": 350, "idle_w": 400"#),
      "mine.json: 'idle_w' is 400; that is above what the device may draw at all, 350."
    ),
    (
      device(#""power_limits_w": {"lowest": 300, "highest": 200}"#),
      "mine.json: 'power_limits_w.lowest' is 300; it is above the highest, 200."
    ),
  ]

  @Test("figures that contradict each other are refused", arguments: contradictions)
  func refused(text: String, message: String) {
    #expect(Self.problem(text) == message)
  }

  @Test("an achieved rate above an uncertain peak is no error") func uncertainPeak() throws {
    let text = Self.peak(
      #""dense_flop_per_s": {"value": 2e13, "confidence": "uncertain"}, "achieved_flop_per_s": 3e13"#
    )
    #expect(Self.problem(text) == "")
  }

  @Test(
    "hostile texts end quickly, with one line",
    arguments: [
      "", "{", "\u{0}", #"{"name": 1e999}"#, String(repeating: "[", count: 1_000_000),
      #"{"name": "x", "class": "gpu", "peaks": ["# + String(repeating: "{},", count: 200_000)
        + "{}]}",
      String(repeating: " ", count: (16 << 20) + 1),
      #"{"name": "x", "class": "gpu", "a\u001b[31m\nb": 1}"#,
    ])
  func hostile(text: String) {
    let start = ContinuousClock.now
    let problem = Self.problem(text)
    #expect(problem.hasPrefix("mine.json: "))
    #expect(!problem.contains { $0.isNewline || $0 == "\u{1b}" } && problem.count < 400)
    #expect(start.duration(to: .now) < .seconds(10))
  }

  @Test("files that are not there and folders are refused") func files() {
    #expect {
      try Device(json: "/nonexistent.json")
    } throws: { "\($0)" == "/nonexistent.json: there is no such file." }
    #expect {
      try Device(json: "/tmp")
    } throws: { "\($0)" == "/tmp: this is a folder, not a file." }
  }
}
