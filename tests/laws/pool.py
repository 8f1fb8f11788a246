"""A pool of random people, each at the rest of its habitual day.

The first are the bundled subjects themselves, so that a failing example shrinks towards them. The
others have every parameter drawn, log-uniform, within a factor of a bundled subject's and within its
declared range. Who is plausible was fixed before any law was looked at; who is not is refused and
counted. Resting states are kept on disk, since finding one costs more than living through a week.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

import metabosim
from metabosim.body import PARAMETERS, STATES
from metabosim.engine import Body, make_body
from metabosim.engine import plan as planning
from metabosim.engine import rest as resting
from metabosim.engine.run import FASTING
from metabosim.errors import RestNotFound
from metabosim.levers import constants
from metabosim.protocol.meals import DAY
from metabosim.subjects import Subject, list_subjects, load_subject, settable_parameters

FACTOR = 1.25
PLAUSIBLE = {  # at 07:00 of the habitual day
    "glucose_mmol_l": (4.2, 9.0),
    "insulin_pmol_l": (15.0, 300.0),
    "weight_kg": (45.0, 160.0),
}
BUNDLED = tuple(list_subjects())


@dataclass(frozen=True)
class Refused:
    """A candidate who is not in the pool, and why."""

    candidate: str
    reason: str


def neighbour(name: str, seed: list[int]) -> dict[str, float]:
    """The parameters of a random person near the bundled subject `name`."""
    rng = np.random.default_rng(seed)
    base = load_subject(name)
    drawn = {}
    for parameter, kind in settable_parameters().items():
        middle = float(base.parameters.get(parameter, PARAMETERS[parameter].default))
        low, high = max(kind.low, middle / FACTOR), min(kind.high, middle * FACTOR)
        if 0.0 < low < high:
            drawn[parameter] = float(np.exp(rng.uniform(*np.log([low, high]))))
    return drawn


def implausible(body: Body) -> str | None:
    """What is not plausible about a body, if anything."""
    for name, (low, high) in PLAUSIBLE.items():
        value = float(body.at_rest(name)[int(FASTING)])
        if not low <= value <= high:
            return f"{name} is {value:.3g}"
    return None


class Pool:
    """`pool[i]` is the i-th person, found when first asked for and remembered in `folder`."""

    def __init__(self, folder: Path, size: int, seed: int) -> None:
        """`seed` names the whole pool: the same seed and sources give the same people."""
        self.folder, self.size, self.seed = folder / f"{_sources()}-{seed}", size, seed
        self.folder.mkdir(parents=True, exist_ok=True)
        self._bodies: dict[int, Body] = {}

    def __len__(self) -> int:
        return self.size

    def __getitem__(self, index: int) -> Body:
        if index not in self._bodies:
            file = self.folder / f"{index}.json"
            if not file.exists():
                self._find(index, file)
            self._bodies[index] = self._restored(json.loads(file.read_text(encoding="utf-8")))
        return self._bodies[index]

    def fill(self, backwards: bool = False) -> None:
        """Find everybody; two workers, one of them going backwards, share the work."""
        for index in reversed(range(self.size)) if backwards else range(self.size):
            if not (self.folder / f"{index}.json").exists():
                self[index]

    def refused(self) -> list[Refused]:
        """Every candidate refused on the way to those found so far."""
        return [
            Refused(*refused)
            for file in self.folder.glob("*.json")
            for refused in json.loads(file.read_text(encoding="utf-8"))["refused"]
        ]

    def found(self) -> int:
        """How many people have been found so far."""
        return len(list(self.folder.glob("*.json")))

    def _find(self, index: int, file: Path) -> None:
        name = BUNDLED[index % len(BUNDLED)]
        bundled = index < len(BUNDLED)
        refused = []
        for attempt in range(100):
            seed = [self.seed, index, attempt]
            label = name if bundled else f"{name}~{'.'.join(map(str, seed))}"
            try:
                body = make_body(name, parameters={} if bundled else neighbour(name, seed))
            except RestNotFound as error:
                if bundled:
                    raise
                refused.append((label, f"no rest: {error.reason}"))
                continue
            fault = None if bundled else implausible(body)
            if fault:
                refused.append((label, fault))
                continue
            kept = {
                "id": label,
                "parameters": body.parameters,
                "midnight": body.rest.states[body.rest.minute[0]].tolist(),
                "refused": refused,
            }
            part = file.with_suffix(f".{os.getpid()}")
            part.write_text(json.dumps(kept), encoding="utf-8")
            part.replace(file)
            return
        raise AssertionError(f"nobody plausible near {name} in 100 attempts")

    def _restored(self, kept: dict[str, Any]) -> Body:
        label, parameters = kept["id"], kept["parameters"]
        subject = Subject(id=label, title=label, text="drawn", sources=(), parameters=parameters)
        c = constants(parameters)
        rest = rest_day(parameters, c, np.array(kept["midnight"]))
        return Body(subject, parameters, {}, (), c, rest)


def rest_day(parameters: dict[str, float], c: np.ndarray, midnight: np.ndarray) -> resting.Rest:
    """The habitual day from its midnight, recorded as the solver of rests records it."""
    day = planning.Plan(DAY)
    planning.habitual(day, parameters, True)
    return resting._record(midnight.copy(), c, day.arrays(), np.empty((0, 0)))


def with_levers(body: Body, levers: dict[str, float]) -> Body:
    """The same person with levers that act from the start of a run."""
    return replace(body, levers=levers, c=constants(body.parameters, levers, body.variants))


def _sources() -> str:
    """A digest of everything a rest depends on: equations, engine, parameters and subjects."""
    package = Path(metabosim.__file__).parent
    files = [
        *package.glob("engine/*.py"),
        *package.glob("body/*.py"),
        *package.glob("subjects/*.y*ml"),
    ]
    digest = hashlib.sha256(Path(__file__).read_bytes())
    for file in sorted(files):
        digest.update(file.read_bytes())
    digest.update(str(len(STATES)).encode())
    return digest.hexdigest()[:16]
