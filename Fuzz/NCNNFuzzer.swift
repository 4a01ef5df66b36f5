import Workloads

/// Reads whatever it is given as a `.param` file, with and without a size for its inputs, and counts
/// what comes out.
@_cdecl("LLVMFuzzerTestOneInput")
public func readNCNN(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let bytes = Array(UnsafeBufferPointer(start: start, count: count))
  for settings in [[:], ["height": 33, "width": 20]] {
    do throws(WorkloadError) {
      let workload = try Workload(ncnn: bytes, file: "fuzz", batch: 3, settings: settings)
      precondition(workload.counts().total.matrixMACs >= 0)
    } catch {
      precondition(!error.description.contains { $0.isNewline }, "more than one line")
    }
  }
  return 0
}
