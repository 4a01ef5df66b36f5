/// Elements of a buffer, seen with lengths and strides.
struct View: Equatable {
  var buffer: Int
  var offset = 0
  var lengths: [Int]
  var strides: [Int]

  init(_ buffer: Int, _ shape: Shape) {
    self.buffer = buffer
    lengths = shape.axes
    strides = shape.strides
  }

  /// Whether elements lie side by side in the order of rows; an axis of one has any stride.
  var isContiguous: Bool {
    zip(zip(lengths, strides), Shape(lengths).strides).allSatisfy { $0.0 == 1 || $0.1 == $1 }
  }

  func transposed(_ order: [Int]) -> View {
    var view = self
    view.lengths = order.map { lengths[$0] }
    view.strides = order.map { strides[$0] }
    return view
  }

  func sliced(axis: Int, start: Int, count: Int) -> View {
    var view = self
    view.offset += start * strides[axis]
    view.lengths[axis] = count
    return view
  }

  /// Repeated along new axes and those of one.
  func broadcast(to shape: Shape) -> View {
    var view = self
    let extra = shape.rank - lengths.count
    view.lengths = shape.axes
    view.strides = shape.axes.indices.map { axis in
      axis < extra || lengths[axis - extra] == 1 && shape.axes[axis] > 1 ? 0 : strides[axis - extra]
    }
    return view
  }

  /// The same elements with other lengths; nil where that takes a copy.
  func reshaped(_ shape: Shape) -> View? {
    var view = self
    view.lengths = shape.axes
    if isContiguous {
      view.strides = shape.strides
      return view
    }
    // Axes of one aside, runs of old axes that hold as many elements as runs of new ones correspond.
    let old = lengths.indices.filter { lengths[$0] > 1 }
    var strides = [Int](repeating: 1, count: shape.rank)
    var new = shape.axes.indices.filter { shape.axes[$0] > 1 }[...]
    var next = old[...]
    while let axis = next.first, let target = new.first {
      var (olds, news) = ([axis], [target])
      var (oldCount, newCount) = (lengths[axis], shape.axes[target])
      next.removeFirst()
      new.removeFirst()
      while oldCount != newCount {
        if oldCount < newCount {
          guard let more = next.popFirst() else { return nil }
          olds.append(more)
          oldCount *= lengths[more]
        } else {
          guard let more = new.popFirst() else { return nil }
          news.append(more)
          newCount *= shape.axes[more]
        }
      }
      for (outer, inner) in zip(olds, olds.dropFirst())
      where self.strides[outer] != self.strides[inner] * lengths[inner] {
        return nil
      }
      var stride = self.strides[olds[olds.count - 1]]
      for place in news.reversed() {
        strides[place] = stride
        stride *= shape.axes[place]
      }
    }
    view.strides = strides
    return view
  }
}
