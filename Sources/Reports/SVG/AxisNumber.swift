import Foundation

/// Numbers as axes write them: as few digits as say the value.
enum AxisNumber {
  /// The numbers at the marks of one axis. Those of a linear axis have the same decimals.
  static func texts(_ values: [Double], isLogarithmic: Bool) -> [String] {
    let most = values.map(decimals).max() ?? 0
    return values.map { text($0, decimals: isLogarithmic ? decimals($0) : most) }
  }

  /// One value by itself, to four digits: `76.13`.
  static func text(_ value: Double) -> String {
    guard value.isFinite, value != 0 else { return value == 0 ? "0" : "unknown" }
    let unit = pow(10, log10(abs(value)).rounded(.down) - 3)
    let rounded = unit > 0 && unit.isFinite ? (value / unit).rounded() * unit : value
    return text(rounded, decimals: decimals(rounded))
  }

  /// `0.25`, `1000`, `25,000`, `2.5×10⁷`.
  private static func text(_ value: Double, decimals: Int) -> String {
    let size = abs(value)
    if value == 0 { return "0" }
    if size < 0.99e-4 || size >= 0.9995e7 { return scientific(value) }
    let plain = String(format: "%.\(decimals)f", size)
    let whole = plain.prefix { $0 != "." }
    let rest = plain.dropFirst(whole.count)
    var grouped = ""
    for (index, digit) in whole.enumerated() {
      if whole.count > 4 && index > 0 && (whole.count - index) % 3 == 0 { grouped += "," }
      grouped.append(digit)
    }
    return (value < 0 ? "−" : "") + grouped + rest
  }

  static func isScientific(_ text: String) -> Bool {
    text.contains { "⁻⁰¹²³⁴⁵⁶⁷⁸⁹".contains($0) }
  }

  private static func scientific(_ value: Double) -> String {
    var power = log10(abs(value)).rounded(.down)
    var mantissa = abs(value) / pow(10, power)
    if mantissa >= 9.9999995 { (mantissa, power) = (1, power + 1) }
    let digits = String(Int(power)).map { digit in
      digit == "-" ? "⁻" : String(Array("⁰¹²³⁴⁵⁶⁷⁸⁹")[digit.wholeNumberValue ?? 0])
    }.joined()
    let head = String(format: "%.\(decimals(mantissa))f", mantissa)
    return (value < 0 ? "−" : "") + (head == "1" ? "" : head + "×") + "10" + digits
  }

  /// How many decimals the value needs, at most six.
  private static func decimals(_ value: Double) -> Int {
    var scaled = abs(value)
    for decimals in 0..<6 {
      if abs(scaled - scaled.rounded()) <= 1e-6 * max(scaled, 1e-9) { return decimals }
      scaled *= 10
    }
    return 6
  }
}
