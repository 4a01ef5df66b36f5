import Foundation
import Testing

/// Runs the built program as a user does.
struct Program {
  let folder: String

  static let path: String = {
    // The program lies beside the tests' bundle.
    var url = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
    for argument in CommandLine.arguments where argument.contains(".xctest") {
      url = URL(fileURLWithPath: argument)
    }
    while url.path != "/" {
      let candidate = url.deletingLastPathComponent().appendingPathComponent("perfmodel")
      if FileManager.default.isExecutableFile(atPath: candidate.path) { return candidate.path }
      url.deleteLastPathComponent()
    }
    return "perfmodel"
  }()

  init() throws {
    folder = NSTemporaryDirectory() + "/perfmodel-cli-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  }

  func write(_ name: String, _ text: String) throws {
    try text.write(toFile: "\(folder)/\(name)", atomically: true, encoding: .utf8)
  }

  func read(_ name: String) -> String? {
    try? String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8)
  }

  func run(_ arguments: String...) throws -> (code: Int32, output: String, errors: String) {
    try run(arguments)
  }

  func run(_ arguments: some Sequence<String>) throws -> (
    code: Int32, output: String, errors: String
  ) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: Self.path)
    process.arguments = Array(arguments)
    process.currentDirectoryURL = URL(fileURLWithPath: folder)
    let errors = folder + "/.stderr-\(UUID().uuidString)"
    _ = FileManager.default.createFile(atPath: errors, contents: nil)
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle(forWritingAtPath: errors)
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    let text = (try? String(contentsOfFile: errors, encoding: .utf8)) ?? ""
    try? FileManager.default.removeItem(atPath: errors)
    return (process.terminationStatus, String(decoding: data, as: UTF8.self), text)
  }
}

private let cells = [
  "|nor_conv_3x3~0|+|nor_conv_3x3~0|none~1|+|skip_connect~0|none~1|skip_connect~2|",
  "|skip_connect~0|+|none~0|none~1|+|skip_connect~0|none~1|none~2|",
  "|nor_conv_1x1~0|+|nor_conv_1x1~0|none~1|+|skip_connect~0|none~1|nor_conv_1x1~2|",
  "|avg_pool_3x3~0|+|none~0|nor_conv_3x3~1|+|skip_connect~0|none~1|nor_conv_3x3~2|",
]

@Suite("The command line", .serialized) struct CommandTests {
  @Test("the main job runs from end to end") func mainJob() throws {
    let program = try Program()
    #expect(
      try program.run("sample", "--space", "nasbench201", "--count", "5", "--output", "a.csv").code
        == 0)
    #expect(program.read("a.csv")?.split(separator: "\n").count == 6)
    let measured = try program.run(
      "measure", "--space", "nasbench201", "--architectures", "a.csv", "--output", "m.csv",
      "--visit-time", "2ms", "--repeats", "1", "--passes", "2")
    #expect(measured.code == 0, "\(measured.errors)")
    #expect(
      try program.run(
        "adapt", "--predictor", "nasbench201", "--samples", "m.csv", "--output", "p.h5"
      ).code == 0)
    let one = try program.run("predict", "--predictor", "p.h5", "--architecture", cells[0])
    #expect(one.code == 0 && one.output.contains(cells[0]))
    let ranked = try program.run("rank", "--predictor", "p.h5", "--format", "csv")
    #expect(ranked.output.split(separator: "\n").count == 15_626)
    let top = try program.run("rank", "--predictor", "p.h5", "--top", "3", "--format", "json")
    let rows = try #require(
      try JSONSerialization.jsonObject(with: Data(top.output.utf8)) as? [[String: Any]])
    let values = rows.compactMap { ($0["latency_s"] as? [String: Any])?["value"] as? Double }
    #expect(values.count == 3 && values == values.sorted())
  }

  @Test("measure goes on where it stopped") func resume() throws {
    let program = try Program()
    try program.write("a.csv", "architecture\n" + cells.joined(separator: "\n") + "\n")
    func measure(_ passes: String) throws -> (code: Int32, output: String, errors: String) {
      try program.run(
        "measure", "--space", "nasbench201", "--architectures", "a.csv", "--output", "m.csv",
        "--visit-time", "1ms", "--repeats", "1", "--passes", passes)
    }
    #expect(try measure("1").code == 0)
    let first = try #require(program.read("m.csv"))
    #expect(try measure("2").code == 0)
    let second = try #require(program.read("m.csv"))
    // The first pass of every row is still there.
    for (before, after) in zip(first.split(separator: "\n"), second.split(separator: "\n"))
      .dropFirst()
    {
      let runs = before.split(separator: ",", omittingEmptySubsequences: false)[5]
      #expect(after.contains(runs + ";"))
    }
    #expect(try measure("2").code == 0)
    #expect(program.read("m.csv") == second)
    // Other architectures would lose these rows: refused.
    try program.write("a.csv", "architecture\n" + cells[0] + "\n")
    let other = try measure("2")
    #expect(other.code == 2 && other.errors.contains("name another output"))
    #expect(program.read("m.csv") == second)
  }

  @Test("a failing program costs its own row") func command() throws {
    let program = try Program()
    try program.write("a.csv", "architecture\n" + cells.joined(separator: "\n") + "\n")
    try program.write(
      "run.sh", "case \"$1\" in *avg_pool*) echo broken >&2; exit 3;; *) echo 0.25;; esac\n")
    let result = try program.run(
      "measure", "--space", "nasbench201", "--architectures", "a.csv", "--output", "m.csv",
      "--command", "sh run.sh {architecture}", "--passes", "1")
    #expect(result.code == 0)
    #expect(result.errors.contains("broken"))
    let rows = try #require(program.read("m.csv")).split(separator: "\n")
    #expect(rows.count { $0.contains(",0.25,0.25,0.25,1,0.25,") } == 3)
  }

  @Test("bad input is one line, exit code 2, and leaves files as they were") func badInput() throws
  {
    let program = try Program()
    try program.write("old.h5", "precious")
    try program.write("a.csv", "architecture\n\(cells[0])\n\(cells[1])\n")
    try program.write("word.csv", "architecture,latency_s\n\(cells[0]),fast\n")
    try program.write("negative.csv", "architecture,latency_s\n\(cells[0]),-1\n\(cells[1]),1\n")
    try program.write("one.csv", "architecture,latency_s\n\(cells[0]),1\n")
    try program.write("equal.csv", "architecture,latency_s\n\(cells[0]),1\n\(cells[1]),1\n")
    try program.write("twice.csv", "architecture,latency_s\n\(cells[0]),1\n\(cells[0]),2\n")
    try program.write("column.csv", "architecture,time\n\(cells[0]),1\n")
    try program.write(
      "operation.csv",
      "architecture,latency_s\n\(cells[0].replacing("nor_conv_3x3", with: "nor_conv_3x4")),1\n")
    for (file, part) in [
      ("none.csv", "there is no such file"), ("word.csv", "'fast'"), ("negative.csv", "-1"),
      ("one.csv", "at least 2"), ("equal.csv", "same latency"), ("twice.csv", "stands once"),
      ("column.csv", "no column 'latency_s'"), ("operation.csv", "Did you mean 'nor_conv_3x3'"),
    ] {
      let result = try program.run(
        "adapt", "--predictor", "nasbench201", "--samples", file, "--output", "old.h5")
      #expect(result.code == 2, "\(file): \(result.errors)")
      #expect(result.errors.contains(part), "\(file): \(result.errors)")
      #expect(result.errors.split(separator: "\n").count == 1)
      #expect(result.output.isEmpty)
      #expect(program.read("old.h5") == "precious")
    }
    for arguments in [
      ["sample", "--space", "nasbench202", "--count", "3", "--output", "x.csv"],
      ["sample", "--space", "nasbench201", "--count", "0", "--output", "x.csv"],
      ["sample", "--space", "nasbench201", "--count", "3", "--output", "none/x.csv"],
      ["rank", "--predictor", "nasbench201"], ["rank", "--predictor", "old.h5"],
      ["dataset", "info", "old.h5"], ["dataset", "info", "none.h5"], ["frobnicate"],
      ["rank", "--predictor", "old.h5", "--limit", "latency=fast"],
    ] {
      let process = try program.run(arguments)
      #expect(process.code == 2, "\(arguments): \(process.errors)")
      #expect(process.errors.split(separator: "\n").count == 1, "\(arguments): \(process.errors)")
    }
    #expect(program.read("x.csv") == nil)
  }

  @Test("a full disk leaves the old file as it was, and nothing else") func fullDisk() throws {
    let program = try Program()
    try program.write("old.csv", "precious")
    // A limit on the size of files fails a write as a full disk does.
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = [
      "-c",
      "trap '' XFSZ; ulimit -f 8; exec '\(Program.path)' sample --space nasbench201 "
        + "--method random --count 5000 --output old.csv 2>errors.txt",
    ]
    process.currentDirectoryURL = URL(fileURLWithPath: program.folder)
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 2)
    #expect(program.read("old.csv") == "precious")
    #expect(program.read("errors.txt")?.contains("old.csv: cannot be written: ") == true)
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: program.folder).sorted()
        == ["errors.txt", "old.csv"])
  }

  @Test("evaluate gives the same from HDF5 and from the CSV pair") func sameFromBoth() throws {
    let program = try Program()
    let datasets = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("datasets")
    let table = datasets.appendingPathComponent("host-nasbench201.h5").path
    #expect(
      try program.run(
        "dataset", "export", table, "--architectures", "a.csv.gz", "--latency", "l_s.csv.gz"
      ).code == 0)
    let split = [
      "--protocol", datasets.appendingPathComponent("host-leave-one-out.json").path, "--seeds", "1",
      "--format", "csv",
    ]
    let start = ["evaluate", "--space", "nasbench201"]
    let fromHDF5 = try program.run(start + ["--dataset", table] + split)
    let fromCSV = try program.run(
      start + ["--architectures", "a.csv.gz", "--latency", "l_s.csv.gz"] + split)
    #expect(fromHDF5.code == 0 && fromHDF5.output.split(separator: "\n").count == 1 + 5 * 13)
    #expect(fromHDF5.output == fromCSV.output)
  }

  @Test("help teaches with examples, and the version is told") func help() throws {
    let program = try Program()
    for command in [
      "sample", "measure", "adapt", "predict", "rank", "score", "train", "evaluate", "dataset",
      "timing",
    ] {
      let help = try program.run(command, "--help")
      #expect(help.code == 0)
      #expect(help.output.contains("perfmodel \(command)"), "\(command)")
    }
    #expect(try program.run("--version").output == "0.1.0\n")
  }
}
