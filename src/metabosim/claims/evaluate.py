"""A scenario judged: arms run, checks judged, the numerical error measured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from metabosim.claims import (
    arm_checks,
    course_checks,
    effect_checks,
    event_checks,
    mediation,
    sharing,
    tables,
    trial,
)
from metabosim.claims.bench import Bench, Simulate
from metabosim.claims.features import CannotJudge, Void
from metabosim.claims.judging import JUDGES, judge
from metabosim.claims.result import ClaimResult, ScenarioResult
from metabosim.claims.verdict import CheckResult, Judgement, Verdict, decide
from metabosim.engine.integrate import TOLERANCE
from metabosim.errors import InputError, SimulationError
from metabosim.scenario import Scenario
from metabosim.scenario.vocabulary.all_checks import CHECKS
from metabosim.scenario.vocabulary.base import CheckBase, Window
from metabosim.scenario.vocabulary.checks_cause import Correlates

# imported for the judges they register
REGISTERED = (
    arm_checks,
    course_checks,
    effect_checks,
    event_checks,
    mediation,
    sharing,
    tables,
    trial,
)
_missing = [kind for kind, model in CHECKS.items() if model not in JUDGES]
assert not _missing, f"checks without a judge: {_missing}"


def windows_of(scenario: Scenario) -> tuple[Window, ...]:
    """Every stretch of the runs that the checks read or the plot shows."""
    checks: Sequence[CheckBase] = (*scenario.checks, scenario.positive_control)
    read = tuple(window for check in checks for window in check.windows())
    shown = tuple(
        Window(panel.start, panel.stop, (), 1.0)
        for panel in scenario.plot.panels
        if panel.start is not None or panel.stop is not None
    )
    return read + shown


def default_simulate() -> Simulate:
    """The engine's."""
    from metabosim.engine import simulate

    return simulate


def bench_of(
    scenario: Scenario, simulate: Simulate | None = None, tolerance: float = TOLERANCE
) -> Bench:
    """The scenario's arms on a bench, none run yet."""
    return Bench(
        dict(scenario.arms),
        scenario.control,
        simulate or default_simulate(),
        windows_of(scenario),
        tolerance,
    )


def _failed(check: CheckBase, name: str, verdict: Verdict, why: str) -> CheckResult:
    return CheckResult(
        name, check.kind, check.statement or "", verdict, None, None, None, None, {"why": why}, why
    )


def judge_check(check: CheckBase, name: str, bench: Bench, tight: Bench | None) -> CheckResult:
    """One check on a bench, and on a tighter one for the numerical error.

    A run that fails or a number that cannot be trusted is an `error`; nothing to judge is
    `vacuous`. A wrong argument (InputError) is the caller's business and goes through.
    """
    try:
        found = judge(check, bench)
    except Void as void:
        return _failed(check, name, Verdict.VACUOUS, str(void))
    except (CannotJudge, SimulationError) as error:
        return _failed(check, name, Verdict.ERROR, str(error))
    second: Judgement | None = None
    if tight is not None and not isinstance(check, Correlates):  # a trial measures its own error
        try:
            second = judge(check, tight)
        except Void as void:
            second = replace(found, void=str(void))
        except (CannotJudge, SimulationError) as error:
            why = f"at a tighter tolerance: {error}"
            return _failed(check, name, Verdict.ERROR, why)
    verdict, numerical_error = decide(found, second)
    if verdict is Verdict.ERROR:
        return _failed(check, name, verdict, f"the margin is {found.margin}, which is no number")
    says = found.says if found.void is None else f"void: {found.void} ({found.says})"
    evidence: dict[str, Any] = dict(found.evidence)
    if second is not None:
        evidence["margin_at_tighter_tolerance"] = second.margin
    if found.void is not None:
        evidence["void"] = found.void
    return CheckResult(
        name,
        check.kind,
        check.statement or "",
        verdict,
        found.margin,
        found.unit,
        found.relative,
        numerical_error,
        evidence,
        says,
    )


def check_names(checks: Sequence[CheckBase]) -> list[str]:
    """The ids of checks: their own, else their kind, numbered where several have the same."""
    names: list[str] = []
    for check in checks:
        name, n = check.id or check.kind.replace("_", "-"), 1
        while (name if n == 1 else f"{name}-{n}") in names:
            n += 1
        names.append(name if n == 1 else f"{name}-{n}")
    return names


def judge_claim(scenario: Scenario, bench: Bench, tight: Bench | None) -> ClaimResult:
    """All checks and the positive control of a scenario, on one bench."""
    names = check_names(scenario.checks)
    trial.together(scenario.checks, bench)
    return ClaimResult(
        scenario.id,
        scenario.claim,
        tuple(
            judge_check(check, name, bench, tight)
            for check, name in zip(scenario.checks, names, strict=True)
        ),
        judge_check(
            scenario.positive_control,
            scenario.positive_control.id or "positive-control",
            bench,
            tight,
        ),
    )


def evaluate(
    scenario: Scenario, *, simulate: Simulate | None = None, numerical_error: bool = True
) -> ScenarioResult:
    """Run every arm and judge the claim.

    `simulate` is the engine's unless given. With `numerical_error`, everything is run again at a
    tenth of the tolerance, and a margin within ten times the change is inconclusive. An arm whose
    run fails is missing from `arms`, and the checks that need it say `error`.
    """
    bench = bench_of(scenario, simulate)
    for name in bench.arms:
        try:
            bench.run(name)
        except SimulationError:
            continue  # the checks that need it will say what went wrong
    claim = judge_claim(scenario, bench, bench.tighter() if numerical_error else None)
    arms = {name: bench.runs[name] for name in bench.arms if name in bench.runs}
    return ScenarioResult(scenario, (claim,), arms)


__all__ = ["InputError", "bench_of", "evaluate", "judge_check", "judge_claim", "windows_of"]
