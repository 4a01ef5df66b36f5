import Features
import Foundation
import Mathematics

/// Learns the rates of a class from its devices: empirical Bayes.
///
/// Each iteration takes weights of Student's t, one joint Gauss–Newton step in the shape's logarithms,
/// the mean rates and an offset of each network, with every device's own deviation eliminated (Schur's
/// complement), then new covariances:
///
/// ```
/// S  = (Σ w_d (v_d v_dᵀ + H_d⁻¹) + κ S₀)/(Σ w_d + κ)
/// σ² = weighted mean of u r²
/// ```
struct RatePriorLearning {
  private let data: RateMeasurements
  private let hyper: RateHyperparameters
  private let contexts: [[Double]]
  private let prior: [Double]
  private let precisions: [Double]
  private let basePrior: Matrix

  private(set) var shapeLogs: [Double]
  /// p × classes.
  private(set) var mean: Matrix
  private(set) var covariance: Matrix
  private(set) var offsets: [Double]
  private(set) var deviation = 0.15
  private var deviations: [[Double]]

  private var classes: Int { WorkClass.count }
  private var inputs: Int { mean.rows }

  init(_ data: RateMeasurements, _ hyper: RateHyperparameters) {
    self.data = data
    self.hyper = hyper
    let count = WorkClass.count
    let inputs = hyper.usesThreads ? 2 : 1
    prior = hyper.shape.logarithms
    shapeLogs = prior
    let empty = RatePrior(
      shape: hyper.shape, mean: (0..<inputs).map { _ in [0] }, covariance: [], deviation: 1,
      floor: 0, quantile: 1, anchors: nil)
    contexts = data.threads.map { empty.context(threads: $0) }
    var base = Matrix(rows: count, columns: count)
    let variance = hyper.rateDeviation * hyper.rateDeviation
    for i in 0..<count {
      for j in 0..<count { base[i, j] = variance * (i == j ? 1 : hyper.rateCorrelation) }
    }
    basePrior = base
    covariance = Matrix(rows: count, columns: count, elements: base.elements.map { 4 * $0 })
    offsets = [Double](repeating: 0, count: data.networks.count)
    var precisions = hyper.shapeDeviations.map { 1 / ($0 * $0) }
    for input in 0..<inputs {
      precisions += [Double](
        repeating: input == 0 ? 1e-4 : hyper.slopePrecision, count: count)
    }
    precisions += [Double](
      repeating: 1 / (hyper.networkDeviation * hyper.networkDeviation), count: offsets.count)
    self.precisions = precisions.map { $0 + 1e-6 }
    // Start: all rates of a device are one, its level.
    let works = data.works(hyper.shape)
    let levels = (0..<data.deviceCount).map { device -> Double in
      let own = data.measured(device).map { network in
        data.logLatency[device, network] - log(max(works.row(network).reduce(0, +), 1e-300))
      }
      return own.isEmpty ? 0 : median(own)
    }
    let total = data.weights.reduce(0, +)
    let center = zip(levels, data.weights).reduce(0) { $0 + $1.0 * $1.1 } / max(total, 1e-9)
    mean = Matrix(rows: inputs, columns: count)
    for index in 0..<count { mean[0, index] = center }
    deviations = levels.map { [Double](repeating: $0 - center, count: count) }
  }

  /// - Throws: `LinearAlgebraError` where a step has no solution.
  mutating func run() throws(LinearAlgebraError) {
    for _ in 0..<hyper.iterations { try step() }
  }

  var shape: WorkShape {
    var shape = hyper.shape
    shape.logarithms = shapeLogs
    return shape
  }

  // MARK: - One iteration

  private mutating func step() throws(LinearAlgebraError) {
    let works = data.works(shape)
    let slopes = workSlopes(works)
    let inverse = try Cholesky(covariance).inverse
    let globals = precisions.count
    var normal = Matrix(rows: globals, columns: globals)
    var gradient = [Double](repeating: 0, count: globals)
    var devices: [DeviceStep] = []
    devices.reserveCapacity(data.deviceCount)
    for device in 0..<data.deviceCount {
      let own = try deviceStep(device, works, slopes, inverse)
      let weight = data.weights[device]
      // GᵀwG − (JᵀwG)ᵀ A⁻¹ (JᵀwG)
      let direct = own.globalRows.multiplied(by: own.globalRows, transposingSelf: true)
      let eliminated = own.cross.multiplied(by: own.solvedCross, transposingSelf: true)
      for index in normal.elements.indices {
        normal.elements[index] += weight * (direct.elements[index] - eliminated.elements[index])
      }
      let pull = own.globalRows.transposedMultiplied(by: own.weightedErrors)
      let push = own.solvedCross.transposedMultiplied(by: own.gradient)
      for index in gradient.indices { gradient[index] += weight * (pull[index] - push[index]) }
      devices.append(own)
    }
    let state =
      zip(shapeLogs, prior).map { $0 - $1 } + mean.elements + offsets
    for index in 0..<globals {
      normal[index, index] += precisions[index]
      gradient[index] -= precisions[index] * state[index]
    }
    var change = try Cholesky(normal).solve(gradient)
    let longest = change.map(abs).max() ?? 0
    if longest > 1 { change = change.map { $0 / longest } }
    var spread = Matrix(rows: classes, columns: classes)
    var squares = 0.0
    var count = 0.0
    for (device, own) in devices.enumerated() {
      // v's own step, the globals' known.
      let moved = own.solvedCross.multiplied(by: change)
      var step = zip(own.inverse.multiplied(by: own.gradient), moved).map { $0 - $1 }
      let reach = step.map(abs).max() ?? 0
      if reach > 1.5 { step = step.map { $0 * 1.5 / reach } }
      deviations[device] = zip(deviations[device], step).map(+)
      let weight = data.weights[device]
      let v = deviations[device]
      for i in 0..<classes {
        for j in 0..<classes { spread[i, j] += weight * (v[i] * v[j] + own.inverse[i, j]) }
      }
      squares += weight * own.weightedSquares
      count += weight * Double(own.measurements)
    }
    shapeLogs = zip(shapeLogs, change).map(+)
    for index in mean.elements.indices { mean.elements[index] += change[shapeLogs.count + index] }
    let first = shapeLogs.count + mean.elements.count
    for index in offsets.indices { offsets[index] += change[first + index] }
    let strength = hyper.covarianceStrength
    let weights = data.weights.reduce(0, +) + strength
    for index in spread.elements.indices {
      spread.elements[index] =
        (spread.elements[index] + strength * basePrior.elements[index]) / weights
    }
    covariance = spread
    deviation = max((squares / max(count, 1)).squareRoot(), hyper.leastDeviation)
  }

  /// What one device adds to a step.
  private struct DeviceStep {
    /// √w G: rows are measurements, columns the globals.
    let globalRows: Matrix
    /// √w r.
    let weightedErrors: [Double]
    /// JᵀwG and A⁻¹JᵀwG.
    let cross: Matrix
    let solvedCross: Matrix
    /// A⁻¹ with A = JᵀwJ + S⁻¹.
    let inverse: Matrix
    /// Jᵀwr − S⁻¹v.
    let gradient: [Double]
    /// Σ u r² with u the weights of Student's t.
    let weightedSquares: Double
    let measurements: Int
  }

  private func deviceStep(
    _ device: Int, _ works: Matrix, _ slopes: [Matrix], _ inverse: Matrix
  ) throws(LinearAlgebraError) -> DeviceStep {
    let context = contexts[device]
    let v = deviations[device]
    let rates = (0..<classes).map { index -> Double in
      var sum = v[index]
      for (input, x) in context.enumerated() { sum += x * mean[input, index] }
      return exp(sum)
    }
    let own = data.measured(device)
    var shares = Matrix(rows: own.count, columns: classes)
    var globals = Matrix(rows: own.count, columns: precisions.count)
    var errors = [Double](repeating: 0, count: own.count)
    var squares = 0.0
    for (row, network) in own.enumerated() {
      var total = 0.0
      for index in 0..<classes { total += works[network, index] * rates[index] }
      let error = data.logLatency[device, network] - log(total) - offsets[network]
      let scaled = error / deviation
      let student = (RatePrior.freedom + 1) / (RatePrior.freedom + scaled * scaled)
      let root = student.squareRoot() / deviation
      squares += student * error * error
      errors[row] = root * error
      for index in 0..<classes {
        let share = root * works[network, index] * rates[index] / total
        shares[row, index] = share
        for (input, x) in context.enumerated() {
          globals[row, shapeLogs.count + input * classes + index] = share * x
        }
      }
      for (place, slope) in slopes.enumerated() {
        var sum = 0.0
        for index in 0..<classes { sum += slope[network, index] * rates[index] }
        globals[row, place] = root * sum / total
      }
      globals[row, shapeLogs.count + inputs * classes + network] = root
    }
    var hessian = shares.multiplied(by: shares, transposingSelf: true)
    for index in hessian.elements.indices { hessian.elements[index] += inverse.elements[index] }
    let solved = try Cholesky(hessian).inverse
    let pull = shares.transposedMultiplied(by: errors)
    let gradient = zip(pull, inverse.multiplied(by: v)).map { $0 - $1 }
    let cross = shares.multiplied(by: globals, transposingSelf: true)
    return DeviceStep(
      globalRows: globals, weightedErrors: errors, cross: cross,
      solvedCross: solved.multiplied(by: cross), inverse: solved, gradient: gradient,
      weightedSquares: squares, measurements: own.count)
  }

  /// ∂W/∂ of each logarithm of the shape.
  private func workSlopes(_ works: Matrix) -> [Matrix] {
    let step = 1e-3
    return shapeLogs.indices.map { index in
      var moved = hyper.shape
      var logs = shapeLogs
      logs[index] += step
      moved.logarithms = logs
      let other = data.works(moved)
      return Matrix(
        rows: works.rows, columns: works.columns,
        elements: zip(other.elements, works.elements).map { ($0 - $1) / step })
    }
  }
}
