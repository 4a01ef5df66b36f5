extension ONNXOperators {
  static let indexing = indexingRules()

  private static func indexingRules() -> [String: ONNXRule] {
    var rules: [String: ONNXRule] = [
      "Shape": { call throws(WorkloadError) in
        let input = try call.input(0)
        let rank = input.rank
        func bound(_ value: Int) -> Int {
          max(0, min(rank, value < 0 ? max(value, -rank) + rank : value))
        }
        let start = bound(call.int("start", 0))
        let end = bound(call.int("end", rank))
        let sizes = start < end ? input.shape[start..<end].map(Double.init) : []
        return [call.known(sizes, [sizes.count], .int64)]
      },
      "Size": { call throws(WorkloadError) in
        [call.known([try call.input(0).shape.elements], Shape(), .int64)]
      },
      "Constant": { call throws(WorkloadError) in [try constant(call)] },
      "ConstantOfShape": { call throws(WorkloadError) in [try constantOfShape(call)] },
      "Range": { call throws(WorkloadError) in [try range(call)] },
      "Gather": { call throws(WorkloadError) in [try gather(call)] },
      "GatherElements": { call throws(WorkloadError) in
        let (data, indices) = (try call.input(0), try call.input(1))
        return [call.emit(.movement(.gather), [data, indices], indices.shape)]
      },
      "GatherND": { call throws(WorkloadError) in
        let (data, indices) = (try call.input(0), try call.input(1))
        let batch = call.int("batch_dims", 0)
        let depth = indices.shape.innermost
        guard indices.rank > 0, batch >= 0, batch <= data.rank, depth <= data.rank - batch else {
          throw call.fail("indices \(indices.shape) into \(data.shape)")
        }
        return [
          call.emit(
            .movement(.gather), [data, indices],
            try call.shape(Array(indices.shape.dropLast()) + data.shape.dropFirst(batch + depth)))
        ]
      },
      "OneHot": { call throws(WorkloadError) in
        let indices = try call.input(0)
        guard let depth = call.optional(1)?.integers?.first else {
          return [
            call.emit(
              .movement(.expand), [indices], try call.declaredOrFail(0, "its depth is not constant")
            )
          ]
        }
        var dimensions = Array(indices.shape)
        let axis = call.int("axis", -1)
        guard axis >= -indices.rank - 1, axis <= indices.rank else {
          throw call.fail("axis \(axis) of \(indices.shape)")
        }
        dimensions.insert(depth, at: axis < 0 ? axis + indices.rank + 1 : axis)
        return [
          call.emit(
            .movement(.expand), [indices], try call.shape(dimensions),
            call.optional(2)?.type ?? .float32)
        ]
      },
      "TopK": { call throws(WorkloadError) in
        let input = try call.input(0)
        let axis = try call.axis(call.int("axis", -1), input.rank)
        var shape = input.shape
        if let count = call.int("k") ?? call.optional(1)?.integers?.first {
          guard count >= 0, count <= input.shape[axis] else {
            throw call.fail("the first \(count) of \(input.shape[axis])")
          }
          shape[axis] = count
        } else if let stated = call.declared() {
          shape = stated
        }
        return call.emit(.selection, [input], [(shape, input.type), (shape, .int64)])
      },
      "NonZero": { call throws(WorkloadError) in
        let input = try call.input(0)
        if let contents = input.contents, input.rank == 1 {
          let places = contents.indices.filter { contents[$0] != 0 }.map(Double.init)
          return [call.known(places, [1, places.count], .int64)]
        }
        let shape: Shape
        if let stated = call.declared() {
          shape = stated
        } else {
          shape = try call.shape([input.rank, try call.dimension(input.shape.elements)])
          call.lowering.warn("how much NonZero finds depends on the data; taken as everything")
        }
        return [call.emit(.selection, [input], shape, .int64)]
      },
      "NonMaxSuppression": { call throws(WorkloadError) in
        let (boxes, scores) = (try call.input(0), try call.input(1))
        let wanted = call.optional(2)?.integers?.first ?? 0
        let most = boxes.rank == 3 ? boxes.shape[1] : 1
        let classes = scores.rank == 3 ? Double(scores.shape[0]) * Double(scores.shape[1]) : 1
        let rows = try call.dimension(classes * Double(max(0, min(wanted, most))))
        call.lowering.warn("how many boxes remain depends on the data; taken as all allowed")
        return [
          call.emit(.selection, [boxes, scores], try call.shape([rows, 3]), .int64)
        ]
      },
      "Unique": { call throws(WorkloadError) in
        let input = try call.input(0)
        let count = try call.dimension(input.shape.elements)
        call.lowering.warn("how much Unique finds depends on the data; taken as everything")
        let row: Shape = [count]
        return call.emit(
          .selection, [input],
          [(row, input.type), (row, .int64), (row, .int64), (row, .int64)])
      },
      "Compress": { call throws(WorkloadError) in
        let input = try call.input(0)
        call.lowering.warn("how much Compress keeps depends on the data; taken as everything")
        return [call.emit(.selection, [input], call.declared() ?? input.shape)]
      },
      "EyeLike": { call throws(WorkloadError) in
        let input = try call.input(0)
        return [call.known([], input.shape, input.type).withoutContents()]
      },
      "SequenceConstruct": { call throws(WorkloadError) in
        let elements = call.inputs.compactMap { $0 }
        return [ONNXTensor(Shape(), elements.first?.type ?? .float32, .sequence(elements))]
      },
      "SequenceAt": { call throws(WorkloadError) in
        guard case .sequence(let elements) = try call.input(0).origin, !elements.isEmpty else {
          throw call.fail("its input is no list")
        }
        let place = call.optional(1)?.integers?.first ?? 0
        let index = place < 0 ? place + elements.count : place
        guard elements.indices.contains(index) else {
          throw call.fail("element \(place) of \(elements.count)")
        }
        return [elements[index]]
      },
    ]
    for name in ["Scatter", "ScatterElements", "ScatterND", "TensorScatter"] {
      rules.define(name) { call throws(WorkloadError) in
        let input = try call.input(0)
        return [call.emit(.movement(.scatter), call.some(0, 1, 2), input.shape)]
      }
    }
    for name in ["RandomNormal", "RandomUniform"] {
      rules.define(name) { call throws(WorkloadError) in
        [
          call.known([], try call.shape(call.ints("shape") ?? []), .float32).withoutContents()
        ]
      }
    }
    for name in ["RandomNormalLike", "RandomUniformLike", "Bernoulli"] {
      rules.define(name) { call throws(WorkloadError) in
        let input = try call.input(0)
        return [call.emit(.elementwise(.other), [input], input.shape)]
      }
    }
    return rules
  }

  private static func constant(_ call: ONNXCall) throws(WorkloadError) -> ONNXTensor {
    if let attribute = call.attributes["value"], attribute.hasT {
      return try call.lowering.stored(attribute.t, isConstant: true)
    }
    if let attribute = call.attributes["value_float"] {
      return call.known([Double(attribute.f)], Shape(), .float32)
    }
    if let attribute = call.attributes["value_int"] {
      return call.known([Double(attribute.i)], Shape(), .int64)
    }
    if let attribute = call.attributes["value_floats"] {
      return call.known(attribute.floats.map(Double.init), [attribute.floats.count], .float32)
    }
    if let attribute = call.attributes["value_ints"] {
      return call.known(attribute.ints.map(Double.init), [attribute.ints.count], .int64)
    }
    if call.attributes["value_string"] != nil || call.attributes["value_strings"] != nil {
      return call.known([], Shape(), .text)
    }
    if let attribute = call.attributes["sparse_value"] {
      let dimensions = attribute.sparseTensor.dims.map { Int($0) }
      return call.known([], try call.shape(dimensions), .float32).withoutContents()
    }
    throw call.fail("it holds no value")
  }

  private static func constantOfShape(_ call: ONNXCall) throws(WorkloadError) -> ONNXTensor {
    let wanted = try call.input(0)
    var type = DataType.float32
    var value = 0.0
    if let attribute = call.attributes["value"], attribute.hasT {
      let stored = try call.lowering.stored(attribute.t, isConstant: true)
      type = stored.type
      value = stored.contents?.first ?? 0
    }
    guard let sizes = wanted.integers else {
      let shape = try call.declaredOrFail(0, "its shape is not constant")
      return call.known([], shape, type).withoutContents()
    }
    let shape = try call.shape(sizes)
    guard shape.elements <= Double(ONNXTensor.contentLimit) else {
      return call.known([], shape, type).withoutContents()
    }
    return call.known([Double](repeating: value, count: Int(shape.elements)), shape, type)
  }

  private static func range(_ call: ONNXCall) throws(WorkloadError) -> ONNXTensor {
    let type = try call.input(0).type
    guard let start = call.optional(0)?.contents?.first,
      let limit = call.optional(1)?.contents?.first, let step = call.optional(2)?.contents?.first,
      step != 0
    else {
      let shape = try call.declaredOrFail(0, "its bounds are not constant")
      return call.emit(.elementwise(.other), call.some(0, 1, 2), shape)
    }
    let count = try call.dimension(max(0, ((limit - start) / step).rounded(.up)))
    let shape = try call.shape([count])
    guard count <= ONNXTensor.contentLimit else {
      return call.known([], shape, type).withoutContents()
    }
    return call.known((0..<count).map { start + Double($0) * step }, shape, type)
  }

  private static func gather(_ call: ONNXCall) throws(WorkloadError) -> ONNXTensor {
    let data = try call.input(0)
    let indices = try call.input(1)
    let axis = try call.axis(call.int("axis", 0), data.rank)
    let shape = try call.shape(
      Array(data.shape[..<axis]) + Array(indices.shape) + Array(data.shape[(axis + 1)...]))
    var contents: [Double]?
    if let places = indices.integers {
      let size = data.shape[axis]
      contents = call.rearranged(data, to: shape) { index in
        var at = 0
        for step in 0..<indices.rank { at = at * indices.shape[step] + index[axis + step] }
        let place = at < places.count ? places[at] : -1
        return Array(index[..<axis]) + [place < 0 ? place + size : place]
          + Array(index[(axis + indices.rank)...])
      }
    }
    let isTable = axis == 0 && data.rank == 2 && data.isConstant && data.type.isFloating
    if isTable { _ = call.weight(data) }
    return call.emit(
      isTable ? .embedding : .movement(.gather), [data, indices], shape, contents: contents)
  }
}

extension ONNXTensor {
  /// The same constant, whose elements are not followed.
  func withoutContents() -> ONNXTensor { ONNXTensor(shape, type, origin) }
}
