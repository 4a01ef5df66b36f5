import Devices

/// Reads whatever it is given as a device, and what is written of it once more.
@_cdecl("LLVMFuzzerTestOneInput")
public func readDevice(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let bytes = Array(UnsafeBufferPointer(start: start, count: count))
  do throws(DeviceError) {
    let device = try Device(json: bytes, file: "fuzz")
    let remarks =
      device.remarks + device.peaks.map { "\(String(describing: device.ridgePoint(of: $0)))" }
    precondition(!remarks.contains { $0.contains { $0.isNewline } }, "more than one line")
    for text in [device.json, device.jsonLine] {
      let again = try? Device(json: Array(text.utf8), file: "fuzz")
      precondition(again == device, "what is written is another device")
    }
  } catch {
    precondition(!error.description.contains { $0.isNewline }, "more than one line")
  }
  return 0
}
