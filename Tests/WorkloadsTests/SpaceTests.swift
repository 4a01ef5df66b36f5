import Features
import Testing
import Workloads

@Suite("Search spaces") struct SpaceTests {
  let cell =
    "|avg_pool_3x3~0|+|nor_conv_1x1~0|skip_connect~1|+|nor_conv_1x1~0|skip_connect~1|skip_connect~2|"

  @Test("NAS-Bench-201's notation is read edge by edge and written back") func notation() throws {
    let space = NASBench201Space()
    let architecture = try space.architecture(parsing: cell)
    #expect(architecture.operations == [4, 2, 1, 2, 1, 1])
    #expect(space.notation(of: architecture) == cell)
    #expect(space.count == 15_625)
  }

  @Test("all 15,625 notations are different and read back") func wholeSpace() throws {
    let space = NASBench201Space()
    let all = try #require(space.allArchitectures)
    #expect(Set(all).count == 15_625)
    for architecture in stride(from: 0, to: all.count, by: 97).map({ all[$0] }) {
      #expect(try space.architecture(parsing: space.notation(of: architecture)) == architecture)
    }
  }

  @Test("a misspelt operation is refused with the nearest one") func misspelt() {
    #expect {
      try NASBench201Space().architecture(
        parsing: cell.replacing("avg_pool_3x3", with: "avg_pol_3x3"))
    } throws: { error in
      "\(error)".hasPrefix(
        "nasbench201: 'avg_pol_3x3' is not an operation of op_1_0. Did you mean 'avg_pool_3x3'?")
    }
  }

  @Test(
    "malformed notations are refused",
    arguments: [
      "", "|", "||+||+||", "|skip_connect~0|",
      "|skip_connect~1|+|none~0|none~1|+|none~0|none~1|none~2|",
    ])
  func malformed(text: String) {
    #expect(throws: SpaceError.self) { try NASBench201Space().architecture(parsing: text) }
  }

  @Test("an edge is live when it lies on a path from input to output") func liveEdges() {
    // 1←0 conv, 2←0 none, 2←1 none, 3←0 skip, 3←1 none, 3←2 conv: only 3←0 joins input and output.
    let architecture = Architecture([3, 0, 0, 1, 0, 3])
    #expect(
      NASBench201Space.liveEdges(architecture) == [false, false, false, true, false, false])
    #expect(!NASBench201Space().isConnected(Architecture([3, 3, 3, 0, 0, 0])))
  }

  @Test("FBNet takes names and indices alike") func fbnet() throws {
    let space = FBNetSpace()
    let byIndex = try space.architecture(
      parsing: "[7, 8, 1, 8, 4, 8, 8, 8, 7, 4, 1, 4, 7, 3, 2, 7, 3, 2, 4, 2, 4, 5]")
    #expect(try space.architecture(parsing: space.notation(of: byIndex)) == byIndex)
    #expect(space.notation(of: byIndex).hasPrefix("k5_e6,skip,k3_e1_g2,"))
    #expect(throws: SpaceError.self) { try space.architecture(parsing: "k5_e6,skip") }
  }

  @Test("FBNet's layers are 22 with the published stages") func layers() {
    #expect(FBNetSpace.layers.count == 22)
    #expect(FBNetSpace.layers.last?.outputChannels == 352)
    #expect(FBNetSpace.layers.last?.resolution == 4)
  }

  @Test("a generic table's categories are words, not indices") func generic() throws {
    let space = try GenericSpace(positions: [
      SpacePosition(column: "kernel", operations: ["3", "5"]),
      SpacePosition(column: "se", operations: ["False", "True"]),
    ])
    #expect(try space.architecture(parsing: "se=True,kernel=5").operations == [1, 1])
    #expect(throws: SpaceError.self) { try space.architecture(parsing: "se=True,kernel=1") }
    #expect(throws: SpaceError.self) {
      try GenericSpace(positions: [
        SpacePosition(column: "id", operations: (0..<257).map(String.init))
      ])
    }
  }
}

@Suite("Analytic features") struct FeatureTests {
  @Test("a cell with one 3×3 convolution counts it once in every way") func cell() {
    let space = NASBench201Space()
    let table = space.features(of: [Architecture([0, 0, 0, 3, 0, 0])])
    let row = Dictionary(
      uniqueKeysWithValues: zip(table.analyticNames, table.analytic.row(0)))
    #expect(row["all_conv3x3"] == 1 && row["live_conv3x3"] == 1 && row["needed_conv3x3"] == 1)
    #expect(row["critical_path"] == 9 && row["live_additions"] == 0)
  }

  @Test("the FLOP of a NAS-Bench-201 network are those counted by hand") func flop() throws {
    let table = NASBench201Space().features(of: [
      Architecture([0, 0, 0, 1, 0, 0]), Architecture([0, 0, 0, 3, 0, 0]),
    ])
    let flop = try #require(table.flop)
    // Stem 32²·9·3·16; residual blocks 16²·32·(9·16 + 9·32 + 16) and 8²·64·(9·32 + 9·64 + 32);
    // classifier 64·10.
    let fixed = 442_368 + 3_670_016 + 3_670_016 + 640
    #expect(flop[0] == 2 * Double(fixed))
    // Five 3×3 convolutions a stage: 5·9·C²·side² is 11,796,480 in each of the three.
    #expect(flop[1] == 2 * Double(fixed + 3 * 11_796_480))
  }

  @Test("one FBNet block's MACs are those counted by hand") func fbnetBlock() {
    let space = FBNetSpace()
    let skips = [UInt8](repeating: 8, count: 22)
    var one = skips
    one[0] = 3  // k3_e6 on 16 → 16 channels, 32 × 32
    let table = space.features(of: [Architecture(skips), Architecture(one)])
    // Pointwise 32²·(16·96 + 96·16), depthwise 32²·96·9.
    #expect(table.analytic[1, 0] - table.analytic[0, 0] == 1024 * 3072)
    #expect(table.analytic[1, 2] - table.analytic[0, 2] == 1024 * 864)
  }
}
