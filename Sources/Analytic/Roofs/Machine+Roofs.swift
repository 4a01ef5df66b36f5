import Devices
import Predictions
import Quantities

extension Machine {
  /// The peaks of the precision, that of products first, and fp32 of the vector units beside them.
  var peaks: [RooflineAnalysis.Peak] {
    var peaks = [
      RooflineAnalysis.Peak(
        name: "\(productFormat.rawValue) \(usesMatrixUnits ? "matrix" : "vector")", rate: peakRate,
        isUsed: true)
    ]
    if vectorRate != matrixRate || usesMatrixUnits {
      peaks.append(.init(name: vectorName, rate: FLOPPerSecond(vectorRate), isUsed: true))
    }
    if let single = device.peak(.fp32, unit: .vector)?.dense?.value,
      !peaks.contains(where: { $0.rate == single && $0.name.hasSuffix("vector") })
    {
      peaks.append(.init(name: "fp32 vector", rate: single, isUsed: false))
    }
    return peaks
  }

  /// The format in which products are taken: the precision's own, or a wider one that is faster.
  var productFormat: NumberFormat {
    precision.arithmetic.selfAndWider.first { format in
      device.peak(format)?.dense?.value == peakRate
    } ?? precision.arithmetic
  }

  /// Whether products are taken in the precision's own format.
  var hasOwnFormat: Bool { productFormat == precision.arithmetic }

  private var vectorName: String {
    let format = precision.elementwise.selfAndWider.first { format in
      device.peak(format, unit: .vector)?.dense?.value.value == vectorRate
    }
    return format.map { "\($0.rawValue) vector" } ?? "vector (assumed)"
  }

  /// The level before the main memory, whose traffic the model tells apart from it.
  var lastCache: MemoryLevel? { cacheCapacity > 0 ? device.memory.dropLast().last : nil }

  /// The main memory and the last cache with the bytes that each moves.
  func levels(main: Bytes, all: Bytes) -> [RooflineAnalysis.Level] {
    var levels = [
      RooflineAnalysis.Level(
        name: device.mainMemory?.name ?? "main memory",
        bandwidth: bandwidth.isFinite ? peakBandwidth : nil, isAssumed: false, traffic: main)
    ]
    if let cache = lastCache {
      levels.append(
        .init(
          name: cache.name,
          bandwidth: cacheBandwidth.isFinite ? BytesPerSecond(cacheBandwidth) : nil,
          isAssumed: device.totalBandwidth(of: cache) == nil, traffic: all))
    }
    return levels
  }
}
