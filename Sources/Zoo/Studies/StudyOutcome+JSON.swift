/// What programs read of a run: keys are stable, a number that is not finite is left out.
extension StudyOutcome: Encodable {
  private enum CodingKeys: String, CodingKey {
    case number, id, title, kind, relevance, rooms, state, missing, setting, model, calibrated
    case notes, checks
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(entry.number, forKey: .number)
    try container.encode(entry.id, forKey: .id)
    try container.encode(entry.title, forKey: .title)
    try container.encode(entry.kind, forKey: .kind)
    try container.encode(entry.relevance, forKey: .relevance)
    try container.encode(entry.rooms, forKey: .rooms)
    try container.encode(state.rawValue, forKey: .state)
    try container.encodeIfPresent(missing, forKey: .missing)
    guard let study = entry.study else { return }
    try container.encode(study.setting, forKey: .setting)
    try container.encode(study.model, forKey: .model)
    try container.encode(study.calibrated, forKey: .calibrated)
    try container.encode(study.notes, forKey: .notes)
    try container.encode(checks, forKey: .checks)
  }
}

extension StudyCheck: Encodable {
  private enum CodingKeys: String, CodingKey {
    case what, reported, predicted, unit, tolerance, verdict, recorded, confidence, source
    case explanation
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(what, forKey: .what)
    try container.encodeIfPresent(reported, forKey: .reported)
    if predicted.isFinite { try container.encode(predicted, forKey: .predicted) }
    try container.encode(unit, forKey: .unit)
    try container.encode(tolerance.description, forKey: .tolerance)
    try container.encode(verdict.rawValue, forKey: .verdict)
    try container.encode(recorded.rawValue, forKey: .recorded)
    try container.encode(confidence.rawValue, forKey: .confidence)
    try container.encode(source, forKey: .source)
    if !explanation.isEmpty { try container.encode(explanation, forKey: .explanation) }
  }
}
