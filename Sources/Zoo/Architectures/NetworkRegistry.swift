/// Every architecture that is built in, by its name.
public enum NetworkRegistry {
  /// One line for each family.
  private static let families: [any NetworkFamily.Type] = [
    ResNet.self,
    ViT.self,
    VGG.self,
    AlexNet.self,
    SqueezeNet.self,
    DenseNet.self,
    Inception.self,
    Xception.self,
    RegNet.self,
    ResNetV2.self,
    LegacySENet.self,
    SplitResNet.self,
    TResNet.self,
    HRNet.self,
    DLA.self,
    DPN.self,
    VoVNet.self,
    SelecSLS.self,
    GhostNet.self,
    RepVGG.self,
    ByobNet.self,
    GroupedNetworks.self,
    MobileNet.self,
    MnasNet.self,
    EfficientNet.self,
    EfficientNetV2.self,
    MixNet.self,
    MobileNetV4.self,
    SearchedMobileNets.self,
    ShuffleNetV2.self,
    ConvNeXt.self,
    EfficientViT.self,
    CascadedAttention.self,
    EfficientMod.self,
    LowFormer.self,
    ReXNet.self,
    YOLO.self,
    StableDiffusion.self,
    DiT.self,
    Wan.self,
    WanDecoder.self,
    CogVideoX.self,
    Swin.self,
    EfficientFormer.self,
    EfficientFormerV2.self,
    MobileViT.self,
    SingleKernels.self,
  ]

  public static let all: [NetworkDefinition] = families.flatMap { $0.members }

  private static let byName = Dictionary(
    all.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
  private static let byLowercasedName = Dictionary(
    all.map { ($0.name.lowercased(), $0) }, uniquingKeysWith: { first, _ in first })

  /// The architecture of that name, whatever its case, with or without the tag of a checkpoint
  /// (`resnet50.a1_in1k`); nil when there is none.
  public static func network(named name: String) -> NetworkDefinition? {
    if let network = byName[name] { return network }
    let bare = name.lowercased()
    return byLowercasedName[bare]
      ?? bare.firstIndex(of: ".").flatMap { byLowercasedName[String(bare[..<$0])] }
  }
}
