/// Numbers with a shape, in the order of rows.
public struct Tensor: Sendable, Equatable {
  public let shape: Shape
  public var elements: [Float]

  /// - Precondition: as many elements as the shape has.
  public init(_ shape: Shape, _ elements: [Float]) {
    precondition(elements.count == shape.count, "\(elements.count) elements of \(shape)")
    self.shape = shape
    self.elements = elements
  }

  /// A table: rows of equal length.
  ///
  /// - Precondition: rows are as long as the first one.
  public init(_ rows: [[Float]]) {
    let width = rows.first?.count ?? 0
    for row in rows { precondition(row.count == width, "a row of \(row.count) after \(width)") }
    self.init([rows.count, width], rows.flatMap(\.self))
  }

  /// The lengths after the first axis, which counts samples.
  var sample: Shape { Shape(Array(shape.axes.dropFirst())) }

  /// Samples by their places.
  public func rows(_ places: some Sequence<Int>) -> Tensor {
    let width = sample.count
    let chosen = places.flatMap { elements[($0 * width)..<(($0 + 1) * width)] }
    return Tensor(Shape([chosen.count / max(1, width)] + sample.axes), chosen)
  }
}
