import Analytic
import Devices
import Foundation
import Predictions
import Quantities
import Testing
import Workloads
import Zoo

@Suite("The roofline of a kernel") struct RooflineTests {
  @Test("a large copy takes its bytes over the share of the bandwidth, and one launch")
  func stream() throws {
    // 10⁹ elements of 4 bytes, read and written: 8 GB at 92 % of 100 GB/s, far more than the cache.
    let device = plainDevice(cache: 1)
    let model = RooflineModel(device, Execution(precision: .fp32))
    let prediction = try model.predict(oneReLU(elements: 1_000_000_000))
    let share = EfficiencyTable.graphics[.elementwise].bandwidth
    let expected = 8e9 / (share * 1e11) + 4e-6
    #expect(abs(prediction.latency.value.value / expected - 1) < 1e-3)
    #expect(prediction.breakdown.first?.bound == .memory)
  }

  @Test("a small copy is its launch, or its dispatch where the host is slower") func launch() throws
  {
    let model = RooflineModel(plainDevice(), Execution(precision: .fp32))
    let prediction = try model.predict(oneReLU(elements: 10))
    #expect(prediction.breakdown.first?.bound == .launch)
    let dispatch = EfficiencyTable.graphics.dispatch
    #expect(abs(prediction.latency.value.value / max(4e-6, dispatch) - 1) < 1e-3)
    #expect(prediction.breakdown.last?.kind == "dispatch")
  }

  @Test("a product that fills its tiles runs at the tiling's share of the peak") func fullTiles()
    throws
  {
    // 2560 × 1280 outputs are 100 tiles of 256×128 on 10 units: 10 whole waves; 4096 steps and 35 to
    // fill the pipeline.
    let device = plainDevice(bandwidth: 1e13)
    let net = WorkloadBuilder("product")
    net.result(net.linear(net.input("x", [2560, 4096]), to: 1280, bias: false))
    let tiling = EfficiencyTable.graphics.matrixTiling
    let prediction = try RooflineModel(device, Execution(precision: .fp16)).predict(net.finish())
    let flop = 2.0 * 2560 * 1280 * 4096
    let expected = flop * (4096 + 35) / 4096 / (8e13 * tiling.share) + 4e-6
    #expect(abs(prediction.latency.value.value / expected - 1) < 0.01)
    #expect(prediction.breakdown.first?.bound == .compute)
  }

  @Test("one more tile than units costs a second wave") func waves() throws {
    let device = plainDevice(bandwidth: 1e13)
    func seconds(_ rows: Int) throws -> Double {
      let net = WorkloadBuilder("product")
      net.result(net.linear(net.input("x", [rows, 4096]), to: 128, bias: false))
      return try RooflineModel(device, Execution(precision: .fp16)).predict(net.finish())
        .breakdown[0].latency.value - 4e-6
    }
    // Ten tiles fill ten units; the eleventh runs alone, unless smaller tiles share it out.
    let (one, two) = (try seconds(2560), try seconds(2561))
    #expect(two > 1.2 * one && two < 2 * one)
  }

  @Test("a row of a product that is no multiple of eight elements slows matrix units")
  func alignment() throws {
    let device = plainDevice(bandwidth: 1e13)
    func seconds(_ depth: Int) throws -> Double {
      let net = WorkloadBuilder("product")
      net.result(net.linear(net.input("x", [2560, depth]), to: 1280, bias: false))
      return try RooflineModel(device, Execution(precision: .fp16)).predict(net.finish())
        .latency.value.value
    }
    #expect(try seconds(4095) > 1.2 * seconds(4096))
  }

  @Test("a board that cannot feed its arithmetic takes longer instead of drawing more")
  func powerLimit() throws {
    var device = plainDevice(bandwidth: 1e13)
    let net = WorkloadBuilder("product")
    net.result(net.linear(net.input("x", [2560, 4096]), to: 1280, bias: false))
    let workload = try net.finish()
    let free = try RooflineModel(device, Execution(precision: .fp16)).predict(workload)
    device.power.thermalDesign = Figure(Watts(50))
    let held = try RooflineModel(device, Execution(precision: .fp16)).predict(workload)
    #expect(held.latency.value > 1.5 * free.latency.value)
    let energy = try #require(held.energy)
    #expect(energy.value / held.latency.value <= Watts(50.0001))
  }

  @Test("an absent format falls back to a wider one and says so; none at all is refused by name")
  func fallbacks() throws {
    let device = plainDevice()
    let workload = try oneReLU(elements: 10)
    let prediction = try RooflineModel(device, Execution(precision: .fp8)).predict(workload)
    #expect(
      prediction.assumptions.contains {
        $0 == "plain multiplies fp8 as fp16, its fastest rate that holds it"
      })
    var none = device
    none.peaks = [PeakRate(.int8, .matrix, dense: Figure(FLOPPerSecond(1e12)))]
    #expect(
      throws: MachineError.noRate(device: "plain", precision: "fp16", known: ["int8"])
    ) { try RooflineModel(none, Execution(precision: .fp16)).predict(workload) }
  }

  @Test("what does not fit is told by term and amount") func memory() throws {
    var device = plainDevice()
    device.memory[1].capacity = Figure(.megabytes(40))
    let program = try request("resnet50").workload().kernels(Execution(precision: .fp16))
    let shortage = try #require(MemoryShortage(program, on: device))
    // 25.557 M parameters of 2 bytes: 51.1 MB and some activations.
    #expect(shortage.missing > .megabytes(11) && shortage.missing < .megabytes(20))
    #expect("\(shortage)".contains("weights 51.1 MB"))
    #expect(MemoryShortage(program, on: plainDevice()) == nil)
  }
}
