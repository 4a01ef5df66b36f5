import Documents

extension Device {
  /// A file with more is no device.
  public static let byteLimit = 16 << 20

  /// The device of a JSON file; `Sources/Devices/README.md` is the reference of its keys.
  ///
  /// - Throws: `DeviceError` where the file cannot be read, a key or its value is not what the
  ///   reference says, or a figure is not plausible.
  public init(json path: String) throws(DeviceError) {
    let bytes = try DocumentFile.bytes(of: path, limit: Self.byteLimit, as: DeviceError.self)
    try self.init(json: bytes, file: path)
  }

  /// The device of the bytes of a JSON text.
  ///
  /// - Parameter file: how the text is called in messages.
  public init(json bytes: some Collection<UInt8>, file: String) throws(DeviceError) {
    let root = try JSONNode<DeviceError>(
      parsing: bytes, file: file, limits: JSONLimits(bytes: Self.byteLimit, values: 100_000))
    self = try DeviceReader(root).device()
    try checkConsistency(file: file)
  }

  /// The device as JSON for people, from which one of their own can be made.
  public var json: String { DeviceWriter(self).tree.text(width: 130) }

  /// The same on one line.
  public var jsonLine: String { DeviceWriter(self).tree.line }
}
