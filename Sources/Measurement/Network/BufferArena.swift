/// Owns the memory that a network runs in; everything is allocated before the first run.
final class BufferArena {
  private var blocks: [UnsafeMutableRawPointer] = []
  private(set) var byteCount = 0

  /// `count` zeros, aligned to a cache line, alive as long as the arena.
  func floats(_ count: Int) -> UnsafeMutablePointer<Float> {
    // The tail of whole vectors may be read by a pass that goes in lanes.
    let bytes = (max(1, count) * MemoryLayout<Float>.stride + 63) / 64 * 64
    let block = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
    block.initializeMemory(as: UInt8.self, repeating: 0, count: bytes)
    blocks.append(block)
    byteCount += bytes
    return block.bindMemory(to: Float.self, capacity: bytes / MemoryLayout<Float>.stride)
  }

  func floats(copying values: [Float]) -> UnsafeMutablePointer<Float> {
    let target = floats(values.count)
    values.withUnsafeBufferPointer { target.update(from: $0.baseAddress!, count: values.count) }
    return target
  }

  deinit {
    for block in blocks { block.deallocate() }
  }
}
