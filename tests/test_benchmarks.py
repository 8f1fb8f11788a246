"""The benchmarks measure what they say: every engine solves the same problem, and the gate judges soundly."""

import math

import pytest

from benchmarks import gate, measure, session
from benchmarks.accuracy import errors
from benchmarks.cases import CASES
from benchmarks.engines import ENGINES
from benchmarks.machine import installed
from benchmarks.worker import Task, Worker

OTHERS = ("metabosim", "lanes", "lsoda", "odeint", "roadrunner", "heyoka", "diffrax")


@pytest.mark.parametrize("name", OTHERS)
def test_every_engine_lives_the_same_day(name):
    """Two days with a dose, meals and pulses are the same by every engine, to what its tolerance promises."""
    if installed(ENGINES[name].package) is None:
        pytest.skip(f"{ENGINES[name].package} is not installed (extra 'benchmarks')")
    task = Task("weekly", 2)
    with Worker(name) as worker:
        worker.load()
        worker.prepare(task)
        found = errors(worker.states(1e-6)[0], task)
    assert found.glucose < 1e-5
    assert found.worst < 1e-4  # heyoka's tolerance is of the largest state


def test_an_engine_that_is_missing_has_its_line(monkeypatch):
    """It is there with the reason, not left out."""
    monkeypatch.setattr(session, "installed", lambda package: None)
    with session.session(["heyoka"]) as playing:
        rows = measure.alone(playing, CASES["day"], measure.Effort(1, 0.1, 1))
    assert [row.engine for row in rows] == ["heyoka"]
    assert rows[0].failed == "not installed (heyoka)"


def test_a_ratio_is_the_middle_one():
    """One pair that was disturbed changes nothing."""
    assert gate.ratio_of([(1.0, 10.0), (1.2, 12.0), (9.0, 10.0)]) == pytest.approx(0.1)


@pytest.mark.parametrize(("slower", "passes"), [(0.5, True), (1.29, True), (1.31, False)])
def test_the_gate_is_at_thirty_per_cent(slower, passes):
    """A ratio may be 30 % worse than the committed one, and no more."""
    found = gate.judged("day", 0.1, lambda: [(0.1 * slower, 1.0)])
    assert found.passed is passes


def test_the_gate_tries_again_before_it_fails():
    """A measurement that was disturbed is repeated, as often as is said; the first that is fine counts."""
    seen = iter([(2.0, 10.0), (1.0, 10.0), (math.nan, 10.0)])
    found = gate.judged("day", 0.1, lambda: [next(seen)])
    assert found.passed
    assert found.tries == 2
    always = gate.judged("day", 0.1, lambda: [(2.0, 10.0)])
    assert (always.passed, always.tries) == (False, gate.TRIES)


def test_the_committed_ratios_are_of_cases_that_are_measured():
    """Every case that is timed has a ratio to be compared with, below 1, since metabosim is the faster one."""
    committed = gate.committed()
    assert set(committed) == set(gate.PARTS)
    assert all(0.0 < ratio < 1.0 for ratio in committed.values())
