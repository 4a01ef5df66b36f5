/// Which run of which workload a figure belongs to.
public struct RunLabel: Sendable, Hashable {
  public let workload: String
  /// nil where a file fixes it.
  public let batch: Int?
  /// `image=288 phase=decode context=2048`; empty where all is as usual.
  public let settings: String

  public init(workload: String, batch: Int?, settings: String) {
    self.workload = workload
    self.batch = batch
    self.settings = settings
  }

  /// `resnet50, batch 8, image=288`
  public var text: String {
    var text = workload
    if let batch, batch != 1 { text += ", batch \(batch)" }
    if !settings.isEmpty { text += ", \(settings)" }
    return text
  }
}
