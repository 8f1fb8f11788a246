"""A whole scenario on a toy engine: verdicts, numerical error, knock-outs, twins, JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from claims.fakes import FakeRun, bench_of_runs, run_of
from metabosim import claims
from metabosim.claims.bench import Bench, output_minutes
from metabosim.claims.evaluate import judge_check, windows_of
from metabosim.claims.result import ClaimResult
from metabosim.claims.verdict import CheckResult, Judgement, Verdict, decide, plain, worst
from metabosim.errors import SolverFailed
from metabosim.protocol import ArmReference, Hold, Meal
from metabosim.scenario import load_scenario
from metabosim.scenario.checks import Window

TEXT = """
schema: 1
id: larger-meal
title: A larger meal draws more insulin
claim: After a meal with twice the carbohydrate, insulin rises higher.
source: {section: one, mechanism: glucose drives the beta cells}
status: imposed
evidence: {grade: S}
context: {subject: lean-healthy, duration: 1 d, protocol: [{fast: {start: 0 h, stop: 24 h}}]}
arms:
  small: {protocol: [{meal: {at: 8 h, carbohydrate: 50 g}}]}
  large: {protocol: [{meal: {at: 8 h, carbohydrate: 100 g}}]}
control: small
checks:
  - compare:
      {id: higher, feature: {peak: insulin_pmol_l, from: 8 h, to: 12 h}, higher: large,
       lower: small, by_at_least: 20 pmol/L}
  - stays_above: {observable: glucose_mmol_l, level: 4 mmol/L, arm: large}
positive_control:
  compare:
    {feature: {peak: glucose_mmol_l, from: 8 h, to: 12 h}, higher: large, lower: small,
     by_at_least: 0.3 mmol/L}
must_fail_when:
  - {name: no-secretion, levers: {insulin_secretion: 0}}
  - {name: same-meal, replace: {large: {protocol: [{meal: {at: 8 h, carbohydrate: 50 g}}]}}}
in_reality: {strength: supported, text: Yes., citations: [{authors: A, year: 2000, read: memory}]}
predict: {question: What?, choices: [rise, fall], answer: rise}
plot: {panels: [{observables: [glucose_mmol_l]}]}
"""


@pytest.fixture
def scenario(tmp_path: Path) -> Any:
    """The scenario above, loaded."""
    path = tmp_path / "larger-meal.yaml"
    path.write_text(TEXT, encoding="utf-8")
    return load_scenario(path)


def engine(*, protocol: Any, levers: Any, output: Any, tolerance: float, **_: Any) -> FakeRun:
    """Glucose and insulin rise with the meal; secretion 0 keeps insulin down."""
    carbohydrate = sum(step.carbohydrate for step in protocol if isinstance(step, Meal))
    t = np.asarray(output, float)
    shape = np.interp(t, [480, 520, 700], [0, 1, 0])
    insulin = 30 + 0.2 * carbohydrate * shape * levers.get("insulin_secretion", 1.0)
    return run_of(
        t, glucose_mmol_l=5 + carbohydrate / 100 * shape, insulin_pmol_l=insulin + tolerance
    )


def test_a_claim_that_holds(scenario: Any) -> None:
    """Both checks hold; the margin is that of the check with the least to spare."""
    result = claims.evaluate(scenario, simulate=engine)
    claim = result.claims[0]
    assert result.verdict is claim.verdict is Verdict.HOLDS
    assert claim.margin == pytest.approx(1.0)
    assert claim.unit == "mmol/L"
    assert claim.checks[0].margin == pytest.approx(0.2 * 50 / 180.156 * 1e3 - 20, rel=1e-3)
    assert set(result.arms) == {"small", "large"}
    assert claim.checks[0].numerical_error is not None


def test_the_json_of_a_check(scenario: Any) -> None:
    """The content of verdict.json has the promised names and no number JSON lacks."""
    result = claims.check(scenario, simulate=engine)
    content = json.loads(json.dumps(result.as_dict(), allow_nan=False))
    assert {"scenario", "version", "hash", "seed", "claims"} <= set(content)
    claim = content["claims"][0]
    assert {"id", "statement", "verdict", "margin", "unit", "evidence", "must_fail_when"} <= set(
        claim
    )
    outs = {one["name"]: one for one in claim["must_fail_when"]}
    assert outs["no-secretion"]["verdict"] == "fails"
    assert outs["no-secretion"]["positive_control"] == "holds"
    assert outs["same-meal"]["verdict"] == "vacuous"
    assert content["unbroken"] == []


def test_twins_do_not_hold(scenario: Any) -> None:
    """Null, swapped and turned round."""
    found = {twin.name: twin.verdict for twin in claims.twins(scenario, simulate=engine)}
    assert found["null"] is Verdict.VACUOUS
    assert found["swapped: large and small"] is Verdict.FAILS
    assert found["opposite: higher"] is Verdict.FAILS
    assert Verdict.HOLDS not in found.values()


def test_a_claim_that_nothing_breaks_is_reported(scenario: Any) -> None:
    """An engine deaf to the lever: the knock-out holds, and the result says so."""

    def deaf(**given: Any) -> FakeRun:
        return engine(**{**given, "levers": {}})

    result = claims.check(scenario, simulate=deaf)
    assert any("no-secretion" in fault for fault in result.unbroken)
    assert any("no knock-out" in fault for fault in result.unbroken)


def test_a_failed_run_is_an_error_and_no_traceback(scenario: Any) -> None:
    """The arm is missing, the checks that need it say why, the verdict is error."""

    def fails(**given: Any) -> FakeRun:
        if sum(s.carbohydrate for s in given["protocol"] if isinstance(s, Meal)) > 400:
            raise SolverFailed("glucose", 12.0, "too stiff")
        return engine(**given)

    result = claims.evaluate(scenario, simulate=fails)
    assert result.verdict is Verdict.ERROR
    assert set(result.arms) == {"small"}
    assert "glucose" in result.claims[0].checks[0].statement_rendered
    json.dumps(result.as_dict(), allow_nan=False)


def test_a_positive_control_that_fails_makes_the_claim_void(scenario: Any) -> None:
    """If the larger meal does not even raise glucose, insulin proves nothing."""

    def flat(**given: Any) -> FakeRun:
        run = engine(**given)
        run.columns["glucose_mmol_l"] = 5 + np.sin(run.time_min) / 10
        return run

    result = claims.evaluate(scenario, simulate=flat)
    assert [check.verdict for check in result.claims[0].checks] == [Verdict.HOLDS] * 2
    assert result.verdict is Verdict.VACUOUS


def test_a_margin_smaller_than_its_error_is_inconclusive(scenario: Any) -> None:
    """The larger meal's insulin exceeds by 20 and a hair; the solver's error is larger."""

    def loose(**given: Any) -> FakeRun:
        run = engine(**given)
        large = run.columns["insulin_pmol_l"].max() > 100
        run.columns["insulin_pmol_l"] = run.columns["insulin_pmol_l"].copy()
        run.columns["insulin_pmol_l"][500] = 200.0
        if large:
            run.columns["insulin_pmol_l"][500] = 220.01 + given["tolerance"] * 1e3
        return run

    result = claims.evaluate(scenario, simulate=loose)
    check = result.claims[0].checks[0]
    assert check.verdict is Verdict.INCONCLUSIVE
    assert check.numerical_error == pytest.approx(0.009, rel=1e-6)
    sure = claims.evaluate(scenario, simulate=loose, numerical_error=False)
    assert sure.claims[0].checks[0].verdict is Verdict.HOLDS


def judgement(margin: float, void: str | None = None) -> Judgement:
    """A judgement of scale 1."""
    return Judgement(margin, "kg", 1.0, "", {}, void)


@pytest.mark.parametrize(
    ("first", "second", "verdict"),
    [
        (judgement(1.0), judgement(1.0), Verdict.HOLDS),
        (judgement(-1.0), judgement(-1.0), Verdict.FAILS),
        (judgement(1.0), judgement(0.95), Verdict.HOLDS),
        (judgement(1.0), judgement(0.85), Verdict.INCONCLUSIVE),
        (judgement(0.0), judgement(0.0), Verdict.INCONCLUSIVE),
        (judgement(np.nan), None, Verdict.ERROR),
        (judgement(np.inf), None, Verdict.ERROR),
        (judgement(1.0, "nothing"), None, Verdict.VACUOUS),
        (judgement(1.0), judgement(1.0, "nothing"), Verdict.INCONCLUSIVE),
    ],
)
def test_rules_of_the_verdict(first: Judgement, second: Judgement | None, verdict: Verdict) -> None:
    """NaN is an error, a void is vacuous, a margin within ten numerical errors is inconclusive."""
    assert decide(first, second)[0] is verdict


def test_severity() -> None:
    """error > fails > inconclusive > vacuous > holds."""
    ranked = [Verdict.HOLDS, Verdict.VACUOUS, Verdict.INCONCLUSIVE, Verdict.FAILS, Verdict.ERROR]
    for i, one in enumerate(ranked):
        assert worst(ranked[: i + 1]) is one


def test_the_deciding_check_is_the_one_with_least_to_spare() -> None:
    """Among checks of the claim's verdict, by margin relative to its scale."""

    def checked(name: str, verdict: Verdict, relative: float) -> CheckResult:
        return CheckResult(name, "compare", "", verdict, relative, "kg", relative, None, {}, "")

    control = checked("pc", Verdict.HOLDS, 1.0)
    checks = (checked("a", Verdict.HOLDS, 3.0), checked("b", Verdict.HOLDS, 0.5))
    assert ClaimResult("x", "", checks, control).deciding.id == "b"
    failing = (*checks, checked("c", Verdict.FAILS, -0.1), checked("d", Verdict.FAILS, -2.0))
    assert ClaimResult("x", "", failing, control).deciding.id == "d"


def test_json_has_no_number_that_is_none() -> None:
    """NaN and infinity become null; numpy numbers become plain."""
    assert plain({"a": np.float64(1), "b": [np.nan, np.inf], "c": (True, None)}) == {
        "a": 1.0, "b": [None, None], "c": [True, None],
    }  # fmt: skip


def test_output_is_fine_where_it_is_looked_at() -> None:
    """Hourly over weeks, every minute in a short window, its odd edges exactly."""
    year = 365 * 1440.0
    grid = output_minutes(year, [Window(1000.5, 1100.25, (), 1.0), Window(7.0, 7.0)])
    assert {7.0, 1000.5, 1001.5, 1100.25, 0.0, year} <= set(grid)
    assert 59.0 not in grid
    assert np.all(np.diff(grid) > 0)
    assert len(output_minutes(1440.0, [])) == 1441
    beyond = output_minutes(5000.0, [Window(4000.0, 9000.0, (), 1.0)])
    assert beyond[-1] == 5000.0


def test_windows_of_checks_and_panels(scenario: Any) -> None:
    """Both checks and the positive control are looked at."""
    assert Window(480.0, 720.0, ("large",), 1.0) in windows_of(scenario)


def test_an_arm_that_replays_another_waits_for_it() -> None:
    """The reference becomes the other arm's run, which is made first, once."""
    order: list[str] = []

    def records(*, protocol: Any, output: Any, levers: Any, **_: Any) -> FakeRun:
        order.append("follower" if protocol else "leader")
        if protocol:
            assert protocol[0].at["vat_kg"][0] == 7.0
        return run_of(output, vat_kg=np.full(len(output), 7.0))

    from claims.fakes import arm

    arms = {
        "follower": arm(protocol=(Hold("vat_kg", ArmReference("leader")),)),
        "leader": arm(),
    }
    bench = Bench(arms, "leader", records)
    bench.run("follower")
    bench.run("leader")
    assert order == ["leader", "follower"]


def test_which_arm_is_meant_must_be_clear() -> None:
    """With two arms beside the control, a check that names none is an error."""
    from pydantic import TypeAdapter

    from metabosim.scenario.checks import Check

    adapter: Any = TypeAdapter(Check)
    run = run_of([0.0, 1.0], vat_kg=5.0)
    check = adapter.validate_python({"rises": {"observable": "vat_kg", "at_least": 1}})
    found = judge_check(check, "it", bench_of_runs(control=run, a=run, b=run), None)
    assert found.verdict is Verdict.ERROR
    assert "a, b" in found.statement_rendered
