import Quantities

/// Attention shared between devices by giving each some of the tokens, and within attention some of
/// the heads: all-to-all exchanges turn one into the other.
///
/// Queries, keys and values go out and the result comes back, four tensors of `n×d` in each layer. Of
/// a device's `n·d/g` elements all but its own `g`th part leave it:
///
/// ```
/// T = L · 4 · (n·d·b/g) · (g − 1)/g / W
/// ```
/// with `W` what one device sends. Latency of messages is left out: they are large.
///
/// - Source: S. A. Jacobs et al., *DeepSpeed Ulysses*, arXiv:2309.14509, section 3.
public struct UlyssesParallelism: Sendable, Hashable {
  /// g
  public var devices: Int
  /// W of one device, one direction.
  public var bandwidth: BytesPerSecond

  public init(devices: Int, bandwidth: BytesPerSecond) {
    self.devices = devices
    self.bandwidth = bandwidth
  }

  /// What one device sends in one pass.
  public func bytesSent(
    tokens: Double, width: Double, layers: Double, bytesPerElement: Double
  ) -> Bytes {
    let g = Double(devices)
    return Bytes(layers * 4 * tokens * width * bytesPerElement / g * (g - 1) / g)
  }

  /// Seconds of all exchanges of one pass.
  public func exchange(
    tokens: Double, width: Double, layers: Double, bytesPerElement: Double
  ) -> Seconds {
    bytesSent(tokens: tokens, width: width, layers: layers, bytesPerElement: bytesPerElement)
      / bandwidth
  }
}
