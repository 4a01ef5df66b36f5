/// The passes over memory between the matrix products.
///
/// Activations lie as image × row × column × channel, so that a pixel's channels are one run of
/// memory: a convolution's operand is gathered in runs of three pixels, and every product is dense.
enum Passes {
  typealias Source = UnsafePointer<Float>
  typealias Target = UnsafeMutablePointer<Float>
  /// The processor has narrower registers; the compiler splits this, and it saves loop overhead.
  private typealias Lanes = SIMD16<Float>

  /// Whether runs of `count` floats from aligned buffers are whole, aligned lanes.
  @inline(__always) private static func isWhole(_ count: Int) -> Bool {
    count % Lanes.scalarCount == 0
  }

  @inline(__always) private static func lanes(_ source: Source) -> UnsafePointer<Lanes> {
    UnsafeRawPointer(source).assumingMemoryBound(to: Lanes.self)
  }

  @inline(__always) private static func lanes(_ target: Target) -> UnsafeMutablePointer<Lanes> {
    UnsafeMutableRawPointer(target).assumingMemoryBound(to: Lanes.self)
  }

  // MARK: - Element by element

  static func rectify(_ source: Source, _ target: Target, count: Int) {
    for place in 0..<count {
      let value = source[place]
      target[place] = value > 0 ? value : 0
    }
  }

  static func add(_ source: Source, _ target: Target, count: Int) {
    for place in 0..<count { target[place] += source[place] }
  }

  /// Adds `shift`, one number per channel, to each of `pixels` pixels.
  static func shift(_ target: Target, by shift: Source, pixels: Int, channels: Int) {
    if isWhole(channels) {
      let (target, shift, width) = (lanes(target), lanes(shift), channels / Lanes.scalarCount)
      for pixel in 0..<pixels {
        for lane in 0..<width { target[pixel &* width &+ lane] += shift[lane] }
      }
    } else {
      for pixel in 0..<pixels {
        for channel in 0..<channels { target[pixel &* channels &+ channel] += shift[channel] }
      }
    }
  }

  /// `target += source + shift`, `shift` being one number per channel.
  static func addShifted(
    _ source: Source, _ target: Target, by shift: Source, pixels: Int, channels: Int
  ) {
    if isWhole(channels) {
      let (source, shift, width) = (lanes(source), lanes(shift), channels / Lanes.scalarCount)
      let target = lanes(target)
      for pixel in 0..<pixels {
        for lane in 0..<width {
          let place = pixel &* width &+ lane
          target[place] += source[place] + shift[lane]
        }
      }
    } else {
      for pixel in 0..<pixels {
        for channel in 0..<channels {
          let place = pixel &* channels &+ channel
          target[place] += source[place] + shift[channel]
        }
      }
    }
  }

  // MARK: - Operands of convolutions

  /// Lays `images` images of `side`² pixels into a buffer with a border of one pixel, which is and
  /// stays 0, rectifying on the way.
  static func rectifyIntoBorder(
    _ source: Source, _ target: Target, images: Int, side: Int, channels: Int
  ) {
    let row = side * channels
    let wide = row + 2 * channels
    for image in 0..<images {
      let inside = target + image * (side + 2) * wide + wide + channels
      for y in 0..<side {
        rectify(source + (image * side + y) * row, inside + y * wide, count: row)
      }
    }
  }

  /// The same for the network's input, image × channel × row × column, without rectifying.
  static func unpackIntoBorder(
    _ source: Source, _ target: Target, images: Int, side: Int, channels: Int
  ) {
    let wide = (side + 2) * channels
    for image in 0..<images {
      let inside = target + image * (side + 2) * wide + wide + channels
      for channel in 0..<channels {
        let plane = source + (image * channels + channel) * side * side
        for y in 0..<side {
          for x in 0..<side {
            inside[y &* wide &+ x &* channels &+ channel] = plane[y &* side &+ x]
          }
        }
      }
    }
  }

  /// The 3×3 neighbourhoods of the output rows `rows`, counted through all images: for each pixel
  /// kernel row × kernel column × channel ("im2col").
  ///
  /// - Parameter side: of the output; the bordered source has `stride · side + 2`.
  static func gather(
    _ source: Source, _ target: Target, rows: Range<Int>, side: Int, stride: Int, channels: Int
  ) {
    let run = 3 * channels
    let wide = (side * stride + 2) * channels
    var pixel = target
    for row in rows {
      let corner = source + (row / side * (side * stride + 2) + row % side * stride) * wide
      for x in 0..<side {
        let place = corner + x &* stride &* channels
        if isWhole(channels) {
          let width = run / Lanes.scalarCount
          for kernelRow in 0..<3 {
            let from = lanes(place + kernelRow &* wide)
            let to = lanes(pixel + kernelRow &* run)
            for lane in 0..<width { to[lane] = from[lane] }
          }
        } else {
          for kernelRow in 0..<3 {
            (pixel + kernelRow &* run).update(from: place + kernelRow &* wide, count: run)
          }
        }
        pixel += 3 &* run
      }
    }
  }
}
