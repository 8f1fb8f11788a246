"""No verdict hangs on how it was computed: tolerance, solver, resolution, workers, order."""

from __future__ import annotations

import json
from functools import partial

import pytest

import numerics
from independent import integrator
from metabosim.claims import check, evaluate
from metabosim.cli import execute
from metabosim.engine import run as engine_run
from metabosim.engine import simulate
from metabosim.engine.averaging import FEW
from metabosim.protocol.meals import DAY
from metabosim.scenario import list_scenarios, load_scenario

QUICK = [
    name
    for name in list_scenarios()
    if max(arm.duration for arm in load_scenario(name).arms.values()) <= FEW * DAY
]


def answers(result):
    """Every verdict of a scenario, that of each check, control, knock-out and twin."""
    claim = result.claims[0]
    found = {one.id: one.verdict for one in claim.checks}
    found |= {"control": claim.positive_control.verdict, "claim": claim.verdict}
    for out in claim.knock_outs:
        found[f"without {out.name}"] = (out.verdict, out.positive_control)
    return found


def margins(result):
    """The margins as shares of the sizes that count."""
    return [one.margin_relative for one in result.claims[0].checks]


@pytest.mark.parametrize("name", QUICK)
def test_a_tighter_tolerance_changes_no_verdict(name):
    """Ten times as exact, everything says the same, and so does every knock-out."""
    scenario = load_scenario(name)

    def tighter(*, tolerance, **asked):
        return simulate(**asked, tolerance=0.1 * tolerance)

    usual, tight = check(scenario), check(scenario, simulate=tighter)
    assert answers(tight) == answers(usual)
    assert margins(tight) == pytest.approx(margins(usual), rel=1e-3, abs=1e-3)


@pytest.mark.parametrize("name", QUICK)
def test_a_second_solver_changes_no_verdict(name, monkeypatch):
    """LSODA of ODEPACK, implicit where it wants to be, a hundred times as exact, on the same arms."""
    scenario = load_scenario(name)
    usual = evaluate(scenario, numerical_error=False)
    monkeypatch.setattr(engine_run, "integrate", integrator("LSODA"))
    other = evaluate(scenario, numerical_error=False, simulate=partial(simulate, resolution="full"))
    assert answers(other) == answers(usual)
    assert margins(other) == pytest.approx(margins(usual), rel=1e-3, abs=1e-3)


def test_workers_and_order_change_no_byte(tmp_path):
    """Scenarios one by one in this process, and together in another order over processes: the same files."""
    some = ["pka-epac2-synergy", "incretin-effect", "meal-homeostasis"]
    for name in some:
        assert execute(["run", name, "--out", str(tmp_path / "alone")]) == 0
    assert execute(["run", *reversed(some), "--out", str(tmp_path / "together")]) == 0
    for file in (tmp_path / "alone").rglob("*.*"):
        other = tmp_path / "together" / file.relative_to(tmp_path / "alone")
        assert file.read_bytes() == other.read_bytes(), file.name
    assert json.loads(other.read_text())["claims"] if other.suffix == ".json" else other.exists()


def test_all_claims_were_computed_in_every_way():
    """The long ones too, and as they are now: else `python tools/numerics.py`; no verdict is another than the usual."""
    kept = numerics.read()
    scenarios = [load_scenario(name) for name in list_scenarios()]
    stale = [
        one.id
        for one in scenarios
        if (asked := numerics.ways(one))
        and (
            kept.get(one.id, {}).get("of") != numerics.stamp_of(one)
            or not set(asked) <= set(kept[one.id])
        )
    ]
    assert not stale, f"not computed, or on another body or claim: {', '.join(stale)}"
    assert {name: said for name, found in kept.items() if (said := numerics.differs(found))} == {}
