import Testing
import Workloads
import Zoo

@Suite("Networks with groups of one size") struct GroupedNetworkTests {
  private func counts(_ name: String, _ settings: [String: Int] = [:]) throws -> WorkloadCounts {
    try #require(NetworkRegistry.network(named: name)).workload(settings: settings).counts()
  }

  @Test("with as many groups as channels MobileNet is the published one") func mobileNet() throws {
    let own = try counts("e2gc_mobilenetv1", ["groups": 4096])
    let published = try counts("mobilenetv1_100")
    #expect(own.parameters == published.parameters)
    #expect(own.total.matrixMACs == published.total.matrixMACs)
  }

  @Test("with 32 groups ResNeXt is the published one") func resNeXt() throws {
    let own = try counts("e2gc_resnext50", ["groups": 32])
    let published = try counts("resnext50_32x4d")
    #expect(own.parameters == published.parameters)
    #expect(own.total.matrixMACs == published.total.matrixMACs)
  }

  @Test("groups of 32 channels cost 32 products for each output") func size() throws {
    let own = try counts("e2gc_mobilenetv1")
    let depthwise = try counts("mobilenetv1_100")
    // Outputs of the thirteen grouped layers: channels times pixels.
    let sides = [112, 56, 56, 28, 28, 14, 14, 14, 14, 14, 14, 7, 7]
    let widths = [32, 64, 128, 128, 256, 256, 512, 512, 512, 512, 512, 512, 1024]
    let outputs = zip(sides, widths).reduce(0) { $0 + $1.0 * $1.0 * $1.1 }
    #expect(own.total.matrixMACs - depthwise.total.matrixMACs == Double(outputs * 9 * 31))
  }
}
