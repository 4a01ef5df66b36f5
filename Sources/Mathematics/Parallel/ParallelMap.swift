import Dispatch
import Synchronization

/// `body` of every index, on all cores, in the order of the indices.
///
/// - Throws: the error of the lowest index that failed.
public func parallelMap<Element: Sendable>(
  _ count: Int, _ body: @Sendable (Int) throws -> Element
) throws -> [Element] {
  let results = Mutex<[Int: Result<Element, any Error>]>([:])
  DispatchQueue.concurrentPerform(iterations: count) { index in
    let result = Result { try body(index) }
    results.withLock { $0[index] = result }
  }
  let all = results.withLock { $0 }
  return try (0..<count).compactMap { try all[$0]?.get() }
}
