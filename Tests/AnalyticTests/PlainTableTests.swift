import Analytic
import Devices
import Quantities
import Testing
import Workloads

@Suite("The plain roofline") struct PlainTableTests {
  /// 10 TFLOP/s, 100 GB/s, nothing else.
  private let device: Device = {
    var device = Device(name: "plain", deviceClass: .gpu)
    device.peaks = [PeakRate(.fp32, .vector, dense: Figure(.teraFLOPPerSecond(10)))]
    device.memory = [MemoryLevel("DRAM", bandwidth: Figure(.gigabytesPerSecond(100)))]
    return device
  }()

  private let table = EfficiencyTable.plain(
    dense: 0.5, grouped: 0.25, depthwise: 0.1, bandwidth: 0.8, launch: 5e-6)

  private func seconds(_ build: (WorkloadBuilder) -> ValueID) throws -> Double {
    let net = WorkloadBuilder("one")
    net.result(build(net))
    let kernels = try net.finish().kernels().kernels
    let machine = try Machine(device, precision: .fp32, efficiency: table)
    return kernels.reduce(0) { $0 + machine.seconds(of: $1) }
  }

  @Test("a product that arithmetic limits takes FLOP over its share of the peak, and a launch")
  func compute() throws {
    let time = try seconds { $0.linear($0.input("x", [1024, 1024]), to: 1024, bias: false) }
    // 2·2³⁰ FLOP at 5 TFLOP/s; 12.6 MB at 80 GB/s are 157 µs beside 429.
    let (arithmetic, traffic) = (2 * 1_073_741_824 / 5e12, 12_582_912 / 80e9)
    #expect(time > arithmetic + 5e-6)
    #expect(time < arithmetic + traffic)
    #expect(abs(time - 5e-6 - arithmetic) < 0.01 * arithmetic)
  }

  @Test("a sum of tensors takes bytes over its share of the bandwidth, and a launch")
  func memory() throws {
    let time = try seconds { net in
      net.add(net.input("a", [1_000_000]), net.input("b", [1_000_000]))
    }
    #expect(abs(time - (12e6 / 80e9 + 5e-6)) < 1e-9)
  }

  @Test("groups and depthwise windows have shares of their own") func grouped() throws {
    func time(_ groups: Int) throws -> Double {
      try seconds { net in
        net.convolution(
          net.input("x", [8, 512, 28, 28]), to: 512, kernel: 3, groups: groups)
      } - 5e-6
    }
    let elements: Double = 8 * 512 * 28 * 28
    let traffic: Double = 2 * 4 * elements / 80e9
    let dense: Double = 2 * elements * 9 * 512 / 5e12
    let quarter: Double = 2 * elements * 9 * 128 / 2.5e12
    for (groups, arithmetic) in [(1, dense), (4, quarter)] {
      let measured = try time(groups)
      let roof = max(arithmetic, traffic)
      #expect(measured >= roof && measured < 1.05 * roof)
    }
    // Depthwise: traffic decides.
    #expect(abs(try time(512) / traffic - 1) < 0.01)
  }

  @Test("a fit finds the share that a time was made with") func fit() throws {
    let net = WorkloadBuilder("one")
    net.result(net.linear(net.input("x", [2048, 2048]), to: 2048, bias: false))
    let tally = KernelTally(try net.finish().kernels())
    func time(_ table: EfficiencyTable) -> Double {
      (try? Machine(device, precision: .fp32, efficiency: table).totals(tally).seconds) ?? .nan
    }
    var truth = table
    for kind in KernelKind.allCases where kind.isMatrix { truth[kind].compute = 0.3 }
    let measured = time(truth)
    let fitted = try EfficiencyFit.fit([.denseShare], start: table) {
      [time($0) / measured - 1]
    }
    #expect(abs(fitted[.linear].compute - 0.3) < 0.01)
    #expect(fitted[.groupedConvolution].compute == 0.25)
  }
}
