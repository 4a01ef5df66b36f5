import Foundation

/// A share of a whole as charts write it.
enum ShareText {
  /// Two digits: `62 %`, `4.1 %`; `< 0.1 %` for what is there and small.
  static func text(_ share: Double) -> String {
    let percent = 100 * share
    guard percent.isFinite else { return "unknown" }
    if percent > 0 && percent < 0.05 { return "< 0.1 %" }
    return String(format: percent >= 9.95 ? "%.0f %%" : "%.1f %%", percent)
  }
}
