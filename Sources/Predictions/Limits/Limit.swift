import Quantities

/// The most that a run may take of something: `latency=5ms`.
public enum Limit: Sendable, Hashable {
  case latency(Seconds)
  case energy(Joules)
  case memory(Bytes)
  case edp(JouleSeconds)

  public var metric: Metric {
    switch self {
    case .latency: .latency
    case .energy: .energy
    case .memory: .memory
    case .edp: .edp
    }
  }

  /// In the SI unit of its metric.
  public var value: Double {
    switch self {
    case .latency(let amount): amount.value
    case .energy(let amount): amount.value
    case .memory(let amount): amount.value
    case .edp(let amount): amount.value
    }
  }

  /// Reads `metric=value unit`, with or without the space; a bare number is in the SI unit.
  ///
  /// - Throws: `LimitError` for what is not of that form, for an unknown metric, for the unit of
  ///   another one, and for an amount that is not above 0.
  public init(parsing text: String) throws(LimitError) {
    guard let equals = text.firstIndex(of: "=") else {
      guard let metric = Metric(rawValue: text) else { throw .malformed(text: text) }
      throw .missingValue(metric)
    }
    let metric = try Metric(named: String(text[..<equals]))
    let amount = String(text[text.index(after: equals)...])
    guard amount.contains(where: { !$0.isWhitespace }) else { throw .missingValue(metric) }
    switch metric {
    case .latency: self = .latency(try Self.amount(amount, metric))
    case .energy: self = .energy(try Self.amount(amount, metric))
    case .memory: self = .memory(try Self.amount(amount, metric))
    case .edp: self = .edp(try Self.amount(amount, metric))
    }
  }

  private static func amount<Amount: Quantity>(
    _ text: String, _ metric: Metric
  ) throws(LimitError) -> Amount {
    let amount: Amount
    do {
      amount = try Amount(parsing: text)
    } catch QuantityError.unknownUnit(_, let unit, let units) {
      let owner = Metric.allCases.first { $0.kind.prefixes.contains { $0.symbol == unit } }
      throw .wrongUnit(metric, text: text, unit: unit, owner: owner, allowed: units)
    } catch {
      throw .notANumber(metric, text: text)
    }
    guard amount.value > 0, amount.isFinite else { throw .notPositive(metric, text: text) }
    return amount
  }
}

extension Limit: CustomStringConvertible {
  /// `latency=5.00 ms`
  public var description: String { "\(metric.rawValue)=\(metric.text(value))" }
}

extension [Limit] {
  /// The limits, each of a metric of its own.
  ///
  /// - Throws: `LimitError.repeated` where a metric has two.
  public func checked() throws(LimitError) -> [Limit] {
    for (place, limit) in enumerated() {
      if let first = prefix(place).first(where: { $0.metric == limit.metric }) {
        throw .repeated(limit.metric, first: first, second: limit)
      }
    }
    return self
  }
}
