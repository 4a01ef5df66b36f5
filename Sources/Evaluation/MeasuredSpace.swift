import Datasets
import Features
import Mathematics
import Workloads

/// A table of latencies joined with what is known of its architectures.
public struct MeasuredSpace: Sendable {
  public let space: any SearchSpace
  public let ids: [String]
  public let architectures: [Architecture]
  public let features: FeatureTable
  public let devices: [String]
  /// Seconds, architectures × devices, NaN where not measured.
  public let latencies: Matrix

  init(
    space: any SearchSpace, ids: [String], architectures: [Architecture], features: FeatureTable,
    devices: [String], latencies: Matrix
  ) {
    self.space = space
    self.ids = ids
    self.architectures = architectures
    self.features = features
    self.devices = devices
    self.latencies = latencies
  }

  /// - Parameters:
  ///   - spaceName: a built-in space or `generic`, whose positions are the table's columns.
  ///   - userFeatures: by architecture id.
  /// - Throws: `SpaceError` for operations that the space does not have.
  public init(
    _ matrix: MeasurementMatrix, spaceName: String, userFeatures: UserFeatureTable? = nil
  ) throws {
    let encoding = try SpaceEncoding(matrix.architectures, spaceName: spaceName)
    space = encoding.space
    architectures = encoding.architectures
    ids = matrix.architectures.ids
    features = encoding.space.features(
      of: encoding.architectures, userFeatures: try userFeatures?.aligned(with: ids))
    devices = matrix.devices
    latencies = matrix.latency
  }
}

extension MeasuredSpace {
  /// The same architectures with some of the devices.
  public func selecting(columns: [Int]) -> MeasuredSpace {
    MeasuredSpace(
      space: space, ids: ids, architectures: architectures, features: features,
      devices: columns.map { devices[$0] }, latencies: latencies.selecting(columns: columns))
  }
}

/// The user's own features of architectures, by id.
public struct UserFeatureTable: Sendable {
  public let names: [String]
  public let rows: [String: [Double]]

  public init(names: [String], rows: [String: [Double]]) {
    self.names = names
    self.rows = rows
  }

  /// - Throws: `EvaluationError.userFeatures` naming an architecture without a row.
  public func aligned(with ids: [String]) throws -> UserFeatures {
    var values: [Double] = []
    values.reserveCapacity(ids.count * names.count)
    for id in ids {
      guard let row = rows[id] else {
        throw EvaluationError.userFeatures("the features have no row for architecture '\(id)'.")
      }
      values += row
    }
    return UserFeatures(
      names: names, values: Matrix(rows: ids.count, columns: names.count, elements: values))
  }
}
