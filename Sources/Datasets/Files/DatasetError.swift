/// What can be wrong with a file, a table or its numbers.
public enum DatasetError: Error, Equatable, CustomStringConvertible {
  case unreadable(path: String, reason: String)
  case unwritable(path: String, reason: String)
  case corrupt(path: String, reason: String)
  case wrongSchema(path: String, found: String, expected: String)
  case missing(path: String, key: String)
  case invalid(path: String, key: String, found: String, allowed: String)
  case missingColumn(path: String, column: String, columns: [String], nearest: String?)
  case row(path: String, line: Int, column: String, found: String, allowed: String)
  case unknownDevice(path: String, device: String, devices: [String], nearest: String?)
  case unknownUnit(path: String, found: String?)

  public var description: String {
    switch self {
    case .unreadable(let path, let reason): "\(path): cannot be read: \(reason)."
    case .unwritable(let path, let reason): "\(path): cannot be written: \(reason)."
    case .corrupt(let path, let reason): "\(path): damaged or not what it should be: \(reason)."
    case .wrongSchema(let path, let found, let expected):
      "\(path): the schema is '\(found)'; expected is '\(expected)'."
    case .missing(let path, let key):
      "\(path): '\(key)' is missing; make the file again with 'perfmodel dataset import'."
    case .invalid(let path, let key, let found, let allowed):
      "\(path): '\(key)' is \(found); \(allowed)."
    case .missingColumn(let path, let column, let columns, let nearest):
      "\(path): there is no column '\(column)'." + Self.suggestion(nearest)
        + " It has \(columns.prefix(30).joined(separator: ", "))."
    case .row(let path, let line, let column, let found, let allowed):
      "\(path):\(line): column '\(column)' is '\(found)'; \(allowed)."
    case .unknownDevice(let path, let device, let devices, let nearest):
      "\(path): there is no device '\(device)'." + Self.suggestion(nearest)
        + " It has \(devices.prefix(30).joined(separator: ", "))."
    case .unknownUnit(let path, nil):
      "\(path): the name does not say the unit (…_ms.csv); state it with --unit ns, us, ms or s."
    case .unknownUnit(_, let unit?):
      "'\(unit)' is not a unit of latency; allowed are ns, us, ms, s."
    }
  }

  private static func suggestion(_ nearest: String?) -> String {
    nearest.map { " Did you mean '\($0)'?" } ?? ""
  }
}
