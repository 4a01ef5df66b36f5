import Foundation

/// Kinds of work that an inference engine does at one rate each.
public enum WorkClass: Int, CaseIterable, Sendable, Hashable {
  /// 1×1 convolutions, in 10⁸ multiply–accumulates.
  case pointwise
  /// 3×3 convolutions with step one, which Winograd's transform takes.
  case winograd
  case otherConvolution
  /// Products of matrices with more than one row; attention.
  case matrix
  /// Depthwise convolutions, in 10⁶ multiply–accumulates.
  case depthwise
  /// Weights that are read once: products with one row, in MB.
  case weights
  case pointwiseInt8
  case otherInt8
  case depthwiseInt8
  /// Activations of convolutions, in MB.
  case convolutionBytes
  /// Bytes that only change their place.
  case movedBytes
  /// What is done element by element.
  case elementBytes
  /// Softmax and selection.
  case rankedBytes
  /// Starting an operation.
  case overhead

  public static let count = allCases.count

  /// For tables.
  public var title: String {
    switch self {
    case .pointwise: "1×1 convolutions"
    case .winograd: "3×3 convolutions"
    case .otherConvolution: "other convolutions"
    case .matrix: "products of matrices"
    case .depthwise: "depthwise convolutions"
    case .weights: "weights read once"
    case .pointwiseInt8: "1×1 convolutions, 8 bits"
    case .otherInt8: "other convolutions, 8 bits"
    case .depthwiseInt8: "depthwise convolutions, 8 bits"
    case .convolutionBytes: "activations of convolutions"
    case .movedBytes: "activations moved"
    case .elementBytes: "activations, element by element"
    case .rankedBytes: "softmax and selection"
    case .overhead: "starting an operation"
    }
  }

  /// The unit in which a rate is told.
  public var unit: String {
    switch self {
    case .pointwise, .winograd, .otherConvolution, .matrix, .depthwise, .pointwiseInt8,
      .otherInt8, .depthwiseInt8:
      "GFLOP/s"
    case .weights, .convolutionBytes, .movedBytes, .elementBytes, .rankedBytes: "GB/s"
    case .overhead: "µs"
    }
  }

  /// A rate in its unit from milliseconds for one unit of work.
  public func rate(milliseconds: Double) -> Double {
    switch self {
    case .depthwise, .depthwiseInt8: 2e6 / milliseconds * 1e-6
    case .overhead: milliseconds * 1e3
    case .weights, .convolutionBytes, .movedBytes, .elementBytes, .rankedBytes: 1 / milliseconds
    default: 2e8 / milliseconds * 1e-6
    }
  }
}

/// One operation as the features of its work; instances of it are counted.
public struct WorkOperation: Sendable, Hashable {
  enum Category: Sendable, Hashable {
    case pointwise, winograd, otherConvolution, pointwiseInt8, otherInt8
    case depthwise, depthwiseInt8, vectorProduct, matrix
    case softmax, selection, movement, reduction, transcendental, element
  }

  var category = Category.element
  var instances = 1.0
  var macs = 0.0
  /// Activations read and written, as if stored in fp32.
  var megabytes = 0.0
  var weightMegabytes = 0.0
  /// Of one group.
  var channelsIn = 1.0
  var channelsOut = 1.0
  /// Pixels of the output.
  var plane = 1.0
  /// Pixels of 4×4 tiles over the output, over its pixels.
  var tiling = 1.0
  var groups = 1.0
}

/// How shape moves the work of an operation: constants that all devices of a class share.
public struct WorkShape: Sendable, Hashable, Codable {
  /// Pixels that a plane loses to borders: `1 + s/HW`.
  public var plane: Double
  /// Channels that a dense convolution, a Winograd one, an 8-bit one loses: `1 + x/C`.
  public var channels: Double
  public var winogradChannels: Double
  public var winogradPlane: Double
  public var int8Channels: Double
  /// 10⁶ multiply–accumulates that a MB of a depthwise convolution is worth.
  public var depthwiseBytes: Double
  public var depthwisePlane: Double
  /// Overheads of each further group, of an operation that multiplies nothing, of a reduction.
  public var groupOverhead: Double
  public var elementOverhead: Double
  public var reductionOverhead: Double
  /// Cost of a byte that goes through an exponential, over a plain one.
  public var transcendental: Double
  /// Cost of a byte that is selected from, over one of a softmax.
  public var selection: Double

  /// The share of a convolution's weights that are read as if once.
  static let convolutionWeights = 0.2

  /// The constants as their logarithms, for fitting.
  public var logarithms: [Double] {
    get { Self.paths.map { log(self[keyPath: $0]) } }
    set { for (path, value) in zip(Self.paths, newValue) { self[keyPath: path] = exp(value) } }
  }

  private static let paths: [WritableKeyPath<WorkShape, Double> & Sendable] = [
    \.plane, \.channels, \.winogradChannels, \.winogradPlane, \.int8Channels, \.depthwiseBytes,
    \.depthwisePlane, \.groupOverhead, \.elementOverhead, \.reductionOverhead, \.transcendental,
    \.selection,
  ]

  public init(
    plane: Double, channels: Double, winogradChannels: Double, winogradPlane: Double,
    int8Channels: Double, depthwiseBytes: Double, depthwisePlane: Double, groupOverhead: Double,
    elementOverhead: Double, reductionOverhead: Double, transcendental: Double, selection: Double
  ) {
    self.plane = plane
    self.channels = channels
    self.winogradChannels = winogradChannels
    self.winogradPlane = winogradPlane
    self.int8Channels = int8Channels
    self.depthwiseBytes = depthwiseBytes
    self.depthwisePlane = depthwisePlane
    self.groupOverhead = groupOverhead
    self.elementOverhead = elementOverhead
    self.reductionOverhead = reductionOverhead
    self.transcendental = transcendental
    self.selection = selection
  }

  private enum CodingKeys: String, CodingKey {
    case plane, channels, transcendental, selection
    case winogradChannels = "winograd_channels"
    case winogradPlane = "winograd_plane"
    case int8Channels = "int8_channels"
    case depthwiseBytes = "depthwise_bytes"
    case depthwisePlane = "depthwise_plane"
    case groupOverhead = "group_overhead"
    case elementOverhead = "element_overhead"
    case reductionOverhead = "reduction_overhead"
  }
}
