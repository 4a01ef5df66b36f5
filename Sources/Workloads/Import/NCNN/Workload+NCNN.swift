extension Workload {
  /// The network of an ncnn `.param` file; its `.bin` is not needed.
  ///
  /// ncnn runs one sample at a time and has no dimension for a batch: `batch` is put before every
  /// shape. Weights are taken as single precision, or as int8 where the layer says so.
  ///
  /// - Parameter settings: `image` (the side of a square picture), `height`, `width` and `channels`
  ///   of the inputs; needed where the file gives an input no size.
  /// - Source: Tencent/ncnn, `docs/developer-guide/operators.md` for the parameters of the layers.
  public init(
    ncnn path: String, batch: Int = 1, settings: [String: Int] = [:]
  ) throws(WorkloadError) {
    self = try Workload(
      ncnn: DescriptionFile.bytes(of: path), file: path, batch: batch, settings: settings)
  }

  /// The network of the bytes of a `.param` file.
  ///
  /// - Parameter file: how the text is called in messages.
  public init(
    ncnn bytes: [UInt8], file: String, batch: Int = 1, settings: [String: Int] = [:]
  ) throws(WorkloadError) {
    let graph = try NCNNGraph(parsing: bytes, file: file)
    let importer = try NCNNImporter(file: file, batch: batch, settings: settings)
    self = try importer.workload(of: graph)
  }
}
