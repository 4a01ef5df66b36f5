/// Groups with their colours and their amounts: the largest have colours of their own, the others
/// share one.
struct ChartGroups: Sendable {
  /// Groups with a colour, in the order of their first appearance or of their amounts.
  let names: [String]
  let amounts: [Double]
  /// How many groups are joined, and what they amount to.
  let joined: (count: Int, amount: Double)
  let total: Double
  private let places: [String: Int]

  enum Order { case appearance, amount }

  /// - Parameter items: the group of each item and its amount, finite and not negative.
  init(_ items: [(group: String, amount: Double)], order: Order) {
    var sums: [String: Double] = [:]
    var appeared: [String] = []
    for item in items {
      if sums[item.group] == nil { appeared.append(item.group) }
      sums[item.group, default: 0] += item.amount
    }
    let all = appeared.enumerated().map { (name: $1, amount: sums[$1] ?? 0, place: $0) }
    let ranked = all.sorted { ($1.amount, $0.place) < ($0.amount, $1.place) }
    let limit = all.count <= Palette.groups.count + 1 ? all.count : Palette.groups.count
    var shown = Array(ranked.prefix(limit))
    if order == .appearance { shown.sort { $0.place < $1.place } }
    names = shown.map(\.name)
    amounts = shown.map(\.amount)
    joined = (all.count - limit, ranked.dropFirst(limit).reduce(0) { $0 + $1.amount })
    total = all.reduce(0) { $0 + $1.amount }
    places = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
  }

  /// The place of a group among those with a colour; one behind the last for those that are joined.
  func index(_ group: String) -> Int { places[group] ?? names.count }

  func color(_ group: String) -> Palette.Color { Palette.group(index(group)) }

  func share(_ amount: Double) -> Double { total > 0 ? amount / total : 0 }

  /// A key for each colour.
  var legendOfNames: [Legend.Entry] {
    names.indices.map { .init(.square(Palette.group($0)), names[$0]) }
      + (joined.count > 0 ? [.init(.square(Palette.others), "\(joined.count) others")] : [])
  }

  /// A key for each colour, with the share of its groups.
  var legend: [Legend.Entry] {
    var entries = names.indices.map { index in
      Legend.Entry(
        .square(Palette.group(index)), "\(names[index]) \(ShareText.text(share(amounts[index])))")
    }
    if joined.count > 0 {
      let text = "\(joined.count) others \(ShareText.text(share(joined.amount)))"
      entries.append(.init(.square(Palette.others), text))
    }
    return entries
  }
}
