"""What was measured of every bundled claim, committed with hashes of what it was measured on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from metabosim import subjects, therapies
from metabosim.body import PARAMETERS
from metabosim.engine import kernel
from metabosim.engine.integrate import TOLERANCE
from metabosim.population.sampler import load_sampler
from metabosim.robustness.draws import WIDE
from metabosim.scenario import Scenario

FOLDER: Final = Path(__file__).with_name("measured")

Record = dict[str, Any]


@cache
def body_hash() -> str:
    """SHA-256 of the equations, of everybody's numbers and of the drugs': what every claim is measured on."""
    parts = [Path(kernel.__file__).read_text(encoding="utf-8"), load_sampler().hash]
    numbers = [
        (name, item.default, item.kind.low, item.kind.high) for name, item in PARAMETERS.items()
    ]
    parts += [repr((TOLERANCE, WIDE, numbers))]
    for package in (subjects, therapies):
        folder = Path(str(package.__file__)).parent
        parts += [path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.yaml"))]
    return _sha256(*parts)


def _sha256(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def file_of(scenario_id: str) -> Path:
    """Where what was measured of a claim is."""
    return FOLDER / f"{scenario_id}.json"


def worst_file_of(scenario_id: str) -> Path:
    """Where the person is in whom a claim holds least, as a scenario that runs."""
    return FOLDER / f"{scenario_id}-worst.yaml"


def read(scenario_id: str) -> Record:
    """What was measured of a claim; empty if nothing was."""
    path = file_of(scenario_id)
    return dict(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else {}


def is_fresh(record: Mapping[str, Any], scenario: Scenario) -> bool:
    """Whether it was measured on the claim and the body as they are now."""
    return (record.get("claim"), record.get("body")) == (scenario.claim_hash, body_hash())
