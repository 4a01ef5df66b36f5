import Analytic
import Datasets
import Quantities
import Workloads

/// Arithmetic intensity that counts activations more dearly than weights, against measured rates.
enum DataReuseStudy {
  static let study = Study(
    32,
    setting: "1442 and 1444 networks of pictures on RTX 3090 and RTX 4090 (automatic mixed "
      + "precision, channels first): MACs, activations written, parameters and pictures/s from "
      + "pytorch-image-models, in place of 25 networks on two older GPUs",
    model: "Analytic/Reuse: DI(α) = M/(αA + (1 − α)W)",
    calibrated: [
      "α = 0.8 as published, from memory",
      "in the transfer: α on the RTX 3090, to be scored on the 4090",
    ],
    notes: [
      "MACs in a second stand for MACs for a joule, which nobody has published for these cards.",
      "The form in which the two weights add up to one is ours.",
    ],
    tables: tables
  ) { data in
    try correlations(data) + counts()
  }

  private static let tables = ["3090", "4090"].map {
    "timm/benchmark-infer-amp-nchw-pt240-cu124-rtx\($0).csv.gz"
  }
  private static let timm = "pytorch-image-models, results/benchmark-infer-amp-nchw-pt240-cu124"

  private static func networks(_ table: CSVTable) throws -> ReuseCorrelation {
    let rates = try table.doubles("infer_samples_per_sec")
    let macs = try table.doubles("infer_gmacs")
    let activations = try table.doubles("infer_macts")
    let parameters = try table.doubles("param_count")
    // An empty cell is not a number.
    let rows = (0..<table.rowCount).filter { row in
      [rates, macs, activations, parameters].allSatisfy { $0[row] > 0 }
    }
    return ReuseCorrelation(
      rows.map {
        DataReuse(
          macs: 1e9 * macs[$0], weights: 1e6 * parameters[$0], activations: 1e6 * activations[$0])
      }, efficiency: rows.map { 1e9 * macs[$0] * rates[$0] })
  }

  private static func correlations(_ data: StudyData) throws -> [StudyCheck] {
    let cards = try tables.map { try networks(data.table($0)) }
    let published = DataReuse.publishedActivationWeight
    var checks: [StudyCheck] = []
    for (name, card) in zip(["RTX 3090", "RTX 4090"], cards) {
      let weighted = card.ofWeightedIntensity(activationWeight: published) ?? .nan
      checks.append(
        StudyCheck(
          "\(name), correlation of DI(0.8) less that of AI",
          predicted: weighted - (card.ofArithmeticIntensity ?? .nan), unit: "",
          tolerance: .atLeast(0.05), source: timm, confidence: .property))
      checks.append(
        StudyCheck(
          "\(name), correlation of DI(0.8)", predicted: weighted, unit: "",
          tolerance: .atLeast(0.87), source: timm, confidence: .property))
    }
    checks.append(
      StudyCheck(
        "RTX 4090, correlation of DI with the 3090's α",
        predicted: cards[1].ofWeightedIntensity(activationWeight: cards[0].bestActivationWeight)
          ?? .nan, unit: "", tolerance: .atLeast(0.88), source: timm, confidence: .property))
    return checks
  }

  /// Published multiply–accumulates (10⁹) and parameters (10⁶).
  private static let published = [
    ("MobileNet-V1", "mobilenetv1_100", 0.569, 4.2),
    ("MobileNet-V2", "mobilenetv2_100", 0.300, 3.5),
    ("ResNet-50", "resnet50", 4.09, 25.6),
    ("VGG-16", "vgg16", 15.5, 138),
    ("DenseNet-121", "densenet121", 2.83, 8.0),
  ]

  private static func counts() throws -> [StudyCheck] {
    try published.flatMap { title, name, macs, parameters in
      let counts = try StudyNetworks.workload(name).counts()
      return [
        ("MACs", macs, counts.total.matrixMACs / 1e9, "GMAC"),
        ("parameters", parameters, Double(counts.parameters) / 1e6, "M"),
      ].map { what, reported, predicted, unit in
        StudyCheck(
          "\(title), \(what)", reported: reported, predicted: predicted, unit: unit,
          tolerance: .relative(0.02), source: "the architecture's paper", confidence: .fromMemory)
      }
    }
  }
}
