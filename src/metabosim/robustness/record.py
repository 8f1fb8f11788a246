"""What was measured of every bundled claim, committed with hashes of what it was measured on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from metabosim.body import PARAMETERS
from metabosim.engine import kernel
from metabosim.engine.integrate import TOLERANCE
from metabosim.engine.run import parameters_of
from metabosim.population.sampler import load_sampler
from metabosim.robustness.draws import WIDE
from metabosim.scenario import Scenario
from metabosim.subjects import list_subjects, load_subject
from metabosim.therapies import list_therapies, load_therapy

FOLDER: Final = Path(__file__).with_name("measured")

Record = dict[str, Any]


@cache
def body_hash() -> str:
    """SHA-256 of what every claim is measured on: `physiology_hash`, ranges of numbers, the sampler, the tolerance."""
    ranges = [(name, item.kind.low, item.kind.high) for name, item in PARAMETERS.items()]
    return _sha256(physiology_hash(), load_sampler().hash, repr((TOLERANCE, WIDE, ranges)))


@cache
def physiology_hash() -> str:
    """SHA-256 of the equations and of everybody's and every drug's numbers; words around them do not count."""
    parts = [Path(kernel.__file__).read_text(encoding="utf-8")]
    parts += [f"{name} {item.unit} {item.default!r}" for name, item in PARAMETERS.items()]
    parts += [f"{name} {parameters_of(load_subject(name))}" for name in sorted(list_subjects())]
    for drug in map(load_therapy, sorted(list_therapies())):
        parts.append(f"{drug.id} {drug.molar_mass_g_mol} {dict(drug.parameters)}")
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
