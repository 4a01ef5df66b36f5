import Measurement
import Workloads

/// An activation of one image in double precision: channel × row × column.
struct PlainImage {
  var channels: Int
  var side: Int
  var values: [Double]

  init(channels: Int, side: Int, values: [Double]? = nil) {
    self.channels = channels
    self.side = side
    self.values = values ?? [Double](repeating: 0, count: channels * side * side)
  }

  /// 0 outside of the image.
  subscript(_ channel: Int, _ y: Int, _ x: Int) -> Double {
    guard (0..<side).contains(y), (0..<side).contains(x) else { return 0 }
    return values[(channel * side + y) * side + x]
  }

  static func + (left: PlainImage, right: PlainImage) -> PlainImage {
    var sum = left
    for place in sum.values.indices { sum.values[place] += right.values[place] }
    return sum
  }

  var rectified: PlainImage {
    PlainImage(channels: channels, side: side, values: values.map { max($0, 0) })
  }
}

/// NAS-Bench-201's network by its definition: loops over every output and every weight, no batch, no
/// folding, no buffers. Slow on purpose.
struct PlainNetwork {
  let architecture: Architecture
  let macro: NetworkMacro
  let parameters: NetworkParameters

  init(_ network: NASBench201Network) {
    architecture = network.architecture
    macro = network.macro
    parameters = network.parameters
  }

  /// The logits of one image, channel × row × column.
  func forward(_ image: [Float]) -> [Double] {
    var x = PlainImage(channels: 3, side: macro.resolution, values: image.map(Double.init))
    x = convolve(x, parameters.stem)
    for stage in macro.channels.indices {
      if stage > 0 {
        let block = parameters.reductions[stage - 1]
        let deep = convolve(convolve(x.rectified, block.first).rectified, block.second)
        x = deep + convolve(halve(x), block.shortcut)
      }
      for cell in 0..<macro.cellsPerStage {
        x = run(x, parameters.cells[stage * macro.cellsPerStage + cell])
      }
    }
    let pixels = Double(x.side * x.side)
    let pooled = (0..<x.channels).map { channel in
      (0..<x.side * x.side).reduce(0.0) {
        let value = x.values[channel * x.side * x.side + $1]
        let line =
          value * Double(parameters.lastScale[channel]) + Double(parameters.lastShift[channel])
        return $0 + max(line, 0)
      } / pixels
    }
    return parameters.bias.indices.map { unit in
      pooled.indices.reduce(Double(parameters.bias[unit])) {
        $0 + pooled[$1] * Double(parameters.classifier[unit * pooled.count + $1])
      }
    }
  }

  private func run(_ input: PlainImage, _ edges: [ConvolutionParameters?]) -> PlainImage {
    let zeros = PlainImage(channels: input.channels, side: input.side)
    var nodes = [input, zeros, zeros, zeros]
    for (edge, ends) in NASBench201Space.edges.enumerated() {
      let x = nodes[ends.from]
      switch architecture.operations[edge] {
      case 1: nodes[ends.to] = nodes[ends.to] + x
      case 2, 3:
        // Edges without weights are those that reach nothing or that nothing reaches. What a
        // convolution makes of an unreached node is a shift; a trained network would have to keep
        // it, so this rule is the runner's own and both sides follow it.
        if let layer = edges[edge] {
          nodes[ends.to] = nodes[ends.to] + convolve(x.rectified, layer)
        }
      case 4: nodes[ends.to] = nodes[ends.to] + average(x)
      default: break
      }
    }
    return nodes[3]
  }

  private func convolve(_ x: PlainImage, _ layer: ConvolutionParameters) -> PlainImage {
    var y = PlainImage(channels: layer.outputChannels, side: x.side / layer.stride)
    let padding = layer.kernel / 2
    for output in 0..<y.channels {
      for row in 0..<y.side {
        for column in 0..<y.side {
          var sum = 0.0
          for input in 0..<x.channels {
            for i in 0..<layer.kernel {
              for j in 0..<layer.kernel {
                let weight = layer.weights[
                  ((output * x.channels + input) * layer.kernel + i) * layer.kernel + j]
                sum +=
                  Double(weight)
                  * x[input, row * layer.stride + i - padding, column * layer.stride + j - padding]
              }
            }
          }
          y.values[(output * y.side + row) * y.side + column] =
            sum * Double(layer.scale?[output] ?? 1) + Double(layer.shift?[output] ?? 0)
        }
      }
    }
    return y
  }

  private func average(_ x: PlainImage) -> PlainImage {
    var y = x
    for channel in 0..<x.channels {
      for row in 0..<x.side {
        for column in 0..<x.side {
          var (sum, count) = (0.0, 0.0)
          for i in max(0, row - 1)...min(x.side - 1, row + 1) {
            for j in max(0, column - 1)...min(x.side - 1, column + 1) {
              sum += x[channel, i, j]
              count += 1
            }
          }
          y.values[(channel * x.side + row) * x.side + column] = sum / count
        }
      }
    }
    return y
  }

  private func halve(_ x: PlainImage) -> PlainImage {
    var y = PlainImage(channels: x.channels, side: x.side / 2)
    for channel in 0..<y.channels {
      for row in 0..<y.side {
        for column in 0..<y.side {
          let top = x[channel, 2 * row, 2 * column] + x[channel, 2 * row, 2 * column + 1]
          let bottom = x[channel, 2 * row + 1, 2 * column] + x[channel, 2 * row + 1, 2 * column + 1]
          y.values[(channel * y.side + row) * y.side + column] = (top + bottom) / 4
        }
      }
    }
    return y
  }
}
