"""How far a claim can be trusted, in sentences: the same for the command line, the report and the documents."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from metabosim.plots.words import as_written
from metabosim.robustness.status import SAYS

UNKNOWN = "not measured"
NAMED = 3  # of a list, where all would be too much


def sentences(trust: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """A title and a sentence for each thing that is measured of a claim (see `summary.trust`)."""
    yield "Built in or emergent", _status(trust)
    yield "In other bodies", _prior(trust["prior"])
    yield "Among simulated subjects", _trial(trust["trial"]) or _population(trust["population"])
    if trust["domain"] is not None:
        # a full stop is put behind all of these where they are shown
        yield "Where it ends", trust["domain"].removesuffix(".")
    yield "Severity", _severity(trust)
    yield "Where it holds least", _worst(trust["worst"])


def _status(trust: Mapping[str, Any]) -> str:
    if trust["measured_status"] is None:
        return UNKNOWN
    breaks = trust["breaking"]
    needs = f"fails without {listed(breaks, 'or')}" if breaks else "no single mechanism breaks it"
    return f"{trust['measured_status']}: {SAYS[trust['measured_status']]}; {needs}"


def _prior(prior: Mapping[str, Any] | None) -> str:
    if prior is None:
        return UNKNOWN
    decide = listed([name for name, _ in prior["decide"]])
    return (
        f"holds in {prior['holds']} of the {prior['judged']} bodies that came to rest among {prior['drawn']} whose "
        f"{prior['parameters']} free numbers were up to {prior['width']:g} times larger or smaller"
        + (f"; its margin goes most with {decide}" if decide else "")
    )


def _trial(trial: Sequence[Mapping[str, Any]] | None) -> str:
    """Of a claim that is a trial, its own result; of others nothing."""
    if not trial:
        return ""
    found = "; ".join(
        f"{as_written(one['check'])} with a rank correlation of {one['rho']:.2f}, at least {one['at_least']:.2f} with "
        f"{percent(one['confidence'])} confidence ({one['required']:g} required: {one['verdict']})"
        for one in trial
    )
    return f"itself a trial of {trial[0]['n']} simulated subjects: {found}"


def _population(population: Mapping[str, Any] | None) -> str:
    if population is None:
        return UNKNOWN
    return (
        f"holds in {population['holds']} of {population['n']} simulated subjects: in at least "
        f"{percent(population['at_least'])} of all that could be drawn so, with {percent(population['confidence'])} "
        f"confidence ({percent(population['required'])} required: {population['verdict']}); "
        f"{population['refused']} draws were refused as implausible" + _ends(population)
    )


def _ends(population: Mapping[str, Any]) -> str:
    if not population["missed"]:
        return ""
    decide = listed([name for name, _ in population["decide"][:NAMED]])
    return f"; it falls short by {falls_short(population)}" + (
        f"; its margin goes most with {decide}" if decide else ""
    )


def falls_short(population: Mapping[str, Any]) -> str:
    """The checks that are missed most, each with the number of subjects."""
    most = list(population["missed"].items())[:NAMED]
    return listed([f"{name} ({count})" for name, count in most])


def _severity(trust: Mapping[str, Any]) -> str:
    if trust["severity"] is None:
        return UNKNOWN
    kept = [name for name, verdict in (trust["decoys"] or {}).items() if verdict == "holds"]
    return (
        f"{trust['severity']:.2f} of wrong bodies and knock-outs are rejected"
        + (f"; it holds as well in the wrong {_bodies(kept)}" if kept else "")
    )  # fmt: skip


def _bodies(names: list[str]) -> str:
    return f"{'body' if len(names) == 1 else 'bodies'} {listed(names)}"


def _worst(worst: Mapping[str, Any] | None) -> str:
    if worst is None or worst["margin"] is None or worst["own"] is None:
        return UNKNOWN
    doses = [f"{factor:.2g} times the dose of {name}" for name, factor in worst["doses"].items()]
    return (
        f"of {worst['asked']} simulated subjects searched, the worst has a margin of {worst['margin']:.2g} "
        f"(the scenario's own {worst['own']:.2g}; 1 is the size that counts)"
        + (f" at {listed(doses)}" if doses else "")
        + f": {worst['verdict']}, by {as_written(worst['decides'])}"
    )


def percent(share: float) -> str:
    """A share as per cent, never rounded up to all."""
    return f"{math.floor(round(share * 1000, 6)) / 10:g} %"


def listed(names: list[str], last: str = "and") -> str:
    """Names with commas, and a word before the last."""
    shown = [as_written(name) for name in names]
    return f" {last} ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)
