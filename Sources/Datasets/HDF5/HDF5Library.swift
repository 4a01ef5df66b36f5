import CHDF5
import Synchronization

/// The one way into libhdf5: a lock round every call, its printing silenced, its error stack turned
/// into a Swift error and cleared.
enum HDF5Library {
  private static let lock = Mutex<Void>(())

  /// What the library said, innermost last.
  struct Failure: Error {
    let reason: String
  }

  /// Runs `body` alone; a negative result is the library's failure.
  static func call<Result: SignedInteger & Sendable>(
    _ body: () -> Result
  ) throws(Failure) -> Result {
    let outcome: Swift.Result<Result, Failure> = lock.withLock { _ in
      _ = H5Eset_auto2(perfmodel_error_stack(), nil, nil)
      let result = body()
      guard result < 0 else { return .success(result) }
      var frames: [String] = []
      withUnsafeMutablePointer(to: &frames) { frames in
        _ = H5Ewalk2(
          perfmodel_error_stack(), H5E_WALK_UPWARD,
          { _, frame, context in
            if let context, let description = frame?.pointee.desc {
              context.assumingMemoryBound(to: [String].self).pointee.append(
                String(cString: description))
            }
            return 0
          }, frames)
      }
      // An uncleared stack makes the library complain when the process ends.
      _ = H5Eclear2(perfmodel_error_stack())
      return .failure(Failure(reason: frames.first ?? "the HDF5 library refuses"))
    }
    return try outcome.get()
  }

  /// Closes an identifier.
  static func close(_ body: () -> herr_t) {
    lock.withLock { _ in
      _ = body()
      _ = H5Eclear2(perfmodel_error_stack())
    }
  }
}

/// An identifier of libhdf5, closed when it goes out of scope.
struct HDF5Handle: ~Copyable {
  let id: hid_t
  private let closer: @convention(c) (hid_t) -> herr_t

  init(
    closer: @escaping @convention(c) (hid_t) -> herr_t, _ open: () -> hid_t
  ) throws(HDF5Library.Failure) {
    id = try HDF5Library.call(open)
    self.closer = closer
  }

  deinit {
    let (id, closer) = (id, closer)
    HDF5Library.close { closer(id) }
  }
}
