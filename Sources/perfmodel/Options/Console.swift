import Foundation
import Synchronization

/// Standard error: remarks, and progress where somebody looks.
enum Console {
  static func remark(_ text: String) {
    FileHandle.standardError.write(Data((text + "\n").utf8))
  }

  static let isTerminal = isatty(STDERR_FILENO) == 1
}

/// A line that is drawn over itself while long work goes on; silent where nobody looks.
final class Progress: Sendable {
  private struct State {
    var lastDrawn = ContinuousClock.now - .seconds(1)
    var isDrawn = false
  }

  private let label: String
  private let state = Mutex(State())

  init(_ label: String) { self.label = label }

  /// - Parameter share: 0 … 1.
  func update(_ share: Double, detail: String = "") {
    guard Console.isTerminal else { return }
    state.withLock { state in
      let now = ContinuousClock.now
      guard share >= 1 || now - state.lastDrawn > .milliseconds(100) else { return }
      state.lastDrawn = now
      state.isDrawn = true
      let width = 24
      let filled = Int((min(1, max(0, share)) * Double(width)).rounded(.down))
      let bar =
        String(repeating: "█", count: filled) + String(repeating: "·", count: width - filled)
      let percent = String(format: "%3.0f %%", share * 100)
      write("\r\u{1B}[2K\(label)  \(bar)  \(percent)  \(detail.prefix(60))")
    }
  }

  /// Clears the line.
  func finish() {
    state.withLock { state in
      if state.isDrawn { write("\r\u{1B}[2K") }
      state.isDrawn = false
    }
  }

  private func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}
