"""The compiled kernel is the body: fresh, and equal to the plain interpreter."""

import numpy as np
import pytest

from metabosim.body import vector
from metabosim.engine import kernel, lane_functions, lanes_kernel
from metabosim.engine.kernel_source import sources
from plain import MathFunctions, random_constants, resting_state


def test_kernels_are_fresh():
    """They are what the equations print today; rewrite them with python -m metabosim.engine.kernel_source."""
    for path, text in sources().items():
        assert path.read_text(encoding="utf-8") == text, path.name


@pytest.mark.parametrize("seed", range(50))
def test_kernel_equals_plain_interpreter(seed):
    """Rates and readings agree to rounding, at random states, levers, variants and holds."""
    y, c = resting_state(seed), random_constants(np.random.default_rng(seed))
    changes, readings = vector.evaluate(MathFunctions, list(y), list(c))
    rates, seen = np.empty(len(changes)), np.empty(len(readings))
    lasting = np.empty(kernel.HOISTED)
    kernel.prepare(c, lasting)
    kernel.rates(y, c, lasting, rates)
    kernel.observe(y, c, lasting, seen)
    # Where large flows cancel, the difference is small against the flows, not against itself.
    np.testing.assert_allclose(rates, changes, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(seen, vector.shown(readings), rtol=1e-9, atol=1e-9)


def test_lanes_equal_the_kernel():
    """Different bodies abreast have the rates that each has alone."""
    lanes, n = lanes_kernel.LANES, len(vector.STATE)
    w = np.zeros(lanes_kernel.SIZE)
    alone = np.empty((n, lanes))
    for lane in range(lanes):
        y, c = np.asarray(resting_state(lane)), random_constants(np.random.default_rng(lane))
        w[lane : n * lanes : lanes] = y
        w[lanes_kernel.AT_C + lane :: lanes] = c
        lasting, rates = np.empty(kernel.HOISTED), np.empty(n)
        kernel.prepare(c, lasting)
        kernel.rates(y, c, lasting, rates)
        alone[:, lane] = rates
    lanes_kernel.prepare_lanes(w)
    lanes_kernel.rates_lanes(w)
    abreast = w[lanes_kernel.AT_RATES :][: n * lanes].reshape(n, lanes)
    np.testing.assert_allclose(abreast, alone, rtol=1e-9, atol=1e-9)


def test_lane_functions_are_exact_to_rounding():
    """exp and log as arithmetic against the library's, over all that a body could ask."""
    x = np.random.default_rng(0).uniform(-300.0, 300.0, 20_000)
    exp = np.array([lane_functions.exp(one) for one in x])
    np.testing.assert_allclose(exp, np.exp(x), rtol=1e-15)
    log = np.array([lane_functions.log(one) for one in exp])
    np.testing.assert_allclose(log, np.log(exp), rtol=1e-15)
    assert lane_functions.log(1.0) == 0.0
    assert lane_functions.exp(0.0) == 1.0
