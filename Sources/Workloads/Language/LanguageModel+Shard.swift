extension LanguageModel {
  /// What one of `devices` computes under tensor parallelism.
  ///
  /// Heads, keys and values, feed-forward widths and the words that are scored are dealt out; a device
  /// has one head of keys at least, so that few of them are copied. Norms and the table of tokens stay
  /// whole. The sums over devices that follow each attention and each feed-forward part are not in the
  /// workload: `sums(devices:)` says how many there are.
  ///
  /// - Throws: `WorkloadError.setting` where heads or widths do not divide, or a layer is of another
  ///   kind than attention and dense or expert feed-forward.
  /// - Source: M. Shoeybi et al., *Megatron-LM*, arXiv:1909.08053, section 3.
  public func shard(of devices: Int) throws(WorkloadError) -> LanguageModel {
    guard devices > 1 else { return self }
    func part(_ whole: Int, _ what: String) throws(WorkloadError) -> Int {
      guard whole % devices == 0 else {
        throw .setting("\(name): \(whole) \(what) cannot be dealt out to \(devices) devices")
      }
      return whole / devices
    }
    var shard = self
    var runs: [LayerRun] = []
    for run in layers {
      guard case .attention(var attention) = run.layer.mixer, run.layer.crossAttention == nil else {
        throw .setting(
          "\(name): only layers of attention can be dealt out, and \(run.label) is another kind")
      }
      attention.heads = try part(attention.heads, "heads")
      attention.keyValueHeads = max(1, attention.keyValueHeads / devices)
      var layer = run.layer
      layer.mixer = .attention(attention)
      var forward: [FeedForward] = []
      for feedForward in run.layer.feedForward {
        switch feedForward {
        case .dense(var dense):
          dense.size = try part(dense.size, "features of the feed-forward part")
          forward.append(.dense(dense))
        case .experts(var experts):
          experts.size = try part(experts.size, "features of an expert")
          experts.sharedSize = try part(experts.sharedSize, "features of the shared experts")
          forward.append(.experts(experts))
        }
      }
      layer.feedForward = forward
      runs.append(LayerRun(layer: layer, label: run.label, count: run.count))
    }
    shard.layers = runs
    if shard.head.vocabulary > 0, !shard.head.isTied {
      shard.head.vocabulary = (head.vocabulary + devices - 1) / devices
    }
    return shard
  }

  /// How often all devices add up a hidden state in one run: after each mixer and each feed-forward
  /// part.
  public func sums(devices: Int) -> Int {
    devices > 1
      ? layers.reduce(0) { $0 + $1.count * (1 + ($1.layer.feedForward.isEmpty ? 0 : 1)) } : 0
  }
}
