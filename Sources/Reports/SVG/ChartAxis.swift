import Quantities

/// What an axis shows: a title, the kind of its values, and how they are spaced. Units are those
/// that the kind itself writes, so that an axis and a table cannot disagree.
public struct ChartAxis: Sendable {
  public enum Spacing: Sendable { case linear, logarithmic }

  let title: String
  let isLogarithmic: Bool
  /// Values to mark in the place of round ones, such as powers of two.
  let marks: [Double]
  private let units: [UnitPrefix]
  private let text: @Sendable (Double) -> String

  /// An axis of a physical amount; its values are in the SI unit.
  ///
  /// - Parameter marks: the values to write at the axis; none for round ones.
  public static func quantity<Amount: Quantity>(
    _ title: String, _ kind: Amount.Type, _ spacing: Spacing = .linear, marks: [Amount] = []
  ) -> ChartAxis {
    ChartAxis(
      title: title, isLogarithmic: spacing == .logarithmic, marks: marks.map(\.value),
      units: Amount.prefixes.filter(\.isWritten), text: { "\(Amount($0))" })
  }

  /// An axis of numbers: a count, or a share in the unit `%`.
  ///
  /// - Parameters:
  ///   - unit: what a number counts, empty where the title says it.
  ///   - marks: the values to write at the axis; none for round ones.
  public static func number(
    _ title: String, unit: String = "", _ spacing: Spacing = .linear, marks: [Double] = []
  ) -> ChartAxis {
    ChartAxis(
      title: title, isLogarithmic: spacing == .logarithmic, marks: marks,
      units: [UnitPrefix(unit, 1)],
      text: {
        AxisNumber.text($0) + (unit.isEmpty ? "" : " " + TextMeasure.shortened(unit, to: 20))
      })
  }

  /// One value with its unit, for a hover or a label.
  func text(_ value: Double) -> String { text(value) }

  /// Whether the axis has a place for the value.
  func holds(_ value: Double) -> Bool {
    ScaleDomain.holds(value, isLogarithmic: isLogarithmic)
  }

  /// What is written at each mark, and the unit that belongs beside the title. It is the one that
  /// needs the fewest letters; where numbers would still be long, each mark has a unit of its own.
  func labels(_ ticks: [Double]) -> (unit: String, texts: [String]) {
    let isExact = isLogarithmic || !marks.isEmpty
    let choices = units.map { unit in
      let texts = AxisNumber.texts(ticks.map { $0 / unit.factor }, isLogarithmic: isExact)
      let isLong = texts.contains { $0.count > 6 || AxisNumber.isScientific($0) }
      return (
        unit: unit.symbol, texts: texts, isLong: isLong,
        letters: texts.reduce(isLong ? 1000 : 0) { $0 + $1.count }
      )
    }
    guard let best = choices.min(by: { $0.letters < $1.letters }) else { return ("", []) }
    if best.isLong && units.count > 1 {
      // Four digits do not tell the marks of a narrow axis apart.
      let own = ticks.map(textInOwnUnit)
      if Set(own).count == own.count { return ("", own) }
    }
    return (best.unit, best.texts)
  }

  private func textInOwnUnit(_ value: Double) -> String {
    guard value != 0,
      let unit = units.last(where: { $0.factor <= abs(value) * 1.0005 })
        ?? units.first
    else { return "0" }
    return AxisNumber.text(value / unit.factor) + " " + unit.symbol
  }
}
