"""How a peer is timed: CPU seconds of one thread, the median of many samples, one JSON line."""

import json
import os
import statistics
import sys
import time

from models import MODELS

SHORTEST_SAMPLE_S = 0.003
FEWEST_SAMPLES = 11
WARM_UP_S = 0.3


def pin_to_one_core():
    """Keeps this process on one of the cores it may use, where the system can do that."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def arguments():
    """The name of a model, the model and the seconds to measure; exit code 2 if they are wrong."""
    program = os.path.basename(sys.argv[0])
    if len(sys.argv) != 3:
        fail(f"usage: {program} MODEL SECONDS; a model is one of {', '.join(MODELS)}")
    name, text = sys.argv[1:]
    if name not in MODELS:
        fail(f"{program}: '{name}' is not a model; it is one of {', '.join(MODELS)}")
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1
    if not 0 < seconds <= 3600:
        fail(f"{program}: '{text}' is no time to measure; give seconds above 0, up to an hour")
    return name, MODELS[name], seconds


def fail(message):
    print(message, file=sys.stderr)
    sys.exit(2)


def median_step(run, seconds):
    """The median CPU time of a step in seconds.

    `run(n)` does n steps and returns when all are done. A sample is so many steps that they take
    3 ms or more; samples are taken until the seconds are over, and at least eleven.
    """
    steps = calibrated_steps(run)
    samples = []
    end = time.perf_counter() + seconds
    while time.perf_counter() < end or len(samples) < FEWEST_SAMPLES:
        start = time.process_time()
        run(steps)
        samples.append((time.process_time() - start) / steps)
    return statistics.median(samples)


def calibrated_steps(run):
    """How many steps a sample needs, found while everything warms up."""
    run(10)
    steps = 1
    end = time.perf_counter() + WARM_UP_S
    while True:
        start = time.process_time()
        run(steps)
        if time.process_time() - start < SHORTEST_SAMPLE_S:
            steps *= 2
        elif time.perf_counter() > end:
            return steps


def report(contestant, model, seconds_per_step):
    line = {"contestant": contestant, "model": model, "step_us": round(seconds_per_step * 1e6, 2)}
    print(json.dumps(line), flush=True)
