import Mathematics
import Quantities

/// The energy of one run as a fixed part and a part for each multiply–accumulate, fitted to
/// measurements of relatives on one device.
///
/// ```
/// E = E₀ + e_MAC · M
/// ```
/// It holds within a family whose members move bytes in proportion to what they compute; a network
/// of another mix lies off the line.
public struct AffineEnergy: Sendable, Hashable {
  private let line: LineFit

  /// - Returns: nil of fewer than two networks of different sizes.
  public init?(fitting runs: [(macs: Double, energy: Joules)]) {
    guard let line = LineFit(runs.map { ($0.macs, $0.energy.value) }) else { return nil }
    self.line = line
  }

  /// Of a network that computes nothing.
  public var fixed: Joules { Joules(line.intercept) }
  public var perMAC: Joules { Joules(line.slope) }

  public func energy(macs: Double) -> Joules { Joules(line(macs)) }

  /// One standard error of a further network's energy; zero of two measurements.
  public func standardError(macs: Double) -> Joules { Joules(line.standardError(at: macs)) }
}
