import Documents

/// A `.param` file: layers in the order of execution, joined by the names of their blobs.
///
/// ```
/// 7767517
/// 2 2
/// Input        data   0 1 data 0=224 1=224 2=3
/// Convolution  conv1  1 1 data conv1 0=64 1=7 3=2 4=3 5=1 6=9408
/// ```
/// A magic number, the counts of layers and blobs; then for each layer its type, its name, how many
/// blobs it reads and writes, their names, and numbered parameters.
///
/// - Source: Tencent/ncnn, `docs/developer-guide/param-and-model-file-structure.md`.
struct NCNNGraph {
  static let magic = "7767517"

  var layers: [NCNNLayer] = []
  /// Lines after the announced number of layers, which ncnn does not read either.
  var unreadLines = 0

  /// - Parameter file: how the text is called in messages.
  init(parsing bytes: some RandomAccessCollection<UInt8>, file: String) throws(WorkloadError) {
    try DescriptionFile.check(bytes.count, of: file)
    var declared: Int?
    var sawMagic = false
    var number = 0
    for line in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
      number += 1
      let words = line.split { $0 <= UInt8(ascii: " ") }
      guard let first = words.first else { continue }
      func malformed(_ problem: String) -> WorkloadError {
        .malformed(file: file, place: "line \(number)", problem: problem)
      }
      if !sawMagic {
        guard words.count == 1, String(decoding: first, as: UTF8.self) == Self.magic else {
          throw malformed(
            "an ncnn .param file begins with \(Self.magic), not with "
              + quoted(String(decoding: line.prefix(80), as: UTF8.self)))
        }
        sawMagic = true
      } else if declared == nil {
        guard words.count == 2, let layers = Self.count(words[0]), Self.count(words[1]) != nil
        else { throw malformed("here stand the counts of layers and blobs, two numbers") }
        declared = layers
      } else if let declared, layers.count >= declared {
        unreadLines += 1
      } else {
        do throws(NCNNLayer.Problem) {
          layers.append(try NCNNLayer(words, line: number))
        } catch {
          throw malformed(error.text)
        }
      }
    }
    guard sawMagic else {
      throw .malformed(file: file, place: "", problem: "the file is empty")
    }
    guard let declared, declared == layers.count else {
      throw .malformed(
        file: file, place: "line 2",
        problem: "\(declared ?? 0) layers are announced and \(layers.count) follow")
    }
  }

  fileprivate static func count(_ word: some Collection<UInt8>) -> Int? {
    guard word.count <= 9 else { return nil }
    return Int(String(decoding: word, as: UTF8.self)).flatMap { $0 >= 0 ? $0 : nil }
  }
}

/// One line of a `.param` file.
struct NCNNLayer {
  struct Problem: Error { var text: String }

  var type = ""
  var name = ""
  var bottoms: [String] = []
  var tops: [String] = []
  var parameters: [Int: Parameter] = [:]
  var line = 0

  enum Parameter: Equatable {
    case number(Double)
    case array([Double])
    /// An expression in quotes.
    case text
  }

  /// The parameter with the shapes of the tops, which `ncnnoptimize` writes: four numbers for each,
  /// dimensions, width, height, channels.
  static let shapeHints = 30
  private static let arrayOffset = 23300

  init() {}

  fileprivate init<Word: Collection<UInt8>>(_ words: [Word], line: Int) throws(Problem) {
    guard words.count >= 4, let bottomCount = NCNNGraph.count(words[2]),
      let topCount = NCNNGraph.count(words[3])
    else {
      throw Problem(
        text: "a layer is its type, its name, the numbers of blobs read and written, their names "
          + "and parameters")
    }
    self.line = line
    type = printable(String(decoding: words[0].prefix(1000), as: UTF8.self))
    name = printable(String(decoding: words[1].prefix(1000), as: UTF8.self))
    guard words.count >= 4 + bottomCount + topCount else {
      throw Problem(
        text: "\(quoted(name)) has \(bottomCount) + \(topCount) blobs but names for "
          + "\(words.count - 4)")
    }
    let names = words[4..<4 + bottomCount + topCount].map { String(decoding: $0, as: UTF8.self) }
    bottoms = Array(names.prefix(bottomCount))
    tops = Array(names.suffix(topCount))
    for word in words[(4 + bottomCount + topCount)...] {
      let text = String(decoding: word, as: UTF8.self)
      let pair = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard pair.count == 2, let key = Int(pair[0]) else {
        throw Problem(text: "\(quoted(name)): \(quoted(text)) is not a parameter such as 0=64")
      }
      let (id, value) = try Self.parameter(key, pair[1], of: name)
      guard parameters.updateValue(value, forKey: id) == nil else {
        throw Problem(text: "\(quoted(name)) has parameter \(id) twice")
      }
    }
  }

  private static func parameter(_ key: Int, _ text: Substring, of name: String) throws(Problem)
    -> (Int, Parameter)
  {
    if (0..<100).contains(key) {
      if text.hasPrefix("\"") { return (key, .text) }
      guard let value = Double(text), value.isFinite else {
        throw Problem(text: "\(quoted(name)): parameter \(key) is \(quoted(text)), not a number")
      }
      return (key, .number(value))
    }
    guard (-arrayOffset - 99 ... -arrayOffset).contains(key) else {
      throw Problem(text: "\(quoted(name)): there is no parameter \(key)")
    }
    let id = -key - arrayOffset
    let words = text.split(separator: ",", omittingEmptySubsequences: false)
    var values: [Double] = []
    for word in words.dropFirst() {
      guard let value = Double(word), value.isFinite else {
        throw Problem(text: "\(quoted(name)): parameter \(key) holds \(quoted(word))")
      }
      values.append(value)
    }
    guard let count = words.first.flatMap({ Int($0) }), count == values.count else {
      throw Problem(
        text: "\(quoted(name)): parameter \(key) does not hold as many numbers as it says")
    }
    return (id, .array(values))
  }
}
