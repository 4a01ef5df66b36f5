import Datasets
import Foundation
import Testing

@Suite("Bad files") struct BadFileTests {
  @Test("a missing, empty, foreign file or a folder is refused with its path") func foreign() throws
  {
    let scratch = try Scratch()
    let empty = try scratch.write("empty.h5", "")
    let text = try scratch.write("text.h5", "hello, world\n")
    for path in [scratch.file("none.h5"), empty, text, scratch.path] {
      #expect {
        try MeasurementMatrix(hdf5: path)
      } throws: { "\($0)".hasPrefix("\(path): ") && $0 is DatasetError }
    }
  }

  @Test("an HDF5 file of another schema is refused by it") func schema() throws {
    let scratch = try Scratch()
    try Checkpoint(kind: "x.y", attributes: [:], numbers: [:], matrices: [:], texts: [:])
      .write(scratch.file("c.h5"))
    let path = scratch.file("c.h5")
    #expect {
      try MeasurementMatrix(hdf5: path)
    } throws: {
      "\($0)" == "\(path): the schema is 'x.y'; expected is 'perfmodel.matrix'."
    }
  }

  @Test("a file truncated anywhere is refused") func truncated() throws {
    let scratch = try Scratch()
    try smallMatrix().write(hdf5: scratch.file("m.h5"))
    let whole = try #require(FileManager.default.contents(atPath: scratch.file("m.h5")))
    for share in 0..<40 {
      let length = whole.count * share / 40
      try whole.prefix(length).write(to: URL(fileURLWithPath: scratch.file("cut.h5")))
      #expect(throws: DatasetError.self, "cut at \(length)") {
        try MeasurementMatrix(hdf5: scratch.file("cut.h5"))
      }
    }
  }

  @Test("a flipped byte never traps: the file is read or refused") func flipped() throws {
    let scratch = try Scratch()
    try smallMatrix().write(hdf5: scratch.file("m.h5"))
    let whole = try #require(FileManager.default.contents(atPath: scratch.file("m.h5")))
    var refused = 0
    for place in stride(from: 0, to: whole.count, by: max(1, whole.count / 400)) {
      var bytes = whole
      bytes[place] ^= 0xff
      try bytes.write(to: URL(fileURLWithPath: scratch.file("flip.h5")))
      do { _ = try MeasurementMatrix(hdf5: scratch.file("flip.h5")) } catch {
        refused += 1
      }
    }
    #expect(refused > 0)
  }

  @Test("a truncated or damaged gzip file is refused") func gzip() throws {
    let scratch = try Scratch()
    try TextFile.write(String(repeating: "a,b\n1,2\n", count: 100), to: scratch.file("t.csv.gz"))
    let whole = try #require(FileManager.default.contents(atPath: scratch.file("t.csv.gz")))
    try whole.dropLast(9).write(to: URL(fileURLWithPath: scratch.file("cut.csv.gz")))
    var damaged = whole
    damaged[whole.count / 2] ^= 0x55
    try damaged.write(to: URL(fileURLWithPath: scratch.file("bad.csv.gz")))
    _ = try scratch.write("plain.csv.gz", "a,b\n")
    for name in ["cut", "bad", "plain"] {
      #expect(throws: DatasetError.self) { try CSVTable(scratch.file("\(name).csv.gz")) }
    }
  }
}

@Suite("CSV") struct CSVTests {
  @Test("quotes, line ends and a byte order mark are read") func dialect() throws {
    let scratch = try Scratch()
    let path = try scratch.write("t.csv", "\u{FEFF}a,b\r\n\"x, \"\"y\"\"\nz\",1\r\n\r\nw,2")
    let table = try CSVTable(path)
    #expect(table.header == ["a", "b"])
    #expect(try table.strings("a") == ["x, \"y\"\nz", "w"])
    #expect(try table.doubles("b") == [1, 2])
  }

  @Test("a carriage return by itself is a letter, unless no line ends otherwise") func carriage()
    throws
  {
    let scratch = try Scratch()
    let mixed = try CSVTable(try scratch.write("mixed.csv", "a,b\nx\ry,1\r\nz,2\r"))
    #expect(try mixed.strings("a") == ["x\ry", "z"] && mixed.line(1) == 3)
    let old = try CSVTable(try scratch.write("old.csv", "a,b\rx,1\ry,2"))
    #expect(try old.doubles("b") == [1, 2])
  }

  @Test(
    "what is not a table is refused in one line",
    arguments: [
      ("", "it is empty"), ("a,b\n1\n", "line 2 has 1 fields and the header 2"),
      ("a,a\n1,2\n", "the header names 'a' twice"),
      ("a\n\"x\n", "the quote opened in line 2 never closes"),
      ("a\n\"x\"y\n", "line 2 goes on after a closing quote"), ("a\n\0\n", "it is not UTF-8 text"),
    ]) func malformed(text: String, reason: String) throws
  {
    let scratch = try Scratch()
    let path = try scratch.write("t.csv", text)
    #expect {
      try CSVTable(path)
    } throws: {
      "\($0)" == "\(path): damaged or not what it should be: \(reason)."
    }
  }

  @Test("a missing column is refused with the nearest name") func missingColumn() throws {
    let scratch = try Scratch()
    let path = try scratch.write("t.csv", "latency_ms\n1\n")
    #expect {
      try CSVTable(path).strings("latncy_ms")
    } throws: {
      "\($0)"
        == "\(path): there is no column 'latncy_ms'. Did you mean 'latency_ms'? It has latency_ms."
    }
  }

  @Test("what is written is read back, whatever the fields hold") func roundTrip() throws {
    let scratch = try Scratch()
    let rows = [["a,b", "c\"d", "e\nf"], ["", " x ", "ü"]]
    try CSVWriter.write(header: ["1", "2", "3"], rows: rows, to: scratch.file("t.csv.gz"))
    let table = try CSVTable(scratch.file("t.csv.gz"))
    for column in 0..<3 {
      #expect(try table.strings("\(column + 1)") == rows.map { $0[column] })
    }
  }
}

@Suite("Writing") struct WritingTests {
  @Test("a folder that is missing, a file, or the target is refused; nothing is left behind")
  func unwritable() throws {
    let scratch = try Scratch()
    let file = try scratch.write("file", "old")
    for path in [scratch.file("none/x.h5"), file + "/x.h5", scratch.path] {
      #expect(throws: DatasetError.self) { try smallMatrix().write(hdf5: path) }
    }
    #expect(scratch.contents == ["file"])
  }

  @Test("a link stays a link and its target gets the content") func link() throws {
    let scratch = try Scratch()
    let target = try scratch.write("target.csv", "old")
    try FileManager.default.createSymbolicLink(
      atPath: scratch.file("link.csv"), withDestinationPath: target)
    try TextFile.write("new", to: scratch.file("link.csv"))
    #expect(try String(contentsOfFile: target, encoding: .utf8) == "new")
    #expect(
      try FileManager.default.destinationOfSymbolicLink(atPath: scratch.file("link.csv")) == target)
  }
}
