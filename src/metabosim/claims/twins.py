"""Twins of a claim, which must not hold: treated = control, labels swapped, turned round."""

from __future__ import annotations

from dataclasses import replace

from metabosim.claims.bench import Bench, Simulate
from metabosim.claims.evaluate import bench_of, check_names, judge_check, judge_claim
from metabosim.claims.result import ClaimResult, TwinResult
from metabosim.claims.verdict import Verdict
from metabosim.scenario import Scenario
from metabosim.scenario.vocabulary.checks_cause import Correlates


def twins(
    scenario: Scenario, *, simulate: Simulate | None = None, bench: Bench | None = None
) -> tuple[TwinResult, ...]:
    """All twins. `bench`, if given, has the scenario's arms run already.

    - null: every arm is the control; a claim that holds without a dose is no claim.
    - swapped: two arms that a directed check compares exchange their runs.
    - opposite: a directed check turned round, on the same runs.
    A virtual trial is left out of all three: it takes minutes, and its null has no spread.
    """
    bench = bench or bench_of(scenario, simulate)
    quick = [check for check in scenario.checks if not isinstance(check, Correlates)]
    if not quick:
        return ()
    short = scenario.model_copy(update={"checks": tuple(quick)})
    found = [_null(short, bench)]
    for one, other in _directed_pairs(short, bench):
        swapped = bench.relabelled({one: other, other: one})
        claim = judge_claim(short, swapped, None)
        found.append(_twin(f"swapped: {one} and {other}", claim))
    for check, name in zip(quick, check_names(quick), strict=True):
        turned = check.opposite()
        if turned is not None:
            result = judge_check(turned, name, bench, None)
            found.append(TwinResult(f"opposite: {name}", result.verdict, result.statement_rendered))
    return tuple(found)


def _null(scenario: Scenario, bench: Bench) -> TwinResult:
    """Every arm is the control: one run under all names.

    Arms may differ in length, so each keeps its own duration; the longest run serves all.
    """
    control = bench.arms[bench.control]
    longest = max(arm.duration for arm in bench.arms.values())
    null = bench.fresh(dict.fromkeys(bench.arms, replace(control, duration=longest)))
    if control.references():  # it replays another arm, which must stay what it is
        null = bench.relabelled(dict.fromkeys(bench.arms, bench.control))
    else:
        run = null.run(bench.control)
        null = replace(null, runs=dict.fromkeys(bench.arms, run))
    return _twin("null", judge_claim(scenario, null, None))


def _twin(name: str, claim: ClaimResult) -> TwinResult:
    verdict = claim.verdict
    return TwinResult(name, verdict, claim.deciding.statement_rendered)


def _directed_pairs(scenario: Scenario, bench: Bench) -> list[tuple[str, str]]:
    """Pairs of arms that a check with a direction compares, each once."""
    pairs: dict[tuple[str, str], None] = {}
    for check in scenario.checks:
        arms = check.arms_used()
        if check.opposite() is not None and len(arms) == 2:
            first, second = sorted(arms)
            pairs[first, second] = None
    return list(pairs)


__all__ = ["TwinResult", "Verdict", "twins"]
