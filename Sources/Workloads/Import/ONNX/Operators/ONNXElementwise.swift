#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

extension ONNXOperators {
  static let elementwise = elementwiseRules()

  private static func elementwiseRules() -> [String: ONNXRule] {
    var rules: [String: ONNXRule] = [:]
    for (name, function, compute) in unary { rules[name] = mapping(function, compute) }
    for (name, function, compute) in binary { rules[name] = combining(function, compute) }
    for (name, compute) in comparisons {
      rules[name] = combining(.compare, compute, type: .boolean)
    }
    for (name, function, compute) in variadic { rules[name] = folding(function, compute) }
    for (name, function) in fused { rules["com.microsoft." + name] = mapping(function, nil) }
    rules.define("PRelu") { call throws(WorkloadError) in
      [call.emit(.elementwise(.leakyReLU), call.some(0, 1), try call.input(0).shape)]
    }
    rules.define("Clip") { call throws(WorkloadError) in
      let input = try call.input(0)
      let low = call.optional(1)?.contents?.first ?? call.float("min", -.infinity)
      let high = call.optional(2)?.contents?.first ?? call.float("max", .infinity)
      return [
        call.emit(
          .elementwise(.clip), [input], input.shape,
          contents: input.contents.map { $0.map { min(max($0, low), high) } })
      ]
    }
    rules.define("Where") { call throws(WorkloadError) in [try select(call)] }
    rules.define("Cast") { call throws(WorkloadError) in
      [cast(call, try call.input(0), try call.type(call.int("to", 1)))]
    }
    rules.define("CastLike") { call throws(WorkloadError) in
      [cast(call, try call.input(0), try call.input(1).type)]
    }
    rules["BitCast"] = rules["Cast"]
    rules.define("Dropout") { call throws(WorkloadError) in
      let input = try call.input(0)
      return [input] + (call.wants(1) ? [call.known([], input.shape, .boolean)] : [])
    }
    for name in ["Identity", "OptionalGetElement", "com.microsoft.MemcpyToHost"] {
      rules.define(name) { call throws(WorkloadError) in [try call.input(0)] }
    }
    for name in ["IsNaN", "IsInf"] {
      rules.define(name) { call throws(WorkloadError) in
        let input = try call.input(0)
        return [call.emit(.elementwise(.compare), [input], input.shape, .boolean)]
      }
    }
    return rules
  }

  // MARK: - Tables

  private typealias Compute = @Sendable (Double) -> Double
  private typealias Combine = @Sendable (Double, Double) -> Double

  private static let unary: [(String, ElementwiseFunction, Compute?)] = [
    ("Relu", .relu, { max(0, $0) }), ("LeakyRelu", .leakyReLU, nil), ("Selu", .elu, nil),
    ("ThresholdedRelu", .relu, nil), ("Elu", .elu, nil), ("Celu", .elu, nil),
    ("Sigmoid", .sigmoid, nil), ("Tanh", .tanh, nil), ("Gelu", .gelu, nil),
    ("Swish", .silu, nil), ("Mish", .mish, nil), ("Softplus", .softplus, nil),
    ("Softsign", .divide, nil), ("HardSigmoid", .hardSigmoid, nil), ("HardSwish", .hardSwish, nil),
    ("Shrink", .clip, nil), ("Erf", .error, nil), ("Exp", .exponential, { exp($0) }),
    ("Log", .logarithm, { log($0) }), ("Sqrt", .squareRoot, { $0.squareRoot() }),
    ("Reciprocal", .reciprocal, { 1 / $0 }), ("Neg", .negate, { -$0 }),
    ("Abs", .absolute, { abs($0) }), ("Sign", .sign, { $0 > 0 ? 1 : $0 < 0 ? -1 : 0 }),
    ("Floor", .round, { $0.rounded(.down) }), ("Ceil", .round, { $0.rounded(.up) }),
    ("Round", .round, { $0.rounded(.toNearestOrEven) }), ("Sin", .sine, { sin($0) }),
    ("Cos", .sine, { cos($0) }), ("Tan", .sine, nil), ("Asin", .sine, nil), ("Acos", .sine, nil),
    ("Atan", .sine, nil), ("Sinh", .exponential, nil), ("Cosh", .exponential, nil),
    ("Asinh", .logarithm, nil), ("Acosh", .logarithm, nil), ("Atanh", .logarithm, nil),
    ("Not", .logical, { $0 == 0 ? 1 : 0 }), ("BitwiseNot", .logical, nil),
  ]

  private static let binary: [(String, ElementwiseFunction, Combine?)] = [
    ("Add", .add, { $0 + $1 }), ("Sub", .subtract, { $0 - $1 }), ("Mul", .multiply, { $0 * $1 }),
    ("Div", .divide, { $0 / $1 }), ("Pow", .power, { pow($0, $1) }),
    ("Mod", .modulo, { $0 - ($0 / $1).rounded(.down) * $1 }),
    ("BitShift", .logical, nil), ("BitwiseAnd", .logical, nil), ("BitwiseOr", .logical, nil),
    ("BitwiseXor", .logical, nil),
  ]

  private static let comparisons: [(String, Combine)] = [
    ("Equal", { $0 == $1 ? 1 : 0 }), ("Less", { $0 < $1 ? 1 : 0 }),
    ("LessOrEqual", { $0 <= $1 ? 1 : 0 }), ("Greater", { $0 > $1 ? 1 : 0 }),
    ("GreaterOrEqual", { $0 >= $1 ? 1 : 0 }), ("And", { $0 != 0 && $1 != 0 ? 1 : 0 }),
    ("Or", { $0 != 0 || $1 != 0 ? 1 : 0 }), ("Xor", { ($0 != 0) != ($1 != 0) ? 1 : 0 }),
  ]

  private static let variadic: [(String, ElementwiseFunction, Combine)] = [
    ("Sum", .add, { $0 + $1 }), ("Max", .maximum, { max($0, $1) }),
    ("Min", .minimum, { min($0, $1) }), ("Mean", .add, { _, _ in .nan }),
  ]

  /// Activations that ONNX Runtime fuses with a bias.
  private static let fused: [(String, ElementwiseFunction)] = [
    ("Gelu", .gelu), ("FastGelu", .gelu), ("BiasGelu", .gelu), ("QuickGelu", .silu),
    ("BiasAdd", .add), ("BiasDropout", .add), ("QLinearSigmoid", .sigmoid),
    ("QLinearLeakyRelu", .leakyReLU),
  ]

  // MARK: - Rules

  /// A function of every element, which may read further operands such as a bias.
  private static func mapping(_ function: ElementwiseFunction, _ compute: Compute?) -> ONNXRule {
    @Sendable func rule(_ call: ONNXCall) throws(WorkloadError) -> [ONNXTensor] {
      let input = try call.input(0)
      var contents: [Double]?
      if let compute, let values = input.contents { contents = values.map { compute($0) } }
      return [
        call.emit(
          .elementwise(function), call.inputs.compactMap { $0 }, input.shape, contents: contents)
      ]
    }
    return rule
  }

  private static func combining(
    _ function: ElementwiseFunction, _ compute: Combine?, type: DataType? = nil
  ) -> ONNXRule {
    @Sendable func rule(_ call: ONNXCall) throws(WorkloadError) -> [ONNXTensor] {
      let (left, right) = (try call.input(0), try call.input(1))
      return [try binary(call, function, left, right, compute, type: type)]
    }
    return rule
  }

  /// A function of two, over all inputs from the first on.
  private static func folding(
    _ function: ElementwiseFunction, _ compute: @escaping Combine
  ) -> ONNXRule {
    @Sendable func rule(_ call: ONNXCall) throws(WorkloadError) -> [ONNXTensor] {
      var result = try call.input(0)
      for place in 1..<max(1, call.inputs.count) {
        result = try binary(
          call, function, result, try call.input(place), compute,
          suffix: place == 1 ? "" : ".\(place)")
      }
      return [result]
    }
    return rule
  }

  static func binary(
    _ call: ONNXCall, _ function: ElementwiseFunction, _ left: ONNXTensor, _ right: ONNXTensor,
    _ compute: (@Sendable (Double, Double) -> Double)? = nil, type: DataType? = nil,
    suffix: String = ""
  ) throws(WorkloadError) -> ONNXTensor {
    let shape = try call.broadcast(left.shape, right.shape)
    var contents: [Double]?
    if let compute, let first = spread(call, left, shape), let second = spread(call, right, shape) {
      let isWhole = type == nil && !left.type.isFloating
      contents = zip(first, second).map { left, right in
        let value = compute(left, right)
        return isWhole ? value.rounded(.towardZero) : value
      }
      // A quotient by zero and the like is not a number to go on with.
      if contents?.contains(where: \.isNaN) == true { contents = nil }
    }
    return call.emit(
      .elementwise(function), [left, right], shape, type ?? left.type, contents: contents,
      label: suffix)
  }

  /// The contents of a tensor broadcast to a shape.
  static func spread(_ call: ONNXCall, _ tensor: ONNXTensor, _ shape: Shape) -> [Double]? {
    guard let contents = tensor.contents else { return nil }
    if tensor.shape == shape { return contents }
    let missing = shape.rank - tensor.rank
    guard missing >= 0 else { return nil }
    return call.rearranged(tensor, to: shape) { index in
      (0..<tensor.rank).map { tensor.shape[$0] == 1 ? 0 : index[$0 + missing] }
    }
  }

  private static func select(_ call: ONNXCall) throws(WorkloadError) -> ONNXTensor {
    let (condition, yes, no) = (try call.input(0), try call.input(1), try call.input(2))
    let shape = try call.broadcast(try call.broadcast(condition.shape, yes.shape), no.shape)
    var contents: [Double]?
    if let mask = spread(call, condition, shape), let first = spread(call, yes, shape),
      let second = spread(call, no, shape)
    {
      contents = mask.indices.map { mask[$0] != 0 ? first[$0] : second[$0] }
    }
    return call.emit(
      .elementwise(.select), [condition, yes, no], shape, yes.type, contents: contents)
  }

  static func cast(_ call: ONNXCall, _ input: ONNXTensor, _ type: DataType) -> ONNXTensor {
    if type == input.type { return input }
    let contents = input.contents.map { contents in
      contents.map { value in
        if type == .boolean { return value == 0 ? 0.0 : 1 }
        return type.isFloating ? value : value.rounded(.towardZero)
      }
    }
    return call.emit(.elementwise(.cast), [input], input.shape, type, contents: contents)
  }
}
