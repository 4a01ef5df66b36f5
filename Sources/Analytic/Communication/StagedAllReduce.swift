import Quantities

/// Sums over devices that are gathered in the host's memory, added by its processors, summed with other
/// hosts over the network and sent back.
///
/// A byte of gradient costs the memory of a host with n devices:
///
/// ```
/// m = n writes by the devices + n reads + 1 write of the sum + r of the network + h reads on the way back
/// ```
/// The hosts exchange along two binary trees, in each of which half of the bytes go up and come down:
/// a host inside one tree is a leaf of the other, so that it receives and sends two bytes for each.
///
/// ```
/// W = min(W_memory/m, W_network/2, W_link)
/// ```
/// with W_link what one device has in one direction: down and up go at the same time. Latencies are left
/// out: W is a bound for large sums.
///
/// - Source: W. An et al., *Fire-Flyer AI-HPC*, arXiv:2408.14158, section IV (HFReduce); for the trees
///   P. Sanders et al., *Two-tree algorithms for full bandwidth broadcast, reduction and scan*, 2009.
public struct StagedAllReduce: Sendable, Hashable {
  /// n, of one host
  public var devices: Int
  /// r, reads and writes of one host's memory for the network
  public var networkAccesses: Int
  /// h, one where a copy is read once for each of two sockets
  public var returnReads: Int
  /// Of the host's memory, as it is reached.
  public var memory: BytesPerSecond
  /// Of the host's network, one direction.
  public var network: BytesPerSecond
  /// Of one device's link to the host, one direction.
  public var link: BytesPerSecond

  public init(
    devices: Int, networkAccesses: Int, returnReads: Int, memory: BytesPerSecond,
    network: BytesPerSecond, link: BytesPerSecond
  ) {
    self.devices = devices
    self.networkAccesses = networkAccesses
    self.returnReads = returnReads
    self.memory = memory
    self.network = network
    self.link = link
  }

  /// m
  public var memoryAccesses: Int { 2 * devices + 1 + networkAccesses + returnReads }

  /// W_memory/m
  public var memoryBound: BytesPerSecond { memory / Double(memoryAccesses) }

  /// Bytes of gradient for each second.
  public var bandwidth: BytesPerSecond { min(memoryBound, network / 2, link) }
}

/// Sums along one ring through all devices, as libraries make them.
///
/// A byte passes `2·(n − 1)/n` times over the slowest hop of n devices:
///
/// ```
/// W = W_hop·n/(2·(n − 1))
/// ```
/// On devices that are joined by the host's lanes alone, the same lanes carry it in and out.
public struct RingAllReduce: Sendable, Hashable {
  public var devices: Int
  /// Of the slowest hop, one direction.
  public var hop: BytesPerSecond

  public init(devices: Int, hop: BytesPerSecond) {
    self.devices = devices
    self.hop = hop
  }

  /// Bytes of gradient for each second; that of the hop where there is but one device.
  public var bandwidth: BytesPerSecond {
    devices > 1 ? hop * (Double(devices) / Double(2 * (devices - 1))) : hop
  }
}
