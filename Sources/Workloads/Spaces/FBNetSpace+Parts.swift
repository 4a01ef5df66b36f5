extension FBNetSpace {
  /// A piece of an architecture that can be measured alone.
  public enum Part: Sendable, Hashable {
    case stem
    /// A block, by its index, in a layer; nothing where it only passes its input on.
    case block(Int, layer: Int)
    case head
  }

  /// One run of a part on what the parts before it would hand over.
  public func workload(of part: Part, batch: Int = 1) throws(WorkloadError) -> Workload {
    guard (1...1_000_000_000).contains(batch) else { throw .setting("a batch of \(batch)") }
    let net: WorkloadBuilder
    switch part {
    case .stem:
      net = WorkloadBuilder("stem")
      let side = Self.inputResolution
      net.result(Self.stem(net, net.input("image", [batch, 3, side, side])))
    case .block(let block, let place):
      guard Self.layers.indices.contains(place), Self.blocks.indices.contains(block) else {
        throw .setting(
          "block \(block) of layer \(place); there are \(Self.blocks.count) blocks and "
            + "\(Self.layers.count) layers")
      }
      let layer = Self.layers[place]
      net = WorkloadBuilder("layer\(place) \(Self.blocks[block].name)")
      let input = net.input(
        "input", [batch, layer.inputChannels, layer.resolution, layer.resolution])
      net.result(Self.run(net, input, Self.blocks[block], layer))
    case .head:
      net = WorkloadBuilder("head")
      guard let last = Self.layers.last else { break }
      let side = last.resolution / last.stride
      net.result(Self.head(net, net.input("input", [batch, last.outputChannels, side, side])))
    }
    return try net.finish()
  }
}
