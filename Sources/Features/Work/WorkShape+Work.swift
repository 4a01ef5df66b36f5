extension WorkShape {
  /// The work of one operation, by class, all its instances.
  public func work(_ operation: WorkOperation) -> [Double] {
    var work = [Double](repeating: 0, count: WorkClass.count)
    add(operation, to: &work)
    return work
  }

  /// The work of a whole network, by class.
  public func work(_ operations: [WorkOperation]) -> [Double] {
    var work = [Double](repeating: 0, count: WorkClass.count)
    for operation in operations { add(operation, to: &work) }
    return work
  }

  private func add(_ operation: WorkOperation, to work: inout [Double]) {
    func add(_ kind: WorkClass, _ amount: Double) {
      work[kind.rawValue] += operation.instances * amount
    }
    func convolution(_ kind: WorkClass, channels: Double, plane: Double, tiling: Double = 1) {
      add(
        kind,
        operation.macs / 1e8 * tiling * (1 + channels / operation.channelsIn)
          * (1 + channels / operation.channelsOut) * (1 + plane / operation.plane))
      add(.convolutionBytes, operation.megabytes)
      add(.weights, Self.convolutionWeights * operation.weightMegabytes)
      add(.overhead, 1 + groupOverhead * (operation.groups - 1))
    }
    func other(_ kind: WorkClass, factor: Double = 1, overhead: Double) {
      add(kind, factor * operation.megabytes)
      add(.overhead, overhead)
    }
    switch operation.category {
    case .pointwise: convolution(.pointwise, channels: 0, plane: plane)
    case .winograd:
      convolution(
        .winograd, channels: winogradChannels, plane: winogradPlane, tiling: operation.tiling)
    case .otherConvolution: convolution(.otherConvolution, channels: channels, plane: plane)
    case .pointwiseInt8: convolution(.pointwiseInt8, channels: int8Channels, plane: plane)
    case .otherInt8: convolution(.otherInt8, channels: int8Channels, plane: plane)
    case .depthwise, .depthwiseInt8:
      add(
        operation.category == .depthwise ? .depthwise : .depthwiseInt8,
        (operation.macs / 1e6 + depthwiseBytes * operation.megabytes)
          * (1 + depthwisePlane / operation.plane))
      add(.weights, Self.convolutionWeights * operation.weightMegabytes)
      add(.overhead, 1)
    case .vectorProduct:
      add(.weights, operation.weightMegabytes)
      add(.overhead, 1)
    case .matrix:
      add(.matrix, operation.macs / 1e8)
      add(.overhead, 1)
    case .softmax: other(.rankedBytes, overhead: elementOverhead)
    case .selection: other(.rankedBytes, factor: selection, overhead: elementOverhead)
    case .movement: other(.movedBytes, overhead: elementOverhead)
    case .reduction: other(.elementBytes, overhead: reductionOverhead)
    case .transcendental:
      other(.elementBytes, factor: transcendental, overhead: elementOverhead)
    case .element: other(.elementBytes, overhead: elementOverhead)
    }
  }
}
