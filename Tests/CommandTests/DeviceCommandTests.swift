import Foundation
import Testing

@Suite("perfmodel device") struct DeviceCommandTests {
  @Test("list is a tidy table, filtered by class and vendor") func list() throws {
    let program = try Program()
    let all = try program.run("device", "list")
    #expect(all.code == 0 && all.output.split(separator: "\n").count >= 185)
    let some = try program.run("device", "list", "--class", "npu", "--vendor", "intel")
    #expect(
      some.output == """
        name      class  year              matrix            vector  memory  bandwidth     TDP
        ────────  ─────  ────  ──────────────────  ────────────────  ──────  ─────────  ──────
        Gaudi2    npu    2022   ~432 TFLOP/s fp16  ~14 TFLOP/s fp32   96 GB  2.45 TB/s   600 W
        Gaudi3    npu    2024  ~1.83 PFLOP/s fp16  ~14 TFLOP/s fp32  128 GB   3.7 TB/s   900 W
        Myriad-X  npu    2017     ~1 TFLOP/s int8                    500 MB             ~1.5 W

        """)
  }

  @Test("list for programs has units in its keys and columns") func listFormats() throws {
    let program = try Program()
    let csv = try program.run("device", "list", "--class", "gpu", "--format", "csv")
    let lines = csv.output.split(separator: "\n")
    #expect(
      lines[0]
        == "name,vendor,class,release_year,matrix_type,matrix_flop_per_s,vector_type,"
        + "vector_flop_per_s,capacity_bytes,bandwidth_b_per_s,tdp_w")
    #expect(
      lines.contains(
        "A100-SXM-80GB,NVIDIA,gpu,2020,fp16,312000000000000.0,fp32,19500000000000.0,"
          + "80000000000.0,2039000000000.0,400.0"))
    let json = try program.run("device", "list", "--vendor", "nvidia", "--format", "json")
    let rows = try #require(
      try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [[String: Any]])
    #expect(rows.allSatisfy { $0["vendor"] as? String == "NVIDIA" })
    #expect(rows.first { $0["name"] as? String == "T4" }?["tdp_w"] as? Double == 70)
  }

  @Test("show has every figure with its unit, confidence and source") func show() throws {
    let result = try Program().run("device", "show", "h800 pcie")
    #expect(result.code == 0)
    #expect(
      result.output.hasPrefix(
        """
        H800-PCIe

        also called         H800-PCIe-80GB
        vendor              NVIDIA
        class               gpu
        architecture        Hopper
        released            2023

        figure                                    value  ridge point  confidence  source
        ────────────────────────────────  ─────────────  ───────────  ──────────  ──────────────────────────────────
        process                                    4 nm               data sheet
        compute units                            114 SM               data sheet
        clock, base                           1.095 GHz               uncertain
        clock, boost                          1.755 GHz               data sheet
        fp64 vector                         800 GFLOP/s   0.4 FLOP/B  uncertain
        fp32 vector                          51 TFLOP/s  25.5 FLOP/B  data sheet

        """))
    for line in [
      "fp16 matrix, fp32 sums              756 TFLOP/s   378 FLOP/B  data sheet",
      "fp16 matrix, fp32 sums, achieved    660 TFLOP/s               uncertain   "
        + "dense wgmma instructions, recalled",
      "L1/shared, capacity                256 KiB each               data sheet",
      "DRAM HBM2e, bandwidth                    2 TB/s               data sheet",
      "PCIe5x16, both directions              128 GB/s               data sheet",
      "source, where a figure names none of its own: vendor data sheet",
    ] {
      #expect(result.output.contains(line), "\(line)")
    }
  }

  @Test("a user's own device begins with that of another") func template() throws {
    let program = try Program()
    let text = try program.run("device", "show", "RTX-3090", "--format", "json").output
    #expect(text.contains(#"  "tdp_w": 350,"#))
    try program.write("mine.json", text)
    let sound = try program.run("device", "validate", "mine.json")
    #expect(sound.code == 0 && sound.errors.isEmpty)
    #expect(sound.output == "mine.json: sound, RTX-3090 (gpu), 10 rates, 3 levels of memory\n")
    #expect(try program.run("device", "show", "mine.json", "--format", "json").output == text)
    let line = try program.run("device", "show", "mine.json", "--format", "line").output
    #expect(line.hasPrefix(#"{"name":"RTX-3090","aliases":["GeForce RTX 3090"],"#))
    #expect(line.split(separator: "\n").count == 1)
  }

  @Test("validate remarks on what is missing, and refuses what is wrong") func validate() throws {
    let program = try Program()
    try program.write("few.json", #"{"name": "few", "class": "npu", "tdp_w": 5}"#)
    try program.write(
      "mine.json",
      """
      {"name": "mine", "class": "gpu",
       "memory": [{"level": "L2"}, {"level": "DRAM", "bandwidth_b_per_s": 936}]}
      """)
    let few = try program.run("device", "validate", "few.json")
    #expect(few.code == 0)
    #expect(few.output == "few.json: sound, few (npu), 0 rates, 0 levels of memory\n")
    #expect(
      few.errors == """
        perfmodel: few.json: 'peaks' is empty: times can be predicted only after calibration
        perfmodel: few.json: 'memory' is empty: traffic costs nothing until it is calibrated
        perfmodel: few.json: 'source' is missing: nobody can check where the figures are from

        """)
    let both = try program.run("device", "validate", "mine.json", "none.json", "few.json")
    #expect(both.code == 2 && both.output == few.output)
    #expect(
      both.errors.hasPrefix(
        """
        perfmodel: mine.json: 'memory[1].bandwidth_b_per_s' is 936; 936 B/s is not plausible for the \
        main memory of a gpu (1 GB/s to 100 TB/s). For 936 GB/s write 9.36e11.
        perfmodel: none.json: there is no such file.

        """))
  }

  @Test(
    "what cannot be shown is one line and exit code 2",
    arguments: [
      (["show", "A100"], "may be any of A100-SXM-40GB, A100-PCIe-40GB"),
      (["show", "RTX-3091"], "Did you mean 'RTX-3090'?"),
      (["show", "none.json"], "none.json: there is no such file."),
      (["show", "T4", "--format", "csv"], "'csv' is invalid for '--format <format>'"),
      (["list", "--class", "gpuu"], "'gpuu' is invalid for '--class <class>'"),
      (["list", "--vendor", "Nvidea"], "Did you mean 'NVIDIA'?"),
      (["validate"], "Missing expected argument '<files>"),
    ])
  func errors(arguments: [String], message: String) throws {
    let result = try Program().run(["device"] + arguments)
    #expect(result.code == 2)
    #expect(result.output.isEmpty)
    #expect(result.errors.contains(message), "\(result.errors)")
    #expect(result.errors.split(separator: "\n").count == 1)
  }

  @Test("help teaches with examples", arguments: [[], ["list"], ["show"], ["validate"]])
  func help(command: [String]) throws {
    let help = try Program().run(["device"] + command + ["--help"])
    #expect(help.code == 0)
    #expect(help.output.contains((["  perfmodel device"] + command).joined(separator: " ")))
  }
}
