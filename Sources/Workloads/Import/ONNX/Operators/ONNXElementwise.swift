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
    for entry in unary { rules[entry.name] = unaryRule(entry) }
    for entry in binary { rules[entry.name] = binaryRule(entry) }
    for entry in comparisons { rules[entry.name] = binaryRule(entry, type: .boolean) }
    for entry in variadic { rules[entry.name] = variadicRule(entry) }
    for (name, function) in fused {
      rules["com.microsoft." + name] = unaryRule(Unary(name, function))
    }
    let parametricRule: ONNXRule = { call throws(WorkloadError) in
      [call.emit(.elementwise(.leakyReLU), call.some(0, 1), try call.input(0).shape)]
    }
    rules["PRelu"] = parametricRule
    let clipRule: ONNXRule = { call throws(WorkloadError) in
      let input = try call.input(0)
      let low = call.optional(1)?.contents?.first ?? call.float("min", -.infinity)
      let high = call.optional(2)?.contents?.first ?? call.float("max", .infinity)
      return [
        call.emit(
          .elementwise(.clip), [input], input.shape,
          contents: input.contents.map { $0.map { min(max($0, low), high) } })
      ]
    }
    rules["Clip"] = clipRule
    let chooseRule: ONNXRule = { call throws(WorkloadError) in [try select(call)] }
    rules["Where"] = chooseRule
    let castRule: ONNXRule = { call throws(WorkloadError) in
      [cast(call, try call.input(0), try call.type(call.int("to", 1)))]
    }
    rules["Cast"] = castRule
    let castLikeRule: ONNXRule = { call throws(WorkloadError) in
      [cast(call, try call.input(0), try call.input(1).type)]
    }
    rules["CastLike"] = castLikeRule
    rules["BitCast"] = rules["Cast"]
    let dropoutRule: ONNXRule = { call throws(WorkloadError) in
      let input = try call.input(0)
      return [input] + (call.wants(1) ? [call.known([], input.shape, .boolean)] : [])
    }
    rules["Dropout"] = dropoutRule
    for name in ["Identity", "OptionalGetElement", "com.microsoft.MemcpyToHost"] {
      let rule: ONNXRule = { call throws(WorkloadError) in [try call.input(0)] }
      rules[name] = rule
    }
    for name in ["IsNaN", "IsInf"] {
      let rule: ONNXRule = { call throws(WorkloadError) in
        let input = try call.input(0)
        return [call.emit(.elementwise(.compare), [input], input.shape, .boolean)]
      }
      rules[name] = rule
    }
    return rules
  }

  // MARK: - Tables

  private struct Unary: Sendable {
    let name: String
    let function: ElementwiseFunction
    let compute: (@Sendable (Double) -> Double)?

    init(
      _ name: String, _ function: ElementwiseFunction,
      _ compute: (@Sendable (Double) -> Double)? = nil
    ) {
      self.name = name
      self.function = function
      self.compute = compute
    }
  }

  private struct Binary: Sendable {
    let name: String
    let function: ElementwiseFunction
    let compute: (@Sendable (Double, Double) -> Double)?

    init(
      _ name: String, _ function: ElementwiseFunction,
      _ compute: (@Sendable (Double, Double) -> Double)? = nil
    ) {
      self.name = name
      self.function = function
      self.compute = compute
    }
  }

  private static let unary: [Unary] = [
    Unary("Relu", .relu, { max(0, $0) }), Unary("LeakyRelu", .leakyReLU), Unary("Selu", .elu),
    Unary("ThresholdedRelu", .relu), Unary("Elu", .elu), Unary("Celu", .elu),
    Unary("Sigmoid", .sigmoid), Unary("Tanh", .tanh), Unary("Gelu", .gelu),
    Unary("Swish", .silu), Unary("Mish", .mish), Unary("Softplus", .softplus),
    Unary("Softsign", .divide), Unary("HardSigmoid", .hardSigmoid), Unary("HardSwish", .hardSwish),
    Unary("Shrink", .clip), Unary("Erf", .error), Unary("Exp", .exponential, { exp($0) }),
    Unary("Log", .logarithm, { log($0) }), Unary("Sqrt", .squareRoot, { $0.squareRoot() }),
    Unary("Reciprocal", .reciprocal, { 1 / $0 }), Unary("Neg", .negate, { -$0 }),
    Unary("Abs", .absolute, { abs($0) }), Unary("Sign", .sign, { $0 > 0 ? 1 : $0 < 0 ? -1 : 0 }),
    Unary("Floor", .round, { $0.rounded(.down) }), Unary("Ceil", .round, { $0.rounded(.up) }),
    Unary("Round", .round, { $0.rounded(.toNearestOrEven) }), Unary("Sin", .sine, { sin($0) }),
    Unary("Cos", .sine, { cos($0) }), Unary("Tan", .sine), Unary("Asin", .sine),
    Unary("Acos", .sine),
    Unary("Atan", .sine), Unary("Sinh", .exponential), Unary("Cosh", .exponential),
    Unary("Asinh", .logarithm), Unary("Acosh", .logarithm), Unary("Atanh", .logarithm),
    Unary("Not", .logical, { $0 == 0 ? 1 : 0 }), Unary("BitwiseNot", .logical),
  ]

  private static let binary: [Binary] = [
    Binary("Add", .add, { $0 + $1 }), Binary("Sub", .subtract, { $0 - $1 }),
    Binary("Mul", .multiply, { $0 * $1 }),
    Binary("Div", .divide, { $0 / $1 }), Binary("Pow", .power, { pow($0, $1) }),
    Binary("Mod", .modulo, { $0 - ($0 / $1).rounded(.down) * $1 }),
    Binary("BitShift", .logical), Binary("BitwiseAnd", .logical), Binary("BitwiseOr", .logical),
    Binary("BitwiseXor", .logical),
  ]

  private static let comparisons: [Binary] = [
    Binary("Equal", .compare, { $0 == $1 ? 1 : 0 }), Binary("Less", .compare, { $0 < $1 ? 1 : 0 }),
    Binary("LessOrEqual", .compare, { $0 <= $1 ? 1 : 0 }),
    Binary("Greater", .compare, { $0 > $1 ? 1 : 0 }),
    Binary("GreaterOrEqual", .compare, { $0 >= $1 ? 1 : 0 }),
    Binary("And", .compare, { $0 != 0 && $1 != 0 ? 1 : 0 }),
    Binary("Or", .compare, { $0 != 0 || $1 != 0 ? 1 : 0 }),
    Binary("Xor", .compare, { ($0 != 0) != ($1 != 0) ? 1 : 0 }),
  ]

  private static let variadic: [Binary] = [
    Binary("Sum", .add, { $0 + $1 }), Binary("Max", .maximum, { max($0, $1) }),
    Binary("Min", .minimum, { min($0, $1) }), Binary("Mean", .add, { _, _ in .nan }),
  ]

  /// Activations that ONNX Runtime fuses with a bias.
  private static let fused: [(String, ElementwiseFunction)] = [
    ("Gelu", .gelu), ("FastGelu", .gelu), ("BiasGelu", .gelu), ("QuickGelu", .silu),
    ("BiasAdd", .add), ("BiasDropout", .add), ("QLinearSigmoid", .sigmoid),
    ("QLinearLeakyRelu", .leakyReLU),
  ]

  // MARK: - Rules

  private static func unaryRule(_ entry: Unary) -> ONNXRule {
    { call throws(WorkloadError) in
      let input = try call.input(0)
      var contents: [Double]?
      if let compute = entry.compute, let values = input.contents {
        contents = values.map { compute($0) }
      }
      return [
        call.emit(
          .elementwise(entry.function), call.inputs.compactMap { $0 }, input.shape,
          contents: contents)
      ]
    }
  }

  private static func binaryRule(_ entry: Binary, type: DataType? = nil) -> ONNXRule {
    { call throws(WorkloadError) in
      [
        try binary(
          call, entry.function, try call.input(0), try call.input(1), entry.compute, type: type)
      ]
    }
  }

  private static func variadicRule(_ entry: Binary) -> ONNXRule {
    { call throws(WorkloadError) in
      var result = try call.input(0)
      for place in 1..<max(1, call.inputs.count) {
        result = try binary(
          call, entry.function, result, try call.input(place), entry.compute,
          suffix: place == 1 ? "" : ".\(place)")
      }
      return [result]
    }
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
