import Analytic
import Foundation
import Quantities
import Testing
import Workloads
import Zoo

/// Two layers of four query and two key heads of 8; 1000 parameters.
private let small = DecoderCost(
  activeParameters: 1000,
  attention: [.init(layers: 2, heads: 4, keyValueHeads: 2, headSize: 8)])

@Suite("Test-time scaling") struct TestTimeTests {
  @Test("a sum over tokens is that of a loop, whatever the budget", arguments: [0, 1, 7, 100])
  func loop(prompt: Int) {
    for generated in [1, 2, 5, 30] {
      let positions = AttendedPositions(prompt: Double(prompt), generated: Double(generated))
      for budget in [1, 3, 7, 8, 20, 1000] {
        let sum = (1...generated).reduce(0) { $0 + min(budget, prompt + $1) }
        #expect(positions.atMost(budget) == Double(sum), "\(prompt) \(generated) \(budget)")
      }
      #expect(positions.all == Double((1...generated).reduce(0) { $0 + prompt + $1 }))
    }
  }

  @Test("the published integral is half a position less for each token, and B·g − (B − c)²/2")
  func integral() {
    let sum = AttendedPositions(prompt: 100, generated: 50)
    let integral = AttendedPositions(prompt: 100, generated: 50, sum: .integral)
    #expect(sum.all - integral.all == 25)
    #expect(integral.all == (2 * 100 + 50) * 50 / 2)
    #expect(integral.atMost(120) == 120 * 50 - 20 * 20 / 2)
    #expect(integral.atMost(60) == 60 * 50)
    // A budget that no token reaches changes nothing.
    #expect(integral.atMost(500) == integral.all)
  }

  @Test("dense attention: prompt read once for all samples, everything else by each") func dense() {
    // c = 3, g = 2, N = 5: positions 4 + 5 = 9, of which 6 of the prompt and 3 generated.
    let cost = TestTimeCost(
      small, samples: 5, positions: AttendedPositions(prompt: 3, generated: 2),
      intensity: FLOPPerByte(10))
    #expect(cost.linear == FLOP(5 * 2 * 2000))
    // 2·(d_k + d_v)·H·L = 2·16·4·2 for each position.
    #expect(cost.attention == FLOP(5 * 9 * 256))
    // (d_k + d_v)·KV·L·2 bytes = 16·2·2·2 for each position.
    #expect(cost.keyValues == Bytes(128 * (6 + 5 * 3)))
    #expect(cost.search == .zero && cost.searched == .zero)
    #expect(cost.equivalent == FLOP(20_000 + 11_520 + 10 * 128 * 21))
    #expect(abs(cost.attentionShare - (1 - 20_000 / 58_400.0)) < 1e-12)
  }

  @Test("sparse attention reads its budget in each sample, and pays for its search") func sparse() {
    let positions = AttendedPositions(prompt: 8, generated: 2)
    let local = TestTimeCost(
      small, samples: 3, positions: positions, attention: .local(window: 4),
      intensity: FLOPPerByte(1))
    #expect(local.attention == FLOP(3 * 8 * 256) && local.keyValues == Bytes(128 * 24))
    let best = TestTimeCost(
      small, samples: 3, positions: positions, attention: .topK(budget: 4),
      intensity: FLOPPerByte(1))
    #expect(best == local)
    let blocks = TestTimeCost(
      small, samples: 3, positions: positions,
      attention: .blockTopK(blocks: 1, blockSize: 2, local: 2), intensity: FLOPPerByte(1))
    #expect(blocks.attention == local.attention && blocks.keyValues == local.keyValues)
    // 9 + 10 positions in blocks of 2; 2·8·4·2 FLOP for each mean key, 8·2·2·2 bytes.
    #expect(blocks.search == FLOP(3 * 19 / 2 * 128.0))
    #expect(blocks.searched == Bytes(64 * (16 + 3 * 3) / 2))
  }

  @Test("a model's own window stays under any policy, and is not searched") func window() {
    let decoder = DecoderCost(
      activeParameters: 0,
      attention: [.init(layers: 1, heads: 1, keyValueHeads: 1, headSize: 1, window: 3)])
    let positions = AttendedPositions(prompt: 10, generated: 4)
    func cost(_ policy: AttentionPolicy) -> TestTimeCost {
      TestTimeCost(
        decoder, samples: 1, positions: positions, attention: policy, intensity: FLOPPerByte(1))
    }
    #expect(cost(.dense).attention == FLOP(3 * 4 * 4))
    #expect(cost(.topK(budget: 5)) == cost(.dense))
    #expect(cost(.topK(budget: 2)).attention == FLOP(2 * 4 * 4))
    #expect(cost(.blockTopK(blocks: 1, blockSize: 4, local: 0)).search == .zero)
  }

  @Test("a model of the zoo costs what its matrices are") func zoo() throws {
    let model = try #require(try LanguageRegistry.model(named: "qwen3-8b"))
    let decoder = try DecoderCost(model)
    #expect(
      decoder.attention == [.init(layers: 36, heads: 32, keyValueHeads: 8, headSize: 128)])
    // A layer: query and output 2·4096·4096, key and value 2·4096·1024, three of 4096·12288; the scores
    // of 151,936 words.
    let elements = 2 * 4096 * 4096 + 2 * 4096 * 1024 + 3 * 4096 * 12288
    let words = 4096 * 151_936
    #expect(decoder.linear == FLOP.multiplyAccumulates(Double(36 * elements + words)))
    #expect(decoder.bytesPerElement == 2)
  }

  @Test(
    "products are those of decoding step by step, windows and experts too",
    arguments: ["gpt2", "qwen3-0.6b", "qwen3-30b-a3b", "gpt-oss-20b"])
  func steps(name: String) throws {
    let model = try #require(try LanguageRegistry.model(named: name))
    let (prompt, generated) = (120, 20)
    let cost = TestTimeCost(
      try DecoderCost(model), samples: 1,
      positions: AttendedPositions(prompt: Double(prompt), generated: Double(generated)),
      intensity: FLOPPerByte(1))
    var products = FLOP.zero
    for token in 1...generated {
      let step = try model.workload(.decode(context: prompt + token)).counts().total
      products += .multiplyAccumulates(step.matrixMACs)
    }
    #expect(abs(cost.arithmetic / products - 1) < 1e-9)
  }

  @Test(
    "models that attend otherwise are refused",
    arguments: [("deepseek-v3", "without plain grouped-query"), ("bert-base-uncased", "encoder")])
  func refused(name: String, words: String) throws {
    let model = try #require(try LanguageRegistry.model(named: name))
    do {
      _ = try DecoderCost(model)
      Issue.record("\(name) has a cost")
    } catch { #expect("\(error)".contains(words)) }
  }

  @Test("more samples, tokens, prompt or budget never cost less") func monotone() {
    func cost(
      _ n: Int, _ c: Double, _ g: Double, _ policy: AttentionPolicy, sum: AttendedPositions.Sum
    ) -> FLOP {
      TestTimeCost(
        small, samples: n, positions: AttendedPositions(prompt: c, generated: g, sum: sum),
        attention: policy, intensity: FLOPPerByte(300)
      ).equivalent
    }
    for sum in [AttendedPositions.Sum.everyToken, .integral] {
      for policy in [
        AttentionPolicy.dense, .topK(budget: 64), .local(window: 16),
        .blockTopK(blocks: 2, blockSize: 16, local: 8),
      ] {
        let base = cost(4, 50, 100, policy, sum: sum)
        #expect(cost(5, 50, 100, policy, sum: sum) > base)
        #expect(cost(4, 60, 100, policy, sum: sum) >= base)
        #expect(cost(4, 50, 101, policy, sum: sum) > base)
      }
      #expect(
        cost(4, 50, 100, .topK(budget: 65), sum: sum)
          > cost(4, 50, 100, .topK(budget: 64), sum: sum))
    }
  }

  @Test("coverage is the share of drawn sets with a right answer, by counting all of them")
  func coverage() {
    // Six answers, two right: of the 20 sets of three, 4 have none.
    #expect(abs((Coverage.estimate(correct: 2, of: 6, samples: 3) ?? 0) - 16.0 / 20) < 1e-12)
    #expect(Coverage.estimate(correct: 2, of: 6, samples: 5) == 1)
    #expect(Coverage.estimate(correct: 0, of: 6, samples: 3) == 0)
    #expect(Coverage.estimate(correct: 7, of: 6, samples: 1) == nil)
    #expect(Coverage.estimate(correct: 1, of: 6, samples: 7) == nil)
    #expect(Coverage.estimate(correct: 1, of: 6, samples: 0) == nil)
  }

  @Test("a frontier rises, no point beats it, and the best of a budget lies on it") func frontier()
  {
    func point(_ name: String, _ arithmetic: Double, _ bytes: Double, _ coverage: Double)
      -> TestTimePoint
    {
      var cost = TestTimeCost(
        small, samples: 0, positions: AttendedPositions(prompt: 0, generated: 0),
        intensity: FLOPPerByte(1))
      cost.linear = FLOP(arithmetic)
      cost.keyValues = Bytes(bytes)
      return TestTimePoint(
        model: name, samples: 1, prompt: 0, tokens: 1, cost: cost, coverage: coverage)
    }
    // The small model is cheap in arithmetic and reads much.
    let points = [
      point("small", 1, 20, 0.5), point("large", 10, 5, 0.6), point("same", 10, 5, 0.55),
      point("tiny", 1, 1, 0.1), point("dear", 100, 100, 0.6),
    ]
    #expect(CoverageFrontier(points).points.map(\.model) == ["tiny", "large"])
    #expect(
      CoverageFrontier(points, price: .arithmetic).points.map(\.model) == ["small", "large"])
    #expect(CoverageFrontier(points).best(within: FLOP(14))?.model == "tiny")
    #expect(CoverageFrontier(points).best(within: FLOP(15))?.model == "large")
    #expect(CoverageFrontier(points).best(within: FLOP(1)) == nil)
  }
}

@Suite("Networks and sums of many devices") struct ClusterTests {
  @Test("a full fat tree of k ports has k²/2 and k³/4 hosts, 3k/2 and 5k²/4 switches")
  func trees() {
    for ports in [4, 8, 40] {
      let tree = FatTree(ports: ports)
      #expect(
        tree.switchesOfTwoLayers(hosts: tree.hostsOfTwoLayers) == 3 * ports / 2)
      #expect(
        tree.switchesOfThreeLayers(hosts: tree.hostsOfThreeLayers) == 5 * ports * ports / 4)
    }
    #expect(FatTree(ports: 4).switchesOfTwoLayers(hosts: 9) == nil)
    #expect(FatTree(ports: 4).switchesOfThreeLayers(hosts: 17) == nil)
    // One host still needs a leaf, a spine for it, and above.
    #expect(FatTree(ports: 4).switchesOfTwoLayers(hosts: 1) == 2)
    #expect(FatTree(ports: 4).switchesOfTwoLayers(hosts: 0) == nil)
  }

  @Test("a staged sum is as fast as its tightest part") func staged() {
    var sum = StagedAllReduce(
      devices: 8, networkAccesses: 5, returnReads: 2, memory: .gigabytesPerSecond(240),
      network: .gigabytesPerSecond(30), link: .gigabytesPerSecond(16))
    #expect(sum.memoryAccesses == 24)
    #expect(sum.bandwidth == .gigabytesPerSecond(10))
    sum.network = .gigabytesPerSecond(12)
    #expect(sum.bandwidth == .gigabytesPerSecond(6))
    sum.link = .gigabytesPerSecond(4)
    #expect(sum.bandwidth == .gigabytesPerSecond(4))
  }

  @Test("a ring passes every byte 2(n − 1)/n times") func ring() {
    let hop = BytesPerSecond.gigabytesPerSecond(12)
    #expect(RingAllReduce(devices: 2, hop: hop).bandwidth == hop)
    #expect(RingAllReduce(devices: 4, hop: hop).bandwidth == .gigabytesPerSecond(8))
    #expect(RingAllReduce(devices: 1, hop: hop).bandwidth == hop)
  }
}
