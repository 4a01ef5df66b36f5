import Foundation
import Mathematics

/// The machine that measured, in the words of a dataset's card.
public struct HostDescription: Sendable, Hashable {
  /// The processor's own name, or its architecture where it has none.
  public let processor: String
  /// Vector and matrix extensions, in the kernel's spelling; empty where the system does not say.
  public let instructionSets: [String]
  public let logicalCores: Int
  /// The BLAS's description of itself.
  public let blas: String
  /// The kernels that the BLAS uses.
  public let blasCore: String
  public let operatingSystem: String

  /// The machine that this process runs on.
  public static func current() -> HostDescription {
    BLAS.prepare()
    let text = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
    return HostDescription(
      cpuInformation: text, logicalCores: ProcessInfo.processInfo.activeProcessorCount,
      blas: BLAS.configuration.trimmingCharacters(in: .whitespaces), blasCore: BLAS.core,
      operatingSystem: systemName())
  }

  /// Reads a processor's name and extensions from the text of Linux's `/proc/cpuinfo`.
  public init(
    cpuInformation: String, logicalCores: Int, blas: String, blasCore: String,
    operatingSystem: String
  ) {
    var fields: [String: String] = [:]
    for line in cpuInformation.split(separator: "\n") {
      let pair = line.split(separator: ":", maxSplits: 1)
        .map { $0.trimmingCharacters(in: .whitespaces) }
      if pair.count == 2, fields[pair[0]] == nil { fields[pair[0]] = pair[1] }
    }
    processor =
      fields["model name"] ?? fields["Model"] ?? fields["Hardware"] ?? Self.machineArchitecture
    let flags = Set((fields["flags"] ?? fields["Features"] ?? "").split(separator: " "))
    instructionSets = Self.notableExtensions.filter { flags.contains(Substring($0)) }
    self.logicalCores = logicalCores
    self.blas = blas
    self.blasCore = blasCore
    self.operatingSystem = operatingSystem
  }

  /// The extensions that decide how fast a network runs, oldest first.
  private static let notableExtensions = [
    "sse4_2", "avx", "f16c", "fma", "avx2", "avx512f", "avx512bw", "avx512dq", "avx512vl",
    "avx512_vnni", "avx512_bf16", "avx512_fp16", "avx_vnni", "amx_tile", "amx_int8", "amx_bf16",
    "asimd", "asimdhp", "asimddp", "sve", "i8mm", "bf16", "sve2", "sme",
  ]

  private static var machineArchitecture: String {
    #if arch(x86_64)
      "x86-64"
    #elseif arch(arm64)
      "AArch64"
    #else
      "unknown"
    #endif
  }

  private static func systemName() -> String {
    let release = (try? String(contentsOfFile: "/etc/os-release", encoding: .utf8)) ?? ""
    for line in release.split(separator: "\n") where line.hasPrefix("PRETTY_NAME=") {
      return line.dropFirst("PRETTY_NAME=".count).trimmingCharacters(in: ["\""])
    }
    return ProcessInfo.processInfo.operatingSystemVersionString
  }
}
