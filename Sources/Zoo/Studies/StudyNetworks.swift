import Workloads

/// Built-in networks as studies ask for them.
enum StudyNetworks {
  /// - Throws: `WorkloadError` where there is no such network, or it does not fit.
  static func workload(
    _ name: String, batch: Int = 1, image: Int? = nil, settings: [String: Int] = [:]
  ) throws(WorkloadError) -> Workload {
    guard let network = NetworkRegistry.network(named: name) else {
      throw .setting("no network '\(name)' is built in")
    }
    var settings = settings
    if let image { settings["image"] = image }
    return try network.workload(batch: batch, settings: settings)
  }

  /// Multiply–accumulates of products, without normalisations, as most papers count.
  static func macs(_ name: String, image: Int? = nil) throws(WorkloadError) -> Double {
    try workload(name, image: image).counts().total.matrixMACs
  }
}
