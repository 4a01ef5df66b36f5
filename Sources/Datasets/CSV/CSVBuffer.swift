/// Rows of CSV as bytes, for many rows: six significant digits are written about ten times as fast as
/// all of a number.
public struct CSVBuffer: Sendable {
  public private(set) var bytes: [UInt8] = []

  public init() {}

  public mutating func reserve(_ count: Int) { bytes.reserveCapacity(count) }

  /// Ends a field.
  public mutating func comma() { bytes.append(0x2c) }
  /// Ends a row.
  public mutating func newline() { bytes.append(0x0a) }

  /// What `field` has made.
  public mutating func append(_ field: [UInt8]) { bytes.append(contentsOf: field) }

  public mutating func append(_ flag: Bool) {
    append(flag ? Self.trueBytes : Self.falseBytes)
  }

  private static let trueBytes = Array("true".utf8)
  private static let falseBytes = Array("false".utf8)

  /// A text as a field, quoted where it must be; a line break becomes a space.
  public static func field(_ text: String) -> [UInt8] {
    Array(CSVWriter.field(String(text.map { $0.isNewline ? " " : $0 })).utf8)
  }

  /// A whole number.
  public mutating func append(whole number: Int) {
    if number < 0 { bytes.append(0x2d) }
    appendDigits(number.magnitude)
  }

  private mutating func appendDigits(_ number: UInt) {
    var divisor: UInt = 1
    while number / divisor >= 10 { divisor *= 10 }
    while divisor > 0 {
      bytes.append(0x30 + UInt8(number / divisor % 10))
      divisor /= 10
    }
  }

  /// A number to six significant digits, without zeros at its end: `0.00123457`, `1.5e-07`. Nothing
  /// for what is not finite.
  public mutating func append(_ number: Double) {
    guard number.isFinite else { return }
    guard number != 0 else { return bytes.append(0x30) }
    let size = number.magnitude
    if number < 0 { bytes.append(0x2d) }
    guard size > 1e-38, size < 1e38 else { return append(Array("\(size)".utf8)) }
    // 10^exponent ≤ size, or one too low, which the first digit shows.
    var exponent = Int((Double(size.exponent) * 0.30102999566398120).rounded(.down))
    var scaled = Self.scaled(size, 5 - exponent)
    if scaled >= 999_999.5 {
      exponent += 1
      scaled = Self.scaled(size, 5 - exponent)
    }
    var digits = UInt(scaled.rounded())
    var count = 6
    while digits % 10 == 0, count > 1 {
      digits /= 10
      count -= 1
    }
    if exponent < -5 || exponent > 15 {
      append(digits, count: count, point: 1)
      bytes.append(0x65)
      if exponent < 0 { bytes.append(0x2d) }
      appendDigits(exponent.magnitude)
    } else if exponent < 0 {
      bytes.append(0x30)
      bytes.append(0x2e)
      for _ in 1..<(-exponent) { bytes.append(0x30) }
      appendDigits(digits)
    } else {
      append(digits, count: count, point: exponent + 1)
    }
  }

  /// Digits with a point behind the first `point` of them, and zeros up to it.
  private mutating func append(_ digits: UInt, count: Int, point: Int) {
    guard point < count else {
      appendDigits(digits)
      for _ in count..<point { bytes.append(0x30) }
      return
    }
    let divisor = UInt(Self.powers[count - point])
    appendDigits(digits / divisor)
    bytes.append(0x2e)
    var rest = divisor / 10
    while rest > 0 {
      bytes.append(0x30 + UInt8(digits / rest % 10))
      rest /= 10
    }
  }

  private static func scaled(_ number: Double, _ power: Int) -> Double {
    power >= 0 ? number * powers[power] : number / powers[-power]
  }

  private static let powers: [Double] = (0...45).map { Double("1e\($0)") ?? 1 }
}
