import ArgumentParser
import Zoo
extension ZooCommand {
  struct Scratch: ParsableCommand {
    @Argument var what: String
    func run() throws {
      switch what {
      default: break
      }
    }
  }
}
