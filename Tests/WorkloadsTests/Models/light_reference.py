"""Prints as JSON what the light_* networks of the onnx package cost.

MACs are the products of Conv and Gemm over the shapes of onnx.shape_inference. Parameters are the
elements of the floating-point initializers and of the fills that stand for those that were left out.
"""

import glob
import json
import math
import os

import onnx
from onnx import TensorProto, numpy_helper

FLOATING = {TensorProto.FLOAT, TensorProto.FLOAT16, TensorProto.DOUBLE, TensorProto.BFLOAT16}


def count(path):
    model = onnx.shape_inference.infer_shapes(onnx.load(path), data_prop=True)
    graph = model.graph
    stored = {t.name: t for t in graph.initializer}
    values = list(graph.value_info) + list(graph.input) + list(graph.output)
    shapes = {v.name: [d.dim_value for d in v.type.tensor_type.shape.dim] for v in values}
    shapes.update({name: list(t.dims) for name, t in stored.items()})
    parameters = sum(math.prod(t.dims) for t in stored.values() if t.data_type in FLOATING)
    macs = 0
    for node in graph.node:
        if node.op_type == "ConstantOfShape" and node.input[0] in stored:
            parameters += math.prod(int(n) for n in numpy_helper.to_array(stored[node.input[0]]))
        elif node.op_type == "Conv":
            macs += math.prod(shapes[node.output[0]]) * math.prod(shapes[node.input[1]][1:])
        elif node.op_type == "Gemm":
            transposed = any(a.name == "transA" and a.i for a in node.attribute)
            depth = shapes[node.input[0]][0 if transposed else 1]
            macs += math.prod(shapes[node.output[0]]) * depth
    return {"path": path, "parameters": parameters, "macs": macs}


folder = os.path.join(os.path.dirname(onnx.__file__), "backend", "test", "data", "light")
print(json.dumps([count(path) for path in sorted(glob.glob(os.path.join(folder, "*.onnx")))]))
