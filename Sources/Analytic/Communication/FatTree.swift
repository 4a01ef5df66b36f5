/// Switches of `ports` equal ports that join hosts without a bottleneck: half the ports of a switch lead
/// down and half up, all of the highest layer's lead down.
///
/// With k ports, two layers reach k²/2 hosts and three k³/4. For N hosts, in whole switches:
///
/// ```
/// leaves = ⌈N/(k/2)⌉
/// two layers:    spines = ⌈leaves/2⌉               N/(k/2) + N/k when full
/// three layers:  pods   = ⌈leaves/(k/2)⌉           aggregation = pods·k/2
///                cores  = (k/2)·⌈pods/2⌉           5·N/k when full
/// ```
///
/// - Source: M. Al-Fares, A. Loukissas, A. Vahdat, *A Scalable, Commodity Data Center Network
///   Architecture*, SIGCOMM 2008.
public struct FatTree: Sendable, Hashable {
  /// k, even.
  public let ports: Int

  /// - Precondition: `ports` is even and above 0.
  public init(ports: Int) {
    precondition(ports > 0 && ports.isMultiple(of: 2), "a switch of \(ports) ports has no half")
    self.ports = ports
  }

  /// k²/2
  public var hostsOfTwoLayers: Int { ports * ports / 2 }
  /// k³/4
  public var hostsOfThreeLayers: Int { ports * ports * ports / 4 }

  /// Switches of two layers; nil where so many hosts need more layers.
  public func switchesOfTwoLayers(hosts: Int) -> Int? {
    guard (1...hostsOfTwoLayers).contains(hosts) else { return nil }
    let leaves = Self.whole(hosts, ports / 2)
    return leaves + Self.whole(leaves, 2)
  }

  /// Switches of three layers; nil where so many hosts need more layers.
  public func switchesOfThreeLayers(hosts: Int) -> Int? {
    guard (1...hostsOfThreeLayers).contains(hosts) else { return nil }
    let leaves = Self.whole(hosts, ports / 2)
    let pods = Self.whole(leaves, ports / 2)
    return leaves + pods * ports / 2 + ports / 2 * Self.whole(pods, 2)
  }

  private static func whole(_ amount: Int, _ part: Int) -> Int { (amount + part - 1) / part }
}
