import Documents
import Quantities

typealias DeviceObject = JSONObject<DeviceError>

/// Reads a device from its JSON; `Sources/Devices/README.md` is the reference of the keys.
struct DeviceReader {
  private let document: DeviceObject
  private let deviceClass: DeviceClass
  private let confidence: Confidence

  init(_ root: JSONNode<DeviceError>) throws(DeviceError) {
    document = try root.object()
    deviceClass = try document.required("class").choice(DeviceClass.allCases)
    confidence =
      try document.optional("confidence")?.choice(Confidence.allCases) ?? .dataSheet
  }

  func device() throws(DeviceError) -> Device {
    var device = Device(name: try name(document.required("name")), deviceClass: deviceClass)
    device.confidence = confidence
    for node in try document.optional("aliases")?.list() ?? [] {
      device.aliases.append(try name(node))
    }
    device.vendor = try document.optional("vendor")?.text()
    device.source = try document.optional("source")?.text()
    device.notes = try document.optional("notes")?.text() ?? ""
    device.architecture = try document.optional("architecture")?.text()
    device.releaseYear = try document.optional("release_year")?.integer(in: 1940...2100)
    device.processNanometres = try processFigure()
    device.computeUnits = try computeUnits()
    device.clock = try clock()
    for node in try document.optional("peaks")?.list() ?? [] {
      device.peaks.append(try peak(node.object()))
    }
    let levels = try document.optional("memory")?.list() ?? []
    for (index, node) in levels.enumerated() {
      device.memory.append(try memoryLevel(node.object(), isMain: index == levels.count - 1))
    }
    device.launchOverhead = try figure(
      document, "launch_overhead_s", deviceClass.launchOverheads)
    for node in try document.optional("links")?.list() ?? [] {
      device.links.append(try link(node.object()))
    }
    device.power = try power()
    try document.finish()
    return device
  }

  // MARK: - Parts

  private func computeUnits() throws(DeviceError) -> Device.ComputeUnits? {
    guard let object = try document.optional("compute_units")?.object() else { return nil }
    let units = Device.ComputeUnits(
      kind: try object.required("kind").text(),
      count: try figure(object.required("count")) { node throws(DeviceError) in
        try node.integer(in: 1...100_000_000)
      })
    try object.finish()
    return units
  }

  private func clock() throws(DeviceError) -> Device.Clock? {
    guard let object = try document.optional("clock_hz")?.object() else { return nil }
    let clock = Device.Clock(
      base: try figure(object, "base", deviceClass.clocks),
      boost: try figure(object, "boost", deviceClass.clocks))
    try object.finish()
    return clock
  }

  private func peak(_ object: DeviceObject) throws(DeviceError) -> PeakRate {
    let rates = deviceClass.rates
    let peak = PeakRate(
      try object.required("type").choice(NumberFormat.allCases),
      try object.required("unit").choice(ExecutionUnit.allCases),
      accumulate: try object.optional("accumulate")?.choice(Accumulator.allCases),
      dense: try figure(object, "dense_flop_per_s", rates),
      sparse: try figure(object, "sparse_flop_per_s", rates),
      achieved: try figure(object, "achieved_flop_per_s", rates),
      energyPerFLOP: try figure(object, "energy_j_per_flop", deviceClass.operationEnergies))
    try object.finish()
    return peak
  }

  private func memoryLevel(
    _ object: DeviceObject, isMain: Bool
  ) throws(DeviceError) -> MemoryLevel {
    let scope = try object.optional("scope")?.choice(MemoryLevel.Scope.allCases) ?? .chip
    let capacities =
      isMain ? deviceClass.mainCapacities : deviceClass.cacheCapacities(scope)
    let bandwidths = isMain ? deviceClass.mainBandwidths : deviceClass.cacheBandwidths
    let level = MemoryLevel(
      try name(object.required("level")),
      technology: try object.optional("technology")?.text(), scope: scope,
      capacity: try figure(object, "capacity_bytes", capacities),
      bandwidth: try figure(object, "bandwidth_b_per_s", bandwidths),
      achievedBandwidth: try figure(object, "achieved_b_per_s", bandwidths),
      energyPerByte: try figure(object, "energy_j_per_byte", deviceClass.byteEnergies))
    try object.finish()
    return level
  }

  private func link(_ object: DeviceObject) throws(DeviceError) -> Link {
    let link = Link(
      try name(object.required("kind")),
      bidirectionalBandwidth: try figure(
        object, "bidirectional_b_per_s", deviceClass.linkBandwidths),
      count: try object.optional("count")?.integer(in: 1...1_000_000))
    try object.finish()
    return link
  }

  private func power() throws(DeviceError) -> Device.Power {
    var power = Device.Power()
    power.thermalDesign = try figure(document, "tdp_w", deviceClass.powers)
    power.idle = try figure(document, "idle_w", deviceClass.idlePowers)
    if let limits = try document.optional("power_limits_w")?.object() {
      power.lowestLimit = try figure(limits, "lowest", deviceClass.powers)
      power.highestLimit = try figure(limits, "highest", deviceClass.powers)
      try limits.finish()
    }
    return power
  }

  // MARK: - Figures

  private func processFigure() throws(DeviceError) -> Figure<Double>? {
    guard let node = document.optional("process_nm") else { return nil }
    return try figure(node) { node throws(DeviceError) in
      let number = try node.number()
      guard 0.1...100_000 ~= number else {
        throw implausible(node, "a process has 0.1 to 100000 nanometres")
      }
      return number
    }
  }

  private func figure<Amount>(
    _ object: DeviceObject, _ key: String, _ range: PlausibleRange<Amount>
  ) throws(DeviceError) -> Figure<Amount>? {
    guard let node = object.optional(key) else { return nil }
    return try figure(node) { node throws(DeviceError) in
      let number = try node.number()
      if let problem = range.problem(with: number) { throw implausible(node, problem) }
      return Amount(number)
    }
  }

  /// A bare value, or an object with its confidence and source.
  private func figure<Amount>(
    _ node: JSONNode<DeviceError>,
    _ read: (JSONNode<DeviceError>) throws(DeviceError) -> Amount
  ) throws(DeviceError) -> Figure<Amount> {
    guard !node.isNull else {
      throw node.malformed("null stands for no figure; leave the key out where it is unknown")
    }
    guard node.isObject else { return Figure(try read(node), confidence) }
    let object = try node.object()
    let figure = Figure(
      try read(object.required("value")),
      try object.optional("confidence")?.choice(Confidence.allCases) ?? confidence,
      source: try object.optional("source")?.text())
    try object.finish()
    return figure
  }

  private func implausible(_ node: JSONNode<DeviceError>, _ problem: String) -> DeviceError {
    var found = ""
    if case .number(let number) = node.value { found = JSONTree.numeral(number) }
    return .implausible(file: node.file, place: node.path, found: found, problem: problem)
  }

  /// A text that can be asked for and printed.
  private func name(_ node: JSONNode<DeviceError>) throws(DeviceError) -> String {
    let text = try node.text()
    guard text == printable(text), text.contains(where: { !$0.isWhitespace }) else {
      throw node.malformed("a name has 1 to 200 characters on one line, not \(quoted(text))")
    }
    return text
  }
}
