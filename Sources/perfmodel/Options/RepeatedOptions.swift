import ArgumentParser
import Foundation

/// Options that are given more than once and hold one value: the parser would take the last without a
/// word.
enum RepeatedOptions {
  /// The first of them, as `--batch`.
  static func first(in arguments: [String], of root: any ParsableCommand.Type) -> String? {
    var counts: [String: Int] = [:]
    for argument in arguments.prefix(while: { $0 != "--" }) where argument.hasPrefix("--") {
      counts[String(argument.dropFirst(2).prefix { $0 != "=" }), default: 0] += 1
    }
    let repeated = counts.filter { $0.value > 1 }
    guard !repeated.isEmpty, let single = singleOptions(arguments, root) else { return nil }
    return repeated.keys.filter(single.contains).min().map { "--" + $0 }
  }

  // MARK: - The parser's own description of the commands

  private struct Description: Decodable {
    let command: Command
  }

  private struct Command: Decodable {
    let commandName: String
    let subcommands: [Command]?
    let arguments: [Argument]?
  }

  private struct Argument: Decodable {
    let kind: String
    let isRepeating: Bool
    let names: [Name]?

    struct Name: Decodable {
      let name: String
    }
  }

  /// Names of the options of the command that is called which hold one value.
  private static func singleOptions(
    _ arguments: [String], _ root: any ParsableCommand.Type
  ) -> Set<String>? {
    guard
      let description = try? JSONDecoder().decode(
        Description.self, from: Data(root._dumpHelp().utf8))
    else { return nil }
    var command = description.command
    for word in arguments {
      guard let next = command.subcommands?.first(where: { $0.commandName == word }) else { break }
      command = next
    }
    let single = (command.arguments ?? []).filter { $0.kind == "option" && !$0.isRepeating }
    return Set(single.flatMap { $0.names ?? [] }.map(\.name))
  }
}
