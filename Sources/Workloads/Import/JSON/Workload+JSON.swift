import Documents

extension Workload {
  /// The network of a JSON description; `Sources/Workloads/Import/JSON/README.md` is its reference.
  ///
  /// - Parameters:
  ///   - batch: the value of the dimension `batch`, if it is to be another than the file's.
  ///   - settings: values of the file's dimensions.
  public init(
    json path: String, batch: Int? = nil, settings: [String: Int] = [:]
  ) throws(WorkloadError) {
    self = try Workload(
      json: DescriptionFile.bytes(of: path), file: path, batch: batch, settings: settings)
  }

  /// The network of the bytes of a JSON description.
  ///
  /// - Parameter file: how the text is called in messages.
  public init(
    json bytes: [UInt8], file: String, batch: Int? = nil, settings: [String: Int] = [:]
  ) throws(WorkloadError) {
    var values = settings
    if let batch { values["batch"] = batch }
    let importer = try JSONImporter(
      JSONNode(
        parsing: bytes, file: file, limits: JSONLimits(bytes: DescriptionFile.byteLimit)
      ).object(), file: file, settings: values)
    self = try importer.workload()
  }
}
