import Workloads

/// Reads whatever it is given as a JSON description and counts what comes out.
@_cdecl("LLVMFuzzerTestOneInput")
public func readJSON(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let bytes = Array(UnsafeBufferPointer(start: start, count: count))
  do throws(WorkloadError) {
    let workload = try Workload(json: bytes, file: "fuzz")
    precondition(workload.counts().total.matrixMACs >= 0)
  } catch {
    precondition(!error.description.contains { $0.isNewline }, "more than one line")
  }
  return 0
}
