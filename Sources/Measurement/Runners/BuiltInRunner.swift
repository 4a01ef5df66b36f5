import Dispatch
import Mathematics
import Quantities
import Workloads

/// Runs NAS-Bench-201 networks in this process, on this processor.
///
/// A network is built at each visit and freed after it, so that memory does not grow with the number
/// of architectures; building, warming up and writing the input are not part of a time.
public struct BuiltInRunner: ArchitectureRunner {
  public let settings: RunnerSettings
  public let macro: NetworkMacro

  /// Checks the settings and chooses the kernels, for the whole process.
  ///
  /// - Throws: `MeasurementError` for settings out of range, kernels that are not here, or a space
  ///   other than NAS-Bench-201.
  public init(
    space: any SearchSpace, settings: RunnerSettings = RunnerSettings(),
    macro: NetworkMacro = .nasBench201
  ) throws(MeasurementError) {
    guard space is NASBench201Space else { throw .unsupportedSpace(space.name) }
    try settings.validate()
    if let core = settings.core {
      do { try BLAS.select(core: core) } catch {
        throw .unknownCore(core, available: BLAS.availableCores)
      }
    }
    self.settings = settings
    self.macro = macro
  }

  public func runs(of architecture: Architecture) throws(MeasurementError) -> [Seconds] {
    if BLAS.threadCount != settings.threads { BLAS.threadCount = settings.threads }
    let network = try NASBench201Network(
      architecture, macro: macro, batch: settings.batch, threads: settings.threads,
      seed: settings.seed)
    network.fillInput(seed: settings.seed)
    for _ in 0..<settings.warmUps { network.forward() }
    var runs: [Seconds] = []
    var total = Seconds.zero
    while runs.count < settings.repeats
      || (total < settings.visitTime && runs.count < settings.repeats * 10)
    {
      let start = DispatchTime.now().uptimeNanoseconds
      network.forward()
      let time = Seconds(Double(DispatchTime.now().uptimeNanoseconds - start) * 1e-9)
      runs.append(time)
      total += time
    }
    return runs
  }
}
