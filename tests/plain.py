"""The body run by the plain interpreter, and states and constants to run it on."""

import math

import numpy as np

from metabosim.body import LEVERS, SIGNALS, STATES, VARIANTS, vector
from metabosim.levers import constants


class MathFunctions:
    """The standard library's functions."""

    exp = staticmethod(math.exp)
    log = staticmethod(math.log)
    sqrt = staticmethod(math.sqrt)


def resting_state(seed=0):
    """A state in the plausible range of every quantity, drugs included."""
    rng = np.random.default_rng(seed)
    return np.array([item.kind.scale for item in STATES.values()]) * rng.uniform(
        0.5, 1.5, len(STATES)
    )


def random_constants(rng):
    """Constants with levers from 0 to 3, some variants, infusions and held signals."""
    levers = {name: float(rng.uniform(0.0, 3.0)) for name in LEVERS}
    c = constants({}, levers, [n.replace("_", "-") for n in VARIANTS if rng.random() < 0.3])
    for name in SIGNALS:
        if rng.random() < 0.2:
            c[vector.CONSTANT["held", name]] = 1.0
            c[vector.CONSTANT["held_at", name]] = rng.uniform(0.1, 2.0)
    for name in ("glucose_infusion", "insulin_infusion", "gh_infusion"):
        c[vector.CONSTANT["input", name]] = rng.uniform(0.0, 2.0)
    return c
