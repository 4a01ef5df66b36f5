import Analytic
import Devices
import Predictions
import Workloads

/// Forecasts of many runs on several devices, each workload built once.
public struct RunCandidates: Sendable {
  public private(set) var candidates: [RunRanking.Candidate] = []
  /// What cannot be built, does not fit, or has no rate.
  public private(set) var unranked: [UnrankedRun] = []

  /// - Parameters:
  ///   - models: one for each device.
  ///   - ignoreMemory: whether what does not fit is predicted, too.
  public init(
    _ requests: [RunRequest], models: [RooflineModel], ignoreMemory: Bool = false,
    progress: (Double) -> Void = { _ in }
  ) {
    for (place, request) in requests.enumerated() {
      progress(Double(place) / Double(requests.count))
      let workload: Workload
      do throws(WorkloadError) {
        workload = try request.workload()
      } catch {
        unranked += models.map {
          UnrankedRun(run: request.label, device: $0.device.name, reason: "\(error)")
        }
        continue
      }
      add(workload, request.label, models, ignoreMemory)
    }
  }

  private mutating func add(
    _ workload: Workload, _ run: RunLabel, _ models: [RooflineModel], _ ignoreMemory: Bool
  ) {
    let counts = workload.counts()
    var programs: [Execution: (program: KernelProgram, tally: KernelTally)] = [:]
    for model in models {
      let known = programs[model.execution]
      let program = known?.program ?? workload.kernels(model.execution, counts: counts)
      let tally = known?.tally ?? KernelTally(program)
      programs[model.execution] = (program, tally)
      func leaveOut(_ reason: String) {
        unranked.append(UnrankedRun(run: run, device: model.device.name, reason: reason))
      }
      if !ignoreMemory, let shortage = MemoryShortage(program, on: model.device) {
        leaveOut("\(shortage)")
        continue
      }
      do throws(MachineError) {
        candidates.append(
          .init(run: run, device: model.device.name, forecast: try model.forecast(tally)))
      } catch {
        leaveOut("\(error)")
      }
    }
  }
}
