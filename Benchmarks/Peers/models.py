"""The models that are timed: their names and sizes, the same for every contestant."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Perceptron:
    """Layers with ReLU between, mean squared error."""

    widths: tuple
    batch: int


@dataclass(frozen=True)
class Transformer:
    """Pre-norm blocks with exact GELU, the mean over tokens, one layer, mean squared error."""

    batch: int = 16
    tokens: int = 32
    width: int = 64
    heads: int = 4
    blocks: int = 2


@dataclass(frozen=True)
class Maml:
    """The perceptron's loss on a query set after `steps` of SGD on a support set, second order."""

    steps: int
    widths: tuple = (100, 100, 100, 1)
    batch: int = 10
    inner_rate: float = 0.01


@dataclass(frozen=True)
class GraphNetwork:
    """H ← ReLU(A (H W) + b) in each layer, then one layer on the last node, mean squared error."""

    batch: int
    nodes: int = 9
    features: int = 8
    width: int = 100
    layers: int = 4


MODELS = {
    "mlp-64-256-256-1": Perceptron((64, 256, 256, 1), batch=32),
    "mlp-100-100-100-1": Perceptron((100, 100, 100, 1), batch=10),
    "mlp-16-64-64-1": Perceptron((16, 64, 64, 1), batch=16),
    "transformer": Transformer(),
    "maml-1": Maml(steps=1),
    "maml-2": Maml(steps=2),
    "maml-5": Maml(steps=5),
    "gcn": GraphNetwork(batch=10),
    "gcn-32": GraphNetwork(batch=32),
}

LEARNING_RATE = 1e-3

# So many batches of random data are used in turn: the loss stays above 0, and the gradients, Adam's
# moments with them, away from denormal numbers.
BATCHES = 64


def batch_shapes(model):
    """The shapes of one batch, by name."""
    if isinstance(model, Perceptron):
        return {"x": (model.batch, model.widths[0]), "y": (model.batch, model.widths[-1])}
    if isinstance(model, Transformer):
        return {"x": (model.batch, model.tokens, model.width), "y": (model.batch, 1)}
    if isinstance(model, Maml):
        x, y = (model.batch, model.widths[0]), (model.batch, model.widths[-1])
        return {"support_x": x, "support_y": y, "query_x": x, "query_y": y}
    return {
        "x": (model.batch, model.nodes, model.features),
        "adjacency": (model.batch, model.nodes, model.nodes),
        "y": (model.batch, 1),
    }


def batch_range(name):
    """Between which numbers a tensor of a batch is drawn."""
    return (0.0, 0.25) if name == "adjacency" else (-1.0, 1.0)
