extension Passes {
  /// The mean of each pixel's 3×3 neighbourhood, of the pixels inside the image only; stored, or
  /// added to what is there.
  ///
  /// - Parameter sums: room for a row and one pixel on each side, which are and stay 0.
  static func averagePool3x3(
    _ source: Source, _ target: Target, sums: Target, images: Int, side: Int, channels: Int,
    isAdded: Bool
  ) {
    let row = side * channels
    for image in 0..<images {
      for y in 0..<side {
        let center = source + (image * side + y) * row
        let middle = sums + channels
        let above = y > 0 ? center - row : nil
        let below = y + 1 < side ? center + row : nil
        switch (above, below) {
        case (let above?, let below?):
          for place in 0..<row { middle[place] = above[place] + center[place] + below[place] }
        case (let other?, nil), (nil, let other?):
          for place in 0..<row { middle[place] = center[place] + other[place] }
        case (nil, nil):
          middle.update(from: center, count: row)
        }
        let height = 1 + (above == nil ? 0 : 1) + (below == nil ? 0 : 1)
        let out = target + (image * side + y) * row
        let inner = 1 / Float(3 * height)
        let outer = 1 / Float((side > 1 ? 2 : 1) * height)
        means(sums, out, 0..<channels, channels, outer, isAdded)
        if side > 1 {
          means(sums, out, channels..<(row - channels), channels, inner, isAdded)
          means(sums, out, (row - channels)..<row, channels, outer, isAdded)
        }
      }
    }
  }

  @inline(__always) private static func means(
    _ sums: Source, _ out: Target, _ places: Range<Int>, _ channels: Int, _ weight: Float,
    _ isAdded: Bool
  ) {
    let (middle, right) = (sums + channels, sums + 2 * channels)
    if isAdded {
      for place in places {
        out[place] += (sums[place] + middle[place] + right[place]) * weight
      }
    } else {
      for place in places {
        out[place] = (sums[place] + middle[place] + right[place]) * weight
      }
    }
  }

  /// The mean of 2×2 pixels with stride 2; `side` is that of the output.
  static func averagePool2x2(
    _ source: Source, _ target: Target, images: Int, side: Int, channels: Int
  ) {
    let row = 2 * side * channels
    for outRow in 0..<(images * side) {
      let upper = source + 2 * outRow * row
      let lower = upper + row
      for x in 0..<side {
        let (left, right) = (2 &* x &* channels, (2 &* x &+ 1) &* channels)
        let out = target + (outRow &* side &+ x) &* channels
        for channel in 0..<channels {
          let top = upper[left &+ channel] + upper[right &+ channel]
          out[channel] = (top + lower[left &+ channel] + lower[right &+ channel]) * 0.25
        }
      }
    }
  }

  /// Scale, shift, rectify and average over the `pixels` of each image.
  static func globalAveragePool(
    _ source: Source, _ target: Target, scale: Source, shift: Source, images: Int, pixels: Int,
    channels: Int
  ) {
    let weight = 1 / Float(pixels)
    for image in 0..<images {
      let out = target + image * channels
      out.update(repeating: 0, count: channels)
      for pixel in 0..<pixels {
        let values = source + (image * pixels + pixel) * channels
        for channel in 0..<channels {
          let value = values[channel] * scale[channel] + shift[channel]
          out[channel] += value > 0 ? value : 0
        }
      }
      for channel in 0..<channels { out[channel] *= weight }
    }
  }
}
