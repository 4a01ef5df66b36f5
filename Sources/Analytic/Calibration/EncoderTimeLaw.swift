import Mathematics
import Quantities

/// The sizes of an encoder on which the time of scoring a data set depends.
public struct EncoderSize: Sendable, Hashable {
  public var layers: Int
  public var width: Int
  public var feedForwardWidth: Int

  public init(layers: Int, width: Int, feedForwardWidth: Int) {
    self.layers = layers
    self.width = width
    self.feedForwardWidth = feedForwardWidth
  }

  /// Elements of the matrices of one layer: `4h² + 2hf`.
  var layerElements: Double {
    let (h, f) = (Double(width), Double(feedForwardWidth))
    return 4 * h * h + 2 * h * f
  }
}

/// The time of running a data set through encoders of different sizes on one machine.
///
/// ```
/// T = a + b·n_l + c·n_l·(4h² + 2hf)
/// ```
/// `a` is what does not depend on the encoder (reading, splitting into tokens), `b` what every layer
/// costs however small (launches, attention), and `c` the time of a multiplication for all tokens. None
/// can be negative. Where launches decide, as on a large GPU with small batches, the fit finds `c = 0`.
///
/// Holds for one data set, since all three grow with it.
public struct EncoderTimeLaw: Sendable, Hashable {
  /// a, b and c, in seconds.
  public let fixed: Double
  public let perLayer: Double
  public let perElement: Double

  public init(fixed: Double, perLayer: Double, perElement: Double) {
    self.fixed = fixed
    self.perLayer = perLayer
    self.perElement = perElement
  }

  /// The least squares of relative errors without negative coefficients; three encoders of different
  /// size are enough.
  public init(_ measured: [(size: EncoderSize, time: Seconds)]) {
    var rows: [Double] = []
    for (size, time) in measured { rows += Self.terms(size).map { $0 / time.value } }
    let fit = nonNegativeLeastSquares(
      Matrix(rows: measured.count, columns: 3, elements: rows), measured.map { _ in 1 })
    self.init(fixed: fit[0], perLayer: fit[1], perElement: fit[2])
  }

  public func time(_ size: EncoderSize) -> Seconds {
    let terms = Self.terms(size)
    return Seconds(fixed * terms[0] + perLayer * terms[1] + perElement * terms[2])
  }

  private static func terms(_ size: EncoderSize) -> [Double] {
    let layers = Double(size.layers)
    return [1, layers, layers * size.layerElements]
  }
}
