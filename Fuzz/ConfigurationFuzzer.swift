import Foundation
import Workloads
import Zoo

/// Reads whatever it is given as a `config.json` and counts what comes out.
@_cdecl("LLVMFuzzerTestOneInput")
public func readConfiguration(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let bytes = Data(UnsafeBufferPointer(start: start, count: count))
  do throws(WorkloadError) {
    let model = try LanguageRegistry.model(configuration: bytes, path: "config.json", name: "fuzz")
    for phase in [LanguagePhase.prefill(tokens: 7), .decode(context: 9), .training(tokens: 5)] {
      if model.isEncoder, case .decode = phase { continue }
      let workload = try model.workload(phase, batch: 2)
      precondition(workload.counts().total.matrixMACs >= 0)
    }
  } catch {
    precondition(!error.description.contains { $0.isNewline }, "more than one line")
  }
  return 0
}
