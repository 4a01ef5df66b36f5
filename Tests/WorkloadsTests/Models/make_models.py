"""Writes the models of this folder and reference.json beside them.

    python3 make_models.py        (torch, onnx, onnxscript)

The figures are counted apart from the toolkit: parameters are the elements of the floating-point
initializers, MACs what PyTorch's own counter sees when the module runs at the same sizes.
"""

import json
import math
import os

import numpy
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

FOLDER = os.path.dirname(os.path.abspath(__file__))
FLOATING = {TensorProto.FLOAT, TensorProto.FLOAT16, TensorProto.DOUBLE, TensorProto.BFLOAT16}


def reference(path, module, arguments, sizes):
    """The products of matrices that PyTorch runs, and the floating-point elements of the file."""
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        module(*arguments)
    parameters = sum(
        math.prod(t.dims) for t in onnx.load(path).graph.initializer if t.data_type in FLOATING)
    return {"sizes": sizes, "parameters": parameters, "macs": counter.get_total_flops() // 2}


class Convolutional(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 8, 3, 2, 1, bias=False), nn.BatchNorm2d(8), nn.ReLU())
        self.depthwise = nn.Conv2d(8, 8, 3, padding=1, groups=8)
        self.point = nn.Conv2d(8, 16, 1)
        self.up = nn.ConvTranspose2d(16, 8, 2, 2)
        self.head = nn.Linear(8, 10)

    def forward(self, x):
        x = self.stem(x)
        y = nn.functional.silu(self.point(self.depthwise(x)))
        y = nn.functional.max_pool2d(y, 2)
        y = self.up(y)
        y = nn.functional.interpolate(y, scale_factor=2.0)
        y = torch.cat([x, y[:, :, ::2, ::2]], 1)[:, :8]
        return self.head(y.mean((2, 3))).softmax(-1)


class VisionTransformer(nn.Module):
    def __init__(self, width=32):
        super().__init__()
        self.patch = nn.Conv2d(3, width, 8, 8)
        self.token = nn.Parameter(torch.zeros(1, 1, width))
        self.position = nn.Parameter(torch.zeros(1, 17, width))
        layer = nn.TransformerEncoderLayer(width, 4, 64, batch_first=True, activation="gelu")
        self.encoder = nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)
        self.head = nn.Linear(width, 10)

    def forward(self, x):
        x = self.patch(x).flatten(2).transpose(1, 2)
        x = torch.cat([self.token.expand(x.shape[0], -1, -1), x], 1) + self.position
        return self.head(self.encoder(x)[:, 0])


class Decoder(nn.Module):
    """Two layers with grouped keys, rotary positions and a cache."""

    def __init__(self, width=32, heads=4, groups=2, words=64):
        super().__init__()
        self.heads, self.groups, self.size = heads, groups, width // heads
        self.words = nn.Embedding(words, width)
        self.layers = nn.ModuleList(
            nn.ModuleDict({
                "norm": nn.LayerNorm(width),
                "q": nn.Linear(width, width, bias=False),
                "k": nn.Linear(width, groups * self.size, bias=False),
                "v": nn.Linear(width, groups * self.size, bias=False),
                "o": nn.Linear(width, width, bias=False),
                "gate": nn.Linear(width, 48, bias=False),
                "down": nn.Linear(48, width, bias=False),
            }) for _ in range(2))
        self.register_buffer("frequency", 10000.0 ** (-torch.arange(0, self.size, 2) / self.size))
        self.head = nn.Linear(width, words, bias=False)

    def rotate(self, x, cosine, sine):
        one, two = x.chunk(2, -1)
        return torch.cat([one * cosine - two * sine, one * sine + two * cosine], -1)

    def forward(self, ids, past_key_0, past_value_0, past_key_1, past_value_1):
        past = [(past_key_0, past_value_0), (past_key_1, past_value_1)]
        b, s = ids.shape
        p = past_key_0.shape[2]
        angle = torch.arange(p, p + s).float()[:, None] * self.frequency
        cosine, sine = angle.cos(), angle.sin()
        mask = torch.ones(s, p + s).tril(p).log()[None, None]
        x = self.words(ids)
        present = []
        for layer, (pk, pv) in zip(self.layers, past):
            y = layer["norm"](x)
            q = layer["q"](y).view(b, s, self.heads, self.size).transpose(1, 2)
            k = layer["k"](y).view(b, s, self.groups, self.size).transpose(1, 2)
            v = layer["v"](y).view(b, s, self.groups, self.size).transpose(1, 2)
            q, k = self.rotate(q, cosine, sine), self.rotate(k, cosine, sine)
            k, v = torch.cat([pk, k], 2), torch.cat([pv, v], 2)
            present += [k, v]
            wide = self.heads // self.groups
            kk, vv = k.repeat_interleave(wide, 1), v.repeat_interleave(wide, 1)
            w = (q @ kk.transpose(2, 3) / self.size**0.5 + mask).softmax(-1)
            x = x + layer["o"]((w @ vv).transpose(1, 2).reshape(b, s, -1))
            x = x + layer["down"](nn.functional.silu(layer["gate"](layer["norm"](x))))
        return self.head(x), *present


def export(name, module, arguments, inputs, axes, sizes, others):
    """Exported with `arguments`, counted with `others`."""
    path = os.path.join(FOLDER, name + ".onnx")
    torch.onnx.export(
        module.eval(), arguments, path, dynamo=False, opset_version=17, input_names=inputs,
        dynamic_axes=axes, do_constant_folding=True)
    return reference(path, module, others, sizes)


def save(name, nodes, inputs, outputs, weights, opset=21, functions=(), domains=()):
    graph = helper.make_graph(
        nodes, name,
        [helper.make_tensor_value_info(n, t, s) for n, t, s in inputs],
        [helper.make_tensor_value_info(n, t, s) for n, t, s in outputs],
        [numpy_helper.from_array(a, n) for n, a in weights.items()])
    imports = [helper.make_opsetid("", opset)] + [helper.make_opsetid(d, 1) for d in domains]
    model = helper.make_model(graph, opset_imports=imports, functions=list(functions))
    onnx.save(model, os.path.join(FOLDER, name + ".onnx"))


def zeros(*shape, of=numpy.float32):
    return numpy.zeros(shape, of)


def handmade():
    F, I, U8, I8 = TensorProto.FLOAT, TensorProto.INT64, TensorProto.UINT8, TensorProto.INT8
    node = helper.make_node
    # A convolution with a normalisation to fold, one that is read twice, and an LSTM.
    save("folding", [
        node("Conv", ["x", "w"], ["a"], kernel_shape=[3, 3], pads=[1, 1, 1, 1]),
        node("BatchNormalization", ["a", "s", "b", "m", "v"], ["c"]),
        node("Conv", ["c", "w2"], ["d"]),
        node("BatchNormalization", ["d", "s", "b", "m", "v"], ["e"]),
        node("Add", ["d", "e"], ["y"]),
    ], [("x", F, ["N", 3, 8, 8])], [("y", F, None)], {
        "w": zeros(4, 3, 3, 3), "w2": zeros(4, 4, 1, 1), "s": zeros(4), "b": zeros(4),
        "m": zeros(4), "v": zeros(4)})
    save("recurrent", [
        node("LSTM", ["x", "w", "r", "b"], ["y", "h"], hidden_size=8, direction="bidirectional"),
        node("GRU", ["x", "w3", "r3"], ["g"], hidden_size=8),
        node("RNN", ["x", "w1", "r1"], ["p"], hidden_size=8),
    ], [("x", F, ["T", 2, 5])], [("y", F, None), ("h", F, None), ("g", F, None), ("p", F, None)], {
        "w": zeros(2, 32, 5), "r": zeros(2, 32, 8), "b": zeros(2, 64), "w3": zeros(1, 24, 5),
        "r3": zeros(1, 24, 8), "w1": zeros(1, 8, 5), "r1": zeros(1, 8, 8)})
    # Stored in eight bits, in four, and multiplied as integers.
    save("quantized", [
        node("QuantizeLinear", ["x", "xs", "xz"], ["q"]),
        node("DequantizeLinear", ["q", "xs", "xz"], ["dx"]),
        node("DequantizeLinear", ["w", "ws"], ["dw"], axis=0),
        node("Conv", ["dx", "dw"], ["c"]),
        node("QuantizeLinear", ["c", "xs", "xz"], ["cq"]),
        node("QLinearConv", ["cq", "xs", "xz", "w2", "xs", "wz", "xs", "xz"], ["d"]),
        node("ConvInteger", ["d", "w2"], ["e"]),
        node("Cast", ["e"], ["ef"], to=F),
        node("DynamicQuantizeLinear", ["ef"], ["f", "fs", "fz"]),
        node("MatMulInteger", ["f", "m"], ["g"]),
        node("Cast", ["g"], ["gf"], to=F),
        node("MatMulNBits", ["gf", "n", "ns"], ["y"], domain="com.microsoft", K=64, N=16, bits=4,
             block_size=32),
    ], [("x", F, [1, 4, 8, 8])], [("y", F, None)], {
        "xs": zeros(), "xz": zeros(of=numpy.uint8), "wz": zeros(of=numpy.int8), "ws": zeros(4),
        "w": zeros(4, 4, 1, 1, of=numpy.int8), "w2": zeros(4, 4, 1, 1, of=numpy.int8),
        "m": zeros(8, 64, of=numpy.int8), "n": zeros(16, 2, 16, of=numpy.uint8),
        "ns": zeros(16, 2)}, domains=["com.microsoft"])
    # Five passes of a 4×4 product; of two branches one with a product; a scan over three steps.
    body = helper.make_graph(
        [node("MatMul", ["s", "w"], ["t"]), node("Identity", ["c"], ["c2"])], "body",
        [helper.make_tensor_value_info("i", I, []),
         helper.make_tensor_value_info("c", TensorProto.BOOL, []),
         helper.make_tensor_value_info("s", F, [2, 4])],
        [helper.make_tensor_value_info("c2", TensorProto.BOOL, []),
         helper.make_tensor_value_info("t", F, [2, 4]),
         helper.make_tensor_value_info("t", F, [2, 4])])
    then = helper.make_graph([node("MatMul", ["l", "w"], ["p"])], "then", [],
                             [helper.make_tensor_value_info("p", F, [2, 4])])
    other = helper.make_graph([node("Relu", ["l"], ["r"])], "other", [],
                              [helper.make_tensor_value_info("r", F, [2, 4])])
    step = helper.make_graph(
        [node("MatMul", ["u", "w"], ["u2"]), node("Add", ["u2", "e"], ["o"])], "step",
        [helper.make_tensor_value_info("u", F, [2, 4]), helper.make_tensor_value_info("e", F, [4])],
        [helper.make_tensor_value_info("o", F, [2, 4]), helper.make_tensor_value_info("o", F, [2, 4])])
    save("control", [
        node("Loop", ["n", "", "x"], ["l", "all"], body=body),
        node("If", ["flag"], ["b"], then_branch=then, else_branch=other),
        node("Scan", ["b", "z"], ["final", "y"], body=step, num_scan_inputs=1),
    ], [("x", F, [2, 4]), ("flag", TensorProto.BOOL, []), ("z", F, [3, 4])],
        [("y", F, None), ("all", F, None)],
        {"n": numpy.array(5, numpy.int64), "w": zeros(4, 4)})
    # Attention of the standard and of ONNX Runtime over a cache of P steps.
    save("attention", [
        node("Attention", ["q", "k", "k"], ["a"], q_num_heads=4, kv_num_heads=2),
        node("GroupQueryAttention", ["q", "k", "k", "pk", "pv", "len", "total"],
             ["g", "nk", "nv"], domain="com.microsoft", num_heads=4, kv_num_heads=2, do_rotary=1),
        node("MultiHeadAttention", ["q", "q", "q"], ["m"], domain="com.microsoft", num_heads=4),
        node("Attention", ["q", "w", "b"], ["s"], domain="com.microsoft", num_heads=4),
        node("SkipLayerNormalization", ["a", "g", "gain"], ["n1"], domain="com.microsoft"),
        node("SimplifiedLayerNormalization", ["n1", "gain"], ["n2"]),
        node("Sum", ["n2", "m", "s"], ["y"]),
    ], [("q", F, [1, "S", 32]), ("k", F, [1, "S", 16]), ("pk", F, [1, 2, "P", 8]),
        ("pv", F, [1, 2, "P", 8]), ("len", TensorProto.INT32, [1]), ("total", TensorProto.INT32, [])],
        [("y", F, None), ("nk", F, None)],
        {"w": zeros(32, 96), "b": zeros(96), "gain": zeros(32)}, opset=23,
        domains=["com.microsoft"])
    # A function of the model called twice, and an operator that nobody knows.
    double = helper.make_function(
        "local", "Affine", ["x", "w"], ["y"],
        [node("MatMul", ["x", "w"], ["t"]), node("Relu", ["t"], ["y"])],
        [helper.make_opsetid("", 21)])
    save("functions", [
        node("Affine", ["x", "w"], ["a"], domain="local"),
        node("Affine", ["a", "w"], ["b"], domain="local"),
        node("Mystery", ["b"], ["y"], domain="elsewhere"),
        node("Mystery", ["y"], ["z"], domain="elsewhere"),
    ], [("x", F, ["N", 4])], [("z", F, None)], {"w": zeros(4, 4)}, functions=[double],
        domains=["local", "elsewhere"])


if __name__ == "__main__":
    torch.manual_seed(0)
    cache = {f"past_{kind}_{layer}": {0: "batch", 2: "past"} for layer in (0, 1)
             for kind in ("key", "value")}
    # The fused layer of PyTorch's own is opaque to its counter.
    torch.backends.mha.set_fastpath_enabled(False)

    def pictures(batch):
        return (torch.zeros(batch, 3, 32, 32),)

    def tokens(batch, sequence, past):
        ids = torch.zeros(batch, sequence, dtype=torch.int64)
        return (ids, *(torch.zeros(batch, 2, past, 8),) * 4)

    figures = {
        "convolutional": export(
            "convolutional", Convolutional(), pictures(1), ["image"], {"image": {0: "batch"}},
            {"batch": 2}, pictures(2)),
        "transformer": export(
            "transformer", VisionTransformer(), pictures(2), ["image"], {"image": {0: "batch"}},
            {"batch": 3}, pictures(3)),
        "decoder": export(
            "decoder", Decoder(), tokens(1, 3, 5), ["ids", *cache],
            {"ids": {0: "batch", 1: "sequence"}, **cache},
            {"batch": 2, "sequence": 7, "past": 11}, tokens(2, 7, 11)),
    }
    handmade()
    with open(os.path.join(FOLDER, "reference.json"), "w") as file:
        json.dump(figures, file, indent=2)
        file.write("\n")
