import Devices
import Foundation
import Quantities

/// The built-in devices: one line of `devices.jsonl` each, in the JSON of `Sources/Devices`.
///
/// The file is read once and indexed by line; a device is decoded when it is asked for.
public enum DeviceCatalogue {
  private static let file = "devices.jsonl"

  private struct Entry {
    let name: String
    let aliases: [String]
    let line: ArraySlice<UInt8>
  }

  private static let entries: [Entry] = {
    guard let url = Bundle.module.url(forResource: "devices", withExtension: "jsonl"),
      let data = try? Data(contentsOf: url)
    else { return [] }
    return entries(of: [UInt8](data))
  }()

  /// The names of every device, in the order of the file.
  public static var names: [String] { entries.map(\.name) }

  /// Every device, in the order of the file.
  ///
  /// - Throws: `DeviceError` where the catalogue is missing.
  public static func devices() throws(DeviceError) -> [Device] {
    guard !entries.isEmpty else { throw .notInstalled }
    var devices: [Device] = []
    for entry in entries { devices.append(try device(entry)) }
    return devices
  }

  /// The device of that name or alias.
  ///
  /// `NVIDIA A100-SXM4-40GB`, `a100_sxm_40gb` and `A100 SXM 40GB` are one device. A part of a name
  /// will do where only one device has it: `3090`.
  ///
  /// - Throws: `DeviceError.ambiguous` with the candidates, as for `A100`; `.unknown` with the
  ///   nearest name.
  public static func device(named text: String) throws(DeviceError) -> Device {
    guard !entries.isEmpty else { throw .notInstalled }
    if let entry = entries.first(where: { $0.name == text }) { return try device(entry) }
    let asked = DeviceName(text)
    guard text.utf8.count <= 200, !asked.joined.isEmpty else {
      throw .unknown(name: text, nearest: nil)
    }
    var byAlias: [Entry] = []
    var byPart: [Entry] = []
    for entry in entries {
      let name = DeviceName(entry.name)
      if name.joined == asked.joined { return try device(entry) }
      let names = [name] + entry.aliases.map { DeviceName($0) }
      if names.contains(where: { $0.joined == asked.joined }) { byAlias.append(entry) }
      if names.contains(where: { $0.contains(asked) }) { byPart.append(entry) }
    }
    let found = byAlias.isEmpty ? byPart : byAlias
    guard let first = found.first else {
      let names = entries.flatMap { [$0.name] + $0.aliases }
      let nearest = text.count < 3 ? nil : nearestName(to: text, among: names)
      throw .unknown(name: text, nearest: nearest)
    }
    guard found.count == 1 else {
      throw .ambiguous(name: text, candidates: found.map(\.name))
    }
    return try device(first)
  }

  private static func device(_ entry: Entry) throws(DeviceError) -> Device {
    try Device(json: entry.line, file: "\(file), \(entry.name)")
  }

  // MARK: - Index

  private static func entries(of bytes: [UInt8]) -> [Entry] {
    var entries: [Entry] = []
    var rest = bytes[...]
    while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
      if let entry = entry(rest[..<end]) { entries.append(entry) }
      rest = rest[(end + 1)...]
    }
    return entries
  }

  /// The name and the aliases of a line, which begins with them.
  private static func entry(_ line: ArraySlice<UInt8>) -> Entry? {
    var rest = line
    guard take("{\"name\":\"", &rest), let name = word(&rest) else { return nil }
    var aliases: [String] = []
    if take(",\"aliases\":[\"", &rest) {
      while let alias = word(&rest) {
        aliases.append(alias)
        guard take(",\"", &rest) else { break }
      }
    }
    return Entry(name: name, aliases: aliases, line: line)
  }

  private static func take(_ text: StaticString, _ rest: inout ArraySlice<UInt8>) -> Bool {
    let matches = text.withUTF8Buffer { rest.starts(with: $0) }
    if matches { rest = rest.dropFirst(text.utf8CodeUnitCount) }
    return matches
  }

  /// Up to the next quotation mark; names hold no escapes.
  private static func word(_ rest: inout ArraySlice<UInt8>) -> String? {
    guard let end = rest.firstIndex(of: UInt8(ascii: "\"")) else { return nil }
    defer { rest = rest[(end + 1)...] }
    return String(decoding: rest[..<end], as: UTF8.self)
  }
}
