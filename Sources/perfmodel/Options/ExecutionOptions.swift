import Analytic
import ArgumentParser

/// How a workload is run on a device.
struct ExecutionOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Types of the run: \(Precision.allCases.map(\.rawValue).joined(separator: ", ")).",
      discussion: "amp is automatic mixed precision; w8a16 and w4a16 narrow the weights alone. "
        + "Default: fp16 on a gpu, the network's own elsewhere."))
  var precision: Precision?

  @Option(help: "Order of an image's dimensions in memory: nhwc or nchw.")
  var layout = TensorLayout.channelsLast

  @Option(
    help: ArgumentHelp(
      "What the runtime joins into one kernel: none, pointwise or epilogue.",
      discussion: "none is an eager framework, pointwise a compiler, epilogue an inference engine. "
        + "Default: none on a gpu, epilogue elsewhere."))
  var fusion: Fusion?
}

extension Precision: ExpressibleByArgument {}
extension TensorLayout: ExpressibleByArgument {}
extension Fusion: ExpressibleByArgument {}
