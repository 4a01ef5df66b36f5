extension ONNXOperators {
  static let quantized: [String: ONNXRule] = [
    "QuantizeLinear": { call throws(WorkloadError) in [try quantize(call)] },
    "com.microsoft.QuantizeLinear": { call throws(WorkloadError) in [try quantize(call)] },
    "DequantizeLinear": { call throws(WorkloadError) in [try dequantize(call)] },
    "DynamicQuantizeLinear": { call throws(WorkloadError) in
      let input = try call.input(0)
      return call.emit(
        .elementwise(.quantize), [input],
        [(input.shape, .uint8), (Shape(), .float32), (Shape(), .uint8)])
    },
    "com.microsoft.QLinearAdd": { call throws(WorkloadError) in
      [try binary(call, .add, try call.input(0), try call.input(3))]
    },
    "com.microsoft.QLinearMul": { call throws(WorkloadError) in
      [try binary(call, .multiply, try call.input(0), try call.input(3))]
    },
    "com.microsoft.QLinearConcat": { call throws(WorkloadError) in
      let places = stride(from: 2, to: call.inputs.count, by: 3)
      return [try concatenate(call, places.compactMap(call.optional))]
    },
    "com.microsoft.QLinearGlobalAveragePool": { call throws(WorkloadError) in
      try globalPooling(call, .average)
    },
    "com.microsoft.QLinearAveragePool": { call throws(WorkloadError) in
      try pooling(call, .average)
    },
  ]

  private static func quantize(_ call: ONNXCall) throws(WorkloadError) -> ONNXTensor {
    let input = try call.input(0)
    let stated = call.int("output_dtype", 0)
    let type: DataType =
      if stated != 0 { try call.type(stated) } else { call.optional(2)?.type ?? .uint8 }
    return call.emit(.elementwise(.quantize), call.some(0, 1, 2), input.shape, type)
  }

  /// A stored tensor stays as it is stored: what multiplies with it reads the few bits and the
  /// scales.
  private static func dequantize(_ call: ONNXCall) throws(WorkloadError) -> ONNXTensor {
    let (input, scale) = (try call.input(0), try call.input(1))
    guard input.isStored else {
      return call.emit(.elementwise(.dequantize), call.some(0, 1, 2), input.shape, scale.type)
    }
    if input.id == nil, input.shape.elements > 1 { input.isWeight = true }
    return ONNXTensor(
      input.shape, scale.type, .alias(input, call.some(1, 2)), format: input.format)
  }
}
