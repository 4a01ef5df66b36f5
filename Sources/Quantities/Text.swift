import Foundation

extension Quantity {
  /// Three significant digits in the prefixed unit that needs no zeros: `12.3 ms`.
  public var description: String {
    let unit = Self.writtenUnit(for: value)
    return Self.digits(value / unit.factor) + " " + unit.symbol
  }

  /// The same without zeros that say nothing: `1 GB/s` where `description` is `1.00 GB/s`.
  public var compactDescription: String { text(significantDigits: 3) }

  /// Up to so many digits in the prefixed unit that needs no zeros: `1.755 GHz`.
  public func text(significantDigits: Int) -> String {
    let unit = Self.writtenUnit(for: value)
    return Self.significant(value / unit.factor, significantDigits) + " " + unit.symbol
  }

  static func significant(_ number: Double, _ digits: Int) -> String {
    guard number.isFinite else { return Self.digits(number) }
    let whole = abs(number) < 1 ? 1 : Int(log10(abs(number))) + 1
    let text = String(format: "%.\(max(0, digits - whole))f", number)
    guard text.contains(".") else { return text }
    var shown = text[...]
    while shown.last == "0" { shown.removeLast() }
    if shown.last == "." { shown.removeLast() }
    return String(shown)
  }

  /// The largest written unit that is not above `value`, so that the number starts at 1.
  static func writtenUnit(for value: Double) -> UnitPrefix {
    let written = prefixes.filter(\.isWritten)
    let base = written.first { $0.factor == 1 } ?? UnitPrefix(symbol, 1)
    guard value != 0, value.isFinite else { return base }
    // 999.6 µs rounds to 1000 µs; the half unit of the third digit moves it on to 1 ms.
    return written.last { abs(value) * 1.0005 >= $0.factor } ?? written.first ?? base
  }

  static func digits(_ number: Double) -> String {
    guard number.isFinite else { return number.isNaN ? "nan" : (number < 0 ? "-inf" : "inf") }
    let size = abs(number)
    let decimals = size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2
    return String(format: "%.\(decimals)f", number)
  }

  /// Reads `5ms`, `5 ms` or a bare number in the SI unit.
  ///
  /// - Throws: `QuantityError` naming the text and the units that are allowed.
  public init(parsing text: String) throws {
    let trimmed = text.trimmingCharacters(in: .whitespaces)
    let split =
      trimmed.firstIndex { !("0"..."9" ~= $0 || "+-.eE".contains($0)) } ?? trimmed.endIndex
    // The `e` of an exponent is also a letter: take the longest head that is a number.
    var end = split
    while end > trimmed.startIndex, Double(trimmed[..<end]) == nil {
      end = trimmed.index(before: end)
    }
    let unit = trimmed[end...].trimmingCharacters(in: .whitespaces)
    guard end > trimmed.startIndex, let number = Double(trimmed[..<end]), number.isFinite else {
      throw QuantityError.notANumber(text: text, units: Self.prefixes.map(\.symbol))
    }
    if unit.isEmpty {
      self.init(number)
    } else if let prefix = Self.prefixes.first(where: { $0.symbol == unit }) {
      self.init(number * prefix.factor)
    } else {
      throw QuantityError.unknownUnit(text: text, unit: unit, units: Self.prefixes.map(\.symbol))
    }
  }
}

extension Bytes {
  /// In multiples of 1024, as caches are counted: `6 MiB`, `24.75 MiB`.
  public var binaryDescription: String {
    let units = Self.prefixes.filter { $0.symbol.hasSuffix("iB") && value >= $0.factor }
    let unit = units.last ?? UnitPrefix(Self.symbol, 1)
    return Self.significant(value / unit.factor, 6) + " " + unit.symbol
  }
}

/// What can be wrong with a quantity in text.
public enum QuantityError: Error, Equatable, CustomStringConvertible {
  case notANumber(text: String, units: [String])
  case unknownUnit(text: String, unit: String, units: [String])

  public var description: String {
    switch self {
    case .notANumber(let text, let units):
      "'\(text)' is not an amount; write a number and a unit (\(units.joined(separator: ", ")))."
    case .unknownUnit(let text, let unit, let units):
      "'\(text)' has the unit '\(unit)'; allowed are \(units.joined(separator: ", "))."
    }
  }
}
