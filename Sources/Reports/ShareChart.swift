import Foundation

/// Bars that show which share of each total sits in each part: one row for a part, one bar for a
/// series.
public struct ShareChart: Sendable {
  public struct Row: Sendable {
    let label: String
    let values: [Double]

    /// - Parameter values: one amount for each series, not negative.
    public init(_ label: String, _ values: [Double]) {
      self.label = label
      self.values = values
    }
  }

  let title: String
  let subtitle: String
  let series: [String]
  let rows: [Row]

  /// Rows that are no more than this share of any series are joined into one.
  private static let smallShare = 0.002
  private static let colors = ["#3b6fb6", "#d9822b", "#5a9e6f", "#8a5aa8"]

  /// - Precondition: every row has a value for each series.
  public init(title: String, subtitle: String, series: [String], rows: [Row]) {
    precondition(rows.allSatisfy { $0.values.count == series.count }, "a value for each series")
    self.title = title
    self.subtitle = subtitle
    self.series = series
    self.rows = rows
  }

  /// The picture as a document of its own.
  public var svg: String {
    let totals = series.indices.map { index in rows.reduce(0) { $0 + $1.values[index] } }
    func shares(_ values: [Double]) -> [Double] {
      zip(values, totals).map { $1 > 0 ? $0 / $1 : 0 }
    }
    var shown: [(label: String, shares: [Double])] = []
    var rest = [Double](repeating: 0, count: series.count)
    var joined = 0
    for row in rows {
      let parts = shares(row.values)
      if parts.allSatisfy({ $0 < Self.smallShare }), rows.count > 12 {
        for index in parts.indices { rest[index] += parts[index] }
        joined += 1
      } else {
        shown.append((row.label, parts))
      }
    }
    if joined > 0 { shown.append((joined == 1 ? "a small part" : "\(joined) small parts", rest)) }
    let largest = max(0.01, shown.flatMap(\.shares).max() ?? 1)

    let barHeight = 9
    let rowHeight = series.count * (barHeight + 1) + 9
    let labelWidth = min(320, 20 + 7 * (shown.map { $0.label.count }.max() ?? 0))
    let chartWidth = 560
    let top = 86
    let width = labelWidth + chartWidth + 90
    let height = top + shown.count * rowHeight + 26
    var lines = [
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"\(width)\" height=\"\(height)\" "
        + "viewBox=\"0 0 \(width) \(height)\" font-family=\"Helvetica, Arial, sans-serif\">",
      "<rect width=\"\(width)\" height=\"\(height)\" fill=\"#ffffff\"/>",
      "<text x=\"16\" y=\"28\" font-size=\"17\" font-weight=\"bold\" fill=\"#222222\">"
        + "\(Self.escaped(title))</text>",
      "<text x=\"16\" y=\"48\" font-size=\"12\" fill=\"#555555\">\(Self.escaped(subtitle))</text>",
    ]
    var x = 16
    for (index, name) in series.enumerated() {
      lines.append(
        "<rect x=\"\(x)\" y=\"60\" width=\"11\" height=\"11\" fill=\"\(Self.color(index))\"/>")
      lines.append(
        "<text x=\"\(x + 16)\" y=\"70\" font-size=\"12\" fill=\"#333333\">"
          + "\(Self.escaped(name)), share of all</text>")
      x += 130 + 6 * name.count
    }
    for (place, row) in shown.enumerated() {
      let y = top + place * rowHeight
      if place % 2 == 1 {
        lines.append(
          "<rect x=\"0\" y=\"\(y - 4)\" width=\"\(width)\" height=\"\(rowHeight)\" fill=\"#f5f6f8\"/>"
        )
      }
      lines.append(
        "<text x=\"\(labelWidth - 8)\" y=\"\(y + rowHeight / 2)\" font-size=\"12\" fill=\"#222222\" "
          + "text-anchor=\"end\">\(Self.escaped(Self.shortened(row.label)))</text>")
      for (index, share) in row.shares.enumerated() {
        let barY = y + index * (barHeight + 1)
        let length = Double(chartWidth) * share / largest
        lines.append(
          "<rect x=\"\(labelWidth)\" y=\"\(barY)\" width=\"\(Self.number(max(0.5, length)))\" "
            + "height=\"\(barHeight)\" fill=\"\(Self.color(index))\"/>")
        if share >= 0.0005 {
          lines.append(
            "<text x=\"\(Self.number(Double(labelWidth) + length + 4))\" y=\"\(barY + 8)\" "
              + "font-size=\"9\" fill=\"#555555\">\(Self.number(100 * share)) %</text>")
        }
      }
    }
    lines.append("</svg>")
    return lines.joined(separator: "\n") + "\n"
  }

  private static func color(_ index: Int) -> String { colors[index % colors.count] }

  private static func shortened(_ label: String) -> String {
    label.count <= 44 ? label : "…" + label.suffix(43)
  }

  private static func number(_ value: Double) -> String { String(format: "%.1f", value) }

  static func escaped(_ text: String) -> String {
    text.replacingOccurrences(of: "&", with: "&amp;")
      .replacingOccurrences(of: "<", with: "&lt;").replacingOccurrences(of: ">", with: "&gt;")
      .replacingOccurrences(of: "\"", with: "&quot;")
  }
}
