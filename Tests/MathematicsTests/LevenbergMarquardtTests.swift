import Foundation
import Mathematics
import Testing

@Suite("Levenberg–Marquardt") struct LevenbergMarquardtTests {
  @Test("a linear problem has the solution and covariance of its normal equations")
  func linear() throws {
    // y = 1 + 2x at x = 0, 1, 2 with one reading off by .3: intercept 1.1, slope 2 by hand
    // (Σx = 3, Σx² = 5, Σy = 9.3, Σxy = 10.3+…); covariance of unit noise is (AᵀA)⁻¹ =
    // [[5, −3], [−3, 3]] / 6.
    let x = [0.0, 1, 2]
    let y = [1.0, 3.3, 5]
    let fit = try levenbergMarquardt(start: [0, 0]) { p in
      zip(x, y).map { p[0] + p[1] * $0 - $1 }
    }
    #expect(fit.hasConverged)
    #expect(abs(fit.parameters[0] - 1.1) < 1e-6)
    #expect(abs(fit.parameters[1] - 2) < 1e-6)
    #expect(abs(fit.covariance[0, 0] - 5.0 / 6) < 1e-6)
    #expect(abs(fit.covariance[0, 1] + 0.5) < 1e-6)
    #expect(abs(fit.covariance[1, 1] - 0.5) < 1e-6)
  }

  @Test("Rosenbrock's valley ends at (1, 1)") func rosenbrock() throws {
    let fit = try levenbergMarquardt(start: [-1.2, 1], iterations: 300) { p in
      [10 * (p[1] - p[0] * p[0]), 1 - p[0]]
    }
    #expect(abs(fit.parameters[0] - 1) < 1e-6 && abs(fit.parameters[1] - 1) < 1e-6)
  }

  @Test("a prior holds what the data do not determine") func prior() throws {
    // Only the sum of both is measured; each has the prior 1 ± 1.
    let fit = try levenbergMarquardt(start: [0, 0]) { p in
      [100 * (p[0] + p[1] - 4), p[0] - 1, p[1] - 1]
    }
    #expect(abs(fit.parameters[0] - 2) < 1e-3 && abs(fit.parameters[1] - 2) < 1e-3)
    // The difference keeps the prior's variance of 2.
    let c = fit.covariance
    #expect(abs(c[0, 0] + c[1, 1] - 2 * c[0, 1] - 2) < 1e-3)
  }

  @Test("a start without a finite cost is refused") func notFinite() {
    #expect(throws: (any Error).self) {
      try levenbergMarquardt(start: [0]) { [log($0[0] - 1)] }
    }
  }

  @Test("no step is longer than its bound") func largestStep() throws {
    // A line to 10 takes one free step; ten of length 1 otherwise.
    func distance(_ iterations: Int) throws -> Double {
      try levenbergMarquardt(start: [0], largestStep: 1, iterations: iterations) { [$0[0] - 10] }
        .parameters[0]
    }
    #expect(abs(try distance(3) - 3) < 1e-9)
    #expect(abs(try distance(100) - 10) < 1e-6)
  }
}
