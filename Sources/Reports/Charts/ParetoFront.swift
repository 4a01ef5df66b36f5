/// The points that no other point beats.
package enum ParetoFront {
  /// Indices of the front, ascending in `x`. A point is on it unless another one is at least as low
  /// in both and lower in one; equal points stay together.
  ///
  /// - Complexity: O(n log n).
  package static func indices(_ points: [(x: Double, y: Double)]) -> [Int] {
    let order = points.indices.sorted {
      (points[$0].x, points[$0].y, $0) < (points[$1].x, points[$1].y, $1)
    }
    var front: [Int] = []
    for index in order {
      if let last = front.last {
        let isEqual = points[index].x == points[last].x && points[index].y == points[last].y
        if !isEqual && points[index].y >= points[last].y { continue }
      }
      front.append(index)
    }
    return front
  }
}
