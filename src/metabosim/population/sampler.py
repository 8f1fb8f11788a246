"""How virtual subjects are drawn: declared spreads, correlations and bounds of what is plausible, in a data file.

A person is decided by seed, number and try alone, whoever else is drawn: blocks, workers and the size of a
population change nobody.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from metabosim import datafile
from metabosim.body import OBSERVABLES
from metabosim.errors import InputError, did_you_mean
from metabosim.subjects import settable_parameters
from metabosim.yamlfile import Document, first_faults, load_yaml

FOLDER: Final = Path(__file__).parent
FIELDS: Final = ("id", "title", "text", "spread", "correlations", "plausible", "sources")
WIDEST: Final = 1.5  # SD of a logarithm; more is a slip of the decimal point
TRIES: Final = 50  # before a population is called impossible


@dataclass(frozen=True)
class Sampler:
    """Spreads (SD of the logarithm), correlations of the deviates, and bounds at rest.

    `plausible` maps observables to (low, high) at 07:00 of the habitual day, as multiples of the subject's own.
    """

    id: str
    title: str
    text: str
    spread: Mapping[str, float]
    correlations: tuple[tuple[str, str, float], ...]
    plausible: Mapping[str, tuple[float, float]]
    sources: tuple[str, ...]

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The parameters that differ between people, in the order of the file."""
        return tuple(self.spread)

    @cached_property
    def root(self) -> NDArray[np.float64]:
        """The Cholesky factor of the correlations; LinAlgError if they contradict each other."""
        matrix = np.eye(len(self.names))
        for a, b, rho in self.correlations:
            i, j = self.names.index(a), self.names.index(b)
            matrix[i, j] = matrix[j, i] = rho
        return np.asarray(np.linalg.cholesky(matrix), np.float64)

    @property
    def hash(self) -> str:
        """SHA-256 of what decides who is drawn."""
        content = (sorted(self.plausible.items()), list(self.spread.items()), self.correlations)
        return hashlib.sha256(repr(content).encode()).hexdigest()

    def factors(self, seed: int, number: int, attempt: int = 0) -> NDArray[np.float64]:
        """What a person's parameters are multiplied by (names,)."""
        rng = np.random.default_rng((seed, number, attempt))
        z = self.root @ rng.standard_normal(len(self.names))
        return np.asarray(np.exp(z * np.array(list(self.spread.values()))))

    def person(self, own: Mapping[str, float], factors: NDArray[np.float64]) -> dict[str, float]:
        """The parameters in which somebody differs from `own`, kept within their declared ranges."""
        ranges = settable_parameters()
        return {
            name: float(np.clip(own[name] * factor, ranges[name].low, ranges[name].high))
            for name, factor in zip(self.names, factors, strict=True)
        }

    def accepts(self, at_rest: Mapping[str, float], own: Mapping[str, float]) -> bool:
        """Whether somebody is near enough to the subject, by what both have at rest."""
        return all(
            low * own[name] <= at_rest[name] <= high * own[name]
            for name, (low, high) in self.plausible.items()
        )


def list_samplers() -> list[str]:
    """The ids of the bundled samplers, sorted."""
    return datafile.bundled(FOLDER)


def load_sampler(name_or_path: str | Path = "adults") -> Sampler:
    """A bundled sampler by id, or one of your own by the path of its .yaml file; InputError with all faults."""
    path = datafile.find(name_or_path, FOLDER, "sampler")
    document = load_yaml(path)
    data = document.data
    if not isinstance(data, dict):
        raise InputError(document.fault((), "expected fields such as 'spread: ...' at the top"))
    faults = [
        document.fault((name,), f"unknown field '{name}'", did_you_mean(name, FIELDS), key=True)
        for name in data
        if name not in FIELDS
    ]
    faults += [document.fault((), f"'{name}' is missing") for name in FIELDS if name not in data]
    faults += datafile.text_faults(document, ("title", "text"))
    faults += datafile.identity_faults(document, path)
    faults += _spread_faults(document, data.get("spread", {}))
    faults += _correlation_faults(document, data)
    faults += _plausible_faults(document, data.get("plausible", {}))
    if faults:
        raise InputError(first_faults(faults))
    sampler = Sampler(
        data["id"],
        data["title"],
        data["text"],
        {name: float(value) for name, value in data["spread"].items()},
        tuple((a, b, float(rho)) for a, b, rho in data["correlations"]),
        {name: (float(low), float(high)) for name, (low, high) in data["plausible"].items()},
        tuple(data["sources"]),
    )
    try:
        _ = sampler.root
    except np.linalg.LinAlgError:
        raise InputError(
            document.fault(
                ("correlations",),
                "these correlations contradict each other: no three traits can be so",
                "bring the largest ones nearer to 0",
            )
        ) from None
    return sampler


def _spread_faults(document: Document, spread: Any) -> list[Any]:
    if not isinstance(spread, dict) or not spread:
        return [document.fault(("spread",), "expected parameters and numbers above 0")]
    known, faults = settable_parameters(), []
    for name, value in spread.items():
        place = ("spread", name)
        if name not in known:
            hint = did_you_mean(name, known) or "see 'metabosim list parameters'"
            faults.append(document.fault(place, f"unknown parameter '{name}'", hint, key=True))
        elif not datafile.is_number(value) or not 0.0 < value <= WIDEST:
            faults.append(
                document.fault(
                    place, f"expected the SD of a logarithm, above 0 and at most {WIDEST:g}"
                )
            )
    return faults


def _correlation_faults(document: Document, data: dict[str, Any]) -> list[Any]:
    given, spread = data.get("correlations", []), data.get("spread", {})
    spread = spread if isinstance(spread, dict) else {}
    if not isinstance(given, list):
        return [document.fault(("correlations",), "expected a list; [] for none")]
    faults, seen = [], set()
    for i, entry in enumerate(given):
        place = ("correlations", i)
        if not (isinstance(entry, list) and len(entry) == 3 and datafile.is_number(entry[2])):
            faults.append(
                document.fault(place, "expected two parameters and a correlation: [a, b, 0.3]")
            )
            continue
        a, b, rho = entry
        faults += [
            document.fault((*place, k), f"'{name}' is not spread", did_you_mean(str(name), spread))
            for k, name in enumerate((a, b))
            if str(name) not in spread
        ]
        if a == b or frozenset((str(a), str(b))) in seen:
            faults.append(document.fault(place, "this pair is the same twice, or was given before"))
        if not -1.0 < rho < 1.0:
            faults.append(document.fault((*place, 2), f"must be between -1 and 1, got {rho:g}"))
        seen.add(frozenset((str(a), str(b))))
    return faults


def _plausible_faults(document: Document, bounds: Any) -> list[Any]:
    if not isinstance(bounds, dict):
        return [document.fault(("plausible",), "expected observables and [low, high]; {} for none")]
    faults = []
    for name, value in bounds.items():
        place = ("plausible", name)
        if name not in OBSERVABLES:
            hint = did_you_mean(name, OBSERVABLES)
            faults.append(document.fault(place, f"unknown observable '{name}'", hint, key=True))
        elif not (
            isinstance(value, Sequence)
            and len(value) == 2
            and all(datafile.is_number(one) for one in value)
            and 0 <= value[0] < value[1]
        ):
            faults.append(
                document.fault(
                    place, "expected [low, high] as multiples of the subject's own, low below high"
                )
            )
    return faults
