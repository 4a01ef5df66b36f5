import Documents
import Foundation
import Testing

private func tree(_ text: String, limits: JSONLimits = .init(bytes: 1 << 24))
  throws(JSONSyntaxError) -> JSONTree
{
  try JSONTree(parsing: ArraySlice(text.utf8), limits: limits)
}

private func problem(_ text: String, limits: JSONLimits = .init(bytes: 1 << 24)) -> String {
  do throws(JSONSyntaxError) {
    _ = try tree(text, limits: limits)
    return ""
  } catch {
    return error.problem
  }
}

@Suite("JSON is read") struct JSONReadingTests {
  @Test("every kind of value, members in the order of the text") func values() throws {
    #expect(
      try tree(" {\"b\": [1, -2.5e-3, true], \"a\": {}, \"c\": null, \"d\": \"x\"}\n")
        == .object([
          .init("b", .list([.number(1), .number(-0.0025), .boolean(true)])),
          .init("a", .object([])), .init("c", .null), .init("d", .text("x")),
        ]))
  }

  @Test("escapes, characters of two halves, and a byte order mark") func texts() throws {
    #expect(try tree(#""\"\\\/\b\n\u00e9\ud83d\ude00é""#) == .text("\"\\/\u{8}\né😀é"))
    #expect(try tree("\u{FEFF}[]") == .list([]))
  }

  @Test("the nearest number of 64 bits, as Foundation has it") func numbers() throws {
    for text in ["0.1", "9.36e11", "1e-400", "123456789012345678901", "2.2250738585072011e-308"] {
      let peer = try #require(
        try JSONSerialization.jsonObject(with: Data(text.utf8), options: .fragmentsAllowed)
          as? Double)
      #expect(try tree(text) == .number(peer), "\(text)")
    }
  }

  @Test(
    "what is not JSON is told with its line",
    arguments: [
      ("", "line 1, column 1: a value is expected; the text ends here"),
      ("{\"a\": 1,\n \"b\" 2}", "line 2, column 6: ':' is expected, not '2'"),
      ("{\"a\": 1,}", "line 1, column 9: the comma before this bracket is too many"),
      ("[1, 2,]", "line 1, column 7: the comma before this bracket is too many"),
      ("{'a': 1}", "line 1, column 2: a key in double quotes is expected, not '''"),
      ("{\"a\": 1, \"a\": 2}", "line 1, column 10: the key 'a' stands twice"),
      ("[1] // why", "line 1, column 5: the end is expected, not '/'"),
      ("[NaN]", "line 1, column 2: a value is expected, not 'N'"),
      ("[01]", "line 1, column 2: a number starts wrongly"),
      ("[1.]", "line 1, column 4: a digit is expected, not ']'"),
      ("[1e999]", "line 1, column 2: a number is too large"),
      ("\"a\nb\"", "line 1, column 3: a line break or tab in a text is written \\n or \\t"),
      ("\"abc", "line 1, column 1: a text does not end"),
      (#""\x""#, "line 1, column 3: there is no escape '\\x'"),
      (#""\ud800x""#, "line 1, column 8: half a character in an escape"),
      (#""\u12g4""#, "line 1, column 4: an escape \\u has four hexadecimal digits"),
    ])
  func wrong(text: String, message: String) {
    #expect(problem(text) == "this is not JSON: " + message)
  }

  @Test("limits hold") func limits() {
    let bomb = String(repeating: "[", count: 1_000_000)
    #expect(problem(bomb) == "brackets are nested more than 64 deep")
    let many = "[" + String(repeating: "1,", count: 100) + "1]"
    #expect(problem(many, limits: .init(bytes: 1000, values: 100)) == "more than 100 values")
    #expect(problem(many, limits: .init(bytes: 100)).hasSuffix("MiB of text"))
    #expect(problem(String(decoding: [0x22, 0xFF, 0x22], as: UTF8.self)) == "")
    #expect(throws: JSONSyntaxError.syntax(line: 1, column: 1, problem: "a text is not UTF-8")) {
      try JSONTree(parsing: [0x22, 0xFF, 0x22], limits: .init(bytes: 10))
    }
  }
}

@Suite("JSON is written") struct JSONWritingTests {
  @Test(
    "a number in the way that is easier to read",
    arguments: [
      (0.0, "0"), (1, "1"), (-350, "-350"), (1000, "1000"), (6_291_456, "6291456"),
      (9.36e11, "9.36e11"), (2.4e10, "2.4e10"), (0.5, "0.5"), (68.25, "68.25"), (4e-6, "4e-6"),
      (1e22, "1e22"), (0.001, "0.001"), (1.0 / 3, "0.3333333333333333"), (1e-300, "1e-300"),
    ] as [(Double, String)])
  func numerals(number: Double, text: String) {
    #expect(JSONTree.numeral(number) == text)
    #expect(Double(text) == number)
  }

  @Test("any number reads back the same") func roundTrip() throws {
    var generator = SystemRandomNumberGenerator()
    for _ in 0..<10_000 {
      let number = Double(bitPattern: generator.next())
      guard number.isFinite else { continue }
      #expect(Double(JSONTree.numeral(number)) == number)
    }
  }

  @Test("what fits stands on one line, each object of a list on its own") func layout() throws {
    let text = """
      {
        "name": "x",
        "sizes": [1, 2],
        "parts": [
          {"a": 1, "b": 2},
          {}
        ],
        "long": {
          "first": "0123456789",
          "second": "0123456789"
        }
      }
      """
    let tree = try tree(text)
    #expect(tree.text(width: 40) == text)
    #expect(
      tree.line
        == #"{"name":"x","sizes":[1,2],"parts":[{"a":1,"b":2},{}],"#
        + #""long":{"first":"0123456789","second":"0123456789"}}"#)
  }

  @Test("texts with anything in them read back the same") func texts() throws {
    let text = JSONTree.text("\"\\/\u{1}\u{7F}\n\t\réß😀")
    #expect(try tree(text.line) == text)
    #expect(try tree(text.text()) == text)
  }
}
