"""The temporal checks against rtamt, an independent judge of signal temporal logic.

rtamt's discrete-time monitor wants evenly sampled signals and whole time units, knows no minutes,
lengthens the lists it is given and, past the end of a trace, answers +inf: so traces are sampled
each "second", lists are made fresh, and only starts whose window fits are compared.
"""

from __future__ import annotations

import sys
import typing
import warnings
from collections.abc import Sequence

import numpy as np
import pytest

from metabosim.claims import course_margins as margins

rng = np.random.default_rng(20)
N = 60
TRACES = [np.round(np.cumsum(rng.normal(0, 1, (3, N)), axis=1), 6) for _ in range(100)]
T = np.arange(float(N))
BIG = 1e6  # a condition this far from its level never decides a margin


def robustness(formula: str, **signals: Sequence[float]) -> np.ndarray:
    """rtamt's margin of a formula at every sample."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        # the runtime of its parser asks for a part of `typing` that was taken out of Python 3.13
        sys.modules.setdefault("typing.io", typing)
        import rtamt

        spec = rtamt.StlDiscreteTimeSpecification()
    for name in signals:
        spec.declare_var(name, "float")
    spec.declare_var("out", "float")
    spec.spec = f"out = {formula}"
    spec.parse()
    data = {"time": list(range(N)), **{name: list(map(float, x)) for name, x in signals.items()}}
    return np.array([margin for _, margin in spec.evaluate(data)])


@pytest.mark.parametrize("x", [trace[0] for trace in TRACES[:40]])
def test_stays_agrees(x: np.ndarray) -> None:
    """G (low <= x <= high) over the whole trace."""
    expected = robustness("always[0:59]((x >= -2) and (x <= 3))", x=x)[0]
    assert margins.stays(x, -2.0, 3.0)[1] == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("trace", TRACES)
@pytest.mark.parametrize("within", [0, 7])
def test_when_then_agrees(trace: np.ndarray, within: int) -> None:
    """G (when -> F[0,within] then), the condition made so large that only responses decide."""
    when, then = trace[0], trace[1]
    stop = N - 1 - within
    found = margins.when_then(T, when, then, float(within), float(stop))
    if not np.any(when[: stop + 1] >= 0):
        assert found.active == 0
        return
    condition = np.where(when >= 0, BIG, -BIG)
    formula = f"always[0:{stop}]((c >= 0) implies (eventually[0:{within}](x >= 0)))"
    expected = robustness(formula, c=condition, x=then)[0]
    assert found.margin == pytest.approx(expected, abs=1e-9)


def _returns(trace: np.ndarray) -> tuple[np.ndarray, float, int]:
    """A deviation, a band, and the sample at which it is first left."""
    deviation = trace[0]
    band = 0.4 * float(np.abs(deviation).max())
    return deviation, band, int(np.argmax(np.abs(deviation) > band))


def _expected(deviation: np.ndarray, band: float, left: int, latest: int, hold: int) -> float:
    size = np.abs(deviation)
    formula = f"eventually[0:{latest - left}](always[0:{hold}](b <= {band!r}))"
    return float(robustness(formula, b=size)[left])


@pytest.mark.parametrize("trace", TRACES)
def test_returns_within_agrees(trace: np.ndarray) -> None:
    """F[0,T] G[0,h] |x| <= band, from the sample at which the band is first left.

    Ours also lets the stay begin between two samples, which can only help; where the stay that
    rtamt finds best begins on a sample, the two are equal.
    """
    deviation, band, left = _returns(trace)
    latest, hold = 40, 8
    if left > latest:
        pytest.skip("left too late to compare")
    found = margins.returns(T, deviation, band, float(latest), float(hold))
    expected = _expected(deviation, band, left, latest, hold)
    assert found.did_leave
    assert found.left == left
    assert found.margin == pytest.approx(expected, abs=1e-9)


def test_the_comparison_has_teeth() -> None:
    """A stay one sample too short is noticed on many of the same traces."""
    disagreements = 0
    for trace in TRACES:
        deviation, band, left = _returns(trace)
        if left > 40:
            continue
        planted = margins.returns(T, deviation, band, 40.0, 7.0).margin
        disagreements += abs(planted - _expected(deviation, band, left, 40, 8)) > 1e-6
    assert disagreements >= 10


def test_the_comparison_of_responses_has_teeth() -> None:
    """A response allowed one sample too late is noticed as well."""
    disagreements = 0
    for when, then, _ in TRACES:
        condition = np.where(when >= 0, BIG, -BIG)
        formula = "always[0:52]((c >= 0) implies (eventually[0:7](x >= 0)))"
        if np.any(when[:53] >= 0):
            expected = robustness(formula, c=condition, x=then)[0]
            planted = margins.when_then(T, when, then, 6.0, 52.0).margin
            disagreements += abs(planted - expected) > 1e-6
    assert disagreements >= 10


@pytest.mark.parametrize("length", [0.0, 1.0, 2.5, 7.0, 59.0])
def test_sliding_extreme_is_that_of_each_window(length: float) -> None:
    """Against the plain definition, with edges between samples."""
    for trace in TRACES[:20]:
        x = trace[0]
        fine = np.union1d(np.linspace(0, length, 241), np.arange(0.0, length))
        found = margins.sliding(T, x, length, largest=True)
        starts = T[T + length <= T[-1]]
        plain = [np.interp(s + fine, T, x).max() for s in starts]
        assert len(found) == len(starts)
        assert np.all(found >= np.array(plain) - 1e-12)
        assert np.allclose(found, plain, atol=0.2 if length % 1 else 1e-9) or length == 59.0
