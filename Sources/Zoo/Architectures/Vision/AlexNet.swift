import Workloads

/// Five convolutions and three matrices, in the widths of the single-tower version that torchvision
/// publishes.
enum AlexNet: NetworkFamily {
  static let members = [
    NetworkDefinition.image(
      "alexnet", family: "alexnet",
      source: "A. Krizhevsky, One Weird Trick for Parallelizing Convolutional Networks, 2014"
    ) { net, image in build(net, image) }
  ]

  private static func build(_ net: WorkloadBuilder, _ image: ValueID) -> ValueID {
    func unit(_ x: ValueID, _ channels: Int, _ kernel: Int) -> ValueID {
      net.activation(.relu, net.convolution(x, to: channels, kernel: kernel, bias: true))
    }
    var x = net.convolution(
      image, to: 64, kernel: 11, stride: 4, padding: .amount(2), bias: true)
    x = net.maxPool(net.activation(.relu, x), kernel: 3, stride: 2)
    x = net.maxPool(unit(x, 192, 5), kernel: 3, stride: 2)
    x = unit(unit(unit(x, 384, 3), 256, 3), 256, 3)
    x = net.adaptiveAveragePool(net.maxPool(x, kernel: 3, stride: 2), size: 6)
    x = net.flatten(x)
    x = net.activation(.relu, net.linear(x, to: 4096, named: "fc6"))
    x = net.activation(.relu, net.linear(x, to: 4096, named: "fc7"))
    return net.linear(x, to: 1000, named: "fc8")
  }
}
