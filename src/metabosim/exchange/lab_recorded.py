"""What became of every bundled claim, as it was computed before: for pages that cannot run a trial of hundreds.

tools/lab_record.py writes lab_recorded.json; a test says when it is stale.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from metabosim.output import stamped_json
from metabosim.plots.words import claim_sentence, plain_sentence

if TYPE_CHECKING:
    from metabosim.claims import CheckResult, KnockOutResult, ScenarioResult
    from metabosim.scenario import Scenario

FILE: Final = Path(__file__).with_name("lab_recorded.json")
DIGITS: Final = 6

Json: TypeAlias = dict[str, Any]


def recorded_of(scenario: Scenario, result: ScenarioResult, outs: Sequence[KnockOutResult]) -> Json:
    """What is recorded of a scenario."""
    (claim,) = result.claims
    return {
        "claim": scenario.claim_hash,
        "verdict": str(claim.verdict),
        "sentence": claim_sentence(claim, scenario.arms),
        "checks": [_check(check) for check in claim.checks],
        "positive_control": _check(claim.positive_control),
        "must_fail_when": [
            {
                "name": out.name,
                "verdict": str(out.verdict),
                "positive_control": str(out.positive_control),
            }
            for out in outs
        ],
    }


def with_sentence(of: Json, arms: Sequence[str]) -> Json:
    """What is recorded of a scenario with arms so named, its sentence written anew: after a change of words."""
    checks = [*of["checks"], of["positive_control"]]
    same = [check for check in of["checks"] if check["verdict"] == of["verdict"]] or checks
    measured = [check for check in same if check["relative"] is not None]
    deciding = min(measured, key=lambda check: check["relative"]) if measured else same[0]
    sentence = plain_sentence(
        of["verdict"], deciding["margin"], deciding["unit"], deciding["says"], arms
    )
    return {**of, "sentence": sentence}


def _check(check: CheckResult) -> Json:
    return {
        "id": check.id,
        "kind": check.kind,
        "statement": check.statement,
        "verdict": str(check.verdict),
        "margin": _short(check.margin),
        "unit": check.unit,
        "relative": _short(check.margin_relative),
        "says": check.statement_rendered,
    }


def _short(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.{DIGITS}g}")


@cache
def recorded() -> Json:
    """The file: `scenarios` by id, and the `wiring`."""
    found: Json = json.loads(FILE.read_text(encoding="utf-8"))
    return found


def save(scenarios: Mapping[str, Json], wiring: Mapping[str, Any]) -> None:
    """Write the file."""
    content = {"scenarios": dict(sorted(scenarios.items())), "wiring": wiring}
    FILE.write_text(stamped_json(content), encoding="utf-8")
