import Workloads

/// A film and its text as a network of denoising steps sees them.
///
/// The encoder of both families makes one latent frame of the first and of every four that follow,
/// and one latent pixel of 8×8; a token is 2×2 latent pixels of one latent frame.
///
/// ```
/// tokens = ((frames − 1) / 4 + 1) · height / 16 · width / 16
/// ```
struct LatentVideo {
  let samples: Int
  let frames: Int
  /// Of the latent.
  let height: Int
  let width: Int
  let textTokens: Int

  static let channels = 16
  /// Of T5-XXL and UMT5-XXL, which both read the text.
  static let textFeatures = 4096

  var tokens: Int { frames * (height / 2) * (width / 2) }

  static func settings(height: Int, width: Int, frames: Int, text: Int) -> [NetworkSetting] {
    [
      NetworkSetting("height", height, "height of the film, pixels"),
      NetworkSetting("width", width, "width of the film, pixels"),
      NetworkSetting("frames", frames, "frames of the film"),
      NetworkSetting("text", text, "tokens of the text"),
      NetworkSetting(
        "guidance", 1, "runs for a sample: 2 with classifier-free guidance, 1 without",
        allowed: 1...2),
    ]
  }

  /// nil, and the network has failed, where the sizes do not divide.
  init?(_ net: WorkloadBuilder, _ settings: NetworkSettings) {
    let (height, width, frames) = (settings["height"], settings["width"], settings["frames"])
    guard height % 16 == 0, width % 16 == 0 else {
      net.fail("a film of \(height)×\(width) pixels; both must be multiples of 16")
      return nil
    }
    guard frames % 4 == 1 else {
      net.fail("a film of \(frames) frames; their number must be a multiple of 4 and one more")
      return nil
    }
    samples = settings.batch * settings["guidance"]
    self.frames = (frames - 1) / 4 + 1
    self.height = height / 8
    self.width = width / 8
    textTokens = settings["text"]
  }
}
