/// A date as a number of years, for trends.
///
/// | text | is taken as |
/// |---|---|
/// | `2016-04-05` | that day: 2016 + (day of the year − 1)/366 |
/// | `2016-04` | the middle of the month |
/// | `2016` | the middle of the year, 2016.5 |
/// | `2016.25` | itself |
public enum DecimalYear {
  /// What a message says of dates that cannot be read.
  public static let formats = "write a date as 2016-04-05, 2016-04, 2016 or 2016.25"

  /// - Returns: nil for what is no date between the years 1000 and 9999.
  public static func parse(_ text: String) -> Double? {
    let text = text.filter { !$0.isWhitespace }
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) || $0 == 0x2d || $0 == 0x2e }) else {
      return nil
    }
    if parts.count == 1 {
      guard let year = Double(text), (1000..<10_000).contains(year) else { return nil }
      return text.contains(".") ? year : year + 0.5
    }
    let numbers = parts.map { Int($0) }
    guard parts.count <= 3, parts[0].count == 4, let year = numbers[0], year >= 1000,
      let month = numbers[1], (1...12).contains(month)
    else { return nil }
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    let days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    let before = Double(days[..<(month - 1)].reduce(0, +))
    let length = isLeap ? 366.0 : 365
    if parts.count == 2 { return Double(year) + (before + Double(days[month - 1]) / 2) / length }
    guard let day = numbers[2], (1...days[month - 1]).contains(day) else { return nil }
    return Double(year) + (before + Double(day - 1)) / length
  }
}
