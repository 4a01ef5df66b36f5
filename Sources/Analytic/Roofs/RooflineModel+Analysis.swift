import Predictions
import Quantities
import Workloads

extension RooflineModel {
  /// A prediction, with the place of each operation under the roofs of the device.
  ///
  /// The least time of an operation takes its traffic as the model has it, and arithmetic and the
  /// memories as busy at once: no operation is faster.
  ///
  /// - Throws: `MachineError` where the device has no rate for the precision.
  public func analysis(
    _ program: KernelProgram
  ) throws(MachineError) -> (prediction: Prediction, analysis: RooflineAnalysis) {
    let machine = try machine(program.precision)
    let prediction = try predict(program)
    let workload = program.workload
    let reuse = workload.reuse(workload.counts())
    var layers = [RooflineAnalysis.Reuse?](repeating: nil, count: workload.operations.count)
    for layer in reuse.layers { layers[layer.operation] = .init(layer.reuse) }
    var operations: [RooflineAnalysis.Operation] = []
    operations.reserveCapacity(prediction.breakdown.count)
    for (step, cost) in zip(program.steps, prediction.breakdown) {
      var (matrix, vector, bytes) = (0.0, 0.0, 0.0)
      for index in step.kernels {
        let kernel = program.kernels[index]
        let products = 2 * kernel.matrixMACs
        if kernel.kind == .depthwiseConvolution { vector += products } else { matrix += products }
        vector += kernel.vectorFLOP
        bytes += kernel.bytes.value
      }
      // What is read again comes from the main memory each time.
      let all = max(Bytes(step.instances * bytes), cost.bytes)
      let least = max(
        step.instances * (matrix / machine.matrixRate + vector / machine.vectorRate),
        cost.bytes.value / machine.bandwidth, all.value / machine.cacheBandwidth)
      operations.append(
        .init(
          cost: cost, cacheTraffic: all, leastTime: Seconds(least),
          reuse: layers[step.operation]))
    }
    // Waiting for the host is no step.
    for cost in prediction.breakdown.dropFirst(program.steps.count) {
      operations.append(.init(cost: cost, cacheTraffic: .zero, leastTime: .zero, reuse: nil))
    }
    let levels = machine.levels(
      main: operations.reduce(.zero) { $0 + $1.cost.bytes },
      all: operations.reduce(.zero) { $0 + $1.cacheTraffic })
    return (
      prediction,
      RooflineAnalysis(
        peaks: machine.peaks, levels: levels, operations: operations, reuse: .init(reuse.total),
        meanArithmeticIntensity: reuse.meanArithmeticIntensity,
        activationWeight: DataReuse.publishedActivationWeight)
    )
  }
}

extension RooflineAnalysis.Reuse {
  init(_ reuse: DataReuse) {
    self.init(
      arithmeticIntensity: reuse.arithmeticIntensity,
      weightedIntensity: reuse.weightedIntensity(
        activationWeight: DataReuse.publishedActivationWeight),
      weightReuse: reuse.weights > 0 ? reuse.weightReuse : nil,
      activationReuse: reuse.activationReuse)
  }
}
