import Foundation
import Mathematics
import Tensors

/// A model that peers train as well, with 64 batches of data that look random.
struct Contestant {
  let name: String
  let batch: Int
  /// Shapes of a sample.
  let inputs: [(name: String, shape: Shape)]
  let definition: Model.Definition

  static var all: [Contestant] {
    [
      mlp([64, 256, 256, 1], batch: 32), mlp([100, 100, 100, 1], batch: 10),
      mlp([16, 64, 64, 1], batch: 16), transformer, maml(1), maml(2), maml(5),
      gcn("gcn", batch: 10),
      gcn("gcn-32", batch: 32),
    ]
  }

  func data() -> [String: Tensor] {
    var data: [String: Tensor] = [:]
    for (name, shape) in inputs {
      var random = RandomStream(seed: 1, label: name)
      let whole = Shape([64 * batch] + shape.axes)
      data[name] = Tensor(whole, (0..<whole.count).map { _ in Float(2 * random.uniform() - 1) })
    }
    return data
  }

  private static func network(_ parameters: Parameters, _ widths: [Int]) -> [Linear] {
    (1..<widths.count).map { Linear(parameters, "layer.\($0 - 1)", widths[$0 - 1], widths[$0]) }
  }

  private static func mlp(_ widths: [Int], batch: Int) -> Contestant {
    Contestant(
      name: "mlp-" + widths.map(String.init).joined(separator: "-"), batch: batch,
      inputs: [("x", [widths[0]]), ("y", [1])]
    ) { parameters, batch in
      var x = batch.input("x", widths[0])
      let layers = network(parameters, widths)
      for layer in layers.dropLast() { x = layer(x).relu }
      return meanSquaredError(layers[layers.count - 1](x), batch.input("y", 1))
    }
  }

  private static var transformer: Contestant {
    Contestant(
      name: "transformer", batch: 16, inputs: [("x", [32, 64]), ("y", [1])]
    ) { parameters, batch in
      var x = batch.input("x", 32, 64)
      for block in 0..<2 {
        x = TransformerBlock(parameters, "block.\(block)", width: 64, heads: 4)(x)
      }
      return meanSquaredError(
        Linear(parameters, "head", 64, 1)(x.mean(1)), batch.input("y", 1))
    }
  }

  /// The gradient of the loss of a query set after steps of descent on a support set, both of ten samples.
  private static func maml(_ steps: Int) -> Contestant {
    Contestant(
      name: "maml-\(steps)", batch: 10,
      inputs: [
        ("support.x", [100]), ("support.y", [1]), ("query.x", [100]), ("query.y", [1]),
      ]
    ) { parameters, batch in
      var weights = network(parameters, [100, 100, 100, 1]).flatMap { [$0.weight, $0.bias] }
      func loss(_ set: String) -> Node {
        var x = batch.input("\(set).x", 100)
        for layer in 0..<3 {
          x = matmul(x, weights[2 * layer]) + weights[2 * layer + 1]
          if layer < 2 { x = x.relu }
        }
        return meanSquaredError(x, batch.input("\(set).y", 1))
      }
      for _ in 0..<steps {
        let slopes = batch.graph.derivatives(of: loss("support"), by: weights)
        weights = zip(weights, slopes).map { $0 - 0.01 * $1 }
      }
      return loss("query")
    }
  }

  /// Four graph convolutions of width 100 on graphs of nine nodes, of which the last stands for all.
  private static func gcn(_ name: String, batch: Int) -> Contestant {
    Contestant(
      name: name, batch: batch, inputs: [("x", [9, 8]), ("adjacency", [9, 9]), ("y", [1])]
    ) { parameters, batch in
      var x = batch.input("x", 9, 8)
      let adjacency = batch.input("adjacency", 9, 9)
      for layer in 0..<4 {
        let convolution = GraphConvolution(
          parameters, "convolution.\(layer)", layer == 0 ? 8 : 100, 100)
        x = convolution(x, adjacency: adjacency).relu
      }
      let last = x.slice(axis: 1, 8..<9).reshaped(-1, 100)
      return meanSquaredError(Linear(parameters, "head", 100, 1)(last), batch.input("y", 1))
    }
  }
}
