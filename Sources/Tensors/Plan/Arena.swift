/// Places of buffers in one piece of memory: two share one where the first is read for the last time before
/// the second is written.
struct Arena {
  /// By buffer; those elsewhere have none.
  private(set) var offsets: [Int: Int] = [:]
  private(set) var count = 0

  init(_ buffers: [Buffer], _ instructions: [Instruction]) {
    var lives: [Int: ClosedRange<Int>] = [:]
    for (time, instruction) in instructions.enumerated() {
      for buffer in [instruction.writes] + instruction.reads {
        let start = lives[buffer]?.lowerBound ?? time
        lives[buffer] = start...time
      }
    }
    let always = 0...max(0, instructions.count)
    var placed: [(life: ClosedRange<Int>, offset: Int, end: Int)] = []
    func size(_ buffer: Int) -> Int { (buffers[buffer].count + 15) / 16 * 16 }
    let inArena = buffers.indices.filter {
      switch buffers[$0].location {
      case .parameter, .gradient: false
      case .arena: lives[$0] != nil
      case .input, .constant, .kept: true
      }
    }
    // The largest first, each at the lowest place that is free while it lives.
    for buffer in inArena.sorted(by: { (size($1), $0) < (size($0), $1) }) {
      let life: ClosedRange<Int>
      switch buffers[buffer].location {
      case .arena: life = lives[buffer] ?? always
      // Until the next run.
      case .kept: life = (lives[buffer]?.lowerBound ?? 0)...always.upperBound
      default: life = always
      }
      var offset = 0
      for other in placed where other.life.overlaps(life) && other.offset < offset + size(buffer) {
        offset = max(offset, other.end)
      }
      offsets[buffer] = offset
      let end = offset + size(buffer)
      count = max(count, end)
      let at = placed.firstIndex { $0.offset > offset } ?? placed.count
      placed.insert((life, offset, end), at: at)
    }
  }
}
