import Foundation
import Tensors

/// Products of matrices of the shapes that the models use, beside the measured peak of this processor.
func printProducts() throws {
  let peak = InstructionLevel.best.measuredPeak()
  print(String(format: "%@: peak %.1f GFLOP/s", InstructionLevel.best.rawValue, peak * 1e-9))
  let shapes: [(m: Int, n: Int, k: Int, left: Bool, right: Bool)] = [
    (32, 256, 64, false, false), (32, 256, 256, false, false), (256, 256, 32, true, false),
    (32, 256, 256, false, true), (10, 100, 100, false, false), (100, 100, 10, true, false),
    (10, 100, 100, false, true), (16, 64, 64, false, false), (512, 64, 64, false, false),
    (512, 256, 64, false, false), (512, 64, 256, false, false), (64, 256, 512, true, false),
    (512, 64, 256, false, true), (512, 256, 64, false, true), (90, 100, 100, false, false),
    (100, 100, 90, true, false), (90, 100, 100, false, true),
  ]
  for (m, n, k, left, right) in shapes {
    let graph = Graph()
    let a = graph.input("a", left ? [k, m] : [m, k])
    let b = graph.input("b", right ? [n, k] : [k, n])
    let plan = try Plan(
      [matmul(a, b, transposingLeft: left, transposingRight: right)],
      parameters: ParameterBlock([]))
    try plan.set("a", (0..<(m * k)).map { Float($0 % 17) - 8 })
    try plan.set("b", (0..<(k * n)).map { Float($0 % 13) - 6 })
    let own = try plan.profile(repetitions: 15)[0]
    let rate = own.flop / (own.secondsPerRun ?? 1)
    print(
      String(
        format: "%4d×%-4d·%4d×%-4d %@%@  %8.2f µs  %6.1f GFLOP/s  %3.0f %%", m, k, k, n,
        left ? "T" : "N", right ? "T" : "N", (own.secondsPerRun ?? 0) * 1e6, rate * 1e-9,
        100 * rate / peak))
  }
}
