import ArgumentParser

struct ModelCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "model", abstract: "Counts what a network computes, reads, writes and holds.",
    discussion: """
        perfmodel model list --family resnet
        perfmodel model show resnet50 --set image=384 --svg resnet50.svg
        perfmodel model show llama-2-70b --phase decode --batch 8 --context 4096
        perfmodel model count model.onnx --set batch=8 --format json
        perfmodel model diff resnet50 resnet50d
        perfmodel model reuse family:resnet --by weighted
        perfmodel model energy alexnet --device Eyeriss-v1 --batch 16

      NAME is built in ('model list'), a NAS string ('nasbench201:|nor_conv_3x3~0|+…'), or a file:
      .onnx, .param (ncnn), a Hugging Face config.json or its folder, or a description in JSON.
      """,
    subcommands: [
      List.self, Kernels.self, Show.self, Count.self, Diff.self, Reuse.self, Energy.self,
      Timing.self,
    ])
}
