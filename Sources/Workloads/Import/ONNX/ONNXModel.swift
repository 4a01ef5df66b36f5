import SwiftProtobuf

/// A network in the Open Neural Network Exchange format, without its weights.
///
/// Weights are not read into memory: the file is mapped, and only the structure is decoded. Operator
/// sets 7 to 25 of the standard and the operators that ONNX Runtime adds (`com.microsoft`) are
/// known; functions that the file defines are put in the place of their calls.
public struct ONNXModel: Sendable {
  static let operatorSets = 7...25

  public let path: String
  /// Operators that no rule counts, as `domain.Name`, sorted; they are taken as elementwise.
  public let unknownOperators: [String]
  /// The names of dimensions without a number; an unnamed one is called `input.axis`.
  public var dimensionNames: [String] { symbols.names.sorted() }

  let proto: ONNXModelProto
  let symbols: ONNXSymbols

  public init(path: String) throws(WorkloadError) {
    let file = try MappedFile(path: path)
    try self.init(slim: ONNXPruner.prune(file.bytes, file: path), path: path)
  }

  /// A model that is in memory already.
  ///
  /// - Parameter path: how it is called in messages, and beside which its external data would lie.
  public init(bytes: [UInt8], path: String) throws(WorkloadError) {
    let pruned: Result<[UInt8], WorkloadError> = bytes.withUnsafeBytes { raw in
      do throws(WorkloadError) {
        return .success(try ONNXPruner.prune(raw, file: path))
      } catch {
        return .failure(error)
      }
    }
    try self.init(slim: pruned.get(), path: path)
  }

  private init(slim: [UInt8], path: String) throws(WorkloadError) {
    self.path = path
    do {
      proto = try ONNXModelProto(serializedBytes: slim)
    } catch {
      throw .malformed(
        file: path, place: "not an ONNX model", problem: "it cannot be decoded (\(error))")
    }
    guard proto.hasGraph, !proto.graph.output.isEmpty else {
      throw .malformed(
        file: path, place: "not an ONNX model", problem: "there is no graph with outputs")
    }
    symbols = ONNXSymbols(proto.graph)
    unknownOperators = ONNXOperators.unknown(in: proto)
  }

  /// The network at one size.
  ///
  /// - Parameters:
  ///   - dimensions: numbers for symbolic dimensions, by name.
  ///   - batch: the first dimension of every input.
  public func workload(dimensions: [String: Int] = [:], batch: Int? = nil) throws(WorkloadError)
    -> Workload
  {
    let name = path.split(separator: "/").last.map(String.init) ?? path
    let net = WorkloadBuilder(
      shown(name.hasSuffix(".onnx") ? String(name.dropLast(5)) : name, limit: 200))
    net.source = path
    let sizes = try symbols.resolve(file: path, settings: dimensions, batch: batch)
    net.assumptions = sizes.assumptions
    for entry in proto.opsetImport where entry.domain.isEmpty || entry.domain == "ai.onnx" {
      if !Self.operatorSets.contains(Int(entry.version)) {
        net.warnings.append("operator set \(entry.version) is not known; taken as the nearest")
      }
    }
    let lowering = ONNXLowering(model: self, net: net, sizes: sizes.values)
    try lowering.run()
    net.warnings += lowering.warnings()
    do {
      return try net.finish()
    } catch {
      throw .malformed(file: path, place: "", problem: "\(error)")
    }
  }
}

extension Workload {
  /// Reads a network from an ONNX file; see `ONNXModel`.
  public init(onnx path: String, dimensions: [String: Int] = [:], batch: Int? = nil)
    throws(WorkloadError)
  {
    self = try ONNXModel(path: path).workload(dimensions: dimensions, batch: batch)
  }
}
