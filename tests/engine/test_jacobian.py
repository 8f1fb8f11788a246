"""The generated Jacobians: fresh, equal to differences of the plain equations, and not stiff."""

import cmath

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metabosim.body import PARAMETERS, STATES, vector
from metabosim.engine import make_body
from metabosim.engine.jacobian import rates_slopes, readings_slopes
from metabosim.engine.jacobian_source import JACOBIAN_KERNEL, source
from metabosim.subjects import list_subjects
from plain import MathFunctions, random_constants, resting_state

STEP = 1e-30  # along the imaginary axis: nothing cancels, so it may be as small as one likes
MEAL = vector.CONSTANT["input", "meal_size"]


class ComplexFunctions:
    """The standard library's functions of complex numbers."""

    exp = staticmethod(cmath.exp)
    log = staticmethod(cmath.log)
    sqrt = staticmethod(cmath.sqrt)


def differences(y, c):
    """(rates, readings) by every state, every parameter and the size of the last meal, by complex steps."""
    columns = []
    places = [(y, i) for i in range(len(STATES))]
    places += [(c, vector.CONSTANT["parameter", name]) for name in PARAMETERS] + [(c, MEAL)]
    for which, i in places:
        moved = [complex(x) for x in which]
        moved[i] += 1j * STEP
        at = (moved, list(c)) if which is y else (list(y), moved)
        changes, readings = vector.evaluate(ComplexFunctions, *at)
        parts = [*changes, *vector.shown(readings)]
        columns.append([complex(x).imag / STEP for x in parts])
    return np.split(np.array(columns).T, [len(STATES)])


def test_the_jacobians_are_fresh():
    """They are what the equations give today; rewrite them with python -m metabosim.engine.jacobian_source."""
    assert JACOBIAN_KERNEL.read_text(encoding="utf-8") == source()


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6))
def test_jacobians_are_the_slopes_of_the_equations(seed):
    """Every entry, those left out as zero too, at random states, levers, variants, holds and infusions."""
    y, c = resting_state(seed), random_constants(np.random.default_rng(seed))
    for slopes, differs in zip(
        (rates_slopes(y, c), readings_slopes(y, c)), differences(y, c), strict=True
    ):
        ours = np.hstack([slopes.by_state, slopes.by_parameter, slopes.by_meal_size[:, None]])
        # where large parts cancel, the difference is small against the row's largest, not against itself
        size = 1e-3 * np.max(np.abs(differs), axis=1, keepdims=True)
        np.testing.assert_allclose(ours, differs, rtol=1e-8, atol=1e-9 * np.max(size))


def test_plain_differences_agree():
    """Central differences of real numbers, whose step must be chosen, give the same to what they can."""
    y, c = resting_state(3), random_constants(np.random.default_rng(3))
    found = rates_slopes(y, c).by_state
    for j in range(len(STATES)):
        h = 1e-5 * y[j]
        low, high = (
            np.array(
                vector.evaluate(MathFunctions, list(y + way * h * np.eye(len(y))[j]), list(c))[0]
            )
            for way in (-1.0, 1.0)
        )
        np.testing.assert_allclose((high - low) / (2 * h), found[:, j], rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("subject", list_subjects())
def test_no_body_is_stiff(subject):
    """Over a habitual day no rate exceeds 0.5/min, so that explicit steps of minutes are stable."""
    body = make_body(subject)
    for minute in body.rest.minute[::30]:
        moduli = np.abs(np.linalg.eigvals(rates_slopes(body.rest.states[minute], body.c).by_state))
        assert np.max(moduli) < 0.5
