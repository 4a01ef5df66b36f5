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
  ///   - metrics: what must be known of a run to rank it.
  ///   - ignoreMemory: whether what does not fit is predicted, too.
  public init(
    _ requests: [RunRequest], models: [DeviceModel], metrics: Set<Metric>,
    ignoreMemory: Bool = false, progress: (Double) -> Void = { _ in }
  ) {
    for (place, request) in requests.enumerated() {
      progress(Double(place) / Double(requests.count))
      let workload: Workload
      do throws(WorkloadError) {
        workload = try request.workload()
      } catch {
        unranked += models.map {
          UnrankedRun(run: request.label, device: $0.device, reason: "\(error)")
        }
        continue
      }
      add(workload, request.label, models, metrics, ignoreMemory)
    }
  }

  private mutating func add(
    _ workload: Workload, _ run: RunLabel, _ models: [DeviceModel], _ metrics: Set<Metric>,
    _ ignoreMemory: Bool
  ) {
    let counts = workload.counts()
    var programs: [Execution: (program: KernelProgram, tally: KernelTally)] = [:]
    for deviceModel in models {
      func leaveOut(_ reason: String) {
        unranked.append(UnrankedRun(run: run, device: deviceModel.device, reason: reason))
      }
      guard case .roofline(let model) = deviceModel else {
        if case .rates(let model, let device) = deviceModel {
          if metrics.isDisjoint(with: [.energy, .edp]) {
            candidates.append(
              .init(run: run, device: device, forecast: model.forecast(workload)))
          } else {
            leaveOut("nothing is known of the power of \(device)")
          }
        }
        continue
      }
      let known = programs[model.execution]
      let program = known?.program ?? workload.kernels(model.execution, counts: counts)
      let tally = known?.tally ?? KernelTally(program)
      programs[model.execution] = (program, tally)
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
