import Documents

/// What can be wrong with a device.
public enum DeviceError: Error, Equatable, Sendable {
  /// A file that does not hold what a device is described by.
  case malformed(file: String, place: String, problem: String)
  /// A figure that no such device has, or that contradicts another.
  case implausible(file: String, place: String, found: String, problem: String)
  /// No device of that name, and no file.
  case unknown(name: String, nearest: String?)
  /// A name that several devices share.
  case ambiguous(name: String, candidates: [String])
  /// The catalogue is not beside the program.
  case notInstalled
}

extension DeviceError: DocumentFailure {}

extension DeviceError: CustomStringConvertible {
  /// One line, whatever a file put into its names.
  public var description: String {
    String(text.map { $0.isNewline ? " " : $0 })
  }

  private var text: String {
    switch self {
    case .malformed(let file, let place, let problem):
      "\(file): " + (place.isEmpty ? "" : "'\(place)': ") + Self.sentence(problem)
    case .implausible(let file, let place, let found, let problem):
      "\(file): '\(place)' is \(found); " + Self.sentence(problem)
    case .unknown(let name, let nearest):
      "\(quoted(name)) is neither a file nor a built-in device."
        + (nearest.map { " Did you mean '\($0)'?" } ?? "")
        + " 'perfmodel device list' shows all names."
    case .ambiguous(let name, let candidates):
      "\(quoted(name)) may be any of \(candidates.prefix(8).joined(separator: ", "))"
        + (candidates.count > 8 ? " and \(candidates.count - 8) more" : "") + "; name one."
    case .notInstalled:
      "the catalogue of devices is not beside the program; build it again, or name a file."
    }
  }

  private static func sentence(_ problem: String) -> String {
    problem.hasSuffix(".") || problem.hasSuffix("?") ? problem : problem + "."
  }
}
