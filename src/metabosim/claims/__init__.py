"""Claims judged: features read from runs, checks judged, and every attempt to break the claim.

- `evaluate(scenario)` runs the arms and judges the checks: a `ScenarioResult`.
- `check(scenario)` does that, and the knock-outs and twins.
- `knock_outs(scenario)`, `twins(scenario)` and `mediation(bench, ...)` are its parts.
"""

from __future__ import annotations

from dataclasses import replace

from metabosim.claims.bench import Bench, Simulate
from metabosim.claims.evaluate import bench_of, evaluate, judge_check, judge_claim
from metabosim.claims.knockouts import knock_out, knock_outs
from metabosim.claims.mediation import Mediation, mediation
from metabosim.claims.result import ClaimResult, KnockOutResult, ScenarioResult, TwinResult
from metabosim.claims.twins import twins
from metabosim.claims.verdict import CheckResult, Judgement, Verdict
from metabosim.scenario import Scenario

__all__ = [
    "Bench",
    "CheckResult",
    "ClaimResult",
    "Judgement",
    "KnockOutResult",
    "Mediation",
    "ScenarioResult",
    "TwinResult",
    "Verdict",
    "bench_of",
    "check",
    "evaluate",
    "judge_check",
    "judge_claim",
    "knock_out",
    "knock_outs",
    "mediation",
    "twins",
]


def check(
    scenario: Scenario, *, simulate: Simulate | None = None, numerical_error: bool = True
) -> ScenarioResult:
    """Evaluate a scenario and try to break its claim: knock-outs, and the three kinds of twins.

    `.unbroken` of the result says what is wrong with the claim if it does not break as it should.
    """
    result = evaluate(scenario, simulate=simulate, numerical_error=numerical_error)
    bench = bench_of(scenario, simulate)
    bench.runs.update(result.arms)
    outs = knock_outs(scenario, simulate=simulate)
    claims = tuple(replace(claim, knock_outs=outs) for claim in result.claims)
    return replace(
        result,
        claims=claims,
        twins=twins(scenario, simulate=simulate, bench=bench),
        checked=True,
    )
