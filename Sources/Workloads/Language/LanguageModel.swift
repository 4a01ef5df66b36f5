/// A transformer over tokens, described by what its counts depend on: decoders, encoders,
/// encoder–decoders, and hybrids with state-space layers.
public struct LanguageModel: Sendable {
  public var name: String
  public var source: String
  public var warnings: [String] = []
  public var assumptions: [String] = []

  public var hiddenSize: Int
  public var embedding: Embedding
  /// Layers of equal shape, stored once.
  public var layers: [LayerRun]
  public var normalization: LayerNormalization
  public var hasFinalNormalization = true
  public var head: Head
  /// The stack that a decoder attends to (T5, BART, Whisper).
  public var encoder: EncoderStack?
  /// What turns pictures into tokens.
  public var vision: VisionTower?
  public var formats: WeightFormats
  /// The most tokens that the network was made for; nil when not stated.
  public var maximumContext: Int?
  /// Whether every token sees every other.
  public var isEncoder = false
  /// Whether all layers use the weights of one (ALBERT).
  public var sharesLayers = false
  /// Learned elements outside the layers that nothing above holds.
  public var extraParameters = 0

  public init(
    name: String, source: String, hiddenSize: Int, embedding: Embedding,
    layers: [TransformerLayer], normalization: LayerNormalization, head: Head,
    formats: WeightFormats
  ) {
    self.name = name
    self.source = source
    self.hiddenSize = hiddenSize
    self.embedding = embedding
    self.layers = LayerRun.group(layers)
    self.normalization = normalization
    self.head = head
    self.formats = formats
  }

  public var layerCount: Int { layers.reduce(0) { $0 + $1.count } }
}

/// Tables of tokens, positions and segments.
public struct Embedding: Sendable, Hashable {
  public var vocabulary: Int
  /// Rows of a learned table of positions; 0 for rotary, relative and linear-bias positions.
  public var positions = 0
  public var segments = 0
  /// Width of the tables, where it is not the hidden size and a matrix leads from one to the other.
  public var width: Int?
  /// Whether that matrix has a bias.
  public var hasProjectionBias = false
  /// Whether positions are added behind that matrix (OPT) and not before it (ALBERT).
  public var hasWidePositions = false
  public var hasNormalization = false
  /// A vector of its own for every layer and token, of this size (Gemma 3n, Gemma 4); 0 for none.
  public var perLayerSize = 0
  /// Rows of that table.
  public var perLayerVocabulary = 0

  public init(vocabulary: Int, positions: Int = 0) {
    self.vocabulary = vocabulary
    self.positions = positions
  }
}

/// What turns the last hidden state into the answer.
public struct Head: Sendable, Hashable {
  /// Words that are scored; 0 for a network that returns hidden states.
  public var vocabulary: Int
  /// Whether the scores use the table of token embeddings.
  public var isTied: Bool
  public var hasBias = false
  /// A dense layer, as BERT's pooler, and whether it reads every token or only the first.
  public var dense: Int?
  public var denseIsPerToken = false
  public var denseHasBias = true
  /// Normalisation after the dense layer (BERT's word prediction).
  public var denseIsNormalized = false

  public init(vocabulary: Int, isTied: Bool) {
    self.vocabulary = vocabulary
    self.isTied = isTied
  }

  /// No scores: the hidden states are the answer.
  public static let none = Head(vocabulary: 0, isTied: true)
}

public enum LayerNormalization: Hashable, Sendable {
  case layer(bias: Bool)
  case rootMeanSquare
  /// Without learned elements (OLMo).
  case plain
}

/// How each part of the weights is stored.
public struct WeightFormats: Hashable, Sendable {
  public var activations: DataType
  /// Tables and output scores.
  public var embedding: StorageFormat
  public var attention: StorageFormat
  public var feedForward: StorageFormat
  public var experts: StorageFormat
  /// Norms, biases, routers.
  public var other: StorageFormat
  public var cache: StorageFormat

  public init(_ type: DataType) {
    activations = type
    embedding = StorageFormat(type)
    attention = StorageFormat(type)
    feedForward = StorageFormat(type)
    experts = StorageFormat(type)
    other = StorageFormat(type)
    cache = StorageFormat(type)
  }
}

/// Layers of the same shape, wherever they stand.
public struct LayerRun: Sendable {
  public let layer: TransformerLayer
  /// The places of the layers: `0–31`, or `0,2,4…22`.
  public let label: String
  public let count: Int

  /// Layers in the order in which each shape first occurs.
  static func group(_ layers: [TransformerLayer]) -> [LayerRun] {
    var places: [TransformerLayer: [Int]] = [:]
    var order: [TransformerLayer] = []
    for (index, layer) in layers.enumerated() {
      if places[layer] == nil { order.append(layer) }
      places[layer, default: []].append(index)
    }
    return order.map { layer in
      let indices = places[layer] ?? []
      return LayerRun(layer: layer, label: label(indices), count: indices.count)
    }
  }

  private static func label(_ indices: [Int]) -> String {
    guard let first = indices.first, let last = indices.last else { return "" }
    if indices.count == 1 { return "layers.\(first)" }
    if last - first + 1 == indices.count { return "layers.\(first)–\(last)" }
    let shown = indices.count <= 4 ? indices : Array(indices.prefix(3))
    let text = shown.map(String.init).joined(separator: ",")
    return "layers." + (indices.count <= 4 ? text : "\(text)…\(last)")
  }
}

/// One layer: tokens are mixed, then each goes through the feed-forward part.
public struct TransformerLayer: Hashable, Sendable {
  public enum Mixer: Hashable, Sendable {
    case attention(AttentionLayer)
    case latentAttention(LatentAttentionLayer)
    case compressedAttention(CompressedAttentionLayer)
    case recurrent(RecurrentLayer)
    case none
  }

  /// Where the normalisations stand.
  public enum Arrangement: Hashable, Sendable {
    /// One before each part.
    case before
    /// One before and one after each part (Gemma 2).
    case around
    /// One after each part (BERT, OLMo 2).
    case after
    /// Both parts read the same input, through `norms` normalisations (GPT-J, Falcon).
    case parallel(norms: Int)
  }

  public var mixer: Mixer
  /// Attention to the encoder's states.
  public var crossAttention: AttentionLayer?
  /// Beside each other: nearly always one, none in a layer that only mixes, two where a dense part
  /// runs beside experts.
  public var feedForward: [FeedForward]
  public var arrangement: Arrangement
  /// Whether the first part reads its input as it is (ModernBERT's first layer).
  public var skipsFirstNorm = false
  /// Further normalisations over the hidden size.
  public var extraNorms = 0
  /// Further learned elements, one multiplication each.
  public var extraParameters = 0

  public init(
    _ mixer: Mixer, _ feedForward: [FeedForward], arrangement: Arrangement = .before
  ) {
    self.mixer = mixer
    self.feedForward = feedForward
    self.arrangement = arrangement
  }
}

/// Multi-head, grouped-query or multi-query attention.
public struct AttentionLayer: Hashable, Sendable {
  public enum HeadNormalization: Hashable, Sendable {
    case none
    /// One scale for the elements of a head, shared by all heads.
    case perHead
    /// One scale for every element of every head.
    case full
  }

  public enum Gate: Hashable, Sendable {
    case none
    /// A factor for each element of the output.
    case perElement
    /// A factor for each head.
    case perHead
  }

  public var heads: Int
  public var keyValueHeads: Int
  public var headSize: Int
  /// Size of a value head, where it is not that of a key.
  public var valueSize: Int
  public var mask: AttentionMask
  public var hasInputBias = false
  /// Where the biases of query, key and value differ: BART's keys have none.
  public var hasKeyBias: Bool?
  public var hasOutputBias = false
  public var headNormalization = HeadNormalization.none
  /// Biases in those normalisations.
  public var hasHeadNormalizationBias = false
  public var gate = Gate.none
  /// One learned score for each head, that of no token (attention sinks).
  public var hasSinks = false
  /// Keys are used as values (no value projection).
  public var keysAreValues = false
  /// Keys and values are those of an earlier layer.
  public var sharesCache = false
  public var isRotary = true
  /// Rows of a table of relative positions, one column for each head.
  public var relativePositions = 0
  /// Picks the keys that are attended to.
  public var indexer: LatentAttentionLayer.Indexer?

  public init(
    heads: Int, keyValueHeads: Int, headSize: Int, mask: AttentionMask = .causal
  ) {
    self.heads = heads
    self.keyValueHeads = keyValueHeads
    self.headSize = headSize
    self.valueSize = headSize
    self.mask = mask
  }
}

/// Multi-head latent attention: keys and values are kept as one compressed vector.
///
/// Prefill expands them for every head; decoding moves the expansion to the query and to the result
/// instead, and attends over the compressed vectors themselves.
///
/// - Source: DeepSeek-V2, arXiv 2405.04434, section 2.1 and appendix C.
public struct LatentAttentionLayer: Hashable, Sendable {
  public var heads: Int
  /// nil: queries are projected in one step.
  public var queryRank: Int?
  public var latentSize: Int
  /// Elements of a key head without and with positions.
  public var plainSize: Int
  public var rotarySize: Int
  public var valueSize: Int
  public var hasBias = false
  public var gate = AttentionLayer.Gate.none
  /// Picks the keys that are attended to (DeepSeek sparse attention).
  public var indexer: Indexer?

  public struct Indexer: Hashable, Sendable {
    public var heads: Int
    public var headSize: Int
    public var selected: Int
    /// Whether this layer has an indexer of its own, or uses the choice of an earlier one.
    public var isShared = false

    public init(heads: Int, headSize: Int, selected: Int) {
      self.heads = heads
      self.headSize = headSize
      self.selected = selected
    }
  }

  public init(
    heads: Int, queryRank: Int?, latentSize: Int, plainSize: Int, rotarySize: Int, valueSize: Int
  ) {
    self.heads = heads
    self.queryRank = queryRank
    self.latentSize = latentSize
    self.plainSize = plainSize
    self.rotarySize = rotarySize
    self.valueSize = valueSize
  }
}

/// Attention over a window of tokens and, behind it, over keys that stand for several tokens each; one
/// vector is key and value of all heads.
///
/// - Source: DeepSeek-V4 technical report, section 2.3.
public struct CompressedAttentionLayer: Hashable, Sendable {
  public var heads: Int
  public var headSize: Int
  public var queryRank: Int
  /// The output is projected group by group, then as a whole.
  public var outputGroups: Int
  public var outputRank: Int
  public var window: Int
  /// Tokens that one compressed key stands for; 0: the window is all there is.
  public var compression = 0
  /// Picks among the compressed keys; nil: all are seen.
  public var indexer: LatentAttentionLayer.Indexer?

  public init(
    heads: Int, headSize: Int, queryRank: Int, outputGroups: Int, outputRank: Int, window: Int
  ) {
    self.heads = heads
    self.headSize = headSize
    self.queryRank = queryRank
    self.outputGroups = outputGroups
    self.outputRank = outputRank
    self.window = window
  }
}

/// A layer whose memory is a state of fixed size: Mamba, gated delta networks, linear attention.
public struct RecurrentLayer: Hashable, Sendable {
  public struct Projection: Hashable, Sendable {
    public var label: String
    public var input: Int
    public var output: Int
    public var hasBias: Bool

    public init(_ label: String, _ input: Int, _ output: Int, bias: Bool = false) {
      self.label = label
      self.input = input
      self.output = output
      self.hasBias = bias
    }
  }

  /// Before the recurrence, the last one being that of the output.
  public var projections: [Projection]
  public var output: Projection
  /// Channels of the short convolution over time; 0 for none.
  public var convolutionChannels: Int
  public var convolutionKernel: Int
  public var hasConvolutionBias: Bool
  /// nil: the convolution is all the memory there is (LFM 2).
  public var rule: StateSpace?
  /// Decay rates, step sizes, skips.
  public var vectors: Int
  /// Size of the normalisation before the output; 0 for none.
  public var normalizedSize: Int
  /// How the state is kept.
  public var stateType: DataType

  public init(
    projections: [Projection], output: Projection, convolutionChannels: Int,
    convolutionKernel: Int, hasConvolutionBias: Bool, rule: StateSpace?, vectors: Int,
    normalizedSize: Int, stateType: DataType = .float32
  ) {
    self.projections = projections
    self.output = output
    self.convolutionChannels = convolutionChannels
    self.convolutionKernel = convolutionKernel
    self.hasConvolutionBias = hasConvolutionBias
    self.rule = rule
    self.vectors = vectors
    self.normalizedSize = normalizedSize
    self.stateType = stateType
  }
}

/// The part of a layer that sees one token at a time.
public enum FeedForward: Hashable, Sendable {
  case dense(DenseFeedForward)
  case experts(ExpertFeedForward)
}

public struct DenseFeedForward: Hashable, Sendable {
  public var size: Int
  /// Whether a second matrix of the same size gates the first (SwiGLU, GEGLU).
  public var isGated: Bool
  public var hasBias: Bool
  public var activation: ElementwiseFunction

  public init(
    _ size: Int, isGated: Bool, hasBias: Bool = false, activation: ElementwiseFunction = .silu
  ) {
    self.size = size
    self.isGated = isGated
    self.hasBias = hasBias
    self.activation = activation
  }
}

/// Routed experts, with those that every token uses beside them.
public struct ExpertFeedForward: Hashable, Sendable {
  public var experts: Int
  public var perToken: Int
  /// Width of one expert.
  public var size: Int
  public var isGated: Bool
  public var hasBias = false
  public var activation = ElementwiseFunction.silu
  /// Width of all shared experts together; 0 for none.
  public var sharedSize = 0
  public var sharedIsGated: Bool
  /// One learned vector that weighs the shared experts.
  public var hasSharedGate = false
  /// A learned bias of the router.
  public var hasRouterBias = false
  /// A stored correction that balances the load; counted, as published totals do.
  public var hasBalancingBias = false
  /// Width that routed experts read and write, where it is not the hidden size.
  public var latentSize: Int?

  public init(experts: Int, perToken: Int, size: Int, isGated: Bool = true) {
    self.experts = experts
    self.perToken = perToken
    self.size = size
    self.isGated = isGated
    self.sharedIsGated = isGated
  }
}

/// The encoder of an encoder–decoder.
public struct EncoderStack: Sendable {
  public var layers: [LayerRun]
  /// Rows of a learned table of positions.
  public var positions: Int
  public var hasEmbeddingNormalization: Bool
  public var hasFinalNormalization: Bool

  public init(
    layers: [TransformerLayer], positions: Int = 0, hasEmbeddingNormalization: Bool = false,
    hasFinalNormalization: Bool = true
  ) {
    self.layers = LayerRun.group(layers)
    self.positions = positions
    self.hasEmbeddingNormalization = hasEmbeddingNormalization
    self.hasFinalNormalization = hasFinalNormalization
  }
}

/// A vision transformer before a language model, with the layers that lead into it.
public struct VisionTower: Sendable {
  public var hiddenSize: Int
  public var layers: [LayerRun]
  public var normalization: LayerNormalization
  /// Elements of one patch: channels · frames · side².
  public var patchElements: Int
  public var hasPatchBias: Bool
  /// Rows of the learned table of positions, or 0.
  public var positions: Int
  /// Normalisations over the hidden size outside the layers.
  public var outerNorms: Int
  /// Further learned elements.
  public var extraParameters: Int
  /// Patches of one picture.
  public var patches: Int
  /// Patches that become one token of the language model.
  public var patchesPerToken: Int
  /// Linear layers on each token, after the layers.
  public var projections: [RecurrentLayer.Projection]
  /// Elements that are normalised in the projections: sizes of scales, with biases.
  public var projectionNorms: [Int]

  public init(
    hiddenSize: Int, layers: [TransformerLayer], normalization: LayerNormalization,
    patchElements: Int, hasPatchBias: Bool, positions: Int, outerNorms: Int = 0,
    extraParameters: Int = 0, patches: Int, patchesPerToken: Int,
    projections: [RecurrentLayer.Projection], projectionNorms: [Int] = []
  ) {
    self.hiddenSize = hiddenSize
    self.layers = LayerRun.group(layers)
    self.normalization = normalization
    self.patchElements = patchElements
    self.hasPatchBias = hasPatchBias
    self.positions = positions
    self.outerNorms = outerNorms
    self.extraParameters = extraParameters
    self.patches = patches
    self.patchesPerToken = patchesPerToken
    self.projections = projections
    self.projectionNorms = projectionNorms
  }
}
