import Analytic
import Quantities

/// CascadedViT's counts, and the energy of its rivals from its own.
enum CascadedViTStudy {
  static let study = Study(
    70,
    setting: "CascadedViT-S, -M, -L and -XL and EfficientViT-M4 and -M5 on pictures of 224 pixels; "
      + "energies for each picture on an Apple M4 Pro",
    model: "Workload counts; Analytic/Energy/AffineEnergy",
    calibrated: [
      "energy: the line through the four CascadedViT networks (471, 568, 588 and 653 mJ)"
    ],
    notes: [
      "The repository's table gives XL 366 million MACs, which contradicts its own code (435).",
      "Accuracy for each FLOP is top-1 over the decimal logarithm of the MACs; it is not predicted.",
    ]
  ) { _ in try counts() + energies() }

  private static let source = "repository of CascadedViT, classification/README.md"

  private static let published: [(String, String, Double?, Double)] = [
    ("S", "cvit_s", 67, 1.9), ("M", "cvit_m", 173, 3.5), ("L", "cvit_l", 249, 7.0),
    ("XL", "cvit_xl", nil, 9.8),
  ]

  private static func counts() throws -> [StudyCheck] {
    var checks: [StudyCheck] = []
    for (title, name, macs, parameters) in published {
      let counts = try StudyNetworks.workload(name).counts()
      if let macs {
        checks.append(
          StudyCheck(
            "\(title), MACs", reported: macs, predicted: counts.total.matrixMACs / 1e6,
            unit: "MMAC", tolerance: .relative(0.015), source: source))
      }
      checks.append(
        StudyCheck(
          "\(title), parameters", reported: parameters,
          predicted: Double(counts.parameters) / 1e6, unit: "M", tolerance: .relative(0.015),
          source: source))
    }
    let saved =
      1 - (try StudyNetworks.macs("cvit_xl")) / (try StudyNetworks.macs("efficientvit_m5"))
    checks.append(
      StudyCheck(
        "FLOP of XL below EfficientViT-M5's", reported: 15, predicted: 100 * saved, unit: "%",
        tolerance: .absolute(2), source: "abstract"))
    return checks
  }

  private static func energies() throws -> [StudyCheck] {
    let measured = [
      ("cvit_s", 471.0), ("cvit_m", 568), ("cvit_l", 588), ("cvit_xl", 653),
    ]
    let line = AffineEnergy(
      fitting: try measured.map { (try StudyNetworks.macs($0.0), .millijoules($0.1)) })
    func energy(_ name: String) throws -> Double {
      let macs = try StudyNetworks.macs(name)
      return line.map { 1e3 * $0.energy(macs: macs).value } ?? .nan
    }
    let saving = 1 - (try energy("cvit_xl")) / (try energy("efficientvit_m5"))
    return [
      StudyCheck(
        "EfficientViT-M4, energy", reported: 620, predicted: try energy("efficientvit_m4"),
        unit: "mJ/picture", tolerance: .relative(0.07), source: source),
      StudyCheck(
        "energy of XL below EfficientViT-M5's", reported: 3.3, predicted: 100 * saving, unit: "%",
        tolerance: .between(1, 9), source: "abstract"),
    ]
  }
}
