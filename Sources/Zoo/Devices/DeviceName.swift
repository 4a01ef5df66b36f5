/// A device's name as people type it: `A100-SXM-40GB`, `a100 sxm 40gb`, `NVIDIA A100_SXM_40GB`.
///
/// Capitals, spaces, `-`, `_`, what stands in parentheses at the end, and words of makers that their
/// drivers put in front do not matter.
struct DeviceName {
  /// Lower case, in the order of the text.
  let words: [String]
  let joined: String

  private static let makers: Set = ["nvidia", "geforce", "tesla", "amd", "instinct", "intel"]

  init(_ text: some StringProtocol) {
    var words: [String] = []
    var word: [UInt8] = []
    func end() {
      let text = String(decoding: word, as: UTF8.self)
      if !text.isEmpty, !Self.makers.contains(text) { words.append(text) }
      word.removeAll(keepingCapacity: true)
    }
    loop: for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "("): break loop
      case UInt8(ascii: " "), UInt8(ascii: "-"), UInt8(ascii: "_"): end()
      case UInt8(ascii: "A")...UInt8(ascii: "Z"): word.append(byte + 32)
      default: word.append(byte)
      }
    }
    end()
    self.words = words
    joined = words.joined()
  }

  /// Whether the words of `other` are all among these: `A100 80GB` fits `A100-PCIe-80GB`.
  func contains(_ other: DeviceName) -> Bool {
    other.joined.utf8.count >= 2 && other.words.allSatisfy(words.contains)
  }
}
