"""Antisymmetry: what is denied cannot hold, and arms that change places change the sign."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from claims.fakes import FakeRun, bench_of_runs, run_of
from metabosim.claims.evaluate import judge_check
from metabosim.claims.judging import judge
from metabosim.claims.verdict import Verdict
from metabosim.scenario.checks import Check

ADAPTER: Any = TypeAdapter(Check)
N = 25
T = np.arange(0.0, N) * 10
PROFILE = settings(max_examples=60, deadline=None, derandomize=True)

courses = st.lists(st.floats(0.5, 20.0, width=32), min_size=N, max_size=N)
PEAK = {"peak": "glucose_mmol_l"}

DIRECTED: list[Any] = [
    {"compare": {"feature": PEAK, "higher": "treated", "lower": "control", "by_at_least": 0.5}},
    {"compare": {"feature": PEAK, "higher": "treated", "lower": "control", "by_fold": 1.2}},
    {"rises": {"feature": PEAK, "arm": "treated", "versus": "control", "at_least": 0.5}},
    {"falls": {"feature": PEAK, "arm": "treated", "versus": "control", "at_least": 0.5}},
    {"rises": {"observable": "glucose_mmol_l", "arm": "treated", "at_least": "5 %"}},
    {"biphasic": {"early": {"value": "glucose_mmol_l", "at": 50},
                  "late": {"value": "glucose_mmol_l", "at": 200}, "arm": "treated",
                  "early_by": 0.1, "late_by": 0.1}},
    {"precedes": {"first": {"time_to_peak": "glucose_mmol_l", "arm": "treated"},
                  "then": {"time_to_peak": "glucose_mmol_l", "arm": "control"},
                  "by_at_least": 5}},
    {"crossing_interaction": {"advantages": [
        {"feature": PEAK, "better": "treated", "worse": "control", "which_is": "higher",
         "by_at_least": 0.2},
        {"feature": {"final": "glucose_mmol_l"}, "better": "control", "worse": "treated",
         "which_is": "lower", "by_at_least": 0.2}]}},
    {"stays_above": {"observable": "glucose_mmol_l", "level": 6, "arm": "treated"}},
    {"depends_on": {"feature": PEAK, "high": {"treated": "treated", "control": "control"},
                    "low": {"treated": "control", "control": "treated"}, "minimum_effect": 0.3,
                    "times": 1.5}},
]  # fmt: skip
ids = [f"{i}-{next(iter(check))}" for i, check in enumerate(DIRECTED)]


def run(values: list[float]) -> FakeRun:
    """A run with this glucose."""
    return run_of(T, glucose_mmol_l=values)


@pytest.mark.parametrize("check", DIRECTED, ids=ids)
@given(one=courses, other=courses)
@PROFILE
def test_a_claim_and_its_denial_never_both_hold(check: Any, one: Any, other: Any) -> None:
    """The refuted check has the negative margin and the opposite verdict; void stays void."""
    bench = bench_of_runs(treated=run(one), control=run(other))
    plain = ADAPTER.validate_python(check)
    denied = ADAPTER.validate_python({"refuted": {"check": check}})
    assert judge(denied, bench).margin == -judge(plain, bench).margin
    verdict = judge_check(plain, "it", bench, None).verdict
    turned = {Verdict.HOLDS: Verdict.FAILS, Verdict.FAILS: Verdict.HOLDS}
    assert judge_check(denied, "it", bench, None).verdict is turned.get(verdict, verdict)


@pytest.mark.parametrize("check", DIRECTED, ids=ids)
@given(one=courses, other=courses)
@PROFILE
def test_a_claim_and_its_opposite_never_both_hold(check: Any, one: Any, other: Any) -> None:
    """Turned round on the same data, a claim that holds does not."""
    bench = bench_of_runs(treated=run(one), control=run(other))
    plain = ADAPTER.validate_python(check)
    turned = plain.opposite()
    assert turned is not None
    verdicts = {judge_check(c, "it", bench, None).verdict for c in (plain, turned)}
    assert verdicts != {Verdict.HOLDS}


@pytest.mark.parametrize("check", DIRECTED[:4] + DIRECTED[6:8])
@given(one=courses, other=courses)
@PROFILE
def test_arms_that_change_places_do_not_both_hold(check: Any, one: Any, other: Any) -> None:
    """A comparison of two arms cannot hold with the labels either way."""
    bench = bench_of_runs(treated=run(one), control=run(other))
    swapped = bench.relabelled({"treated": "control", "control": "treated"})
    plain = ADAPTER.validate_python(check)
    verdicts = [judge_check(plain, "it", b, None).verdict for b in (bench, swapped)]
    assert verdicts.count(Verdict.HOLDS) < 2


@given(one=courses)
@PROFILE
def test_a_treatment_that_is_the_control_never_passes(one: Any) -> None:
    """Two arms that are the same run make every comparison void, or fail it."""
    bench = bench_of_runs(treated=run(one), control=run(one))
    for check in [*DIRECTED[:4], {"unchanged": {"feature": PEAK, "within": 1}}]:
        assert judge_check(ADAPTER.validate_python(check), "it", bench, None).verdict in {
            Verdict.VACUOUS,
            Verdict.FAILS,
        }


@given(one=courses, other=courses, factor=st.floats(0.1, 10))
@PROFILE
def test_units_do_not_matter(one: Any, other: Any, factor: float) -> None:
    """A margin that is a share or a fold does not change when everything is scaled."""
    check = ADAPTER.validate_python(
        {"compare": {"feature": PEAK, "higher": "treated", "lower": "control", "by_fold": 1.2}}
    )
    bench = bench_of_runs(treated=run(one), control=run(other))
    scaled = bench_of_runs(
        treated=run([x * factor for x in one]), control=run([x * factor for x in other])
    )
    assert judge(check, scaled).relative == pytest.approx(judge(check, bench).relative, abs=1e-6)
