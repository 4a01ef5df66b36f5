import Workloads

/// A run of equal blocks as mobile networks stack them; only the first of a stage may have a stride.
struct MobileBlock: Sendable {
  enum Kind: Sendable {
    /// Convolution, normalisation, activation.
    case plain
    /// A depthwise and a pointwise convolution (MobileNet V1).
    case separable
    /// Pointwise expansion, depthwise convolution, linear pointwise projection (MobileNet V2).
    case inverted
    /// Expansion by a dense convolution, linear pointwise projection (EfficientNet-EdgeTPU).
    case fused
    /// An inverted residual with one more depthwise convolution before it, either of them optional
    /// (MobileNet V4).
    case universal(before: Int)
    /// Attention of `heads` queries over one key and value, which a strided depthwise convolution
    /// makes smaller when `keyStride` is above 1 (MobileNet V4).
    case multiQuery(heads: Int, size: Int, keyStride: Int)
  }

  var kind: Kind
  var channels: Int
  var expansion = 1.0
  /// More than one: each convolves its share of the channels (MixNet). Zero: no convolution.
  var kernels = [3]
  var stride = 1
  var repeats = 1
  /// Inner channels of the squeeze-and-excitation as a share; none at zero.
  var squeeze = 0.0
  /// Where it differs from the network's.
  var activation: ElementwiseFunction?
  var isResidual = true
  /// Whether a separable block ends with an activation.
  var isActivated = false
  /// Channels of one group of the spatial convolution; nil for the block's own kind.
  var groupSize: Int?
  /// Into how many parts the channels of the pointwise convolutions are split (MixNet).
  var expansionParts = 1
  var projectionParts = 1
  /// The width that is expanded where it is not the input's.
  var expandedFrom: Int?

  static func plain(
    _ channels: Int, kernel: Int = 3, stride: Int = 1, repeats: Int = 1, residual: Bool = false
  ) -> MobileBlock {
    MobileBlock(
      kind: .plain, channels: channels, kernels: [kernel], stride: stride, repeats: repeats,
      isResidual: residual)
  }

  static func separable(
    _ channels: Int, kernel: Int = 3, stride: Int = 1, repeats: Int = 1, squeeze: Double = 0,
    activation: ElementwiseFunction? = nil, residual: Bool = true, activated: Bool = false
  ) -> MobileBlock {
    MobileBlock(
      kind: .separable, channels: channels, kernels: [kernel], stride: stride, repeats: repeats,
      squeeze: squeeze, activation: activation, isResidual: residual, isActivated: activated)
  }

  static func inverted(
    _ channels: Int, by expansion: Double, kernel: Int = 3, stride: Int = 1, repeats: Int = 1,
    squeeze: Double = 0, activation: ElementwiseFunction? = nil, residual: Bool = true
  ) -> MobileBlock {
    MobileBlock(
      kind: .inverted, channels: channels, expansion: expansion, kernels: [kernel],
      stride: stride, repeats: repeats, squeeze: squeeze, activation: activation,
      isResidual: residual)
  }

  static func mixed(
    _ channels: Int, by expansion: Double, kernels: [Int], stride: Int = 1, repeats: Int = 1,
    squeeze: Double = 0, activation: ElementwiseFunction? = nil, expansionParts: Int = 1,
    projectionParts: Int = 1
  ) -> MobileBlock {
    MobileBlock(
      kind: .inverted, channels: channels, expansion: expansion, kernels: kernels, stride: stride,
      repeats: repeats, squeeze: squeeze, activation: activation, expansionParts: expansionParts,
      projectionParts: projectionParts)
  }

  static func fused(
    _ channels: Int, by expansion: Double, stride: Int = 1, repeats: Int = 1,
    residual: Bool = true, groupSize: Int? = nil, expandedFrom: Int? = nil
  ) -> MobileBlock {
    MobileBlock(
      kind: .fused, channels: channels, expansion: expansion, stride: stride, repeats: repeats,
      isResidual: residual, groupSize: groupSize, expandedFrom: expandedFrom)
  }

  static func universal(
    _ channels: Int, by expansion: Double, before: Int, kernel: Int, stride: Int = 1,
    repeats: Int = 1
  ) -> MobileBlock {
    MobileBlock(
      kind: .universal(before: before), channels: channels, expansion: expansion,
      kernels: [kernel], stride: stride, repeats: repeats)
  }

  static func multiQuery(_ channels: Int, heads: Int, size: Int, keyStride: Int = 1)
    -> MobileBlock
  {
    MobileBlock(
      kind: .multiQuery(heads: heads, size: size, keyStride: keyStride), channels: channels)
  }
}

/// The multiple of `divisor` nearest to `value`, one more where that would lose over a tenth.
///
/// - Source: M. Sandler et al., MobileNetV2; the published implementations round all widths so.
func roundedChannels(_ value: Double, divisor: Int = 8, limit: Double = 0.9) -> Int {
  let step = Double(divisor)
  let nearest = max(step, ((value + step / 2) / step).rounded(.down) * step)
  return Int(nearest < limit * value ? nearest + step : nearest)
}
