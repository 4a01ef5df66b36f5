import Datasets
import Foundation
import Mathematics
import Testing

@Suite("Numbers of large tables") struct NumberTests {
  private func text(_ number: Double) -> String {
    var buffer = CSVBuffer()
    buffer.append(number)
    return String(decoding: buffer.bytes, as: UTF8.self)
  }

  @Test(
    "a number has six digits and no zeros at its end",
    arguments: [
      (0, "0"), (1, "1"), (-1.5, "-1.5"), (0.25, "0.25"), (123_456.4, "123456"),
      (999_999.6, "1000000"), (9.999996, "10"), (0.0012345678, "0.00123457"), (1e-5, "0.00001"),
      (9.5e-6, "9.5e-6"), (1.5e-9, "1.5e-9"), (2.04e12, "2040000000000"),
      (1e15, "1000000000000000"),
      (1.25e16, "1.25e16"), (0.1 + 0.2, "0.3"), (65_536, "65536"), (.nan, ""), (.infinity, ""),
    ])
  func digits(number: Double, expected: String) { #expect(text(number) == expected) }

  @Test("any number is read back to half of the sixth digit") func roundTrip() throws {
    var random = RandomStream(seed: 1)
    for _ in 0..<20_000 {
      let number = (1 + 9 * random.uniform()) * pow(10, (random.uniform() - 0.5) * 60)
      let read = try #require(Double(text(number)), "\(number)")
      #expect(abs(read / number - 1) <= 5.0000001e-6, "\(number) as \(text(number))")
    }
    // Beyond the range of fast writing all digits are there.
    for number in [3e-300, 1e-100, 1.7e308] { #expect(Double(text(number)) == number) }
  }

  @Test("whole numbers are whole, and fields are quoted where they must be") func fields() {
    var buffer = CSVBuffer()
    for number in [0, 7, -12, 19_781_120_080] {
      buffer.append(whole: number)
      buffer.comma()
    }
    buffer.append(true)
    buffer.comma()
    buffer.append(CSVBuffer.field("a,\"b\"\nc"))
    buffer.newline()
    #expect(
      String(decoding: buffer.bytes, as: UTF8.self)
        == "0,7,-12,19781120080,true,\"a,\"\"b\"\" c\"\n")
  }
}

@Suite("Accuracies") struct AccuracyTests {
  @Test("the best of a network's checkpoints counts, whatever column names it")
  func checkpoints() throws {
    let scratch = try Scratch()
    let table = try AccuracyTable(
      scratch.write(
        "a.csv",
        "img,model,top1\n224,resnet50.tv,76.1\n224,ResNet50.a1,80.2\n224,resnet18,\n"
          + "224,Qwen2.5-7B,74\n224,resnet500,1\n"))
    #expect(table.column == "top1")
    #expect(table.accuracy(of: "resnet50") == 80.2)
    #expect(table.accuracy(of: "RESNET50.tv") == 76.1)
    #expect(table.accuracy(of: "Qwen2.5-7B") == 74)
    #expect(table.accuracy(of: "resnet18") == nil)
    #expect(table.accuracy(of: "resnet5") == nil)
    let other = try AccuracyTable(
      scratch.write("b.csv", "name,accuracy,map\nx,1,0.5\n"), column: "map")
    #expect(other.accuracy(of: "x") == 0.5)
  }

  @Test("a table without names or numbers is refused") func wrong() throws {
    let scratch = try Scratch()
    for (text, column, message) in [
      ("network,top1\nx,1\n", nil, "no column 'model'"),
      ("model,top5\nx,1\n", nil, "no column 'accuracy'"),
      ("model,top1\nx,1\n", "top2", "Did you mean 'top1'?"),
      ("model,top1\nx,good\n", nil, "column 'top1' is 'good'"),
    ] as [(String, String?, String)] {
      do throws(DatasetError) {
        _ = try AccuracyTable((try? scratch.write("a.csv", text)) ?? "", column: column)
        Issue.record("\(text) was read")
      } catch {
        #expect("\(error)".contains(message), "\(error)")
      }
    }
  }
}
