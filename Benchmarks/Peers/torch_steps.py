"""CPU time of one training step in PyTorch, eager, on one thread.

    python3 torch_steps.py MODEL SECONDS

prints {"contestant": "torch", "model": …, "step_us": …}. Each model is written as one would write
it for speed: linear layers that add the bias in the product, one layer for queries, keys and
values, the library's own attention, Adam as one fused call.
"""

import math

import torch
from torch import nn
from torch.nn import functional

import timing
from models import (
    BATCHES, LEARNING_RATE, GraphNetwork, Maml, Perceptron, Transformer, batch_range, batch_shapes)


def batches(model):
    """Random data: for each batch its tensors in the order of `batch_shapes`."""

    def draw(name, shape):
        low, high = batch_range(name)
        return torch.empty(shape).uniform_(low, high)

    shapes = batch_shapes(model)
    return [[draw(name, shape) for name, shape in shapes.items()] for _ in range(BATCHES)]


def weight_and_bias(inputs, outputs):
    """Laid out for `torch.addmm(bias, x, weight)`."""
    weight = torch.empty(inputs, outputs).uniform_(-1, 1) / math.sqrt(inputs)
    return nn.Parameter(weight), nn.Parameter(torch.zeros(outputs))


class PerceptronLoss(nn.Module):
    def __init__(self, model):
        super().__init__()
        layers = []
        for inputs, outputs in zip(model.widths, model.widths[1:]):
            layers += [nn.Linear(inputs, outputs), nn.ReLU()]
        self.layers = nn.Sequential(*layers[:-1])

    def forward(self, x, y):
        return functional.mse_loss(self.layers(x), y)


class TransformerBlock(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.first = nn.LayerNorm(width)
        self.queries_keys_values = nn.Linear(width, 3 * width)
        self.output = nn.Linear(width, width)
        self.second = nn.LayerNorm(width)
        self.up = nn.Linear(width, 4 * width)
        self.down = nn.Linear(4 * width, width)

    def attention(self, x):
        batch, tokens, width = x.shape
        parts = self.queries_keys_values(x).view(batch, tokens, 3, self.heads, width // self.heads)
        queries, keys, values = parts.permute(2, 0, 3, 1, 4).unbind(0)
        seen = functional.scaled_dot_product_attention(queries, keys, values)
        return self.output(seen.transpose(1, 2).reshape(batch, tokens, width))

    def forward(self, x):
        x = x + self.attention(self.first(x))
        return x + self.down(functional.gelu(self.up(self.second(x))))


class TransformerLoss(nn.Module):
    def __init__(self, model):
        super().__init__()
        self.blocks = nn.Sequential(
            *[TransformerBlock(model.width, model.heads) for _ in range(model.blocks)])
        self.head = nn.Linear(model.width, 1)

    def forward(self, x, y):
        return functional.mse_loss(self.head(self.blocks(x).mean(1)), y)


class MamlLoss(nn.Module):
    def __init__(self, model):
        super().__init__()
        self.steps, self.inner_rate = model.steps, model.inner_rate
        self.initial = nn.ParameterList()
        for inputs, outputs in zip(model.widths, model.widths[1:]):
            self.initial.extend(weight_and_bias(inputs, outputs))

    @staticmethod
    def loss(parameters, x, y):
        w0, b0, w1, b1, w2, b2 = parameters
        x = torch.relu(torch.addmm(b0, x, w0))
        x = torch.relu(torch.addmm(b1, x, w1))
        return functional.mse_loss(torch.addmm(b2, x, w2), y)

    def forward(self, support_x, support_y, query_x, query_y):
        adapted = list(self.initial)
        for _ in range(self.steps):
            loss = self.loss(adapted, support_x, support_y)
            gradients = torch.autograd.grad(loss, adapted, create_graph=True)
            adapted = [
                torch.sub(value, gradient, alpha=self.inner_rate)
                for value, gradient in zip(adapted, gradients)
            ]
        return self.loss(adapted, query_x, query_y)


class GraphNetworkLoss(nn.Module):
    def __init__(self, model):
        super().__init__()
        self.weights, self.biases = nn.ParameterList(), nn.ParameterList()
        for layer in range(model.layers):
            weight, bias = weight_and_bias(model.width if layer else model.features, model.width)
            self.weights.append(weight)
            self.biases.append(bias)
        self.head = nn.Linear(model.width, 1)

    def forward(self, x, adjacency, y):
        for weight, bias in zip(self.weights, self.biases):
            x = torch.relu(torch.baddbmm(bias, adjacency, x @ weight))
        return functional.mse_loss(self.head(x[:, -1]), y)


LOSSES = {
    Perceptron: PerceptronLoss,
    Transformer: TransformerLoss,
    Maml: MamlLoss,
    GraphNetwork: GraphNetworkLoss,
}


def training(model):
    """A function that trains for so many steps, going on with the batch after the last one's."""
    loss = LOSSES[type(model)](model)
    optimizer = torch.optim.Adam(loss.parameters(), lr=LEARNING_RATE, fused=True)
    data = batches(model)
    done = 0

    def run(steps):
        nonlocal done
        for _ in range(steps):
            optimizer.zero_grad(set_to_none=True)
            loss(*data[done % BATCHES]).backward()
            optimizer.step()
            done += 1

    return run


def main():
    name, model, seconds = timing.arguments()
    timing.pin_to_one_core()
    torch.set_num_threads(1)
    torch.set_num_interop_threads(1)
    torch.set_flush_denormal(True)
    torch.manual_seed(0)
    timing.report("torch", name, timing.median_step(training(model), seconds))


if __name__ == "__main__":
    main()
