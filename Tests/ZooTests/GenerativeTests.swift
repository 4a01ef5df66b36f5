import Testing
import Workloads
import Zoo

@Suite("Networks of denoising steps") struct GenerativeTests {
  /// Parameters, and convolutions and products of matrices in one step, by PyTorch's flop counter
  /// on the reference code.
  struct Reference: Sendable, CustomStringConvertible {
    let model: String
    var settings: [String: Int] = [:]
    let parameters: Int
    let macs: Double

    var description: String { model }
  }

  /// diffusers 0.42: UNet2DConditionModel, WanTransformer3DModel and CogVideoXTransformer3DModel
  /// with the published configurations.
  static let diffusers = [
    Reference(
      model: "stable-diffusion-v1-5-unet", parameters: 859_520_964, macs: 401_636_720_640),
    Reference(
      model: "stable-diffusion-2-1-unet", parameters: 865_910_724, macs: 1_074_552_872_960),
    Reference(
      model: "stable-diffusion-xl-unet", parameters: 2_567_463_684, macs: 3_380_618_199_040),
    Reference(model: "wan2.1-t2v-1.3b", parameters: 1_418_996_800, macs: 141_500_893_888_512),
    Reference(model: "wan2.1-t2v-14b", parameters: 14_288_491_584, macs: 839_185_141_596_160),
    Reference(
      model: "wan2.1-t2v-14b", settings: ["height": 720, "width": 1280],
      parameters: 14_288_491_584, macs: 3_261_718_296_002_560),
    Reference(model: "cogvideox-2b", parameters: 1_693_783_872, macs: 59_998_655_709_184),
    Reference(model: "cogvideox-5b", parameters: 5_570_283_072, macs: 166_098_856_050_688),
  ]

  /// DiT as its paper describes it, put together from PyTorch's and timm's layers.
  static let transformers = [
    Reference(model: "dit-s-8", parameters: 33_148_160, macs: 357_974_016),
    Reference(model: "dit-s-4", parameters: 32_945_024, macs: 1_412_579_328),
    Reference(model: "dit-s-2", parameters: 32_963_360, macs: 6_055_673_856),
    Reference(model: "dit-b-8", parameters: 130_881_536, macs: 1_417_543_680),
    Reference(model: "dit-b-4", parameters: 130_475_648, macs: 5_565_186_048),
    Reference(model: "dit-b-2", parameters: 130_512_416, macs: 23_005_102_080),
    Reference(model: "dit-l-8", parameters: 458_594_816, macs: 5_011_406_848),
    Reference(model: "dit-l-4", parameters: 458_053_760, macs: 19_695_665_152),
    Reference(model: "dit-l-2", parameters: 458_102_816, macs: 80_697_622_528),
    Reference(model: "dit-xl-8", parameters: 675_683_072, macs: 7_392_411_648),
    Reference(model: "dit-xl-4", parameters: 675_074_432, macs: 29_043_671_040),
    Reference(model: "dit-xl-2", parameters: 675_129_632, macs: 118_621_421_568),
    Reference(
      model: "dit-xl-2", settings: ["image": 512], parameters: 676_014_368,
      macs: 524_538_298_368),
  ]

  @Test("have the parameters and MACs of the reference code", arguments: diffusers + transformers)
  func reference(row: Reference) throws {
    let network = try #require(NetworkRegistry.network(named: row.model))
    let counts = try network.workload(settings: row.settings).counts()
    #expect(counts.parameters == row.parameters)
    #expect(counts.total.macs(.matrix) == row.macs)
  }

  /// W. Peebles, S. Xie, Scalable Diffusion Models with Transformers, ICCV 2023, table 4: forward
  /// passes in 10⁹ MACs, which it calls Gflops, and parameters in millions.
  static let table4: [(model: String, image: Int, gmacs: Double, millions: Double)] = [
    ("dit-s-8", 256, 0.36, 33), ("dit-s-4", 256, 1.41, 33), ("dit-s-2", 256, 6.06, 33),
    ("dit-b-8", 256, 1.42, 131), ("dit-b-4", 256, 5.56, 130), ("dit-b-2", 256, 23.01, 130),
    ("dit-l-8", 256, 5.01, 459), ("dit-l-4", 256, 19.70, 458), ("dit-l-2", 256, 80.71, 458),
    ("dit-xl-8", 256, 7.39, 676), ("dit-xl-4", 256, 29.05, 675), ("dit-xl-2", 256, 118.64, 675),
    ("dit-xl-2", 512, 524.60, 675),
  ]

  @Test("cost what the table of DiT's paper says within 0.1 %", arguments: table4)
  func paper(row: (model: String, image: Int, gmacs: Double, millions: Double)) throws {
    let network = try #require(NetworkRegistry.network(named: row.model))
    let workload = try network.workload(settings: ["image": row.image])
    let counts = workload.counts()
    let gmacs = counts.total.macs(.matrix) / 1e9
    #expect(abs(gmacs - row.gmacs) <= 0.001 * row.gmacs + 0.005, "\(gmacs)")
    // The table of positions is fixed sines, which the paper leaves out.
    let table = try #require(workload.values.first { $0.label == "pos_embed" })
    let learned = Double(counts.parameters) - table.elements
    #expect(abs(learned / 1e6 - row.millions) <= 0.5, "\(learned)")
  }

  /// For n tokens of the film, m of the text, width d and feed-forward width f, a block costs
  ///
  /// ```
  /// 8·n·d² + 4·n²·d  +  4·n·d² + 4·m·d² + 4·n·m·d  +  4·f·n·d  FLOP
  /// ```
  ///
  /// besides the modulations: J. Delavande et al., Video Killed the Energy Budget, 2025.
  @Test(
    "Wan's blocks cost what the formula of the text-to-video survey says within 0.1 %",
    arguments: [
      ("wan2.1-t2v-1.3b", 1536.0, 8960.0, 30.0), ("wan2.1-t2v-14b", 5120.0, 13824.0, 40.0),
    ])
  func formula(model: String, d: Double, f: Double, blocks: Double) throws {
    let network = try #require(NetworkRegistry.network(named: model))
    for (height, width) in [(480, 832), (720, 1280)] {
      let counts = try network.workload(
        settings: ["height": height, "width": width, "guidance": 2]
      ).counts()
      let n = Double(21 * (height / 16) * (width / 16))
      let m = 512.0
      let own = 8 * n * d * d + 4 * n * n * d
      let text = 4 * n * d * d + 4 * m * d * d + 4 * n * m * d
      let expected = 2 * blocks * (own + text + 4 * f * n * d)
      let flop = 2 * counts.total.macs(.matrix)
      #expect(abs(flop / expected - 1) < 0.001, "\(flop) and \(expected)")
    }
  }

  @Test("guidance runs a film twice with the same weights") func guidance() throws {
    for name in ["wan2.1-t2v-1.3b", "cogvideox-5b"] {
      let network = try #require(NetworkRegistry.network(named: name))
      let once = try network.workload().counts()
      let twice = try network.workload(settings: ["guidance": 2]).counts()
      #expect(twice.total.macs(.matrix) == 2 * once.total.macs(.matrix))
      #expect(twice.parameters == once.parameters)
      #expect(throws: WorkloadError.self) { try network.workload(settings: ["guidance": 3]) }
    }
  }

  /// (49 − 1) / 4 + 1 = 13 latent frames of 60×90.
  @Test("a step returns what it was given, and DiT a variance besides") func results() throws {
    let expected: [(String, Shape)] = [
      ("stable-diffusion-v1-5-unet", [2, 4, 64, 64]), ("dit-b-4", [2, 8, 32, 32]),
      ("wan2.1-t2v-1.3b", [2, 16, 21, 60, 104]), ("cogvideox-2b", [2, 13, 16, 60, 90]),
    ]
    for (name, shape) in expected {
      let network = try #require(NetworkRegistry.network(named: name))
      let workload = try network.workload(batch: 2)
      let result = try #require(workload.results.first)
      #expect(workload[result].shape == shape)
    }
  }

  /// The constructor of wan/modules/vae.py, walked by hand with one latent frame of 60×104: parameters
  /// with the 1×1×1 convolution before the decoder, and two frames of every input of a convolution over
  /// time, in fp32.
  @Test("Wan's decoder has the weights, products and memory of its published code")
  func wanDecoder() throws {
    let network = try #require(NetworkRegistry.network(named: "wan2.1-vae-decoder"))
    let workload = try network.workload()
    let counts = workload.counts()
    #expect(counts.parameters == 73_295_603)
    #expect(counts.total.macs(.matrix) == 6_775_000_227_840)
    #expect(counts.cacheBytes.value == 3_777_146_880)
    #expect(workload[try #require(workload.results.first)].shape == [1, 3, 4, 480, 832])
    #expect(throws: WorkloadError.self) { try network.workload(settings: ["height": 472]) }
  }

  @Test(
    "sizes that do not divide are refused, and the largest ones counted or refused",
    arguments: [
      ("stable-diffusion-v1-5-unet", "image", 520), ("stable-diffusion-xl-unet", "image", 1),
      ("dit-xl-8", "image", 200), ("wan2.1-t2v-1.3b", "height", 488),
      ("wan2.1-t2v-14b", "width", 8), ("wan2.1-t2v-1.3b", "frames", 80),
      ("cogvideox-2b", "frames", 3), ("cogvideox-5b", "width", 721),
    ])
  func sizes(model: String, setting: String, size: Int) throws {
    let network = try #require(NetworkRegistry.network(named: model))
    #expect(throws: WorkloadError.self) { try network.workload(settings: [setting: size]) }
    var largest: [String: Int] = [:]
    for setting in network.settings where setting.name != "guidance" {
      largest[setting.name] = setting.name == "frames" ? 999_997 : 1_000_000
    }
    // None of these may trap.
    for batch in [1, 1_000_000_000] {
      _ = try? network.workload(batch: batch, settings: largest)
    }
  }
}
