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
  mutating func reduce() -> Bool {
    while left < 0 {
      let choice = layers.indices.filter { places[$0] > 0 }.min {
        gain($0, to: places[$0] - 1) / cost($0, to: places[$0] - 1)
          < gain($1, to: places[$1] - 1) / cost($1, to: places[$1] - 1)
      }
      guard let choice else { return false }
      places[choice] -= 1
    }
    return true
  }

  /// Widens, where it gains most for each bit, as long as anything fits.
  mutating func fill() {
    while true {
      var best: (rate: Double, layer: Int, place: Int)?
      let left = left
      for layer in layers.indices {
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

  /// Narrows one layer and widens another with what that frees, where both together gain.
  mutating func exchange() -> Bool {
    var best: (gain: Double, from: Int, down: Int, to: Int, up: Int)?
    let left = left
    let least = 1e-12 * distortion
    for from in layers.indices {
      for down in 0..<places[from] {
        let room = left - cost(from, to: down)
        let loss = gain(from, to: down)
        for to in layers.indices where to != from {
          for up in (places[to] + 1)..<max(widths.count, places[to] + 1) {
            guard cost(to, to: up) <= room else { break }
            let total = loss + gain(to, to: up)
            if total > best?.gain ?? least { best = (total, from, down, to, up) }
          }
        }
      }
    }
    guard let best else { return false }
    places[best.from] = best.down
    places[best.to] = best.up
    return true
  }
}
