import Foundation
import Workloads

/// Widths on a straight line over the blocks, rounded to few stages, after the design spaces of
/// I. Radosavovic et al.
enum RegNet: NetworkFamily {
  struct Configuration: Sendable {
    var name: String
    var otherName: String?
    /// The line `initialWidth + slope · block`, rounded to powers of `multiplier`.
    var initialWidth: Double
    var slope: Double
    var multiplier: Double
    var groupWidth: Int
    var depth: Int
    /// What a block widens by inside.
    var expansion = 1
    var hasSqueezeExcite = false
    var activation = ElementwiseFunction.relu
    /// Normalisation before each convolution instead of after it (RegNet-V).
    var isPreactivated = false
    var averagesShortcut = false
    /// Blocks that change the shape have no shortcut, and sums no activation (RegNet-Z).
    var isLinear = false
    var headWidth: Int?
    var usesGroupNorm = false
    /// Whether widths are rounded to whole groups as torchvision does: never below nine tenths.
    var keepsNineTenths = false
    var imageSize = 224

    /// Width and number of blocks of each stage.
    ///
    /// ```
    /// u = w₀ + wₐ·j,  s = round(log(u / w₀) / log(wₘ)),  w = 8 · round(w₀·wₘˢ / 8)
    /// ```
    var stages: [(width: Int, blocks: Int)] {
      var stages: [(width: Int, blocks: Int)] = []
      for block in 0..<depth {
        let width = initialWidth + slope * Double(block)
        let power = (log(width / initialWidth) / log(multiplier)).rounded(.toNearestOrEven)
        let rounded =
          8 * Int((initialWidth * pow(multiplier, power) / 8).rounded(.toNearestOrEven))
        if let last = stages.last, last.width == rounded {
          stages[stages.count - 1].blocks += 1
        } else {
          stages.append((rounded, 1))
        }
      }
      return stages.map { (wholeGroups($0.width), $0.blocks) }
    }

    /// `width` such that the block's inside is a whole number of groups.
    private func wholeGroups(_ width: Int) -> Int {
      let inside = width * expansion
      let group = min(groupWidth, inside)
      var whole = Int((Double(inside) / Double(group)).rounded(.toNearestOrEven)) * group
      if keepsNineTenths {
        whole = (inside + group / 2) / group * group
        if 10 * whole < 9 * inside { whole += group }
      }
      return whole / expansion
    }
  }

  static let members = configurations.flatMap { configuration in
    let stages = configuration.stages
    return [configuration.name, configuration.otherName].compactMap { $0 }.map { name in
      NetworkDefinition.image(
        name, size: configuration.imageSize, family: "regnet",
        source: configuration.isLinear || configuration.isPreactivated
          ? "P. Dollár et al., Fast and Accurate Model Scaling, CVPR 2021"
          : "I. Radosavovic et al., Designing Network Design Spaces, CVPR 2020"
      ) { net, image in build(net, image, stages, configuration) }
    }
  }

  private static func build(
    _ net: WorkloadBuilder, _ image: ValueID, _ stages: [(width: Int, blocks: Int)],
    _ configuration: Configuration
  ) -> ValueID {
    var x = net.convolution(image, to: 32, kernel: 3, stride: 2, named: "stem")
    if !configuration.isPreactivated { x = activated(net, x, configuration) }
    for (index, stage) in stages.enumerated() {
      net.scope("s\(index + 1)") {
        for block in 0..<stage.blocks {
          net.scope("b\(block + 1)") {
            let stride = block == 0 ? 2 : 1
            x =
              configuration.isPreactivated
              ? preactivated(net, x, to: stage.width, stride, configuration)
              : postactivated(net, x, to: stage.width, stride, configuration)
          }
        }
      }
    }
    if let width = configuration.headWidth {
      x = activated(net, net.convolution(x, to: width, named: "final_conv"), configuration)
    } else if configuration.isLinear || configuration.isPreactivated {
      x = net.activation(configuration.activation, x)
    }
    return net.classifier(x)
  }

  private static func postactivated(
    _ net: WorkloadBuilder, _ input: ValueID, to width: Int, _ stride: Int,
    _ configuration: Configuration
  ) -> ValueID {
    let inside = width * configuration.expansion
    var x = activated(net, net.convolution(input, to: inside, named: "conv1"), configuration)
    x = net.convolution(
      x, to: inside, kernel: 3, stride: stride,
      groups: inside / min(configuration.groupWidth, inside), named: "conv2")
    x = squeezed(net, activated(net, x, configuration), input, configuration)
    x = norm(net, net.convolution(x, to: width, named: "conv3"), configuration)
    if stride == 1 && net.dimension(input, 1) == width {
      x = net.add(x, input)
    } else if !configuration.isLinear {
      let shortcut = net.convolution(input, to: width, stride: stride, named: "downsample")
      x = net.add(x, norm(net, shortcut, configuration))
    }
    return configuration.isLinear ? x : net.activation(configuration.activation, x)
  }

  private static func preactivated(
    _ net: WorkloadBuilder, _ input: ValueID, to width: Int, _ stride: Int,
    _ configuration: Configuration
  ) -> ValueID {
    let inside = width * configuration.expansion
    let start = activated(net, input, configuration)
    var x = net.convolution(start, to: inside, named: "conv1")
    x = net.convolution(
      activated(net, x, configuration), to: inside, kernel: 3, stride: stride,
      groups: inside / min(configuration.groupWidth, inside), named: "conv2")
    x = activated(net, squeezed(net, x, input, configuration), configuration)
    x = net.convolution(x, to: width, named: "conv3")
    guard stride != 1 || net.dimension(input, 1) != width else { return net.add(x, start) }
    var shortcut = start
    if configuration.averagesShortcut {
      shortcut = net.averagePool(shortcut, kernel: 2, stride: stride, roundUp: true)
      shortcut = net.convolution(shortcut, to: width, named: "downsample")
    } else {
      shortcut = net.convolution(shortcut, to: width, stride: stride, named: "downsample")
    }
    return net.add(x, shortcut)
  }

  private static func norm(
    _ net: WorkloadBuilder, _ x: ValueID, _ configuration: Configuration
  ) -> ValueID {
    configuration.usesGroupNorm ? net.groupNorm(x) : net.batchNorm(x)
  }

  private static func activated(
    _ net: WorkloadBuilder, _ x: ValueID, _ configuration: Configuration
  ) -> ValueID {
    net.activation(configuration.activation, norm(net, x, configuration))
  }

  /// Squeeze and excitation through a quarter of the channels that the block reads.
  private static func squeezed(
    _ net: WorkloadBuilder, _ x: ValueID, _ input: ValueID, _ configuration: Configuration
  ) -> ValueID {
    guard configuration.hasSqueezeExcite else { return x }
    let quarter = (Double(net.dimension(input, 1)) / 4).rounded(.toNearestOrEven)
    return net.squeezeExcite(x, reduced: Int(quarter), activation: configuration.activation)
  }
}

// MARK: - Configurations

extension RegNet {
  static let configurations = x + y + v + z

  /// Plain residual blocks with grouped convolutions.
  private static let x = [
    ("regnetx_002", nil, 24, 36.44, 2.49, 8, 13),
    ("regnetx_004", nil, 24, 24.48, 2.54, 16, 22),
    ("regnetx_004_tv", "regnet_x_400mf", 24, 24.48, 2.54, 16, 22),
    ("regnetx_006", nil, 48, 36.97, 2.24, 24, 16),
    ("regnetx_008", "regnet_x_800mf", 56, 35.73, 2.28, 16, 16),
    ("regnetx_016", "regnet_x_1_6gf", 80, 34.01, 2.25, 24, 18),
    ("regnetx_032", "regnet_x_3_2gf", 88, 26.31, 2.25, 48, 25),
    ("regnetx_040", nil, 96, 38.65, 2.43, 40, 23),
    ("regnetx_064", nil, 184, 60.83, 2.07, 56, 17),
    ("regnetx_080", "regnet_x_8gf", 80, 49.56, 2.88, 120, 23),
    ("regnetx_120", nil, 168, 73.36, 2.37, 112, 19),
    ("regnetx_160", "regnet_x_16gf", 216, 55.59, 2.1, 128, 22),
    ("regnetx_320", "regnet_x_32gf", 320, 69.86, 2.0, 168, 23),
  ].map(configuration)

  /// With squeeze and excitation.
  private static let y =
    [
      ("regnety_002", nil, 24, 36.44, 2.49, 8, 13),
      ("regnety_004", "regnet_y_400mf", 48, 27.89, 2.09, 8, 16),
      ("regnety_006", nil, 48, 32.54, 2.32, 16, 15),
      ("regnety_008", nil, 56, 38.84, 2.4, 16, 14),
      ("regnety_008_tv", "regnet_y_800mf", 56, 38.84, 2.4, 16, 14),
      ("regnety_016", "regnet_y_1_6gf", 48, 20.71, 2.65, 24, 27),
      ("regnety_032", "regnet_y_3_2gf", 80, 42.63, 2.66, 24, 21),
      ("regnety_040", nil, 96, 31.41, 2.24, 64, 22),
      ("regnety_064", nil, 112, 33.22, 2.27, 72, 25),
      ("regnety_080", nil, 192, 76.82, 2.19, 56, 17),
      ("regnety_080_tv", "regnet_y_8gf", 192, 76.82, 2.19, 56, 17),
      ("regnety_120", nil, 168, 73.36, 2.37, 112, 19),
      ("regnety_160", "regnet_y_16gf", 200, 106.23, 2.48, 112, 18),
      ("regnety_320", "regnet_y_32gf", 232, 115.89, 2.53, 232, 20),
      ("regnety_640", nil, 352, 147.48, 2.4, 328, 20),
      ("regnety_1280", "regnet_y_128gf", 456, 160.83, 2.52, 264, 27),
      ("regnety_2560", nil, 640, 230.83, 2.53, 373, 27),
    ].map(configuration)
    + [
      Configuration(
        name: "regnety_040_sgn", initialWidth: 96, slope: 31.41, multiplier: 2.24, groupWidth: 64,
        depth: 22, hasSqueezeExcite: true, activation: .silu, usesGroupNorm: true)
    ]

  private static let v = [
    Configuration(
      name: "regnetv_040", initialWidth: 96, slope: 31.41, multiplier: 2.24, groupWidth: 64,
      depth: 22, hasSqueezeExcite: true, activation: .silu, isPreactivated: true),
    Configuration(
      name: "regnetv_064", initialWidth: 112, slope: 33.22, multiplier: 2.27, groupWidth: 72,
      depth: 25, hasSqueezeExcite: true, activation: .silu, isPreactivated: true,
      averagesShortcut: true),
  ]

  /// Blocks that are wide inside, as inverted residuals.
  private static let z = [
    Configuration(
      name: "regnetz_005", initialWidth: 16, slope: 10.7, multiplier: 2.51, groupWidth: 4,
      depth: 21, expansion: 4, hasSqueezeExcite: true, activation: .silu, isLinear: true,
      headWidth: 1024),
    Configuration(
      name: "regnetz_040", initialWidth: 48, slope: 14.5, multiplier: 2.226, groupWidth: 8,
      depth: 28, expansion: 4, hasSqueezeExcite: true, activation: .silu, isLinear: true,
      imageSize: 256),
    Configuration(
      name: "regnetz_040_h", initialWidth: 48, slope: 14.5, multiplier: 2.226, groupWidth: 8,
      depth: 28, expansion: 4, hasSqueezeExcite: true, activation: .silu, isLinear: true,
      headWidth: 1536, imageSize: 256),
  ]

  private static func configuration(
    _ name: String, _ otherName: String?, _ initialWidth: Double, _ slope: Double,
    _ multiplier: Double, _ groupWidth: Int, _ depth: Int
  ) -> Configuration {
    Configuration(
      name: name, otherName: otherName, initialWidth: initialWidth, slope: slope,
      multiplier: multiplier, groupWidth: groupWidth, depth: depth,
      hasSqueezeExcite: name.hasPrefix("regnety"), keepsNineTenths: name.hasSuffix("_tv"),
      imageSize: ["regnety_640", "regnety_1280", "regnety_2560"].contains(name) ? 384 : 224)
  }
}
