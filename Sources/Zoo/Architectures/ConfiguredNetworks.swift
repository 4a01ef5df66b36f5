import Workloads

/// Networks of pictures that are published with a `config.json`: ViT and DiT.
enum ConfiguredNetworks {
  /// nil where the file is of another kind.
  static func network(_ file: ConfigurationFile) throws(WorkloadError) -> NetworkDefinition? {
    nil
  }
}
