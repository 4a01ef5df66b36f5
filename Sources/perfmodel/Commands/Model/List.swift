import ArgumentParser
import Zoo

extension ModelCommand {
  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Lists the built-in networks.")

    @Option(help: "Only those of one family.")
    var family: String?

    func run() throws {
      for network in NetworkRegistry.all where family == nil || network.family == family {
        print(network.name)
      }
    }
  }
}
