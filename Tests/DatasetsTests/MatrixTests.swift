import Datasets
import Foundation
import Mathematics
import Testing

/// NaN equals NaN here: not measured stays not measured.
private func same(_ a: Matrix, _ b: Matrix) -> Bool {
  a.rows == b.rows && a.columns == b.columns
    && zip(a.elements, b.elements).allSatisfy { $0 == $1 || ($0.isNaN && $1.isNaN) }
}

@Suite("Measurement matrices") struct MatrixTests {
  @Test("what is written is read back, bit by bit") func roundTrip() throws {
    let scratch = try Scratch()
    let matrix = smallMatrix()
    try matrix.write(hdf5: scratch.file("m.h5"))
    let read = try MeasurementMatrix(hdf5: scratch.file("m.h5"))
    #expect(read.architectures == matrix.architectures)
    #expect(read.devices == matrix.devices)
    #expect(same(read.latency, matrix.latency))
    #expect(read.card == matrix.card)
  }

  @Test("the same matrix gives the same bytes") func deterministic() throws {
    let scratch = try Scratch()
    try smallMatrix().write(hdf5: scratch.file("1.h5"))
    try smallMatrix().write(hdf5: scratch.file("2.h5"))
    #expect(
      FileManager.default.contentsEqual(
        atPath: scratch.file("1.h5"), andPath: scratch.file("2.h5")))
  }

  @Test("many files are written at once without getting into each other's way") func parallel()
    async throws
  {
    let scratch = try Scratch()
    let folder = scratch.path
    try await withThrowingTaskGroup(of: Void.self) { group in
      for index in 0..<32 {
        group.addTask { try smallMatrix().write(hdf5: "\(folder)/\(index).h5") }
      }
      try await group.waitForAll()
    }
    #expect(scratch.contents.count == 32)
  }

  @Test("a column or a range of rows equals that part of the whole") func partial() throws {
    let scratch = try Scratch()
    let matrix = smallMatrix()
    try matrix.write(hdf5: scratch.file("m.h5"))
    let column = try MeasurementMatrix.latencies(hdf5: scratch.file("m.h5"), devices: ["board"])
    #expect(same(column, matrix.latency.selecting(columns: [1])))
    let rows = try MeasurementMatrix.latencies(
      hdf5: scratch.file("m.h5"), devices: ["phone"], rows: 1..<3)
    #expect(rows == matrix.latency.selecting(rows: [1, 2]).selecting(columns: [0]))
  }

  @Test("an unknown device is refused with the nearest name") func unknownDevice() throws {
    let scratch = try Scratch()
    try smallMatrix().write(hdf5: scratch.file("m.h5"))
    let path = scratch.file("m.h5")
    #expect {
      try MeasurementMatrix.latencies(hdf5: path, devices: ["phne"])
    } throws: { error in
      "\(error)" == "\(path): there is no device 'phne'. Did you mean 'phone'? It has phone, board."
    }
  }

  @Test("CSV, plain and compressed, and HDF5 hold the same") func csv() throws {
    let scratch = try Scratch()
    let matrix = smallMatrix()
    for ending in ["csv", "csv.gz"] {
      let (a, l) = (scratch.file("a.\(ending)"), scratch.file("l_s.\(ending)"))
      try matrix.writeCSV(architectures: a, latency: l)
      let read = try MeasurementMatrix(architecturesCSV: a, latencyCSV: l)
      #expect(read.architectures == matrix.architectures)
      #expect(read.devices == matrix.devices)
      #expect(same(read.latency, matrix.latency))
    }
  }

  @Test("rows are joined by id, whatever their order, and units are converted") func join() throws {
    let scratch = try Scratch()
    let a = try scratch.write("a.csv", "id,op\nx,1\ny,2\n")
    let l = try scratch.write("l_ms.csv", "id,d\ny,20\nx,10\n")
    let read = try MeasurementMatrix(architecturesCSV: a, latencyCSV: l)
    #expect(read.latency.elements == [10 * 1e-3, 20 * 1e-3])
    #expect(
      try MeasurementMatrix(architecturesCSV: a, latencyCSV: l, unit: .seconds).latency.elements
        == [10, 20])
  }

  @Test(
    "bad latencies are refused with line and column",
    arguments: [
      ("abc", "3: column 'd' is 'abc'; a latency is a number of ms that is not negative."),
      ("-1", "3: column 'd' is '-1.0'; a latency is a number of ms that is not negative."),
      ("inf", "3: column 'd' is 'inf'; a latency is a number of ms that is not negative."),
    ]) func badLatency(text: String, message: String) throws
  {
    let scratch = try Scratch()
    let a = try scratch.write("a.csv", "id,op\nx,1\ny,2\n")
    let l = try scratch.write("l_ms.csv", "id,d\ny,20\nx,\(text)\n")
    #expect {
      try MeasurementMatrix(architecturesCSV: a, latencyCSV: l)
    } throws: { "\($0)" == "\(l):\(message)" }
  }

  @Test("repetitions, strangers and a missing unit are refused") func badTables() throws {
    let scratch = try Scratch()
    let a = try scratch.write("a.csv", "id,op\nx,1\ny,2\n")
    let twice = try scratch.write("twice_ms.csv", "id,d\nx,1\nx,2\n")
    let stranger = try scratch.write("stranger_ms.csv", "id,d\nz,1\n")
    let unitless = try scratch.write("latency.csv", "id,d\nx,1\n")
    for file in [twice, stranger, unitless] {
      #expect(throws: DatasetError.self) {
        try MeasurementMatrix(architecturesCSV: a, latencyCSV: file)
      }
    }
  }

  @Test("h5py reads what is written here") func h5pyReads() throws {
    let python = try #require(Python.interpreter, "no Python with h5py; run scripts/test")
    let scratch = try Scratch()
    try smallMatrix().write(hdf5: scratch.file("m.h5"))
    let script = """
      import h5py, sys
      f = h5py.File(sys.argv[1])
      print(f.attrs['schema'].decode(), int(f.attrs['schema_version']), f.attrs['title'].decode())
      print([x.decode() for x in f['devices/id']], f['latency_s'].shape, float(f['latency_s'][2, 0]))
      print([x.decode() for x in f['architectures/columns/1/categories']])
      """
    #expect(
      Python.run(python, script, [scratch.file("m.h5")]) == """
        perfmodel.matrix 1 Small
        ['phone', 'board'] (3, 2) 0.30000000000000004
        ['relu', 'none', 'größer']

        """)
  }

  @Test("what h5py writes, with strings of either kind, is read here") func h5pyWrites() throws {
    let python = try #require(Python.interpreter, "no Python with h5py; run scripts/test")
    let scratch = try Scratch()
    let script = """
      import h5py, numpy as np, sys
      f = h5py.File(sys.argv[1], 'w')
      f.attrs['schema'] = 'perfmodel.matrix'
      f.attrs['schema_version'] = np.int64(1)
      f.attrs['title'] = 'from Python'
      f['architectures/id'] = np.array(['x', 'y'], dtype='S')
      f['architectures/column_names'] = ['op']
      f['architectures/columns/0/codes'] = np.array([1, 0], dtype=np.uint8)
      f['architectures/columns/0/categories'] = ['skip', 'größer']
      f['devices/id'] = ['d']
      f.create_dataset('latency_s', data=np.array([[1.5], [np.nan]], dtype=np.float32), compression='gzip')
      """
    _ = try #require(Python.run(python, script, [scratch.file("p.h5")]))
    let matrix = try MeasurementMatrix(hdf5: scratch.file("p.h5"))
    #expect(matrix.architectures.ids == ["x", "y"])
    #expect(matrix.architectures.columns[0].value(0) == "größer")
    #expect(matrix.latency[0, 0] == 1.5 && matrix.latency[1, 0].isNaN)
  }
}

@Suite("Tables and series") struct TableTests {
  @Test("a table is read back") func table() throws {
    let scratch = try Scratch()
    let table = try MeasurementTable(
      card: DatasetCard(title: "T"),
      groups: [CategoricalColumn(name: "device", values: ["a", "b"])],
      numbers: [("latency_s", [0.5, .nan]), ("batch", [1, 8])])
    try table.write(hdf5: scratch.file("t.h5"))
    let read = try MeasurementTable(hdf5: scratch.file("t.h5"))
    #expect(read.groups == table.groups)
    #expect(read.numbers.map(\.name) == ["latency_s", "batch"])
    #expect(read.numbers[0].values[0] == 0.5 && read.numbers[0].values[1].isNaN)
    try read.write(csv: scratch.file("t.csv"))
    #expect(
      try String(contentsOfFile: scratch.file("t.csv"), encoding: .utf8)
        == "device,latency_s,batch\na,0.5,1.0\nb,,8.0\n")
  }

  @Test("a series is read back, and times that fall are refused") func series() throws {
    let scratch = try Scratch()
    let series = try MeasurementSeries(
      card: DatasetCard(title: "S"), times: [0, 1], metrics: [("power_w", [10, 20])])
    try series.write(hdf5: scratch.file("s.h5"))
    #expect(try MeasurementSeries(hdf5: scratch.file("s.h5")).metrics[0].values == [10, 20])
    #expect(throws: DatasetError.self) {
      try MeasurementSeries(card: DatasetCard(title: "S"), times: [1, 0], metrics: [])
    }
  }
}
