"""The compiled kernel is the body: fresh, and equal to the plain interpreter."""

import numpy as np
import pytest

from metabosim.body import LEVERS, SIGNALS, VARIANTS, vector
from metabosim.engine import kernel
from metabosim.engine.kernel_source import KERNEL, source
from metabosim.levers import constants
from plain import MathFunctions, resting_state


def random_constants(seed):
    """Constants with levers from 0 to 3, some variants, infusions and held signals."""
    rng = np.random.default_rng(seed)
    levers = {name: float(rng.uniform(0.0, 3.0)) for name in LEVERS}
    c = constants({}, levers, [n.replace("_", "-") for n in VARIANTS if rng.random() < 0.3])
    for name in SIGNALS:
        if rng.random() < 0.2:
            c[vector.CONSTANT["held", name]] = 1.0
            c[vector.CONSTANT["held_at", name]] = rng.uniform(0.1, 2.0)
    for name in ("glucose_infusion", "insulin_infusion", "gh_infusion"):
        c[vector.CONSTANT["input", name]] = rng.uniform(0.0, 2.0)
    return c


def test_kernel_is_fresh():
    """kernel.py is what the equations print today; rewrite it with python -m metabosim.engine.kernel_source."""
    assert KERNEL.read_text(encoding="utf-8") == source()


@pytest.mark.parametrize("seed", range(50))
def test_kernel_equals_plain_interpreter(seed):
    """Rates and readings agree to rounding, at random states, levers, variants and holds."""
    y, c = resting_state(seed), random_constants(seed)
    changes, readings = vector.evaluate(MathFunctions, list(y), list(c))
    rates, seen = np.empty(len(changes)), np.empty(len(readings))
    lasting = np.empty(kernel.HOISTED)
    kernel.prepare(c, lasting)
    kernel.rates(y, c, lasting, rates)
    kernel.observe(y, c, lasting, seen)
    # Where large flows cancel, the difference is small against the flows, not against itself.
    np.testing.assert_allclose(rates, changes, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(seen, vector.shown(readings), rtol=1e-9, atol=1e-9)
