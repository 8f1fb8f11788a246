"""Mediation, shares of mechanisms and virtual trials on a toy body with known answers."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from pydantic import TypeAdapter

from claims.fakes import arm, toy, toy_bench
from metabosim.claims import trial
from metabosim.claims.bench import Bench
from metabosim.claims.evaluate import judge_check
from metabosim.claims.judging import judge
from metabosim.claims.mediation import mediation
from metabosim.claims.sharing import shapley
from metabosim.claims.verdict import Verdict
from metabosim.scenario.checks import Check, Feature

CHECK: Any = TypeAdapter(Check)
FEATURE: Any = TypeAdapter(Feature)
INDEX = {"final": "insulin_sensitivity_index"}


def mediated(**fields: Any) -> Any:
    """A mediation check on the toy body."""
    given = {"feature": INDEX, "mediator": "vat_kg", "minimum_effect": 0.1} | fields
    return CHECK.validate_python({"mediated_by": given})


def test_the_four_worlds() -> None:
    """Dose 1: VAT falls by 1, worth 2; 0.5 goes past it. With an interaction the worlds differ."""
    bench = toy_bench(control={}, treated={"dose": 1.0, "direct": 0.5, "interaction": 0.1})
    bench.arms["control"] = arm(parameters={"direct": 0.5, "interaction": 0.1})
    found = mediation(bench, FEATURE.validate_python(INDEX), ("vat_kg",), "treated", "control")
    assert found.total == pytest.approx(2 + 0.5 + 0.4)
    assert found.direct == pytest.approx(0.5 + 0.5)  # the interaction meets the VAT of the control
    assert found.through == pytest.approx(2 - 0.1)
    assert found.total_direct == pytest.approx(0.5 + 0.4)
    assert found.pure_through == pytest.approx(2.0)
    assert found.total == pytest.approx(found.direct + found.through)
    assert found.holding_error < 1e-9


@pytest.mark.parametrize(
    ("direct", "expect", "verdict"),
    [
        (0.5, {"through": "positive", "direct": "not positive"}, Verdict.FAILS),
        (-0.5, {"through": "positive", "direct": "not positive"}, Verdict.HOLDS),
        (-0.5, {"through": "positive", "direct": "negative"}, Verdict.HOLDS),
        (0.0, {"through": "positive", "direct": "none"}, Verdict.HOLDS),
        (-0.5, {"through": "negative"}, Verdict.FAILS),
        (-2.0, {"through": "positive", "direct": "negative"}, Verdict.HOLDS),
    ],
)
def test_signs_of_the_paths(direct: float, expect: Any, verdict: Verdict) -> None:
    """Each path has its own sign; a total of nearly 0 made of two opposing paths is not void."""
    bench = toy_bench(control={"direct": direct}, treated={"dose": 1.0, "direct": direct})
    found = judge_check(mediated(expect=expect), "it", bench, None)
    assert found.verdict is verdict
    assert found.evidence["opposing_paths"] is (direct <= -0.1)


def test_share_through_the_mediator() -> None:
    """2 of 2.5 go through VAT: 80 %, and none once the link from VAT is cut."""
    bench = toy_bench(control={"direct": 0.5}, treated={"dose": 1.0, "direct": 0.5})
    check = mediated(through_at_least="70 %")
    found = judge(check, bench)
    assert found.evidence["share_through"] == pytest.approx(0.8)
    assert found.margin == pytest.approx(2 - 0.7 * 2.5)
    cut = judge_check(check, "it", bench.with_levers({"vat_inflammation": 0.0}), None)
    assert cut.verdict is Verdict.FAILS


def test_a_small_total_effect_is_void() -> None:
    """Where there is next to no effect there is nothing to mediate."""
    bench = toy_bench(control={}, treated={"dose": 0.01})
    found = judge_check(mediated(through_at_least="50 %"), "it", bench, None)
    assert found.verdict is Verdict.VACUOUS


def test_shapley_values_of_a_known_game() -> None:
    """Gloves: one left and two right ones are worth 1 as a pair; 4/6, 1/6, 1/6."""

    def worth(s: frozenset[str]) -> float:
        return float("L" in s and bool(s & {"R1", "R2"}))

    values, _ = shapley(("L", "R1", "R2"), worth)
    assert values == pytest.approx({"L": 4 / 6, "R1": 1 / 6, "R2": 1 / 6})


def test_share_of_levers() -> None:
    """The effect is a product of two mechanisms: half each, and neither does without the other."""
    bench = toy_bench(control={}, treated={"dose": 1.0})
    check = CHECK.validate_python(
        {"share_of": {"feature": INDEX, "levers": ["gh_vat_lipolysis", "vat_inflammation"],
                      "minimum_effect": 0.5, "at_least": "40 %",
                      "all_beat_any_less_one_by": 1.5}}
    )  # fmt: skip
    found = judge(check, bench)
    assert found.evidence["shares"] == pytest.approx(
        {"gh_vat_lipolysis": 0.5, "vat_inflammation": 0.5}
    )
    assert found.margin == pytest.approx(0.1)
    gone = judge_check(check, "it", bench.with_levers({"vat_inflammation": 0.0}), None)
    assert gone.verdict is Verdict.VACUOUS


SPREAD = {"slope": 0.4, "offset": 0.1}


def base(arm_: Any, name: str) -> float:
    """The toy body's parameters."""
    return float(arm_.parameters.get(name, {"slope": 1.0, "offset": 1.0}.get(name, 0.0)))


def correlated(**fields: Any) -> Any:
    """A virtual trial of the toy body."""
    given: dict[str, Any] = {
        "x": {"change_from_baseline": "vat_kg"}, "y": {"change_from_baseline": INDEX["final"]},
        "rho_at_least": 0.3, "trial": {"n": 45, "seed": 3, "spread": SPREAD},
    } | fields  # fmt: skip
    return CHECK.validate_python({"correlates": given})


@pytest.fixture
def toy_parameters(monkeypatch: pytest.MonkeyPatch) -> None:
    """Base values of the toy body's parameters, and no worker processes."""
    monkeypatch.setattr(trial, "parameter_of", base)
    monkeypatch.setattr(trial.os, "cpu_count", lambda: 1)


@pytest.mark.usefixtures("toy_parameters")
def test_a_trial_finds_who_loses_more_gains_more() -> None:
    """In the toy body M follows VAT exactly: rho is -1 with VAT's change, 1 with its loss."""
    bench = toy_bench(control={}, treated={"dose": 1.0})
    lost = {"difference": {"of": {"at_rest": "vat_kg"}, "minus": {"final": "vat_kg"}}}
    through = {"levers": {"vat_inflammation": 0.0}, "carried_at_least": "60 %"}
    found = judge_check(correlated(x=lost, through=through), "it", bench, None)
    assert found.verdict is Verdict.HOLDS
    assert found.evidence["rho"] == pytest.approx(1.0)
    assert found.evidence["share_carried"] == pytest.approx(1.0)
    assert judge_check(correlated(), "it", bench, None).verdict is Verdict.FAILS


@pytest.mark.usefixtures("toy_parameters")
def test_a_common_cause_correlates_but_is_not_mediated() -> None:
    """A decoy: 'slope' drives VAT and, with the VAT link cut, M as well. Only mediation tells."""

    def decoy(subject: Any, protocol: Any, levers: Any, duration: float, **rest: Any) -> Any:
        cut = {**levers, "vat_inflammation": 0.0}
        p = rest["parameters"]
        p = {**p, "direct": 3.0 * p.get("slope", 1.0)}
        return toy(subject, protocol, cut, duration, **{**rest, "parameters": p})

    arms = {name: arm(parameters={"dose": d}) for name, d in (("control", 0.0), ("treated", 1.0))}
    bench = Bench(arms, "control", decoy)
    lost = {"difference": {"of": {"at_rest": "vat_kg"}, "minus": {"final": "vat_kg"}}}
    alone = judge_check(correlated(x=lost), "it", bench, None)
    assert alone.verdict is Verdict.HOLDS
    through = {"hold": ["vat_kg"], "carried_at_least": "50 %"}
    found = judge_check(correlated(x=lost, through=through), "it", bench, None)
    assert found.verdict is Verdict.FAILS
    assert found.evidence["share_carried"] == pytest.approx(0.0, abs=1e-9)


def _portable_bench() -> Bench:
    return toy_bench(control={}, treated={"dose": 1.0})


def test_workers_change_nothing() -> None:
    """One process or two, the table is the same to the last bit; more people begin the same."""
    check = correlated()
    job = trial.Job((check,), _portable_bench(), "treated", "control", base)
    people = trial.draw(check.trial)
    one, failed = trial.run_trial(job, people, workers=1)
    two, _ = trial.run_trial(job, people, workers=2)
    assert not failed
    assert np.array_equal(one, two)
    more = trial.draw(check.trial.model_copy(update={"n": 60}))
    assert more[:45] == people


@pytest.mark.usefixtures("toy_parameters")
def test_checks_of_one_trial_share_its_runs() -> None:
    """Two checks of the same people cost the runs of one, and find what they find alone."""
    calls = []

    def counted(**given: Any) -> Any:
        calls.append(given)
        return toy(**given)

    checks = (correlated(), correlated(y={"change_from_baseline": "vat_kg"}))
    alone = []
    for check in checks:
        calls.clear()
        bench = replace(_portable_bench(), simulate=counted)
        alone.append(trial.trial_table(check, bench)[0])
    needed = len(calls)
    calls.clear()
    bench = replace(_portable_bench(), simulate=counted)
    trial.together(checks, bench)
    both = [trial.trial_table(check, bench)[0] for check in checks]
    assert len(calls) == needed
    assert np.array_equal(alone, both)


def test_a_person_whose_run_fails_is_named() -> None:
    """The trial does not go on without the subject, and does not stop the others."""
    from metabosim.errors import NonFinite

    def fragile(**given: Any) -> Any:
        if given["parameters"].get("slope", 1.0) > 1.8:
            raise NonFinite("vat", 3.0)
        return toy(**given)

    bench = replace(_portable_bench(), simulate=fragile)
    job = trial.Job((correlated(),), bench, "treated", "control", base)
    table, failed = trial.run_trial(job, trial.draw(correlated().trial), workers=1)
    assert 0 < len(failed) < 45
    assert np.isnan(table).any(axis=(1, 2)).sum() == len(failed)
    assert "vat" in next(iter(failed.values()))


def test_spearman_and_its_bound() -> None:
    """Against scipy; the bound lies below, and rises with the number of people."""
    from scipy.stats import spearmanr

    rng = np.random.default_rng(1)
    x = rng.normal(size=200)
    y = x + rng.normal(size=200)
    assert trial.spearman(x, y) == pytest.approx(spearmanr(x, y).statistic)
    few = trial.bootstrap_lower(x[:30], y[:30], 0.95, 1000, 5)
    many = trial.bootstrap_lower(x, y, 0.95, 1000, 5)
    assert few < many < trial.spearman(x, y)
    assert many == trial.bootstrap_lower(x, y, 0.95, 1000, 5)
    assert trial.spearman(x, np.ones(200)) == 0.0
