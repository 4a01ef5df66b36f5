import Foundation
import Tensors

// tensor-timings MODEL [SECONDS]     one line of JSON: the median processor time of a training step
// tensor-timings profile MODEL       the instructions of a step with their times
// tensor-timings products            products of the shapes above, beside the peak of multiplications

func processorSeconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}

func contestant(_ name: String) -> Contestant {
  guard let own = Contestant.all.first(where: { $0.name == name }) else {
    FileHandle.standardError.write(
      Data(
        "there is no model '\(name)'; known are \(Contestant.all.map(\.name).joined(separator: ", "))\n"
          .utf8))
    exit(2)
  }
  return own
}

/// The median time of a step, whole epochs of 64 batches at once.
func timeStep(_ own: Contestant, seconds: Double) throws -> Double {
  let data = own.data()
  let trainer = Trainer(try Model(seed: 1, own.definition), shards: 1)
  try trainer.fit(data, epochs: 2, batch: own.batch)
  var samples: [Double] = []
  let end = processorSeconds() + seconds
  while processorSeconds() < end || samples.count < 11 {
    let start = processorSeconds()
    let before = trainer.steps
    try trainer.fit(data, epochs: 4, batch: own.batch)
    samples.append((processorSeconds() - start) / Double(trainer.steps - before))
  }
  return samples.sorted()[samples.count / 2]
}

let arguments = Array(CommandLine.arguments.dropFirst())
switch arguments.first {
case "profile" where arguments.count == 2:
  let own = contestant(arguments[1])
  let model = try Model(seed: 1, own.definition)
  let listing = try model.profileStep(own.data(), batch: own.batch)
  for (place, instruction) in listing.enumerated() {
    let seconds = instruction.secondsPerRun ?? 0
    print(
      String(
        format: "%4d %9.2f µs %7.1f GFLOP/s  ", place, seconds * 1e6,
        instruction.flop / seconds * 1e-9),
      instruction.name, instruction.shape)
  }
  print(
    String(format: "     %9.2f µs in all", listing.reduce(0) { $0 + ($1.secondsPerRun ?? 0) } * 1e6)
  )
case "products":
  try printProducts()
case .some(let name):
  let step = try timeStep(
    contestant(name), seconds: arguments.dropFirst().first.flatMap(Double.init) ?? 2)
  print(
    "{\"contestant\": \"perfmodel\", \"model\": \"\(name)\", \"step_us\": "
      + String(format: "%.2f", step * 1e6) + "}")
case nil:
  print(Contestant.all.map(\.name).joined(separator: "\n"))
}
