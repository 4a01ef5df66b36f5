import Workloads

extension RecurrentLayer {
  /// A gated delta network: queries, keys, values and a gate from one projection, a short convolution,
  /// the delta rule with decay.
  ///
  /// - Source: S. Yang et al., Gated Delta Networks, ICLR 2025; Qwen3-Next.
  static func gatedDelta(
    hiddenSize: Int, keyHeads: Int, keySize: Int, valueHeads: Int, valueSize: Int, kernel: Int
  ) -> RecurrentLayer {
    let keys = keyHeads * keySize
    let values = valueHeads * valueSize
    return RecurrentLayer(
      projections: [
        Projection("in_proj_qkvz", hiddenSize, 2 * keys + 2 * values),
        Projection("in_proj_ba", hiddenSize, 2 * valueHeads),
      ], output: Projection("out_proj", values, hiddenSize),
      convolutionChannels: 2 * keys + values, convolutionKernel: kernel, hasConvolutionBias: false,
      rule: StateSpace(rule: .delta, heads: valueHeads, keySize: keySize, valueSize: valueSize),
      vectors: 2 * valueHeads, normalizedSize: valueSize)
  }

  /// Mamba 2: one projection to gate, values, keys, queries and step sizes.
  ///
  /// - Source: T. Dao, A. Gu, Transformers are SSMs, ICML 2024, section 7.
  static func mamba2(
    hiddenSize: Int, heads: Int, headSize: Int, groups: Int, stateSize: Int, kernel: Int,
    hasBias: Bool, hasConvolutionBias: Bool, isNormalized: Bool = true
  ) -> RecurrentLayer {
    let inner = heads * headSize
    let channels = inner + 2 * groups * stateSize
    return RecurrentLayer(
      projections: [Projection("in_proj", hiddenSize, inner + channels + heads, bias: hasBias)],
      output: Projection("out_proj", inner, hiddenSize, bias: hasBias),
      convolutionChannels: channels, convolutionKernel: kernel,
      hasConvolutionBias: hasConvolutionBias,
      rule: StateSpace(rule: .decay, heads: heads, keySize: stateSize, valueSize: headSize),
      vectors: 3 * heads, normalizedSize: isNormalized ? inner : 0)
  }

  /// Mamba: a state of `stateSize` for every channel.
  ///
  /// - Source: A. Gu, T. Dao, Mamba, 2023, section 3.4.
  static func mamba(
    hiddenSize: Int, inner: Int, stateSize: Int, rank: Int, kernel: Int, hasBias: Bool,
    hasConvolutionBias: Bool, innerNorms: Int = 0
  ) -> RecurrentLayer {
    RecurrentLayer(
      projections: [
        Projection("in_proj", hiddenSize, 2 * inner, bias: hasBias),
        Projection("x_proj", inner, rank + 2 * stateSize),
        Projection("dt_proj", rank, inner, bias: true),
      ], output: Projection("out_proj", inner, hiddenSize, bias: hasBias),
      convolutionChannels: inner, convolutionKernel: kernel,
      hasConvolutionBias: hasConvolutionBias,
      rule: StateSpace(rule: .decay, heads: inner, keySize: stateSize, valueSize: 1),
      vectors: inner * stateSize + inner + innerNorms, normalizedSize: 0)
  }

  /// Kimi delta attention: the delta rule with a decay for every channel, its rates and the output's
  /// gate through a bottleneck.
  ///
  /// - Source: Kimi Linear, arXiv 2510.26692, section 4.
  static func kimiDelta(
    hiddenSize: Int, heads: Int, headSize: Int, kernel: Int
  ) -> RecurrentLayer {
    let width = heads * headSize
    return RecurrentLayer(
      projections: [
        Projection("qkv_proj", hiddenSize, 3 * width),
        Projection("b_proj", hiddenSize, heads),
        Projection("f_a_proj", hiddenSize, headSize),
        Projection("f_b_proj", headSize, width),
        Projection("g_a_proj", hiddenSize, headSize),
        Projection("g_b_proj", headSize, width),
      ], output: Projection("o_proj", width, hiddenSize), convolutionChannels: 3 * width,
      convolutionKernel: kernel, hasConvolutionBias: false,
      rule: StateSpace(rule: .delta, heads: heads, keySize: headSize, valueSize: headSize),
      vectors: heads + width, normalizedSize: headSize)
  }

  /// Lightning attention: linear attention with a fixed decay for each head, gated.
  ///
  /// - Source: MiniMax-01, arXiv 2501.08313, section 2.2.
  static func lightning(hiddenSize: Int, heads: Int, headSize: Int) -> RecurrentLayer {
    let width = heads * headSize
    return RecurrentLayer(
      projections: [
        Projection("qkv_proj", hiddenSize, 3 * width),
        Projection("output_gate", hiddenSize, width),
      ], output: Projection("out_proj", width, hiddenSize), convolutionChannels: 0,
      convolutionKernel: 0, hasConvolutionBias: false,
      rule: StateSpace(rule: .decay, heads: heads, keySize: headSize, valueSize: headSize),
      vectors: 0, normalizedSize: width)
  }
}
