"""Knock-outs: with its mechanism gone the claim must fail, and for that reason alone."""

from __future__ import annotations

from metabosim.claims.bench import Simulate
from metabosim.claims.evaluate import bench_of, judge_claim
from metabosim.claims.result import KnockOutResult
from metabosim.claims.verdict import worst
from metabosim.scenario import KnockOut, Scenario


def knock_out(
    scenario: Scenario, change: KnockOut, *, simulate: Simulate | None = None
) -> KnockOutResult:
    """The claim judged with one knock-out done to its arms.

    The verdict is the worst of the checks; the positive control is judged beside them, because it
    shows that the perturbation still took and only the mechanism is gone.
    """
    bench = bench_of(scenario, simulate).fresh(scenario.knocked_out(change))
    claim = judge_claim(scenario, bench, None)
    return KnockOutResult(
        change.name,
        worst(check.verdict for check in claim.checks),
        claim.positive_control.verdict,
        claim.checks,
    )


def knock_outs(
    scenario: Scenario, *, simulate: Simulate | None = None
) -> tuple[KnockOutResult, ...]:
    """Every knock-out of a scenario, in the order of the file."""
    return tuple(knock_out(scenario, one, simulate=simulate) for one in scenario.must_fail_when)
