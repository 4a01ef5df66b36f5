import Workloads

/// What NAS-Bench-201 keeps fixed around its cell: widths, input size, number of cells.
///
/// The benchmark's own values are `nasBench201`. Smaller ones exist so that a check against a slow,
/// plain implementation takes no time.
public struct NetworkMacro: Sendable, Hashable {
  /// Channels of each stage; between two stages stands a residual block of stride 2.
  public let channels: [Int]
  /// Height and width of the input in pixels.
  public let resolution: Int
  public let cellsPerStage: Int

  /// - Throws: `MeasurementError.impossibleMacro` where a number is below 1 or the resolution cannot
  ///   be halved before every stage after the first.
  public init(channels: [Int], resolution: Int, cellsPerStage: Int) throws(MeasurementError) {
    let halvings = max(0, channels.count - 1)
    guard !channels.isEmpty, channels.allSatisfy({ (1...4096).contains($0) }),
      (1...4096).contains(resolution), (1...1000).contains(cellsPerStage), halvings < 12,
      resolution % (1 << halvings) == 0
    else {
      throw .impossibleMacro(
        channels: channels, resolution: resolution, cellsPerStage: cellsPerStage)
    }
    self.init(unchecked: channels, resolution, cellsPerStage)
  }

  private init(unchecked channels: [Int], _ resolution: Int, _ cellsPerStage: Int) {
    self.channels = channels
    self.resolution = resolution
    self.cellsPerStage = cellsPerStage
  }

  /// Three stages of five cells, 16, 32 and 64 channels on 32×32, 16×16 and 8×8.
  ///
  /// - Source: X. Dong, Y. Yang, *NAS-Bench-201*, ICLR 2020, section 2.1.
  public static let nasBench201 = NetworkMacro(
    unchecked: NASBench201Space.stageChannels, NASBench201Space.stageResolutions[0],
    NASBench201Space.cellsPerStage)
}
