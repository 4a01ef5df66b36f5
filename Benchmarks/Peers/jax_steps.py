"""CPU time of one training step in JAX, compiled, on one thread.

    python3 jax_steps.py MODEL SECONDS

prints a line for each of two contestants: {"contestant": "jax-jit", "model": …, "step_us": …}, with
a call for every step, and the same for "jax-scan", with one call for 64 steps, where the cost of a
call hardly counts. Parameters and Adam's moments are donated, so that they change in place. XLA
flushes denormal numbers by itself.
"""

import os

import timing
from models import (
    BATCHES, LEARNING_RATE, GraphNetwork, Maml, Perceptron, Transformer, batch_range,
    batch_shapes)

# XLA counts the cores it may use and reads its options when it is loaded.
timing.pin_to_one_core()
os.environ["JAX_PLATFORMS"] = "cpu"
os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"

import jax  # noqa: E402
import jax.numpy as jnp  # noqa: E402
import optax  # noqa: E402


class Keys:
    """One random key after another."""

    def __init__(self, seed):
        self.key = jax.random.key(seed)

    def next(self):
        self.key, key = jax.random.split(self.key)
        return key


def batches(model, keys):
    """Random data: the tensors of a batch in the order of `batch_shapes`, all batches in each."""

    def draw(name, shape):
        low, high = batch_range(name)
        return jax.random.uniform(keys.next(), (BATCHES, *shape), minval=low, maxval=high)

    return tuple(draw(name, shape) for name, shape in batch_shapes(model).items())


# Layers.


def linear_parameters(keys, inputs, outputs):
    weight = jax.random.uniform(keys.next(), (inputs, outputs), minval=-1, maxval=1)
    return {"weight": weight / inputs**0.5, "bias": jnp.zeros(outputs)}


def linear(p, x):
    return x @ p["weight"] + p["bias"]


def layer_norm_parameters(width):
    return {"gain": jnp.ones(width), "bias": jnp.zeros(width)}


def layer_norm(p, x):
    centered = x - x.mean(-1, keepdims=True)
    variance = jnp.square(centered).mean(-1, keepdims=True)
    return centered * jax.lax.rsqrt(variance + 1e-5) * p["gain"] + p["bias"]


def mean_squared_error(prediction, target):
    return jnp.square(prediction - target).mean()


# Models: parameters, and the loss of a batch.


def perceptron_parameters(model, keys):
    pairs = zip(model.widths, model.widths[1:])
    return [linear_parameters(keys, inputs, outputs) for inputs, outputs in pairs]


def perceptron_loss(parameters, x, y):
    for p in parameters[:-1]:
        x = jax.nn.relu(linear(p, x))
    return mean_squared_error(linear(parameters[-1], x), y)


def transformer_parameters(model, keys):
    width = model.width

    def block():
        return {
            "first": layer_norm_parameters(width),
            "queries_keys_values": linear_parameters(keys, width, 3 * width),
            "output": linear_parameters(keys, width, width),
            "second": layer_norm_parameters(width),
            "up": linear_parameters(keys, width, 4 * width),
            "down": linear_parameters(keys, 4 * width, width),
        }

    return {
        "blocks": [block() for _ in range(model.blocks)],
        "head": linear_parameters(keys, width, 1),
    }


def attention(p, x, heads):
    batch, tokens, width = x.shape

    def split(part):
        return part.reshape(batch, tokens, heads, width // heads).transpose(0, 2, 1, 3)

    queries, keys, values = map(split, jnp.split(linear(p["queries_keys_values"], x), 3, -1))
    scores = queries @ keys.transpose(0, 1, 3, 2) / (width // heads) ** 0.5
    seen = jax.nn.softmax(scores, -1) @ values
    return linear(p["output"], seen.transpose(0, 2, 1, 3).reshape(batch, tokens, width))


def transformer_block(p, x, heads):
    x = x + attention(p, layer_norm(p["first"], x), heads)
    up = linear(p["up"], layer_norm(p["second"], x))
    return x + linear(p["down"], jax.nn.gelu(up, approximate=False))


def transformer_loss(model):
    def loss(parameters, x, y):
        for p in parameters["blocks"]:
            x = transformer_block(p, x, model.heads)
        return mean_squared_error(linear(parameters["head"], x.mean(1)), y)

    return loss


def maml_loss(model):
    def loss(parameters, support_x, support_y, query_x, query_y):
        adapted = parameters
        for _ in range(model.steps):
            gradients = jax.grad(perceptron_loss)(adapted, support_x, support_y)
            adapted = jax.tree.map(
                lambda value, gradient: value - model.inner_rate * gradient, adapted, gradients)
        return perceptron_loss(adapted, query_x, query_y)

    return loss


def graph_network_parameters(model, keys):
    inputs = [model.features] + [model.width] * (model.layers - 1)
    return {
        "convolutions": [linear_parameters(keys, n, model.width) for n in inputs],
        "head": linear_parameters(keys, model.width, 1),
    }


def graph_network_loss(parameters, x, adjacency, y):
    for p in parameters["convolutions"]:
        x = jax.nn.relu(adjacency @ (x @ p["weight"]) + p["bias"])
    return mean_squared_error(linear(parameters["head"], x[:, -1]), y)


def parameters_and_loss(model, keys):
    if isinstance(model, Perceptron):
        return perceptron_parameters(model, keys), perceptron_loss
    if isinstance(model, Transformer):
        return transformer_parameters(model, keys), transformer_loss(model)
    if isinstance(model, Maml):
        return perceptron_parameters(model, keys), maml_loss(model)
    assert isinstance(model, GraphNetwork)
    return graph_network_parameters(model, keys), graph_network_loss


# Training.


def training_step(loss, optimizer):
    """(parameters and moments, batch) to (parameters and moments, loss)."""

    def step(state, batch):
        parameters, moments = state
        value, gradients = jax.value_and_grad(loss)(parameters, *batch)
        updates, moments = optimizer.update(gradients, moments)
        return (optax.apply_updates(parameters, updates), moments), value

    return step


def single_steps(step, state, data):
    """A function that trains for so many steps, each a call; it waits for the last only."""
    step = jax.jit(step, donate_argnums=0)
    every = [tuple(part[index] for part in data) for index in range(BATCHES)]
    done = 0

    def run(steps):
        nonlocal state, done
        for _ in range(steps):
            state, value = step(state, every[done % BATCHES])
            done += 1
        value.block_until_ready()

    return run


def scanned_steps(step, state, data):
    """A function that trains for so many times 64 steps, each 64 a call."""
    scan = jax.jit(lambda state, data: jax.lax.scan(step, state, data), donate_argnums=0)

    def run(scans):
        nonlocal state
        for _ in range(scans):
            state, values = scan(state, data)
        values.block_until_ready()

    return run


def main():
    name, model, seconds = timing.arguments()
    keys = Keys(0)
    optimizer = optax.adam(LEARNING_RATE)
    parameters, loss = parameters_and_loss(model, keys)
    data = batches(model, keys)
    step = training_step(loss, optimizer)

    def state():
        own = jax.tree.map(jnp.copy, parameters)
        return own, optimizer.init(own)

    run = single_steps(step, state(), data)
    timing.report("jax-jit", name, timing.median_step(run, seconds))
    run = scanned_steps(step, state(), data)
    timing.report("jax-scan", name, timing.median_step(run, seconds) / BATCHES)


if __name__ == "__main__":
    main()
