"""Judges every bundled claim however else it can be computed, and keeps what came of it in tests/claims/numerics.json.

    python tools/numerics.py       everything missing or stale: an hour for all; it can be stopped and goes on

`usual`: as `metabosim run` does. `tighter`: a tenth of the tolerance. `full`: every minute lived through, where the
usual run is averaged. `second`: SciPy's LSODA at a hundredth of the tolerance, every minute lived through. A claim
about virtual subjects is left out: its twelve hundred runs would take hours, and it measures how far off its own
numbers are. Of each way the verdict, that of the positive control, and every check's margin as a share of the size
that counts.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests")]

from independent import integrator  # noqa: E402
from metabosim.claims import evaluate  # noqa: E402
from metabosim.claims.trial import is_a_trial  # noqa: E402
from metabosim.engine import run as engine_run  # noqa: E402
from metabosim.engine import simulate  # noqa: E402
from metabosim.engine.averaging import FEW  # noqa: E402
from metabosim.output import replace_whole, stamped_json  # noqa: E402
from metabosim.protocol.meals import DAY  # noqa: E402
from metabosim.robustness.record import body_hash  # noqa: E402
from metabosim.scenario import Scenario, list_scenarios, load_scenario  # noqa: E402

KEPT = ROOT / "tests" / "claims" / "numerics.json"
Answer = dict[str, Any]


def asked(scenario: Scenario, simulated: Callable[..., Any]) -> Answer:
    """What a claim's judge says of runs made so."""
    claim = evaluate(scenario, simulate=simulated, numerical_error=False).claims[0]
    return {
        "verdict": claim.verdict.value,
        "control": claim.positive_control.verdict.value,
        "margins": [one.margin_relative for one in claim.checks],
    }


def tighter(*, tolerance: float, **given: Any) -> Any:
    """A run at a tenth of the tolerance that is asked for."""
    return simulate(**given, tolerance=0.1 * tolerance)


def second(scenario: Scenario) -> Answer:
    """By the second solver."""
    with patch.object(engine_run, "integrate", integrator("LSODA")):
        return asked(scenario, partial(simulate, resolution="full"))


WAYS: dict[str, Callable[[Scenario], Answer]] = {
    "usual": lambda scenario: asked(scenario, simulate),
    "tighter": lambda scenario: asked(scenario, tighter),
    "full": lambda scenario: asked(scenario, partial(simulate, resolution="full")),
    "second": second,
}


def length(scenario: Scenario) -> float:
    """The days of all arms."""
    return sum(arm.duration for arm in scenario.arms.values()) / DAY


def ways(scenario: Scenario) -> list[str]:
    """How a scenario is to be computed."""
    if is_a_trial(scenario):
        return []
    averages = max(arm.duration for arm in scenario.arms.values()) > FEW * DAY
    return ["usual", "tighter", *["full"] * averages, "second"]


def stamp_of(scenario: Scenario) -> str:
    """The claim and the body that answers are of."""
    return f"{scenario.claim_hash[:16]} {body_hash()[:16]}"


def read() -> dict[str, dict[str, Any]]:
    """What is kept, by scenario."""
    return dict(json.loads(KEPT.read_text(encoding="utf-8"))["claims"]) if KEPT.exists() else {}


def save(name: str, found: dict[str, Any]) -> None:
    """Put a scenario's answers among those that are kept."""
    claims = dict(sorted((read() | {name: found}).items()))
    replace_whole(KEPT, stamped_json({"claims": claims}).encode())


def differs(found: dict[str, Any]) -> list[str]:
    """The ways that give another verdict than the usual one."""
    usual = found["usual"]
    return [
        way
        for way in WAYS
        if way in found
        and (found[way]["verdict"], found[way]["control"]) != (usual["verdict"], usual["control"])
    ]


def main() -> int:
    """Ask what is missing, shortest first, the second solver last; 1 if a verdict differs."""
    argparse.ArgumentParser(description=__doc__.splitlines()[0]).parse_args()
    scenarios = [load_scenario(name) for name in list_scenarios()]
    scenarios.sort(key=length)
    for way in WAYS:
        for scenario in scenarios:
            found = read().get(scenario.id, {})
            if found.get("of") != stamp_of(scenario):
                found = {"of": stamp_of(scenario)}
            if way in found or way not in ways(scenario):
                continue
            begun = time.monotonic()
            save(scenario.id, found | {way: WAYS[way](scenario)})
            print(f"{way}: {scenario.id}, {time.monotonic() - begun:.0f} s", flush=True)
    other = {name: said for name, found in read().items() if (said := differs(found))}
    print(f"other verdicts: {other}" if other else "no verdict differs")
    return 1 if other else 0


if __name__ == "__main__":
    sys.exit(main())
