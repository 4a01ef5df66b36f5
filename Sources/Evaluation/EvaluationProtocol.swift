import Foundation

/// A few-shot split: sources, targets, pools, samples, as a JSON file states it.
public struct EvaluationProtocol: Sendable, Hashable, Decodable {
  public let name: String
  public let space: String
  public let sources: SourceDevices
  public let targets: TargetDevices
  public let sourceArchitectures: RowSelection
  public let queryArchitectures: RowSelection
  /// Pool and query set each keep what lies between these shares of the target's own ranking.
  public let trim: ClosedRange<Double>?
  public let referenceArchitectures: [Int]
  public let samples: Int
  public let sampling: Sampling
  public let seeds: Int

  public enum SourceDevices: Sendable, Hashable {
    case listed([String])
    /// Every device of the table but the target.
    case others
  }

  public enum TargetDevices: Sendable, Hashable {
    case listed([String])
    case each
  }

  public enum RowSelection: Sendable, Hashable {
    case all
    case range(first: Int, count: Int)
  }

  public enum Sampling: String, Sendable, CaseIterable, Decodable {
    /// From the target's pool, without replacement.
    case random
    /// The reference architectures, then random ones.
    case reference
  }

  public init(
    name: String, space: String, sources: SourceDevices, targets: TargetDevices,
    sourceArchitectures: RowSelection, queryArchitectures: RowSelection,
    trim: ClosedRange<Double>? = nil, referenceArchitectures: [Int] = [], samples: Int,
    sampling: Sampling = .random, seeds: Int
  ) throws {
    self.name = name
    self.space = space
    self.sources = sources
    self.targets = targets
    self.sourceArchitectures = sourceArchitectures
    self.queryArchitectures = queryArchitectures
    self.trim = trim
    self.referenceArchitectures = referenceArchitectures
    self.samples = samples
    self.sampling = sampling
    self.seeds = seeds
    try validate()
  }

  /// The same split with other numbers of samples or seeds.
  public func with(samples: Int? = nil, seeds: Int? = nil) throws -> EvaluationProtocol {
    try EvaluationProtocol(
      name: name, space: space, sources: sources, targets: targets,
      sourceArchitectures: sourceArchitectures, queryArchitectures: queryArchitectures, trim: trim,
      referenceArchitectures: referenceArchitectures, samples: samples ?? self.samples,
      sampling: sampling, seeds: seeds ?? self.seeds)
  }

  private func validate() throws {
    func fail(_ key: String, _ found: String, _ allowed: String) -> EvaluationError {
      .invalidProtocol(file: name, key: key, found: found, allowed: allowed)
    }
    if samples < 2 { throw fail("samples", "\(samples)", "at least 2 are needed to adapt") }
    if seeds < 1 { throw fail("seeds", "\(seeds)", "at least 1") }
    if let trim, trim.lowerBound < 0 || trim.upperBound > 1 || trim.isEmpty {
      throw fail("trim", "\(trim)", "two shares between 0 and 1, ascending")
    }
    for (key, selection) in [
      ("source_architectures", sourceArchitectures), ("query_architectures", queryArchitectures),
    ] {
      if case .range(let first, let count) = selection, first < 0 || count < 1 {
        throw fail(key, "first \(first), count \(count)", "first ≥ 0 and count ≥ 1")
      }
    }
    if case .listed(let devices) = sources {
      if devices.isEmpty { throw fail("source_devices", "[]", "a device or \"others\"") }
      if Set(devices).count < devices.count {
        throw fail("source_devices", devices.joined(separator: ", "), "each device once")
      }
    }
    if case .listed(let devices) = targets {
      if devices.isEmpty { throw fail("target_devices", "[]", "a device or \"each\"") }
      if Set(devices).count < devices.count {
        throw fail("target_devices", devices.joined(separator: ", "), "each device once")
      }
    }
  }

  // MARK: - JSON

  private enum CodingKeys: String, CodingKey {
    case name, space, trim, samples, sampling, seeds
    case sources = "source_devices"
    case targets = "target_devices"
    case sourceArchitectures = "source_architectures"
    case queryArchitectures = "query_architectures"
    case referenceArchitectures = "reference_architectures"
  }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    let trim = try values.decodeIfPresent([Double].self, forKey: .trim)
    let name = try values.decode(String.self, forKey: .name)
    if let trim, trim.count != 2 || !(trim[0] < trim[1]) {
      throw EvaluationError.invalidProtocol(
        file: name, key: "trim", found: "\(trim)",
        allowed: "two shares between 0 and 1, ascending")
    }
    try self.init(
      name: name, space: values.decode(String.self, forKey: .space),
      sources: values.decode(SourceDevices.self, forKey: .sources),
      targets: values.decode(TargetDevices.self, forKey: .targets),
      sourceArchitectures: values.decode(RowSelection.self, forKey: .sourceArchitectures),
      queryArchitectures: values.decode(RowSelection.self, forKey: .queryArchitectures),
      trim: trim.map { $0[0]...$0[1] },
      referenceArchitectures: values.decodeIfPresent([Int].self, forKey: .referenceArchitectures)
        ?? [],
      samples: values.decode(Int.self, forKey: .samples),
      sampling: values.decodeIfPresent(Sampling.self, forKey: .sampling) ?? .random,
      seeds: values.decode(Int.self, forKey: .seeds))
  }

  /// - Throws: `EvaluationError` naming the file, the key and what is allowed there.
  public init(path: String) throws {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw EvaluationError.unreadableProtocol(file: path, reason: "there is no such file")
    }
    do {
      self = try JSONDecoder().decode(EvaluationProtocol.self, from: data)
    } catch let error as EvaluationError {
      throw error.naming(file: path)
    } catch let error as DecodingError {
      throw EvaluationError.unreadableProtocol(file: path, reason: Self.text(error))
    }
  }

  private static func text(_ error: DecodingError) -> String {
    func path(_ context: DecodingError.Context, _ last: (any CodingKey)? = nil) -> String {
      let keys = context.codingPath + (last.map { [$0] } ?? [])
      return "'" + keys.map(\.stringValue).joined(separator: ".") + "'"
    }
    switch error {
    case .keyNotFound(let key, let context): return "\(path(context, key)) is missing"
    case .typeMismatch(_, let context), .valueNotFound(_, let context):
      return "\(path(context)) has the wrong type: \(context.debugDescription)"
    case .dataCorrupted(let context) where context.codingPath.isEmpty: return "it is not JSON"
    case .dataCorrupted(let context): return "\(path(context)): \(context.debugDescription)"
    @unknown default: return "it is not a protocol"
    }
  }
}

extension EvaluationProtocol.SourceDevices: Decodable {
  public init(from decoder: any Decoder) throws {
    self = try decodeNames(decoder, word: "others").map(Self.listed) ?? .others
  }
}

extension EvaluationProtocol.TargetDevices: Decodable {
  public init(from decoder: any Decoder) throws {
    self = try decodeNames(decoder, word: "each").map(Self.listed) ?? .each
  }
}

extension EvaluationProtocol.RowSelection: Decodable {
  private struct Range: Decodable {
    let first: Int
    let count: Int
  }

  public init(from decoder: any Decoder) throws {
    let value = try decoder.singleValueContainer()
    if let word = try? value.decode(String.self) {
      guard word == "all" else {
        throw DecodingError.dataCorruptedError(
          in: value, debugDescription: "'\(word)' is neither \"all\" nor {first, count}")
      }
      self = .all
    } else {
      let range = try value.decode(Range.self)
      self = .range(first: range.first, count: range.count)
    }
  }
}

/// A list of names, or `nil` for the one word that stands for all.
private func decodeNames(_ decoder: any Decoder, word: String) throws -> [String]? {
  let value = try decoder.singleValueContainer()
  guard let found = try? value.decode(String.self) else { return try value.decode([String].self) }
  guard found == word else {
    throw DecodingError.dataCorruptedError(
      in: value, debugDescription: "'\(found)' is neither \"\(word)\" nor a list of devices")
  }
  return nil
}
