import Analytic
import Quantities

/// Wan: Open and Advanced Large-Scale Video Generative Models.
enum WanStudy {
  static let study = Study(
    38,
    setting: "films of 81 frames of 480×832 pixels in 50 steps with guidance; H100s under the "
      + "diffusers library with the tokens shared by Ulysses, an RTX 4090 with the published code",
    model: "Analytic/Diffusion, Analytic/Roofline, Analytic/Memory",
    calibrated: [
      "H100: the share of the peak rate, by Wan-14B on one H100 (466.8 s)",
      "H100: 8 s that nobody shares, for the text and the decoder; the roofline of the decoder says "
        + "2.4 s with matrix units and 7.1 s without",
    ],
    notes: [
      "The RTX 4090 has no calibration: its constants come from networks of pictures on GeForce cards.",
      "Published weights of 1.3 B are fp32 and stay so under autocast (the file has 5.68 GB, recalled).",
    ]
  ) { _ in
    let h100 = try DeviceCatalogue.device(named: "H100-SXM")
    let large = try pass("wan2.1-t2v-14b")
    let small = try pass("wan2.1-t2v-1.3b")
    let peak = try Machine(h100, precision: .bf16).peakRate
    let serial = Seconds(8)
    let measured = DenoisingRun(
      steps: 50, passesPerStep: 2, measured: Seconds(466.77), serial: serial)
    let model = UtilizationModel(peak: peak, work: large.flop, took: measured.pass)
    var checks: [StudyCheck] = []
    for (devices, reported) in [(2, 250.9), (4, 139.5), (8, 71.8)] {
      let exchange = UlyssesParallelism(
        devices: devices, bandwidth: .gigabytesPerSecond(450)
      ).exchange(
        tokens: tokens, width: 5120, layers: 40, bytesPerElement: 2)
      checks.append(
        StudyCheck(
          "Wan-14B on \(devices) H100", reported: reported,
          predicted: measured.latency(devices: devices, exchange: exchange).value, unit: "s",
          tolerance: .relative(0.12), source: "ML.ENERGY leaderboard, batch 1"))
    }
    let onH100 = DenoisingRun(
      steps: 50, passesPerStep: 2, pass: model.latency(small.flop), serial: serial)
    checks.append(
      StudyCheck(
        "Wan-1.3B on one H100", reported: 95.4, predicted: onH100.latency.value, unit: "s",
        tolerance: .relative(0.25), source: "ML.ENERGY leaderboard, batch 1"))
    checks.append(
      StudyCheck(
        "Wan-1.3B on an RTX 4090", reported: 240,
        predicted: try onGeForce(small.network).value, unit: "s",
        tolerance: .relative(0.25), source: "README of the repository: about 4 minutes"))
    checks.append(
      StudyCheck(
        "memory of Wan-1.3B, the text encoder on the host and parts taking turns", reported: 8.19,
        predicted: try memory(small.network).value / 1e9, unit: "GB",
        tolerance: .relative(0.2), source: "abstract"))
    return checks
  }

  static let tokens = Double(21 * 30 * 52)

  /// One pass of a network over the film, without guidance.
  static func pass(_ name: String) throws -> (network: NetworkReference, flop: FLOP) {
    let network = try NetworkReference(name)
    let counts = try network.workload(WorkloadRequest()).counts()
    return (network, FLOP.multiplyAccumulates(counts.total.matrixMACs))
  }

  /// The roofline as it stands: 100 passes in bf16, and the decoder for 21 latent frames, whose
  /// convolutions run on matrix units.
  static func onGeForce(_ network: NetworkReference) throws -> Seconds {
    let device = try DeviceCatalogue.device(named: "RTX-4090")
    let pass = try RooflineModel(device, Execution(precision: .bf16))
      .predict(network.workload(WorkloadRequest()))
    let frame = try RooflineModel(device, Execution(precision: .tf32, layout: .channelsFirst))
      .predict(NetworkReference("wan2.1-vae-decoder").workload(WorkloadRequest()))
    return DenoisingRun(
      steps: 50, passesPerStep: 2, pass: pass.latency.value, serial: 21 * frame.latency.value
    ).latency
  }

  /// Encoder and decoder of the films stay on the device, the network leaves it before the film is
  /// decoded.
  static func memory(_ network: NetworkReference) throws -> Bytes {
    let step = try network.workload(WorkloadRequest())
    let activations = step.kernels(Execution(precision: .bf16)).footprint.activations
    let decoder = try NetworkReference("wan2.1-vae-decoder").workload(WorkloadRequest()).counts()
    // 126.9 M parameters of encoder and decoder in fp32.
    let pictures = Bytes(126_892_531 * 4)
    let film = Bytes(81 * 3 * 480 * 832 * 4)
    return StagedMemory(
      base: pictures,
      stages: [
        .init(
          "network", resident: Bytes(4 * Double(step.counts().parameters)), working: activations),
        .init(
          "decoder", resident: decoder.cacheBytes + film,
          working: decoder.peakActivationBytes),
      ]
    ).peak
  }
}
