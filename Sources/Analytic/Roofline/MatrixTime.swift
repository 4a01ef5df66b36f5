extension TilingEfficiency {
  /// Seconds of arithmetic of a product of matrices whose best tile runs at `rate` FLOP/s on `units`
  /// compute units: the least over tiles and splits.
  ///
  /// Never below `2·B·M·N·K / rate`.
  @inlinable func seconds(_ kernel: Kernel, rate: Double, units: Double) -> Double {
    var best = Double.infinity
    let depth = (kernel.depth / depthStep).rounded(.up) * depthStep
    for tile in tiles {
      let count =
        kernel.batch * (kernel.rows / tile.rows).rounded(.up)
        * (kernel.columns / tile.columns).rounded(.up)
      // What one unit needs for a whole tile.
      let step = 2 * tile.rows * tile.columns * units / (rate * tile.share)
      var time = waves(count / units) * step * (depth + pipelineFill)
      if count < units, depth >= 2 * shortestSplit {
        let split = min(
          (units / count).rounded(.down), largestSplit, (depth / shortestSplit).rounded(.down))
        if split > 1 {
          let part = (depth / split / depthStep).rounded(.up) * depthStep
          time = min(time, waves(count * split / units) * step * (part + pipelineFill))
        }
      }
      best = min(best, time)
    }
    return best
  }

  @inlinable func waves(_ filled: Double) -> Double {
    filled <= 1 ? 1 : filled + waveQuantization * (filled.rounded(.up) - filled)
  }
}
