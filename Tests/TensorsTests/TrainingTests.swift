import Foundation
import Tensors
import Testing

/// A table whose target is a smooth function of its columns.
private func table(_ count: Int) -> [String: Tensor] {
  var rows: [[Float]] = []
  for place in 0..<count {
    rows.append((0..<4).map { Float(sin(Double(place * 7 + $0 * 13) * 0.37)) })
  }
  return ["x": Tensor(rows), "y": Tensor(rows.map { [$0[0] * $0[1] + 0.5 * $0[2]] })]
}

private func network(seed: UInt64 = 3, dropout: Double = 0) throws -> Model {
  try Model(seed: seed) { parameters, batch in
    let x = batch.input("x", 4)
    let y = batch.input("y", 1)
    let hidden = batch.dropout(Linear(parameters, "hidden", 4, 32)(x).relu, dropout)
    let prediction = Linear(parameters, "output", 32, 1)(hidden)
    batch.output("prediction", prediction)
    return meanSquaredError(prediction, y)
  }
}

@Suite("Training") struct TrainingTests {
  @Test("a small network learns a product of its inputs") func learns() throws {
    let model = try network()
    let data = table(203)
    let before = try model.predict("loss", data).elements[0]
    let history = try Trainer(model, rate: 1e-2).fit(data, epochs: 60, batch: 32)
    let after = try model.predict("loss", data).elements[0]
    #expect(after < before / 50)
    #expect(history.count == 60)
    // The last batch of an epoch has 11 samples.
    #expect(history[59].steps == 60 * 7)
    let found = try model.predict("prediction", data)
    #expect(found.shape == [203, 1])
    let targets = try #require(data["y"]).elements
    let error = zip(found.elements, targets).reduce(Float(0)) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    #expect(abs(error / 203 - after) < 1e-6)
  }

  @Test("a step of Adam is algorithm 1, and one of descent is its formula") func steps() throws {
    let data = ["x": Tensor([2], [1, 3])]
    func model() throws -> Model {
      try Model { parameters, batch in
        let w = parameters.parameter("w", [], .ones)
        return (w * batch.input("x")).squared.mean()
      }
    }
    // The loss is w² · mean x² = 5 w², its gradient 10 w.
    let descent = try model()
    try Trainer(descent, optimizer: .sgd(momentum: 0.5, weightDecay: 0.1), rate: 0.01)
      .fit(data, epochs: 2)
    // v₁ = 10, w₁ = 1 − 0.01 (10 + 0.1);  v₂ = 5 + 10 w₁, w₂ = w₁ − 0.01 (v₂ + 0.1 w₁)
    let w1 = 1 - 0.01 * 10.1
    let w2 = w1 - 0.01 * (5 + 10 * w1 + 0.1 * w1)
    #expect(abs(Double(try #require(descent.parameters["w"])[0]) - w2) < 1e-6)

    let adam = try model()
    try Trainer(adam, optimizer: .adam(), rate: 0.1).fit(data, epochs: 3)
    var (w, m, v) = (1.0, 0.0, 0.0)
    for step in 1...3 {
      let g = 10 * w
      m = 0.9 * m + 0.1 * g
      v = 0.999 * v + 0.001 * g * g
      w -=
        0.1 * (m / (1 - pow(0.9, Double(step))))
        / ((v / (1 - pow(0.999, Double(step)))).squareRoot() + 1e-8)
    }
    #expect(abs(Double(try #require(adam.parameters["w"])[0]) - w) < 1e-6)

    let clipped = try model()
    let history = try Trainer(clipped, optimizer: .sgd(), rate: 0.5, clipping: 0.2)
      .fit(data, epochs: 1)
    #expect(abs(history[0].gradientNorm - 10) < 1e-5)
    #expect(abs(try #require(clipped.parameters["w"])[0] - 0.9) < 1e-6)
  }

  @Test("the same seed and shards give the same bits on any number of threads", arguments: [1, 3])
  func threads(shards: Int) throws {
    func trained(threads: Int) throws -> [NamedTensor] {
      let model = try network(dropout: 0.2)
      try Trainer(model, shards: shards, threads: threads).fit(table(101), epochs: 5, seed: 9)
      return model.parameters.tensors
    }
    let one = try trained(threads: 1)
    #expect(try trained(threads: 2) == one)
    #expect(try trained(threads: 8) == one)
  }

  @Test("a model that is set back and trained again comes to the same bits") func again() throws {
    let model = try network(dropout: 0.2)
    let first = model.parameters.tensors
    func trained() throws -> [NamedTensor] {
      try model.parameters.load(first)
      try Trainer(model).fit(table(70), epochs: 3, seed: 2)
      return model.parameters.tensors
    }
    let once = try trained()
    #expect(once != first)
    #expect(try trained() == once)
  }

  @Test("shards leave the mean gradient as it is") func shards() throws {
    let (whole, divided) = (try network(), try network())
    let data = table(50)
    try Trainer(whole, optimizer: .sgd(), rate: 0.1, shards: 1).fit(data, epochs: 3, batch: 50)
    try Trainer(divided, optimizer: .sgd(), rate: 0.1, shards: 4).fit(data, epochs: 3, batch: 50)
    for (one, other) in zip(whole.parameters.tensors, divided.parameters.tensors) {
      #expect(agree(one.elements, other.elements.map(Double.init), within: 1e-5))
    }
  }

  @Test("training stops at a loss that is not finite, with the step, the layer and the parameters")
  func divergence() throws {
    let model = try Model { parameters, batch in
      let w = parameters.parameter("w", [], .ones)
      let x = batch.input("x")
      // The loss is finite and its slope is not.
      return ((w - 1) * x * 1e38).exponential.mean() + (w * x).mean()
    }
    let data = ["x": Tensor([2], [-10, -20])]
    do {
      try Trainer(model, optimizer: .sgd(), rate: 1.0).fit(data, epochs: 10)
      Issue.record("it went on")
    } catch let TrainingError.diverged(step, _, first, checkpoint) {
      #expect(step == 1)
      #expect(first == "w")
      #expect(checkpoint == model.parameters.tensors)
      #expect(checkpoint[0].elements == [1])
    }
  }

  @Test("data that do not fit are named") func badData() throws {
    let trainer = Trainer(try network())
    func message(_ data: [String: Tensor]) -> String {
      do {
        try trainer.fit(data, epochs: 1)
        return ""
      } catch { return "\(error)" }
    }
    let (x, y) = (Tensor([2, 4], [1, 2, 3, 4, 5, 6, 7, 8]), Tensor([2, 1], [1, 2]))
    #expect(message(["x": x]) == "there is no input 'y'; given are x")
    #expect(
      message(["x": x, "y": Tensor([3, 1], [1, 2, 3])]) == "'x' has 2 samples and 'y' has 3")
    #expect(
      message(["x": Tensor([2, 3], [1, 2, 3, 4, 5, 6]), "y": y])
        == "'x' is [2, 3], and the model takes [2, 4]")
    #expect(
      message(["x": Tensor([2, 4], [1, 2, 3, 4, 5, .nan, 7, 8]), "y": y])
        == "'x' of sample 1 is nan; take the sample out or replace it")
    #expect(
      message(["x": Tensor([0, 4], []), "y": Tensor([0, 1], [])]) == "there are no samples")
  }

  @Test("parameters of other names or shapes are named, and nothing is taken over") func loading()
    throws
  {
    let model = try network()
    let before = model.parameters.tensors
    var other = try network(seed: 4).parameters.tensors
    other[1] = NamedTensor(
      name: "hidden.bias", shape: [31], elements: .init(repeating: 0, count: 31))
    let error = #expect(throws: ParameterError.self) { try model.parameters.load(other) }
    #expect(error?.description == "parameter 'hidden.bias' is [31], and the model's is [32]")
    #expect(model.parameters.tensors == before)
    other[1] = NamedTensor(
      name: "hidden.bios", shape: [32], elements: .init(repeating: 0, count: 32))
    #expect(throws: ParameterError.unknown("hidden.bios", nearest: "hidden.bias")) {
      try model.parameters.load(other)
    }
    try model.parameters.load(try network(seed: 4).parameters.tensors)
    #expect(model.parameters.tensors == (try network(seed: 4)).parameters.tensors)
  }

  @Test("an index that is no row stops a run and is named") func indices() throws {
    let model = try Model { parameters, batch in
      let device = batch.input("device")
      return Embedding(parameters, "devices", 5, 3)(device).squared.mean()
    }
    do {
      try Trainer(model).fit(["device": Tensor([4], [0, 4, 5, 1])], epochs: 1, batch: 4)
      Issue.record("it went on")
    } catch let RunError.index(kind, _, found, rows) {
      #expect(kind == .gather && found == 5 && rows == 5)
    }
  }
}
