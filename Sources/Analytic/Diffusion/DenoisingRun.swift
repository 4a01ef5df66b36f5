import Quantities

/// A film or picture made by denoising: one network over and over, and what runs once beside it.
///
/// ```
/// T = steps · passes · T_pass + T_s
/// ```
/// On `g` devices that share the tokens, each has its part of a pass, and they exchange tensors:
///
/// ```
/// T_g = steps · passes · (T_pass/g + T_exchange) + T_s
/// ```
public struct DenoisingRun: Sendable, Hashable {
  public var steps: Int
  /// Of the network in a step: 2 with classifier-free guidance, 1 without.
  public var passesPerStep: Int
  /// One pass on one device.
  public var pass: Seconds
  /// What nobody shares: encoding the text, decoding the latent.
  public var serial: Seconds

  public init(steps: Int, passesPerStep: Int, pass: Seconds, serial: Seconds) {
    self.steps = steps
    self.passesPerStep = passesPerStep
    self.pass = pass
    self.serial = serial
  }

  /// With the pass that a measured run implies.
  public init(steps: Int, passesPerStep: Int, measured: Seconds, serial: Seconds) {
    self.init(
      steps: steps, passesPerStep: passesPerStep,
      pass: (measured - serial) / Double(steps * passesPerStep), serial: serial)
  }

  public var latency: Seconds { latency(devices: 1, exchange: .zero) }

  /// - Parameter exchange: of one pass, as `UlyssesParallelism.exchange` has it.
  public func latency(devices: Int, exchange: Seconds) -> Seconds {
    Double(steps * passesPerStep) * (pass / Double(devices) + exchange) + serial
  }
}
