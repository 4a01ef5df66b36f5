import CHDF5
import Synchronization

/// An HDF5 file, built in memory and placed on disk in one step, so that no half file ever exists.
struct HDF5Writer: ~Copyable {
  let path: String
  private let file: HDF5Handle
  private static let opened = Atomic<Int>(0)

  init(_ path: String) throws(DatasetError) {
    self.path = path
    do {
      let access = try HDF5Handle(closer: H5Pclose) { H5Pcreate(perfmodel_file_access()) }
      let accessID = access.id
      _ = try HDF5Library.call { H5Pset_fapl_core(accessID, 1 << 20, false) }
      // Nothing is written under this name; it only has to differ from those of other open files.
      let name = "memory \(Self.opened.add(1, ordering: .relaxed).newValue)"
      file = try HDF5Handle(closer: H5Fclose) {
        H5Fcreate(name, perfmodel_truncate(), 0, accessID)
      }
    } catch {
      throw .unwritable(path: path, reason: error.reason)
    }
  }

  private func failed(_ name: String, _ failure: HDF5Library.Failure) -> DatasetError {
    .unwritable(path: path, reason: "'\(name)': \(failure.reason)")
  }

  /// Numbers, row by row.
  ///
  /// - Parameter chunk: block that is compressed by itself; `nil` stores small arrays as they are.
  func write(
    _ name: String, _ values: [Double], shape: [Int], chunk: [Int]? = nil
  ) throws(DatasetError) {
    precondition(values.count == shape.reduce(1, *), "\(values.count) values of shape \(shape)")
    do {
      try create(name, shape: shape, chunk: chunk, type: perfmodel_ieee_f64le()) { dataset in
        values.withUnsafeBytes {
          H5Dwrite(dataset, perfmodel_native_double(), 0, 0, 0, $0.baseAddress)
        }
      }
    } catch { throw failed(name, error) }
  }

  func write(_ name: String, _ values: [Int32], chunk: Int? = nil) throws(DatasetError) {
    do {
      try create(
        name, shape: [values.count], chunk: chunk.map { [$0] }, type: perfmodel_std_i32le()
      ) { dataset in
        values.withUnsafeBytes {
          H5Dwrite(dataset, perfmodel_native_int32(), 0, 0, 0, $0.baseAddress)
        }
      }
    } catch { throw failed(name, error) }
  }

  /// UTF-8 strings of fixed width: they compress, and every reader takes them.
  func write(_ name: String, _ values: [String]) throws(DatasetError) {
    let width = max(1, values.map(\.utf8.count).max() ?? 1)
    var raw = [UInt8](repeating: 0, count: width * values.count)
    for (index, value) in values.enumerated() {
      for (place, byte) in value.utf8.enumerated() { raw[index * width + place] = byte }
    }
    do {
      let type = try stringType(width)
      let typeID = type.id
      let chunk = values.count * width > 4096 ? [min(values.count, 4096)] : nil
      try create(name, shape: [values.count], chunk: chunk, type: typeID) { dataset in
        raw.withUnsafeBytes { H5Dwrite(dataset, typeID, 0, 0, 0, $0.baseAddress) }
      }
    } catch { throw failed(name, error) }
  }

  /// A string attribute of the root.
  func setAttribute(_ name: String, _ value: String) throws(DatasetError) {
    do {
      var bytes = Array(value.utf8)
      if bytes.isEmpty { bytes = [0] }
      let type = try stringType(bytes.count)
      let typeID = type.id
      try setAttribute(name, type: typeID) { attribute in H5Awrite(attribute, typeID, bytes) }
    } catch { throw failed(name, error) }
  }

  /// An integer attribute of the root.
  func setAttribute(_ name: String, _ value: Int32) throws(DatasetError) {
    do {
      try setAttribute(name, type: perfmodel_std_i32le()) { attribute in
        withUnsafeBytes(of: value) { H5Awrite(attribute, perfmodel_native_int32(), $0.baseAddress) }
      }
    } catch { throw failed(name, error) }
  }

  /// Puts the whole file in its place.
  consuming func finish() throws(DatasetError) {
    let image: [UInt8]
    do {
      let id = file.id
      _ = try HDF5Library.call { H5Fflush(id, H5F_SCOPE_GLOBAL) }
      let size = try HDF5Library.call { H5Fget_file_image(id, nil, 0) }
      var bytes = [UInt8](repeating: 0, count: size)
      _ = try HDF5Library.call { H5Fget_file_image(id, &bytes, size) }
      image = bytes
    } catch { throw failed("image", error) }
    try AtomicFile.write(image, to: path)
  }

  // MARK: - Parts

  private func stringType(_ width: Int) throws(HDF5Library.Failure) -> HDF5Handle {
    let type = try HDF5Handle(closer: H5Tclose) { H5Tcopy(perfmodel_c_string()) }
    let id = type.id
    _ = try HDF5Library.call { H5Tset_size(id, width) }
    _ = try HDF5Library.call { H5Tset_strpad(id, H5T_STR_NULLPAD) }
    _ = try HDF5Library.call { H5Tset_cset(id, H5T_CSET_UTF8) }
    return type
  }

  private func setAttribute(
    _ name: String, type: hid_t, _ write: (hid_t) -> herr_t
  ) throws(HDF5Library.Failure) {
    let space = try HDF5Handle(closer: H5Sclose) { H5Screate(H5S_SCALAR) }
    let (fileID, spaceID) = (file.id, space.id)
    let attribute = try HDF5Handle(closer: H5Aclose) {
      H5Acreate2(fileID, name, type, spaceID, 0, 0)
    }
    let id = attribute.id
    _ = try HDF5Library.call { write(id) }
  }

  private func create(
    _ name: String, shape: [Int], chunk: [Int]?, type: hid_t, _ write: (hid_t) -> herr_t
  ) throws(HDF5Library.Failure) {
    let extents = shape.map { hsize_t($0) }
    let space = try HDF5Handle(closer: H5Sclose) {
      H5Screate_simple(Int32(extents.count), extents, nil)
    }
    let links = try HDF5Handle(closer: H5Pclose) { H5Pcreate(perfmodel_link_create()) }
    let creation = try HDF5Handle(closer: H5Pclose) { H5Pcreate(perfmodel_dataset_create()) }
    let (fileID, spaceID, linksID, creationID) = (file.id, space.id, links.id, creation.id)
    _ = try HDF5Library.call { H5Pset_create_intermediate_group(linksID, 1) }
    // The same input gives the same bytes.
    _ = try HDF5Library.call { H5Pset_obj_track_times(creationID, false) }
    if let chunk, !shape.contains(0) {
      let block = zip(chunk, shape).map { hsize_t(max(1, min($0, $1))) }
      _ = try HDF5Library.call { H5Pset_chunk(creationID, Int32(block.count), block) }
      _ = try HDF5Library.call { H5Pset_shuffle(creationID) }
      _ = try HDF5Library.call { H5Pset_deflate(creationID, 6) }
    }
    let dataset = try HDF5Handle(closer: H5Dclose) {
      H5Dcreate2(fileID, name, type, spaceID, linksID, creationID, 0)
    }
    let id = dataset.id
    guard !shape.contains(0) else { return }
    _ = try HDF5Library.call { write(id) }
  }
}
