import Foundation
import Measurement
import Quantities
import Testing
import Workloads

private let space = NASBench201Space()
private let architecture = Architecture([3, 0, 1, 2, 4, 1])
private let notation = space.notation(of: architecture)

private func run(_ command: String, timeLimit: Seconds = Seconds(20)) throws -> [Seconds] {
  try CommandRunner(command: command, space: space, timeLimit: timeLimit).runs(of: architecture)
}

/// A shell script, and the architecture as its first argument.
private func script(_ text: String, timeLimit: Seconds = Seconds(20)) throws -> [Seconds] {
  try run("sh -c '\(text)' sh {architecture}", timeLimit: timeLimit)
}

private func failure(_ body: () throws -> [Seconds]) -> String? {
  do {
    _ = try body()
    return nil
  } catch { return "\(error)" }
}

@Suite("The runner of other programs")
struct CommandRunnerTests {
  @Test("reads one time from the last line that is not empty")
  func one() throws {
    #expect(try script("echo warming up; echo 0.25; echo") == [Seconds(0.25)])
  }

  @Test("reads several times between white space")
  func several() throws {
    #expect(try script("printf \"1e-3 2e-3\\t3e-3\\n\"") == [1e-3, 2e-3, 3e-3].map { Seconds($0) })
  }

  @Test("gives the program the notation as one argument")
  func argument() throws {
    let file = FileManager.default.temporaryDirectory.appendingPathComponent(
      "perfmodel-\(UUID().uuidString) it's here")
    defer { try? FileManager.default.removeItem(at: file) }
    let text = "printf \"%s\" \"$1\" > \"$2\"; echo $#"
    let runs = try run(
      "sh -c '\(text)' sh --net={architecture} \"\(file.path)\"")
    #expect(runs == [Seconds(2)])
    #expect(try String(contentsOf: file, encoding: .utf8) == "--net=" + notation)
  }

  @Test("says how a program failed and what it said")
  func failing() {
    #expect(
      failure { try script("echo 0.5; echo no such device >&2; exit 3") }
        == "sh: exit code 3. It said: no such device")
    #expect(failure { try script("kill -9 $$") } == "sh: ended by signal 9.")
  }

  @Test("says that a program is not there")
  func missing() {
    #expect(
      failure { try run("no-such-program-anywhere {architecture}") }
        == "no-such-program-anywhere: cannot be started: No such file or directory.")
  }

  @Test(
    "does not take for a time what is none",
    arguments: ["done", "0.1 s", "nan", "inf", "-1", "0", "1,5", "0.1 0.2 x"])
  func garbage(_ line: String) {
    #expect(
      failure { try script("echo 1; echo \"\(line)\"") }
        == "sh: the last line is '\(line)'; it holds run times in seconds, positive numbers between "
        + "spaces.")
  }

  @Test("says that a program wrote nothing")
  func silence() {
    #expect(
      failure { try script("echo; echo hm >&2") }
        == "sh: wrote nothing; its last line holds the run times in seconds. It said: hm")
  }

  @Test("stops a program at the time limit, with everything that it started")
  func hanging() throws {
    let file = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: file) }
    let start = Date()
    let text = failure {
      try script(
        "echo started >&2; sleep 77 & echo $! > \"\(file.path)\"; wait", timeLimit: Seconds(0.5))
    }
    #expect(Date().timeIntervalSince(start) < 3)
    #expect(text == "sh: stopped after the time limit of 500 ms. It said: started")
    try expectGone(file)
  }

  @Test("does not wait for what a finished program left behind, and ends it")
  func leftBehind() throws {
    let file = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: file) }
    let start = Date()
    #expect(try script("sleep 78 & echo $! > \"\(file.path)\"; echo 0.5") == [Seconds(0.5)])
    #expect(Date().timeIntervalSince(start) < 3)
    try expectGone(file)
  }

  /// The process whose number is in `file` is no longer running within two seconds.
  private func expectGone(_ file: URL) throws {
    let text = try String(contentsOf: file, encoding: .utf8)
    let number = try #require(Int32(text.trimmingCharacters(in: .whitespacesAndNewlines)))
    for _ in 0..<100 {
      // Whoever adopted it may take a moment to collect it, or never do so: a zombie is gone.
      let status = try? String(contentsOfFile: "/proc/\(number)/stat", encoding: .utf8)
      if kill(number, 0) != 0 || status?.contains(") Z ") == true { return }
      usleep(20_000)
    }
    Issue.record("process \(number) is still there")
  }

  @Test("leaves no descriptor open and no zombie behind")
  func leaks() throws {
    #if os(Linux)
      _ = try script("echo 1")
      let result = try script("ls /proc/self/fd | wc -l")
      // Standard input, output, error, and the directory that `ls` reads.
      #expect(result == [Seconds(4)])
    #endif
  }

  @Test("stops a program that writes without end")
  func flood() {
    #expect(
      failure { try run("yes {architecture}") } == "yes: stopped after writing more than 64.0 MB.")
  }

  @Test("has no shell: its signs are characters")
  func noShell() throws {
    let template = try CommandTemplate(parsing: "program $(date);`id` {architecture}|x > *.csv")
    #expect(
      template.arguments(for: "A")
        == ["program", "$(date);`id`", "A|x", ">", "*.csv"])
    #expect(
      failure { try run("echo $(echo 1); {architecture}") }?
        .contains("'$(echo 1); |nor_conv_3x3~0|") == true)
  }

  @Test("splits words at spaces outside of quotes")
  func words() throws {
    func words(_ text: String) throws -> [String] {
      try CommandTemplate(parsing: text).arguments
    }
    let place = "{architecture}"
    #expect(try words("a  b\t\(place) ") == ["a", "b", place])
    #expect(try words("a 'b c' \"d e\" \(place)") == ["a", "b c", "d e", place])
    #expect(try words("a b\\ c x'y z'\"w\" \(place)") == ["a", "b c", "xy zw", place])
    #expect(try words("a '' \"\" \(place)") == ["a", "", "", place])
    #expect(try words(#"a "q\"r\\s\n" 'b\c' \"# + place) == ["a", #"q"r\s\n"#, #"b\c"#, place])
    #expect(try words("'my program' '{architecture}'") == ["my program", place])
  }

  @Test("refuses commands that say nothing, do not end or have no place for the architecture")
  func commands() {
    func refuses(_ command: String, _ error: MeasurementError) {
      #expect(throws: error) { try CommandRunner(command: command, space: space) }
    }
    refuses("", .emptyCommand)
    refuses("  ", .emptyCommand)
    refuses("'' {architecture}", .emptyCommand)
    refuses("prog 'x {architecture}", .unfinishedQuote(command: "prog 'x {architecture}"))
    refuses("prog {architecture} \\", .unfinishedQuote(command: "prog {architecture} \\"))
    refuses("prog --net", .missingPlaceholder(command: "prog --net"))
    refuses("{architecture}", .missingPlaceholder(command: "{architecture}"))
    #expect(throws: MeasurementError.notADuration(setting: "time limit", found: .zero)) {
      try CommandRunner(command: "a {architecture}", space: space, timeLimit: .zero)
    }
  }

  @Test("replaces the placeholder inside of arguments and as often as it is there")
  func placeholders() throws {
    let template = try CommandTemplate(
      parsing: "p --a={architecture} {architecture}{architecture} 'x {architecture}'")
    #expect(template.arguments(for: "N") == ["p", "--a=N", "NN", "x N"])
  }
}
