import Workloads

/// gpt-oss: experts with biases, windows on every other layer, a learned score for no token.
enum GPTOSS: LanguageFamily {
  static let modelTypes = ["gpt_oss"]

  static func model(
    _ file: ConfigurationFile, name: String
  ) throws(WorkloadError) -> LanguageModel {
    let decoder = try StandardDecoder(file, name: name)
    let window = try file.integer("sliding_window", default: 128, in: 1...1_000_000_000)
    let masks = try decoder.masks(window: window) { $0 % 2 == 0 ? .window(window) : .causal }
    let bias = try file.flag("attention_bias", default: true)
    var experts = try file.experts(
      ExpertKeys(size: ["intermediate_size"], shared: [], sharedSize: [], hasRouterBias: true))
    experts.hasBias = true
    let layers = masks.map { mask in
      var attention = decoder.attention(mask)
      attention.hasInputBias = bias
      attention.hasOutputBias = bias
      attention.hasSinks = true
      return TransformerLayer(.attention(attention), [.experts(experts)])
    }
    return decoder.model(layers)
  }
}
