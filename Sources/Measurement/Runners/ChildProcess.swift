import Foundation
import Quantities

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A program that runs in a process group of its own, under a time limit.
///
/// Its output goes to files, not pipes: a grandchild that keeps a descriptor open can then hold
/// nobody up. When the program ends, by itself or not, whatever is left of its group is killed, so
/// that it cannot disturb the next measurement; only a process that left the group survives.
enum ChildProcess {
  enum Ending: Equatable {
    case exit(Int)
    case signal(Int)
    case timeLimit
    case tooMuchOutput
  }

  struct Result {
    var ending: Ending
    /// The end of the standard output.
    var output: String
    /// The end of the standard error.
    var errors: String
  }

  /// What a program may write to standard output or standard error.
  static let outputLimit = Bytes.megabytes(64)
  /// How much of it is read, from the end.
  private static let tailBytes = 1 << 20

  /// Runs `arguments`, the first of them found on the `PATH`.
  static func run(
    _ arguments: [String], timeLimit: Seconds
  ) throws(MeasurementError) -> Result {
    let output = try temporaryFile()
    defer { close(output) }
    let errors = try temporaryFile()
    defer { close(errors) }
    let start = DispatchTime.now().uptimeNanoseconds
    let child = try spawn(arguments, output: output, errors: errors)
    var stopped: Ending?
    var pause: UInt32 = 500  // microseconds
    while !hasEnded(child) {
      let elapsed = Double(DispatchTime.now().uptimeNanoseconds - start) * 1e-9
      if elapsed > timeLimit.value { stopped = .timeLimit }
      if max(size(output), size(errors)) > Int(outputLimit.value) { stopped = .tooMuchOutput }
      if stopped != nil { break }
      usleep(pause)
      pause = min(pause * 2, 20_000)
    }
    // The child is not reaped yet, so its number cannot be another group's.
    kill(-child, SIGKILL)
    let ending = reap(child)
    return Result(ending: stopped ?? ending, output: tail(output), errors: tail(errors))
  }

  // MARK: - Starting

  private static func spawn(
    _ arguments: [String], output: Int32, errors: Int32
  ) throws(MeasurementError) -> pid_t {
    #if canImport(Darwin)
      var actions: posix_spawn_file_actions_t?
      var attributes: posix_spawnattr_t?
      let closing = Int32(POSIX_SPAWN_CLOEXEC_DEFAULT)
    #else
      var actions = posix_spawn_file_actions_t()
      var attributes = posix_spawnattr_t()
      let closing: Int32 = 0
    #endif
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, output, 1)
    posix_spawn_file_actions_adddup2(&actions, errors, 2)
    // The caller's files are none of the program's business. Closing one that another thread has
    // closed meanwhile is no error.
    let open = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
    for descriptor in open.compactMap({ Int32($0) }) where descriptor > 2 && closing == 0 {
      posix_spawn_file_actions_addclose(&actions, descriptor)
    }
    var signals = sigset_t()
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    for signal in [SIGINT, SIGTERM, SIGPIPE, SIGCHLD] { sigaddset(&signals, signal) }
    posix_spawnattr_setsigdefault(&attributes, &signals)
    posix_spawnattr_setpgroup(&attributes, 0)
    let flags =
      Int32(POSIX_SPAWN_SETPGROUP) | Int32(POSIX_SPAWN_SETSIGMASK)
      | Int32(POSIX_SPAWN_SETSIGDEF) | closing
    posix_spawnattr_setflags(&attributes, Int16(flags))

    var child: pid_t = 0
    var words: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) }
    defer { for word in words { free(word) } }
    words.append(nil)
    let code = posix_spawnp(&child, arguments[0], &actions, &attributes, words, environ)
    guard code == 0 else {
      throw .cannotStart(program: arguments[0], reason: String(cString: strerror(code)))
    }
    return child
  }

  /// A file that has no name any more: it goes when its descriptors go, whatever happens to us.
  private static func temporaryFile() throws(MeasurementError) -> Int32 {
    let directory = NSTemporaryDirectory()
    var path = Array((directory + "/perfmodel-XXXXXX").utf8CString)
    let descriptor = mkstemp(&path)
    guard descriptor >= 0 else {
      throw .noTemporaryFile(directory: directory, reason: String(cString: strerror(errno)))
    }
    unlink(path)
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    return descriptor
  }

  // MARK: - Waiting

  /// Whether the child has ended; it stays a zombie, and its process group its own.
  private static func hasEnded(_ child: pid_t) -> Bool {
    var info = siginfo_t()
    let result = waitid(P_PID, id_t(child), &info, WEXITED | WNOHANG | WNOWAIT)
    if result != 0 { return errno != EINTR }
    return info.si_signo != 0
  }

  private static func reap(_ child: pid_t) -> Ending {
    var status: Int32 = 0
    while waitpid(child, &status, 0) < 0 {
      // Somebody else has reaped it; its output decides.
      if errno != EINTR { return .exit(0) }
    }
    let signal = status & 0x7f
    return signal == 0 ? .exit(Int((status >> 8) & 0xff)) : .signal(Int(signal))
  }

  // MARK: - Files

  private static func size(_ descriptor: Int32) -> Int {
    var information = stat()
    return fstat(descriptor, &information) == 0 ? Int(information.st_size) : 0
  }

  private static func tail(_ descriptor: Int32) -> String {
    let end = size(descriptor)
    let start = max(0, end - tailBytes)
    var bytes = [UInt8](repeating: 0, count: end - start)
    var filled = 0
    while filled < bytes.count {
      let count = bytes.withUnsafeMutableBytes {
        pread(descriptor, $0.baseAddress! + filled, $0.count - filled, off_t(start + filled))
      }
      if count <= 0 { break }
      filled += count
    }
    return String(decoding: bytes.prefix(filled), as: UTF8.self)
  }
}
