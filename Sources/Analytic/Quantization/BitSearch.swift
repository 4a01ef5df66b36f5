/// The search among widths that exist: what every layer has, what is left, and what a change gains.
struct BitSearch {
  let layers: [QuantizedLayer]
  /// Ascending.
  let widths: [Double]
  let budget: Double
  /// The place of each layer's width in `widths`.
  var places: [Int] = []

  var parameters: Double { layers.reduce(0) { $0 + $1.parameters } }
  var distortion: Double {
    zip(layers, places).reduce(0) { $0 + $1.0.distortion(widths[$1.1]) }
  }
  private var spent: Double {
    zip(layers, places).reduce(0) { $0 + $1.0.parameters * widths[$1.1] }
  }
  /// What may still be spent, forgiving the last digit.
  private var left: Double { budget * (1 + 1e-12) - spent }

  private func gain(_ layer: Int, to place: Int) -> Double {
    layers[layer].distortion(widths[places[layer]]) - layers[layer].distortion(widths[place])
  }

  private func cost(_ layer: Int, to place: Int) -> Double {
    layers[layer].parameters * (widths[place] - widths[places[layer]])
  }

  /// Narrows, where it harms least for each bit, until the budget is kept.
  ///
  /// - Parameter fixed: a layer that keeps its width.
  mutating func reduce(fixed: Int? = nil) -> Bool {
    while left < 0 {
      let choice = layers.indices.filter { $0 != fixed && places[$0] > 0 }.min {
        gain($0, to: places[$0] - 1) / cost($0, to: places[$0] - 1)
          < gain($1, to: places[$1] - 1) / cost($1, to: places[$1] - 1)
      }
      guard let choice else { return false }
      places[choice] -= 1
    }
    return true
  }

  /// Widens, where it gains most for each bit, as long as anything fits.
  mutating func fill(fixed: Int? = nil) {
    while true {
      var best: (rate: Double, layer: Int, place: Int)?
      let left = left
      for layer in layers.indices where layer != fixed {
        for place in (places[layer] + 1)..<max(widths.count, places[layer] + 1) {
          let cost = cost(layer, to: place)
          guard cost <= left else { break }
          let rate = gain(layer, to: place) / cost
          if rate > best?.rate ?? 0 { best = (rate, layer, place) }
        }
      }
      guard let best else { return }
      places[best.layer] = best.place
    }
  }

  /// Gives one layer another width and lets the others make room, or take it, as above; keeps the best
  /// of all such changes where it gains.
  ///
  /// - Complexity: layers · widths repairs.
  mutating func improve() -> Bool {
    var best: BitSearch?
    var least = distortion * (1 - 1e-12)
    for layer in layers.indices {
      for place in widths.indices where place != places[layer] {
        var other = self
        other.places[layer] = place
        guard other.reduce(fixed: layer) else { continue }
        other.fill(fixed: layer)
        other.fill()
        if other.distortion < least { (best, least) = (other, other.distortion) }
      }
    }
    guard let best else { return false }
    self = best
    return true
  }
}
