import CLAPACKE
import Synchronization

/// The process's BLAS: which kernels it runs, on how many threads.
///
/// OpenBLAS picks its kernels ("core") by the processor's name, and a release does not know
/// processors younger than itself: 0.3.21 runs its SSE3 kernels on them, five times too slow.
/// The first use of this module therefore looks at the choice and, where it is an old core on a
/// processor with AVX2 or AVX-512, makes it again. `OPENBLAS_CORETYPE` in the environment wins.
public enum BLAS {
  private static let chosen = Mutex(false)

  /// Mends the kernels' choice once; every routine of this module calls it first.
  public static func prepare() {
    chosen.withLock { done in
      guard !done else { return }
      done = true
      // Small problems dominate here, and results must not depend on the machine's core count.
      openblas_set_num_threads(1)
      guard getenv("OPENBLAS_CORETYPE") == nil, let better = betterCore(than: core) else { return }
      perfmodel_blas_choose_core(better)
      openblas_set_num_threads(1)
    }
  }

  /// The name of the kernels in use, such as `Haswell` or `SkylakeX`.
  public static var core: String { String(cString: openblas_get_corename()) }

  /// The library's own description: version, build options.
  public static var configuration: String { String(cString: openblas_get_config()) }

  /// The core that this processor can run and that is faster than `core`, or `nil`.
  static func betterCore(than core: String) -> String? {
    guard perfmodel_blas_can_choose_core() != 0, oldCores.contains(core.lowercased()) else {
      return nil
    }
    if perfmodel_cpu_has_avx512() != 0 { return "SkylakeX" }
    if perfmodel_cpu_has_avx2() != 0 { return "Haswell" }
    return nil
  }

  /// Cores without AVX2 kernels: what OpenBLAS falls back on.
  private static let oldCores: Set<String> = [
    "prescott", "core2", "penryn", "dunnington", "nehalem", "atom", "generic", "sandybridge",
    "katmai", "coppermine", "northwood", "banias", "opteron", "opteron_sse3", "barcelona", "bobcat",
    "bulldozer", "piledriver",
  ]

  /// Threads of one BLAS call.
  public static var threadCount: Int {
    get {
      prepare()
      return Int(openblas_get_num_threads())
    }
    set {
      prepare()
      openblas_set_num_threads(Int32(max(1, newValue)))
    }
  }

  /// The cores that this processor can run, slowest first; empty where the build has only one.
  public static var availableCores: [String] {
    guard perfmodel_blas_can_choose_core() != 0 else { return [] }
    var cores = ["Prescott", "Nehalem"]
    if perfmodel_cpu_has_avx2() != 0 { cores += ["Sandybridge", "Haswell", "Zen"] }
    if perfmodel_cpu_has_avx512() != 0 { cores += ["SkylakeX"] }
    // What the library chose by itself runs here, too.
    if !cores.contains(core) { cores.append(core) }
    return cores
  }

  /// Runs the kernels named `core` from now on, for timing one instruction set against another.
  ///
  /// - Throws: `LinearAlgebraError.unknownCore` where this build or processor does not have it.
  public static func select(core: String) throws {
    prepare()
    let threads = threadCount
    guard let name = availableCores.first(where: { $0.lowercased() == core.lowercased() }) else {
      throw LinearAlgebraError.unknownCore(core, available: availableCores)
    }
    perfmodel_blas_choose_core(name)
    openblas_set_num_threads(Int32(threads))
  }

  /// `C = A · B + β C` in single precision on dense row-major buffers, A M × K, B K × N, C M × N.
  ///
  /// Callers in a hot path call `prepare()` once before the first product.
  public static func sgemm(
    m: Int, n: Int, k: Int, _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>,
    beta: Float = 0, _ c: UnsafeMutablePointer<Float>
  ) {
    cblas_sgemm(
      CblasRowMajor, CblasNoTrans, CblasNoTrans, blasint(m), blasint(n), blasint(k), 1, a,
      blasint(k), b, blasint(n), beta, c, blasint(n))
  }
}
