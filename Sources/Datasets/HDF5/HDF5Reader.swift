import CHDF5
import Foundation

/// An HDF5 file, open for reading.
struct HDF5Reader: ~Copyable {
  let path: String
  private let file: HDF5Handle

  /// No dataset of this project is near it: a larger extent is damage.
  private static let largestCount = 1 << 31

  init(_ path: String) throws(DatasetError) {
    self.path = path
    var isDirectory: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
      throw .unreadable(path: path, reason: "there is no such file")
    }
    guard !isDirectory.boolValue else { throw .unreadable(path: path, reason: "it is a folder") }
    do {
      file = try HDF5Handle(closer: H5Fclose) { H5Fopen(path, 0, 0) }
    } catch {
      throw .corrupt(path: path, reason: "it is not an HDF5 file, or it is truncated")
    }
  }

  private func damaged(_ name: String, _ failure: HDF5Library.Failure) -> DatasetError {
    .corrupt(path: path, reason: "'\(name)': \(failure.reason)")
  }

  func has(_ name: String) -> Bool {
    // Every group on the way has to be there before the last link is asked for.
    var prefix = ""
    for part in name.split(separator: "/") {
      prefix += "/" + part
      let current = prefix
      guard
        let found = try? HDF5Library.call({ H5Lexists(file.id, current, 0) }), found > 0
      else { return false }
    }
    return true
  }

  /// Names of what a group holds, in alphabetic order.
  func members(_ group: String) throws(DatasetError) -> [String] {
    guard has(group) else { return [] }
    do {
      let handle = try HDF5Handle(closer: H5Gclose) { H5Gopen2(file.id, group, 0) }
      let id = handle.id
      var info = H5G_info_t()
      _ = try HDF5Library.call { H5Gget_info(id, &info) }
      var names: [String] = []
      for index in 0..<min(info.nlinks, 100_000) {
        var buffer = [CChar](repeating: 0, count: 1024)
        let length = try HDF5Library.call {
          H5Lget_name_by_idx(
            id, ".", H5_INDEX_NAME, H5_ITER_INC, index, &buffer, buffer.count, 0)
        }
        names.append(
          String(
            decoding: buffer.prefix(min(length, buffer.count - 1)).map { UInt8(bitPattern: $0) },
            as: UTF8.self))
      }
      return names
    } catch {
      throw damaged(group, error)
    }
  }

  private func open(_ name: String) throws(DatasetError) -> HDF5Handle {
    guard has(name) else { throw .missing(path: path, key: name) }
    do { return try HDF5Handle(closer: H5Dclose) { H5Dopen2(file.id, name, 0) } } catch {
      throw damaged(name, error)
    }
  }

  func shape(_ name: String) throws(DatasetError) -> [Int] {
    let dataset = try open(name)
    return try shape(name, dataset: dataset.id)
  }

  private func shape(_ name: String, dataset: hid_t) throws(DatasetError) -> [Int] {
    do {
      let space = try HDF5Handle(closer: H5Sclose) { H5Dget_space(dataset) }
      return try extent(name, space.id)
    } catch let error as HDF5Library.Failure {
      throw damaged(name, error)
    } catch let error as DatasetError {
      throw error
    } catch {
      throw .corrupt(path: path, reason: "'\(name)'")
    }
  }

  private func extent(_ name: String, _ space: hid_t) throws -> [Int] {
    let rank = try HDF5Library.call { H5Sget_simple_extent_ndims(space) }
    var extents = [hsize_t](repeating: 0, count: Int(rank))
    _ = try HDF5Library.call { H5Sget_simple_extent_dims(space, &extents, nil) }
    var count = 1
    for extent in extents {
      let (product, overflow) = count.multipliedReportingOverflow(by: Int(clamping: extent))
      guard !overflow, product <= Self.largestCount else {
        throw DatasetError.corrupt(path: path, reason: "'\(name)' claims an absurd size")
      }
      count = product
    }
    return extents.map { Int($0) }
  }

  /// A block of numbers, row by row; `nil` reads a whole axis.
  func doubles(
    _ name: String, rows: Range<Int>? = nil, columns: Range<Int>? = nil
  ) throws(DatasetError) -> [Double] {
    try read(name, rows, columns, perfmodel_native_double(), 0.0)
  }

  func integers(_ name: String, rows: Range<Int>? = nil) throws(DatasetError) -> [Int32] {
    try read(name, rows, nil, perfmodel_native_int32(), Int32(0))
  }

  private func read<Number: BitwiseCopyable>(
    _ name: String, _ rows: Range<Int>?, _ columns: Range<Int>?, _ type: hid_t, _ zero: Number
  ) throws(DatasetError) -> [Number] {
    let dataset = try open(name)
    let id = dataset.id
    let full = try shape(name, dataset: id)
    var ranges = full.map { 0..<$0 }
    if let rows, !ranges.isEmpty { ranges[0] = rows }
    if let columns, ranges.count > 1 { ranges[1] = columns }
    for (range, size) in zip(ranges, full)
    where range.lowerBound < 0 || range.upperBound > size {
      throw .invalid(
        path: path, key: name, found: "asked for \(range.lowerBound) ..< \(range.upperBound)",
        allowed: "it has \(size)")
    }
    var values = [Number](
      repeating: zero, count: ranges.reduce(1) { $0 * $1.count })
    guard !values.isEmpty else { return [] }
    let offsets = ranges.map { hsize_t($0.lowerBound) }
    let counts = ranges.map { hsize_t($0.count) }
    do {
      let kind = try HDF5Handle(closer: H5Tclose) { H5Dget_type(id) }
      let kindID = kind.id
      let family = try HDF5Library.call { Int(H5Tget_class(kindID).rawValue) }
      guard family == Int(H5T_INTEGER.rawValue) || family == Int(H5T_FLOAT.rawValue) else {
        throw DatasetError.invalid(
          path: path, key: name, found: "not a table of numbers", allowed: "numbers are wanted")
      }
      guard !full.isEmpty else {
        _ = try HDF5Library.call { H5Dread(id, type, 0, 0, 0, &values) }
        return values
      }
      let space = try HDF5Handle(closer: H5Sclose) { H5Dget_space(id) }
      let spaceID = space.id
      _ = try HDF5Library.call {
        H5Sselect_hyperslab(spaceID, H5S_SELECT_SET, offsets, nil, counts, nil)
      }
      let memory = try HDF5Handle(closer: H5Sclose) {
        H5Screate_simple(Int32(counts.count), counts, nil)
      }
      let memoryID = memory.id
      _ = try HDF5Library.call { H5Dread(id, type, memoryID, spaceID, 0, &values) }
      return values
    } catch let error as HDF5Library.Failure {
      throw damaged(name, error)
    } catch let error as DatasetError {
      throw error
    } catch {
      throw .corrupt(path: path, reason: "'\(name)'")
    }
  }

  func strings(_ name: String) throws(DatasetError) -> [String] {
    let dataset = try open(name)
    let id = dataset.id
    let count = try shape(name, dataset: id).reduce(1, *)
    do {
      let type = try HDF5Handle(closer: H5Tclose) { H5Dget_type(id) }
      return try readStrings(name, count: count, type: type.id) { type, buffer in
        H5Dread(id, type, 0, 0, 0, buffer)
      } reclaim: { type, buffer in
        let space = H5Dget_space(id)
        defer { H5Sclose(space) }
        return H5Dvlen_reclaim(type, space, 0, buffer)
      }
    } catch let error as HDF5Library.Failure {
      throw damaged(name, error)
    } catch let error as DatasetError {
      throw error
    } catch {
      throw .corrupt(path: path, reason: "'\(name)'")
    }
  }

  /// A string attribute of the root, or `nil` where there is none.
  func attribute(_ name: String) throws(DatasetError) -> String? {
    do {
      guard try HDF5Library.call({ H5Aexists(file.id, name) }) > 0 else { return nil }
      let attribute = try HDF5Handle(closer: H5Aclose) { H5Aopen(file.id, name, 0) }
      let id = attribute.id
      let type = try HDF5Handle(closer: H5Tclose) { H5Aget_type(id) }
      let family = try HDF5Library.call { Int(H5Tget_class(type.id).rawValue) }
      if family == Int(H5T_STRING.rawValue) {
        return try readStrings(name, count: 1, type: type.id) { type, buffer in
          H5Aread(id, type, buffer)
        } reclaim: { type, buffer in
          let space = H5Aget_space(id)
          defer { H5Sclose(space) }
          return H5Dvlen_reclaim(type, space, 0, buffer)
        }.first
      }
      var number = 0.0
      _ = try HDF5Library.call { H5Aread(id, perfmodel_native_double(), &number) }
      return number == number.rounded() && abs(number) < 1e15 ? "\(Int(number))" : "\(number)"
    } catch let error as HDF5Library.Failure {
      throw damaged(name, error)
    } catch let error as DatasetError {
      throw error
    } catch {
      throw .corrupt(path: path, reason: "'\(name)'")
    }
  }

  /// Names of the root's attributes, in alphabetic order.
  func attributeNames() throws(DatasetError) -> [String] {
    var names: [String] = []
    do {
      let id = file.id
      try withUnsafeMutablePointer(to: &names) { names throws(HDF5Library.Failure) in
        _ = try HDF5Library.call {
          H5Aiterate2(
            id, H5_INDEX_NAME, H5_ITER_INC, nil,
            { _, name, _, context in
              if let name, let context {
                context.assumingMemoryBound(to: [String].self).pointee.append(String(cString: name))
              }
              return 0
            }, names)
        }
      }
    } catch {
      throw damaged("attributes", error)
    }
    return names
  }

  /// Variable-length strings with the file's own type, fixed-length ones as bytes up to a NUL.
  private func readStrings(
    _ name: String, count: Int, type: hid_t,
    read: (hid_t, UnsafeMutableRawPointer) -> herr_t,
    reclaim: (hid_t, UnsafeMutableRawPointer) -> herr_t
  ) throws -> [String] {
    guard try HDF5Library.call({ Int(H5Tget_class(type).rawValue) }) == Int(H5T_STRING.rawValue)
    else {
      throw DatasetError.invalid(
        path: path, key: name, found: "not text", allowed: "text is wanted")
    }
    guard count > 0 else { return [] }
    if try HDF5Library.call({ H5Tis_variable_str(type) }) > 0 {
      var pointers = [UnsafeMutablePointer<CChar>?](repeating: nil, count: count)
      return try pointers.withUnsafeMutableBytes { buffer in
        guard let base = buffer.baseAddress else { return [] }
        _ = try HDF5Library.call { read(type, base) }
        let strings = buffer.bindMemory(to: UnsafeMutablePointer<CChar>?.self).map {
          $0.map { String(cString: $0) } ?? ""
        }
        _ = try HDF5Library.call { reclaim(type, base) }
        return strings
      }
    }
    let size = try HDF5Library.call { Int(H5Tget_size(type)) }
    guard size > 0, size <= 1 << 20, count <= Self.largestCount / size else {
      throw DatasetError.corrupt(path: path, reason: "'\(name)' claims an absurd size")
    }
    var raw = [UInt8](repeating: 0, count: count * size)
    _ = try raw.withUnsafeMutableBytes { buffer in
      try HDF5Library.call { buffer.baseAddress.map { read(type, $0) } ?? 0 }
    }
    return (0..<count).map { index in
      String(
        decoding: raw[index * size..<(index + 1) * size].prefix { $0 != 0 }, as: UTF8.self)
    }
  }
}
