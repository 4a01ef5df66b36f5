import Features
import Foundation
import Testing
import Workloads

@Suite("Features of graphs") struct GraphFeatureTests {
  /// A residual block run three times, on 2 pictures of 3×8×8.
  static func network() throws -> Workload {
    let net = WorkloadBuilder("block")
    let image = net.input("image", [2, 3, 8, 8])
    let stem = net.convolution(image, to: 4, kernel: 3, stride: 2, named: "stem")
    let block = net.scope("blocks", instances: 3) {
      let x = net.convolution(stem, to: 4, kernel: 3, groups: 4, bias: true, named: "dw")
      return net.add(net.add(x, x), stem)
    }
    net.result(net.linear(net.flatten(block), to: 5))
    return try net.finish()
  }

  @Test("the histogram counts every round of a repeated part") func histogram() throws {
    let histogram = try Self.network().operationHistogram()
    #expect(histogram["convolution"] == 1)
    #expect(histogram["grouped_convolution"] == 3)
    #expect(histogram["elementwise"] == 6)
    #expect(histogram["view"] == 1 && histogram["matrix_multiply"] == 1)
    #expect(histogram["softmax"] == 0 && histogram["nonsense"] == nil)
    #expect(histogram.counts.reduce(0, +) == 12)
  }

  @Test("edges follow values, views included, each once") func graph() throws {
    let graph = try Self.network().operationGraph()
    // stem 0, dw 1, x + x 2, + stem 3, flatten 4, fc 5; 2·4·4·4 elements of four bytes.
    let pairs = graph.edges.map { [$0.from, $0.to] }
    #expect(pairs == [[0, 1], [1, 2], [2, 3], [0, 3], [3, 4], [4, 5]])
    #expect(graph.edges.allSatisfy { $0.bytes == 512 })
    #expect(graph.operationCount == 6)
  }

  @Test("a vector holds the logarithms of what was counted by hand") func vectors() throws {
    let vectors = try Self.network().operationVectors()
    let names = OperationVectors.names
    #expect(vectors.values.columns == names.count && vectors.values.rows == 6)
    #expect(Set(names).count == names.count)
    #expect(vectors.instances == [1, 3, 3, 3, 1, 1])
    func row(_ index: Int) -> [String: Double] {
      Dictionary(uniqueKeysWithValues: zip(names, vectors.values.row(index)))
    }
    func isNear(_ value: Double?, _ count: Double) -> Bool {
      abs((value ?? .nan) - log1p(count)) < 1e-12
    }
    let stem = row(0)
    #expect(stem["is_convolution"] == 1 && stem["is_grouped_convolution"] == 0)
    #expect(isNear(stem["log_macs"], 2 * 16 * 4 * 27))
    #expect(isNear(stem["log_weight_bytes"], 4 * 108) && isNear(stem["log_parameters"], 108))
    #expect(isNear(stem["log_read_bytes"], 4 * 2 * 3 * 64))
    #expect(isNear(stem["log_written_bytes"], 4 * 2 * 4 * 16))
    #expect(isNear(stem["log_batch"], 2) && isNear(stem["log_groups"], 1))
    #expect(isNear(stem["log_input_channels"], 3) && isNear(stem["log_output_channels"], 4))
    #expect(isNear(stem["log_input_positions"], 64) && isNear(stem["log_output_positions"], 16))
    #expect(stem["kernel_height"] == 3 && stem["stride_width"] == 2)
    #expect(stem["inputs"] == 2 && stem["outputs"] == 1)
    let classifier = row(5)
    #expect(classifier["is_matrix_multiply"] == 1 && classifier["kernel_height"] == 0)
    #expect(isNear(classifier["log_input_channels"], 64))
    #expect(isNear(classifier["log_output_positions"], 1))
    #expect(isNear(row(1)["log_groups"], 4) && row(1)["inputs"] == 3)
  }

  @Test("a network without operations has empty features") func empty() throws {
    let net = WorkloadBuilder("nothing")
    net.result(net.input("x", [1]))
    let workload = try net.finish()
    #expect(workload.operationVectors().values.rows == 0)
    #expect(workload.operationGraph().edges.isEmpty)
    #expect(workload.operationHistogram().counts.allSatisfy { $0 == 0 })
  }
}
