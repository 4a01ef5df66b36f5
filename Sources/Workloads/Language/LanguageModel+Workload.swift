extension LanguageModel {
  public static let tokenLimit = 1_000_000_000

  /// One run over `batch` sequences.
  ///
  /// - Parameters:
  ///   - images: pictures before each prompt; their tokens are part of the prompt's.
  ///   - encoderTokens: tokens that the encoder of an encoder–decoder read, or reads now in a prefill.
  /// - Throws: `WorkloadError.setting` for numbers outside 1 … 10⁹, `.tooLarge` where a tensor has no
  ///   exact count.
  public func workload(
    _ phase: LanguagePhase, batch: Int = 1, images: Int = 0, encoderTokens: Int? = nil
  ) throws(WorkloadError) -> Workload {
    for (name, value) in [
      ("batch", batch), ("tokens", phase.tokens), ("context", phase.context),
      ("encoder tokens", encoderTokens ?? 1),
    ] where !(1...Self.tokenLimit).contains(value) {
      throw .setting("\(name)=\(value); it is between 1 and \(Self.tokenLimit)")
    }
    guard (0...100_000).contains(images) else {
      throw .setting("images=\(images); it is between 0 and 100000")
    }
    if images > 0, vision == nil {
      throw .setting("\(name) takes no pictures; leave 'images' out")
    }
    if images > 0, phase.isDecode {
      throw .setting("pictures are read in the prefill; leave 'images' out of a decoding step")
    }
    let writer = LanguageModelWriter(self, phase, batch: batch)
    return try writer.write(images: images, encoderTokens: encoderTokens ?? phase.context)
  }
}
