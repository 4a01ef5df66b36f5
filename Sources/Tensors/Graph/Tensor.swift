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
}

/// A tensor with a name.
public struct NamedTensor: Sendable, Equatable {
  public let name: String
  public let shape: Shape
  /// In the order of rows.
  public var elements: [Float]

  /// - Precondition: as many elements as the shape has.
  public init(name: String, shape: Shape, elements: [Float]) {
    precondition(elements.count == shape.count, "\(elements.count) elements of \(shape)")
    self.name = name
    self.shape = shape
    self.elements = elements
  }
}
