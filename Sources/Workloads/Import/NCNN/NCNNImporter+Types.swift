extension NCNNImporter {
  /// Layers that are a function of every element by itself.
  static let elementwise: [String: ElementwiseFunction] = [
    "AbsVal": .absolute, "BNLL": .softplus, "Cast": .cast, "CELU": .elu, "Clip": .clip,
    "Dequantize": .dequantize, "ELU": .elu, "Erf": .error, "Exp": .exponential, "GELU": .gelu,
    "HardSigmoid": .hardSigmoid, "HardSwish": .hardSwish, "Log": .logarithm, "Mish": .mish,
    "Power": .power, "Quantize": .quantize, "ReLU": .relu, "Requantize": .quantize, "SELU": .elu,
    "Shrink": .clip, "Sigmoid": .sigmoid, "Softplus": .softplus, "Swish": .silu, "TanH": .tanh,
    "Threshold": .compare,
  ]

  /// Every other layer, by the name of its type.
  static let layers: [String: @Sendable (NCNNImporter) -> () throws(WorkloadError) -> Void] = [
    "Input": NCNNImporter.addInput,
    "MemoryData": NCNNImporter.addMemoryData,
    "Split": NCNNImporter.addNames,
    "Dropout": NCNNImporter.addNames,
    "Packing": NCNNImporter.addNames,
    "Noop": NCNNImporter.addNoop,

    "Convolution": NCNNImporter.addConvolution,
    "ConvolutionDepthWise": NCNNImporter.addConvolution,
    "Convolution1D": NCNNImporter.addConvolution1D,
    "ConvolutionDepthWise1D": NCNNImporter.addConvolution1D,
    "Deconvolution": NCNNImporter.addDeconvolution,
    "DeconvolutionDepthWise": NCNNImporter.addDeconvolution,
    "Pooling": NCNNImporter.addPooling,

    "InnerProduct": NCNNImporter.addInnerProduct,
    "Gemm": NCNNImporter.addGemm,
    "MatMul": NCNNImporter.addMatMul,
    "MultiHeadAttention": NCNNImporter.addMultiHeadAttention,
    "Embed": NCNNImporter.addEmbed,
    "LSTM": NCNNImporter.addLSTM,
    "GRU": NCNNImporter.addGRU,
    "RNN": NCNNImporter.addRNN,

    "BatchNorm": NCNNImporter.addBatchNorm,
    "LayerNorm": NCNNImporter.addLayerNorm,
    "RMSNorm": NCNNImporter.addRMSNorm,
    "GroupNorm": NCNNImporter.addGroupNorm,
    "InstanceNorm": NCNNImporter.addInstanceNorm,
    "Normalize": NCNNImporter.addNormalize,
    "MVN": NCNNImporter.addMVN,
    "LRN": NCNNImporter.addLRN,
    "Softmax": NCNNImporter.addSoftmax,

    "BinaryOp": NCNNImporter.addBinaryOp,
    "UnaryOp": NCNNImporter.addUnaryOp,
    "Eltwise": NCNNImporter.addEltwise,
    "PReLU": NCNNImporter.addPReLU,
    "Scale": NCNNImporter.addScale,
    "Bias": NCNNImporter.addBias,
    "GLU": NCNNImporter.addGLU,
    "CumulativeSum": NCNNImporter.addCumulativeSum,
    "Reduction": NCNNImporter.addReduction,
    "ArgMax": NCNNImporter.addArgMax,

    "Concat": NCNNImporter.addConcat,
    "Slice": NCNNImporter.addSlice,
    "Crop": NCNNImporter.addCrop,
    "Padding": NCNNImporter.addPadding,
    "Interp": NCNNImporter.addInterp,
    "Permute": NCNNImporter.addPermute,
    "Reshape": NCNNImporter.addReshape,
    "Flatten": NCNNImporter.addFlatten,
    "ExpandDims": NCNNImporter.addExpandDims,
    "Squeeze": NCNNImporter.addSqueeze,
    "ShuffleChannel": NCNNImporter.addShuffleChannel,
    "PixelShuffle": NCNNImporter.addPixelShuffle,
    "Reorg": NCNNImporter.addReorg,

    "PriorBox": NCNNImporter.addPriorBox,
    "DetectionOutput": NCNNImporter.addDetectionOutput,
    "YoloDetectionOutput": NCNNImporter.addDetectionOutput,
    "Yolov3DetectionOutput": NCNNImporter.addDetectionOutput,
  ]

  static var knownTypes: [String] { elementwise.keys.sorted() + layers.keys.sorted() }
}
