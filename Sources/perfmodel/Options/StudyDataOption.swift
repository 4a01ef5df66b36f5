import ArgumentParser
import Zoo

/// Where the public measurements lie that some studies replay.
struct StudyDataOption: ParsableArguments {
  @Option(help: "Folder of the public measurements that some studies replay.")
  var data = StudyData.standardFolder

  var studyData: StudyData { StudyData(folder: data) }
}
