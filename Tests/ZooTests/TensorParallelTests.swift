import Testing
import Workloads
import Zoo

@Suite("Shares of tensor parallelism") struct TensorParallelTests {
  private func llama() throws -> LanguageModel {
    try #require(try LanguageRegistry.model(named: "meta-llama/Meta-Llama-3.1-8B"))
  }

  /// Width 4096, 32 layers, 32 heads of 128 and 8 of keys, feed-forward 14336, 128256 words.
  @Test("a share has its part of the matrices, whole norms and the whole table of tokens")
  func parameters() throws {
    let whole = try llama()
    for devices in [1, 2, 4, 8] {
      let share = try whole.shard(of: devices)
      let counts = try share.workload(.prefill(tokens: 16)).counts()
      let attention = 4096 * (32 * 128 + 2 * 8 * 128) + 32 * 128 * 4096
      let layer = (attention + 3 * 4096 * 14336) / devices + 2 * 4096
      let head = 128_256 / devices * 4096
      #expect(counts.parameters == 128_256 * 4096 + 32 * layer + 4096 + head)
    }
  }

  @Test("eight shares multiply as much as the whole") func products() throws {
    let whole = try llama()
    for phase in [LanguagePhase.prefill(tokens: 128), .decode(context: 1000)] {
      let all = try whole.workload(phase, batch: 4).counts().total.matrixMACs
      let one = try whole.shard(of: 8).workload(phase, batch: 4).counts().total.matrixMACs
      #expect(abs(8 * one / all - 1) < 1e-12)
    }
  }

  @Test("a device keeps one head of keys, and every part ends in a sum") func keys() throws {
    let whole = try llama()
    let share = try whole.shard(of: 32)
    guard case .attention(let attention) = share.layers[0].layer.mixer else {
      Issue.record("no attention")
      return
    }
    #expect(attention.heads == 1 && attention.keyValueHeads == 1)
    #expect(whole.sums(devices: 32) == 64)
    #expect(whole.sums(devices: 1) == 0)
  }

  @Test("what cannot be dealt out is refused") func refused() throws {
    #expect(throws: WorkloadError.self) { try llama().shard(of: 3) }
    let latent = try #require(try LanguageRegistry.model(named: "deepseek-v2"))
    #expect(throws: WorkloadError.self) { try latent.shard(of: 2) }
  }
}
