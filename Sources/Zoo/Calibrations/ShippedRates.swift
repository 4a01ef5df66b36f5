import Foundation
import Predictors

/// Rates of inference engines on processors and graphics processors, as learned from ncnn's table; for
/// devices of which no data sheet is at hand.
public struct ShippedRates: Sendable, Codable {
  public let source: String
  public let licence: String
  public let processor: RatePrior
  public let graphics: RatePrior

  public init(source: String, licence: String, processor: RatePrior, graphics: RatePrior) {
    self.source = source
    self.licence = licence
    self.processor = processor
    self.graphics = graphics
  }

  /// - Throws: `CalibrationError.notInstalled`.
  public static func load() throws(CalibrationError) -> ShippedRates {
    guard let url = Bundle.module.url(forResource: "rates", withExtension: "json"),
      let data = try? Data(contentsOf: url),
      let rates = try? JSONDecoder().decode(ShippedRates.self, from: data)
    else { throw .notInstalled }
    return rates
  }

  /// Quantile of |error| over its deviation that held 90 % with each board left out, for networks that
  /// other boards had run and for those that none had.
  static func quantile(_ isGraphics: Bool, _ isKnown: Bool) -> Double {
    isKnown ? (isGraphics ? 2.618 : 1.684) : (isGraphics ? 2.993 : 1.954)
  }
}
