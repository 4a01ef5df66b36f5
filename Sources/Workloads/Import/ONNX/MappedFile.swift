#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The bytes of a file, of which only the pages that are touched come into memory.
final class MappedFile {
  let bytes: UnsafeRawBufferPointer

  init(path: String) throws(WorkloadError) {
    func failure(_ problem: String) -> WorkloadError {
      .malformed(file: path, place: "", problem: problem)
    }
    // Without O_NONBLOCK the opening of a pipe would wait for a writer.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      throw failure("cannot be opened: \(String(cString: strerror(errno)))")
    }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw failure("is not a file")
    }
    let size = Int(status.st_size)
    guard size > 0 else { throw failure("is empty") }
    guard let base = mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0), base != MAP_FAILED
    else { throw failure("cannot be read: \(String(cString: strerror(errno)))") }
    // Most of what lies between two pages that are read is never touched.
    madvise(base, size, MADV_RANDOM)
    bytes = UnsafeRawBufferPointer(start: base, count: size)
  }

  deinit {
    munmap(UnsafeMutableRawPointer(mutating: bytes.baseAddress), bytes.count)
  }
}
