"""Writes gradients.json beside it: losses of small models and their gradients, by PyTorch, float64.

    python3 torch_gradients.py            (torch and numpy; the file was made with torch 2.15.0)
    python3 torch_gradients.py --check    holds the file against what this torch computes

Nothing is stored that can be made again. Every input and parameter comes from `uniform(name, i)`
below, which a test repeats bit by bit, is rounded to float32 once, and is used as float64 here:

    x, y, support.x, …         uniform
    adjacency                  (uniform + 1)/2 · 0.25
    weight, [in, out]          uniform · (1/√in)
    bias                       uniform · 0.1
    gain of a layer norm       1 + 0.1 · uniform

A model of gradients.json has its `loss`, and for each parameter its `shape` and, of the gradient in
the order of rows, the `norm`, `projections` Σ_i g_i uniform("projection j name", i) for j from 0 to
3, and `elements`, up to twelve of its numbers by their places. `generator` holds the first numbers
of `uniform("x", i)`.

The gradient of an attention's key bias is 0: softmax does not see what is added to a whole row of
scores. What the file holds there is rounding, so compare it with the gradients around it.
"""

import argparse
import json
import math
import os
import sys

import numpy
import torch
from torch.nn import functional

PATH = os.path.join(os.path.dirname(os.path.abspath(__file__)), "gradients.json")
PROJECTIONS = 4
ELEMENTS = 12
INNER_RATE = 0.01

# Numbers by name.

MASK = 2**64 - 1


def fnv1a(data):
    """FNV-1a of bytes, 64 bits."""
    value = 0xCBF29CE484222325
    for byte in data:
        value = (value ^ byte) * 0x100000001B3 & MASK
    return value


def uniform(name, count):
    """The first `count` numbers of a name, in [−1, 1): the upper 24 bits of SplitMix64."""
    step = numpy.uint64(0x9E3779B97F4A7C15)
    # Arrays of unsigned numbers wrap around, as SplitMix64 wants it.
    z = numpy.full(count, fnv1a(name.encode()), numpy.uint64)
    z += numpy.arange(1, count + 1, dtype=numpy.uint64) * step
    z ^= z >> numpy.uint64(30)
    z *= numpy.uint64(0xBF58476D1CE4E5B9)
    z ^= z >> numpy.uint64(27)
    z *= numpy.uint64(0x94D049BB133111EB)
    z ^= z >> numpy.uint64(31)
    return (z >> numpy.uint64(40)).astype(numpy.float64) / 2**24 * 2 - 1


def tensor(name, shape, transform=lambda u: u):
    """A tensor of a name: `transform` of its numbers, rounded to float32 and kept as float64."""
    values = transform(uniform(name, math.prod(shape)))
    return torch.from_numpy(values.astype(numpy.float32).astype(numpy.float64)).reshape(shape)


class Parameters(dict):
    """Tensors by name, in the order in which they were added."""

    def add(self, name, shape, transform):
        self[name] = tensor(name, shape, transform).requires_grad_()

    def add_linear(self, name, inputs, outputs):
        scale = 1 / math.sqrt(inputs)
        self.add(f"{name}.weight", [inputs, outputs], lambda u: u * scale)
        self.add(f"{name}.bias", [outputs], lambda u: u * 0.1)

    def add_layer_norm(self, name, width):
        self.add(f"{name}.gain", [width], lambda u: 1 + 0.1 * u)
        self.add(f"{name}.bias", [width], lambda u: u * 0.1)


# Layers, named and laid out as those of `Tensors`.


def linear(parameters, name, x):
    return x @ parameters[f"{name}.weight"] + parameters[f"{name}.bias"]


def layer_norm(parameters, name, x):
    gain, bias = parameters[f"{name}.gain"], parameters[f"{name}.bias"]
    return functional.layer_norm(x, [x.shape[-1]], gain, bias, eps=1e-5)


def attention(parameters, name, x, heads):
    """softmax(Q Kᵀ/√d) V of each head, written out."""
    batch, tokens, width = x.shape
    size = width // heads

    def split(part):
        projected = linear(parameters, f"{name}.{part}", x)
        return projected.reshape(batch, tokens, heads, size).transpose(1, 2)

    scores = split("query") @ split("key").transpose(-1, -2) / math.sqrt(size)
    seen = torch.softmax(scores, -1) @ split("value")
    return linear(parameters, f"{name}.output", seen.transpose(1, 2).reshape(batch, tokens, width))


def transformer_block(parameters, name, x, heads):
    """Normalised before attention and before the two layers; GELU with the error function."""
    normalised = layer_norm(parameters, f"{name}.first", x)
    seen = x + attention(parameters, f"{name}.attention", normalised, heads)
    up = linear(parameters, f"{name}.up", layer_norm(parameters, f"{name}.second", seen))
    return seen + linear(parameters, f"{name}.down", functional.gelu(up))


def graph_convolution(parameters, name, x, adjacency):
    return adjacency @ (x @ parameters[f"{name}.weight"]) + parameters[f"{name}.bias"]


# Models: each gives its parameters and its loss.


def perceptron_parameters(widths):
    parameters = Parameters()
    for layer, (inputs, outputs) in enumerate(zip(widths, widths[1:])):
        parameters.add_linear(f"layer.{layer}", inputs, outputs)
    return parameters


def perceptron(parameters, x):
    """Three layers with ReLU between."""
    for layer in range(2):
        x = functional.relu(linear(parameters, f"layer.{layer}", x))
    return linear(parameters, "layer.2", x)


def mlp(widths, batch):
    parameters = perceptron_parameters(widths)
    x, y = tensor("x", [batch, widths[0]]), tensor("y", [batch, widths[-1]])
    return parameters, functional.mse_loss(perceptron(parameters, x), y)


def transformer(batch=16, tokens=32, width=64, heads=4, blocks=2):
    parameters = Parameters()
    names = [f"block.{block}" for block in range(blocks)]
    for name in names:
        for part in ["query", "key", "value", "output"]:
            parameters.add_linear(f"{name}.attention.{part}", width, width)
        parameters.add_layer_norm(f"{name}.first", width)
        parameters.add_layer_norm(f"{name}.second", width)
        parameters.add_linear(f"{name}.up", width, 4 * width)
        parameters.add_linear(f"{name}.down", 4 * width, width)
    parameters.add_linear("head", width, 1)

    x, y = tensor("x", [batch, tokens, width]), tensor("y", [batch, 1])
    for name in names:
        x = transformer_block(parameters, name, x, heads)
    return parameters, functional.mse_loss(linear(parameters, "head", x.mean(1)), y)


def maml(steps, widths=(100, 100, 100, 1), batch=10):
    """The loss on the query set after steps on the support set; derived through the steps."""
    parameters = perceptron_parameters(widths)
    support_x, support_y = tensor("support.x", [batch, widths[0]]), tensor("support.y", [batch, 1])
    query_x, query_y = tensor("query.x", [batch, widths[0]]), tensor("query.y", [batch, 1])

    adapted = dict(parameters)
    for _ in range(steps):
        loss = functional.mse_loss(perceptron(adapted, support_x), support_y)
        gradients = torch.autograd.grad(loss, list(adapted.values()), create_graph=True)
        adapted = {
            name: value - INNER_RATE * gradient
            for (name, value), gradient in zip(adapted.items(), gradients)
        }
    return parameters, functional.mse_loss(perceptron(adapted, query_x), query_y)


def graph_network(batch=10, nodes=9, features=8, width=100, layers=4):
    """Graph convolutions, and a layer on what the last node holds."""
    parameters = Parameters()
    for layer in range(layers):
        parameters.add_linear(f"convolution.{layer}", width if layer else features, width)
    parameters.add_linear("head", width, 1)

    x, y = tensor("x", [batch, nodes, features]), tensor("y", [batch, 1])
    adjacency = tensor("adjacency", [batch, nodes, nodes], lambda u: (u + 1) / 2 * 0.25)
    for layer in range(layers):
        x = functional.relu(graph_convolution(parameters, f"convolution.{layer}", x, adjacency))
    return parameters, functional.mse_loss(linear(parameters, "head", x[:, -1]), y)


MODELS = {
    "mlp-64-256-256-1": lambda: mlp([64, 256, 256, 1], batch=32),
    "mlp-100-100-100-1": lambda: mlp([100, 100, 100, 1], batch=10),
    "mlp-16-64-64-1": lambda: mlp([16, 64, 64, 1], batch=16),
    "transformer": transformer,
    "maml-1": lambda: maml(1),
    "maml-2": lambda: maml(2),
    "maml-5": lambda: maml(5),
    "gcn": graph_network,
}

# What the file holds.


def spread(count):
    """Up to `ELEMENTS` places from the first to the last of `count`."""
    if count <= ELEMENTS:
        return list(range(count))
    return [k * (count - 1) // (ELEMENTS - 1) for k in range(ELEMENTS)]


def summary(name, gradient):
    flat = gradient.reshape(-1).numpy()
    return {
        "shape": list(gradient.shape),
        "norm": math.sqrt(math.fsum(flat * flat)),
        "projections": [
            math.fsum(flat * uniform(f"projection {j} {name}", flat.size))
            for j in range(PROJECTIONS)
        ],
        "elements": {str(place): float(flat[place]) for place in spread(flat.size)},
    }


def evaluate(model):
    parameters, loss = MODELS[model]()
    gradients = torch.autograd.grad(loss, list(parameters.values()))
    return {
        "loss": loss.item(),
        "parameters": {name: summary(name, g) for name, g in zip(parameters, gradients)},
    }


def render_model(content):
    """JSON with a line for each parameter, so that a change can be read."""
    rows = [
        f"    {json.dumps(name)}: {json.dumps(row, separators=(',', ':'))}"
        for name, row in content["parameters"].items()
    ]
    return (
        f'{{\n   "loss": {json.dumps(content["loss"])},\n   "parameters": {{\n'
        + ",\n".join(rows)
        + "\n   }\n  }"
    )


def render(document):
    models = [
        f"  {json.dumps(model)}: {render_model(content)}"
        for model, content in document["models"].items()
    ]
    return (
        f'{{\n "torch": {json.dumps(document["torch"])},\n'
        f' "generator": {json.dumps(document["generator"])},\n "models": {{\n'
        + ",\n".join(models)
        + "\n }\n}\n"
    )


def differences(stored, computed, tolerance=1e-11):
    """Where two documents differ by more than a share of the gradient's norm."""
    for model in computed["models"].keys() | stored["models"].keys():
        if model not in stored["models"] or model not in computed["models"]:
            yield f"{model} is in one of both only"
            continue
        old, new = stored["models"][model], computed["models"][model]
        if not math.isclose(old["loss"], new["loss"], rel_tol=tolerance):
            yield f"{model}: the loss is {old['loss']} in the file and {new['loss']} here"
        if list(old["parameters"]) != list(new["parameters"]):
            yield f"{model}: the parameters have other names"
            continue
        largest = max(row["norm"] for row in new["parameters"].values())
        for name, row in new["parameters"].items():
            before = old["parameters"][name]
            if before["shape"] != row["shape"]:
                yield f"{model}: {name} has another shape"
                continue
            pairs = [(before["norm"], row["norm"])]
            pairs += zip(before["projections"], row["projections"])
            pairs += zip(before["elements"].values(), row["elements"].values())
            # A gradient that is 0 but for rounding has no figures of its own.
            allowed = tolerance * max(row["norm"], 1e-3 * largest)
            if any(abs(a - b) > allowed for a, b in pairs):
                yield f"{model}: {name} has another gradient"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="compare with the file, write nothing")
    options = parser.parse_args()

    # Sums in one order give the same digits in every run.
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    document = {
        "torch": torch.__version__.split("+")[0],
        "generator": uniform("x", 4).tolist(),
        "models": {model: evaluate(model) for model in MODELS},
    }
    if options.check:
        with open(PATH, encoding="utf-8") as file:
            found = list(differences(json.load(file), document))
        for line in found:
            print(f"gradients.json: {line}", file=sys.stderr)
        sys.exit(1 if found else 0)
    with open(PATH, "w", encoding="utf-8") as file:
        file.write(render(document))


if __name__ == "__main__":
    main()
