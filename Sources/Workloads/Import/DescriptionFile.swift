import Documents

/// A file that describes a network in text.
enum DescriptionFile {
  static let byteLimit = 64 << 20

  /// The whole file.
  ///
  /// - Throws: `WorkloadError.malformed` where there is no such file or it has more than 64 MiB.
  static func bytes(of path: String) throws(WorkloadError) -> [UInt8] {
    try DocumentFile.bytes(of: path, limit: byteLimit, as: WorkloadError.self)
  }

  static func check(_ count: Int, of file: String) throws(WorkloadError) {
    try DocumentFile.check(count, limit: byteLimit, of: file, as: WorkloadError.self)
  }
}

typealias JSONNode = Documents.JSONNode<WorkloadError>
typealias JSONObject = Documents.JSONObject<WorkloadError>

extension WorkloadError: DocumentFailure {}

extension JSONNode {
  /// Sizes are whole numbers of 32 bits.
  static var sizes: ClosedRange<Int> { 1...Int(Int32.max) }
}

/// A product that is larger than any tensor may be rather than overflow.
func boundedProduct(_ factors: some Sequence<Int>) -> Int {
  let product = factors.reduce(1.0) { $0 * Double($1) }
  return abs(product) < WorkloadBuilder.elementLimit
    ? Int(product) : Int(WorkloadBuilder.elementLimit)
}

extension WorkloadError {
  /// What is wrong, without the place in the network: an importer knows the one in its file.
  var problem: String {
    switch self {
    case .shape(_, let problem): problem
    case .tooLarge(_, let shape): "a tensor of \(shape) has more than 2^53 elements"
    default: description
    }
  }
}
