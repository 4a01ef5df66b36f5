import Workloads

/// Reads whatever it is given as an ONNX model and counts what comes out.
@_cdecl("LLVMFuzzerTestOneInput")
public func readONNX(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let bytes = Array(UnsafeBufferPointer(start: start, count: count))
  do throws(WorkloadError) {
    let model = try ONNXModel(bytes: bytes, path: "fuzz.onnx")
    let sizes = Dictionary(
      model.dimensionNames.map { ($0, 3) }, uniquingKeysWith: { first, _ in first })
    let workload = try model.workload(dimensions: sizes)
    precondition(workload.counts().total.matrixMACs >= 0)
  } catch {
    precondition(!error.description.contains { $0.isNewline }, "more than one line")
  }
  return 0
}
