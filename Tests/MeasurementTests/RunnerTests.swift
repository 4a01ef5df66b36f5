import Mathematics
import Measurement
import Quantities
import Testing
import Workloads

@Suite("The built-in runner", .serialized)
struct RunnerTests {
  let space = NASBench201Space()

  @Test("takes longer for 3×3 convolutions than for 1×1 convolutions, and for these than for skips")
  func moreWork() throws {
    let runner = try BuiltInRunner(
      space: space,
      settings: RunnerSettings(warmUps: 1, repeats: 5, visitTime: .milliseconds(1)))
    func fastest(_ operation: UInt8) throws -> Seconds {
      let runs = try runner.runs(of: Architecture([UInt8](repeating: operation, count: 6)))
      #expect(runs.count >= 5)
      return runs.min()!
    }
    let (skips, small, large) = try (fastest(1), fastest(2), fastest(3))
    #expect(large / small > 1.5)
    #expect(small / skips > 1.2)
  }

  @Test("goes on to the visit's time and to ten times the repeats at most")
  func repeats() throws {
    let macro = try NetworkMacro(channels: [2], resolution: 2, cellsPerStage: 1)
    let runner = try BuiltInRunner(
      space: space, settings: RunnerSettings(repeats: 4, visitTime: Seconds(30)), macro: macro)
    #expect(try runner.runs(of: Architecture([1, 1, 1, 1, 1, 1])).count == 40)
  }

  @Test("refuses settings out of range and spaces that it cannot build")
  func errors() {
    func refuses(_ error: MeasurementError, _ change: (inout RunnerSettings) -> Void) {
      var settings = RunnerSettings()
      change(&settings)
      #expect(throws: error) { try BuiltInRunner(space: space, settings: settings) }
    }
    refuses(.tooSmall(setting: "threads", found: 0, minimum: 1)) { $0.threads = 0 }
    refuses(.tooSmall(setting: "batch", found: -2, minimum: 1)) { $0.batch = -2 }
    refuses(.tooSmall(setting: "repeats", found: 0, minimum: 1)) { $0.repeats = 0 }
    refuses(.tooSmall(setting: "warm-ups", found: -1, minimum: 0)) { $0.warmUps = -1 }
    refuses(.notADuration(setting: "visit time", found: .zero)) { $0.visitTime = .zero }
    refuses(.unknownCore("Z80", available: BLAS.availableCores)) { $0.core = "Z80" }
    #expect(throws: MeasurementError.unsupportedSpace("fbnet")) {
      try BuiltInRunner(space: FBNetSpace())
    }
    #expect(
      MeasurementError.unsupportedSpace("fbnet").description
        == "the built-in runner knows nasbench201, not 'fbnet'; measure with a program of your own "
        + "(--command 'program {architecture}').")
  }
}

@Suite("The host's description")
struct HostTests {
  @Test("reads a processor's name and extensions")
  func reading() {
    let host = HostDescription(
      cpuInformation: """
        processor\t: 0
        model name\t: Processor of a Test
        flags\t\t: fpu sse4_2 fma avx avx2
        processor\t: 1
        model name\t: Another
        """, logicalCores: 2, blas: "B", blasCore: "C", operatingSystem: "S")
    #expect(host.processor == "Processor of a Test")
    #expect(host.instructionSets == ["sse4_2", "avx", "fma", "avx2"])
  }

  @Test("of this machine is filled in")
  func current() {
    let host = HostDescription.current()
    #expect(!host.processor.isEmpty && host.logicalCores > 0 && !host.blas.isEmpty)
    #expect(!host.blasCore.isEmpty && !host.operatingSystem.isEmpty)
  }
}
