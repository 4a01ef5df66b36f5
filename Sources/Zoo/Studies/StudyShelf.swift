import Foundation
import Quantities

/// Every published result that the project has to answer for, modelled or not yet.
public struct StudyShelf: Sendable {
  /// One line of the list: what was published, and the study where there is one.
  public struct Entry: Sendable {
    public let number: Int
    public let id: String
    public let title: String
    /// What kind of work it reports: `accelerator`, `serving-system`.
    public let kind: String
    /// `core`, `supporting` or `peripheral`.
    public let relevance: String
    /// The rooms whose models answer it.
    public let rooms: [String]
    public let study: Study?

    /// What `data` lets a run of it be, without running it.
    public func state(_ data: StudyData) -> StudyOutcome.State {
      guard let study else { return .notModelled }
      return study.tables.contains { (try? data.path($0)) == nil } ? .needsData : .modelled
    }
  }

  public let entries: [Entry]

  /// One line for each modelled study, by its number.
  private static let studies: [Study] = [
    QuantizationStudy.study,
    DataReuseStudy.study,
    WanStudy.study,
    E2GCStudy.study,
    LowFormerStudy.study,
    HopperStudy.study,
    FireFlyerStudy.study,
    EfficientDNNsStudy.study,
    ZeusStudy.study,
    WasteSortingStudy.study,
    KineticsStudy.study,
    QuantumHybridStudy.study,
    MemoryWallStudy.study,
    CascadedViTStudy.study,
    EfficientModulationStudy.study,
    LARCStudy.study,
    FullCycleStudy.study,
    TResNetStudy.study,
    VideoEnergyStudy.study,
    GaudiStudy.study,
    EfficientFormerStudy.study,
    GaudiFP8Study.study,
    EncoderEfficiencyStudy.study,
    MixedPrecisionStudy.study,
  ]

  private struct Row: Decodable {
    let number: Int
    let id: String
    let title: String
    let kind: String
    let relevance: String
    let rooms: [String]
  }

  /// - Throws: `StudyError.notInstalled` where the list is missing or damaged.
  public init() throws(StudyError) {
    guard
      let url = Bundle.module.url(
        forResource: "studies", withExtension: "jsonl"),
      let text = try? String(contentsOf: url, encoding: .utf8)
    else { throw .notInstalled }
    let byNumber = Dictionary(
      Self.studies.map { ($0.number, $0) }, uniquingKeysWith: { first, _ in first })
    let decoder = JSONDecoder()
    var entries: [Entry] = []
    for line in text.split(separator: "\n") {
      guard let row = try? decoder.decode(Row.self, from: Data(line.utf8)) else {
        throw .notInstalled
      }
      entries.append(
        Entry(
          number: row.number, id: row.id, title: row.title, kind: row.kind,
          relevance: row.relevance, rooms: row.rooms, study: byNumber[row.number]))
    }
    self.entries = entries
  }

  /// The study of that number or id.
  public func entry(_ name: String) throws(StudyError) -> Entry {
    if let entry = entries.first(where: { $0.id == name.lowercased() || "\($0.number)" == name }) {
      return entry
    }
    throw .unknown(id: name, nearest: nearestName(to: name, among: entries.map(\.id)))
  }
}

/// What came out when a study was run.
public struct StudyOutcome: Sendable {
  public enum State: String, Sendable, CaseIterable {
    case modelled
    case notModelled = "not modelled yet"
    case needsData = "needs data"
  }

  public let entry: StudyShelf.Entry
  public let state: State
  public let checks: [StudyCheck]
  /// The table that is missing.
  public let missing: String?

  public var hasBroken: Bool { checks.contains(where: \.hasBroken) }

  /// Runs the study of `entry`, if there is one.
  ///
  /// - Throws: whatever a model throws on its own account; a missing table is a state.
  public init(_ entry: StudyShelf.Entry, data: StudyData) throws {
    self.entry = entry
    guard let study = entry.study else {
      (state, checks, missing) = (.notModelled, [], nil)
      return
    }
    do {
      checks = try study.evaluate(data)
      (state, missing) = (.modelled, nil)
    } catch StudyError.needsData(let path) {
      (state, checks, missing) = (.needsData, [], path)
    }
  }
}
