"""The body run by the plain interpreter, for comparison."""

import math

import numpy as np

from metabosim.body import STATES


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
