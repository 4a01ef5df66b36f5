/// What counts as a multiply–accumulate, where the published tables differ.
///
/// Under both, one MAC is 2 FLOP, a bias is free, and an activation is an element that a convolution,
/// a matrix product or an attention's score matrix writes.
public enum CountingConvention: String, CaseIterable, Sendable {
  /// As fvcore, and with it the tables of pytorch-image-models, count: products of matrices, and for
  /// every element of a normalisation 2 MACs (batch) or 5 (layer, group, instance; 4 without scale).
  /// - Source: facebookresearch/fvcore, `fvcore/nn/jit_handles.py`, `batchnorm_flop_jit` and
  ///   `norm_flop_counter`.
  case fvcore
  /// Products of matrices alone, as most papers and torchvision count.
  case matrix
}

/// Whether the half of a causal attention's scores that the mask hides is counted.
public enum HiddenScores: String, CaseIterable, Sendable {
  /// Only what a query may see, as a fused kernel computes.
  case skipped
  /// The whole rectangle of queries and keys, as unfused kernels compute and as the 12·L·H·Q·T term
  /// of PaLM's appendix B counts.
  case counted
}
