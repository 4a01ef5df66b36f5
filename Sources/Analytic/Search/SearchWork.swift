/// How much training a search for an architecture takes, in pictures that pass through a network of
/// the size of a candidate.
///
/// ```
/// candidate by candidate   N · epochs · pictures
/// super-network            epochs · pictures · blocks      all blocks of a layer run for each picture
/// ```
/// Work, not time: devices and the sizes of the candidates cancel in a ratio of two searches of one
/// space.
public struct SearchWork: Sendable, Hashable {
  public let pictures: Double

  /// Every candidate is trained by itself, as by a controller that learns from their accuracy.
  public static func candidates(_ count: Double, epochs: Double, pictures: Double) -> SearchWork {
    SearchWork(pictures: count * epochs * pictures)
  }

  /// One network that holds every block of every layer is trained once.
  public static func superNetwork(
    epochs: Double, pictures: Double, blocks: Double
  ) -> SearchWork {
    SearchWork(pictures: epochs * pictures * blocks)
  }

  public static func / (left: SearchWork, right: SearchWork) -> Double {
    left.pictures / right.pictures
  }
}
