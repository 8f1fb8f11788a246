"""What the report says, as plain data: the content of report.json, of which the page is made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from metabosim.claims import Verdict
from metabosim.engine.integrate import TOLERANCE
from metabosim.robustness.summary import of_claim
from metabosim.scenario import article_is_silent, families, family_of
from metabosim.version import __version__
from metabosim.yamlfile import load_yaml

if TYPE_CHECKING:
    from metabosim.bands import BandRow
    from metabosim.scenario import KnockOut, Scenario

NOT_MODELLED: Final = Path(__file__).with_name("not_modelled.yaml")

GRADES: Final = {
    "S": "supported",
    "C": "contested",
    "X": "contradicted as worded",
    "I": "inference only",
}
"""What a grade of evidence says of what the article claims."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How a report was made; the same everywhere, so that the same version gives the same report.

    `complete` says that it has every bundled scenario.
    """

    resolution: str
    knock_outs: bool
    complete: bool = True
    units: str = "si"
    tolerance: float = TOLERANCE


def claim_entry(scenario: Scenario, content: Mapping[str, Any]) -> dict[str, Any]:
    """A claim as report.json has it: that of verdict.json (`content`), and what the scenario says of it."""
    (claim,) = content["claims"]
    outs = {out["name"]: out for out in claim["must_fail_when"]}
    return {
        **claim,
        "scenario": scenario.id,
        "title": scenario.title,
        "family": family_of(scenario.id).id,
        "status": scenario.status,
        "grade": scenario.evidence.grade,
        "evidence_rows": list(scenario.evidence.rows),
        **of_claim(scenario),
        "article": {
            "section": scenario.source.section,
            "mechanism": scenario.source.mechanism,
            "silent": article_is_silent(scenario.id),
        },
        "in_reality": {
            "strength": scenario.in_reality.strength,
            "text": scenario.in_reality.text,
            "citations": [one.model_dump() for one in scenario.in_reality.citations],
        },
        "predict": scenario.predict.model_dump(),
        "caption": scenario.plot.caption,
        "must_fail_when": [
            {"name": one.name, "what": "; ".join(knock_out_words(one)), "verdict": None}
            | outs.get(one.name, {})
            for one in scenario.must_fail_when
        ],
        "twins": content.get("twins", []),
        "unbroken": content.get("unbroken", []),
        "hash": content["hash"],
        "seed": content["seed"],
    }


def knock_out_words(change: KnockOut) -> Iterator[str]:
    """What a knock-out changes, and in which arms."""
    for name, value in {**change.lifelong, **change.levers}.items():
        yield f"lever {name} at {value:g}"
    for name, value in change.parameters.items():
        yield f"{name} = {value:g}"
    for name in change.variants:
        yield f"variant {name}"
    if change.subject is not None:
        yield f"subject {change.subject.id}"
    if change.protocol:
        yield "another protocol"
    for arm in change.replace:
        yield f"another arm in the place of '{arm}'"
    if change.arms is not None:
        yield f"only in {', '.join(change.arms)}"


def report_content(
    claims: Sequence[Mapping[str, Any]], bands: Sequence[BandRow] | None, settings: Settings
) -> dict[str, Any]:
    """The content of report.json; `bands` is None if they were not computed."""
    order = [one for family in families() for one in family.claims]
    place = {name: n for n, name in enumerate(order)}
    sorted_claims = sorted(claims, key=lambda one: place.get(one["id"], len(order)))
    return {
        "version": __version__,
        "made": asdict(settings),
        "summary": _summary(sorted_claims),
        "claims": sorted_claims,
        "bands": None if bands is None else [row.as_dict() for row in bands],
        "not_modelled": not_modelled(),
    }


def _summary(claims: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """How many claims there are of each verdict, and of each grade of evidence."""
    return {
        "claims": len(claims),
        "verdicts": {str(v): sum(one["verdict"] == v for one in claims) for v in Verdict},
        "grades": {grade: sum(one["grade"] == grade for one in claims) for grade in GRADES},
    }


@cache
def not_modelled() -> list[dict[str, str]]:
    """What the article says that is not modelled: `said`, and `why` not."""
    found: list[dict[str, str]] = load_yaml(NOT_MODELLED).data
    return found
