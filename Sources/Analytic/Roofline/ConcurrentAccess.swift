import Quantities

/// The bandwidth that requests under way can carry: Little's law.
///
/// ```
/// W = min(W_peak, bytes in flight / latency)
/// ```
/// A memory is only as fast as enough requests wait for it at any moment; a kernel with few threads,
/// or with one load after the other, stays below its bandwidth however long it runs.
public struct ConcurrentAccess: Sendable, Hashable {
  public var peak: BytesPerSecond
  /// From a request to its answer, without others in the way.
  public var latency: Seconds

  public init(peak: BytesPerSecond, latency: Seconds) {
    self.peak = peak
    self.latency = latency
  }

  /// Bytes that must be under way to reach the peak.
  public var bytesForPeak: Bytes { peak * latency }

  public func bandwidth(inFlight bytes: Bytes) -> BytesPerSecond { min(peak, bytes / latency) }
}
