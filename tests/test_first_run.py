"""The first run on a machine, and rests that are known beforehand."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from metabosim import machine_code
from metabosim.claims import evaluate
from metabosim.cli import first_run
from metabosim.engine import known_rests, make_body
from metabosim.engine.rest import CLOSE, RESTING, find_rest, search_rest
from metabosim.engine.run import parameters_of
from metabosim.levers import constants
from metabosim.scenario import load_scenario
from metabosim.subjects import list_subjects, load_subject


@pytest.mark.parametrize("name", list_subjects())
def test_known_rests_are_those_a_search_finds(name):
    """Every bundled subject's rest is kept for the body as it is now: else `python tools/rests.py`."""
    own = parameters_of(load_subject(name))
    c = constants(own)
    kept = known_rests.of(c)
    assert kept is not None
    found = search_rest(name, own, c)
    np.testing.assert_allclose(kept.midnight, found.states[0], rtol=1e-6, atol=1e-9)
    # a nudge's answer divided by the nudge: the last digits of a day are in its third
    np.testing.assert_allclose(kept.jacobian, found.jacobian, atol=1e-3)


@pytest.mark.parametrize("name", list_subjects())
def test_a_known_rest_repeats_itself(name):
    """What is kept is at rest: the habitual day ends as it began."""
    states = make_body(name).rest.states[:, RESTING]
    assert np.max(np.abs(states[-1] / states[0] - 1.0)) < 2.0 * CLOSE


def test_a_rest_under_other_constants_is_searched_for():
    """One changed number, and nothing is known."""
    own = parameters_of(load_subject("lean-healthy"))
    other = own | {"insulin_sensitivity": own["insulin_sensitivity"] * 1.01}
    assert known_rests.of(constants(other)) is None
    mine, others = (find_rest("lean-healthy", one, constants(one)) for one in (own, other))
    assert not np.allclose(mine.states[0], others.states[0], rtol=1e-4)


def test_only_hours_or_days_of_known_bodies_are_short():
    """Months are compiled first, and so is whoever's rest would have to be searched for."""
    meal = load_scenario("meal-homeostasis")
    assert first_run.is_short(meal)
    assert not first_run.is_short(load_scenario("tesamorelin-cuts-vat"))
    somebody = {
        name: type(arm)(**{**arm.arguments(), "parameters": {"muscle_uptake": 0.1}})
        for name, arm in meal.arms.items()
    }
    assert not first_run.is_short(meal.model_copy(update={"arms": somebody}))


@pytest.fixture
def machine(tmp_path):
    """The environment of a machine that has compiled nothing."""
    plain = {k: v for k, v in os.environ.items() if k != machine_code.PLAIN}
    return plain | {"XDG_CACHE_HOME": str(tmp_path / "cache")}


@pytest.mark.skipif(sys.platform != "linux", reason="the cache folder is elsewhere")
def test_the_first_short_run_is_not_compiled_and_the_next_is(machine, tmp_path):
    """Interpreted, it judges as compiled code does; behind it the body is compiled."""
    ask = [sys.executable, "-m", "metabosim", "run", "pka-epac2-synergy", "--json", "--out"]
    first = subprocess.run(
        [*ask, str(tmp_path / "first")], env=machine, capture_output=True, text=True, check=True
    )
    assert "uncompiled" in first.stderr
    margin = json.loads(first.stdout)["scenarios"][0]["claims"][0]["margin"]
    own = evaluate(load_scenario("pka-epac2-synergy")).claims[0].margin
    assert margin == pytest.approx(own, rel=1e-6)
    kept = Path(machine["XDG_CACHE_HOME"])
    end = time.monotonic() + 240.0
    while not any(kept.rglob("integrate.integrate-*.nbi")):
        assert time.monotonic() < end, "nothing is compiled behind the first run"
        time.sleep(0.5)
    second = subprocess.run(
        [*ask, str(tmp_path / "second")], env=machine, capture_output=True, text=True, check=True
    )
    assert "uncompiled" not in second.stderr


def test_where_nothing_can_be_kept_nothing_is_compiled_behind(monkeypatch):
    """A cache folder below a file cannot be made: there is none."""
    monkeypatch.setenv("XDG_CACHE_HOME", "/dev/null")
    monkeypatch.setenv("LOCALAPPDATA", "/dev/null")
    machine_code.cache_folder.cache_clear()
    try:
        if sys.platform == "linux":
            assert machine_code.cache_folder() is None
            assert not machine_code.is_kept()
    finally:
        machine_code.cache_folder.cache_clear()
