"""Verdicts: what a judge finds (`Judgement`) and what is reported of it (`CheckResult`)."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Verdict(StrEnum):
    """What became of a check. Only `holds` is a pass."""

    HOLDS = "holds"
    VACUOUS = "vacuous"
    INCONCLUSIVE = "inconclusive"
    FAILS = "fails"
    ERROR = "error"


# error > fails > inconclusive > vacuous > holds
SEVERITY: dict[Verdict, int] = {verdict: rank for rank, verdict in enumerate(Verdict)}
# a margin this small against its scale is on the line
LINE = 1e-6


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """The most severe verdict; `vacuous` if there is none."""
    return max(verdicts, key=SEVERITY.__getitem__, default=Verdict.VACUOUS)


@dataclass(frozen=True)
class Judgement:
    """A margin (positive: the statement is true) with its unit and what it was found from.

    `scale` is the declared size that the margin is measured against, above 0: the minimum effect,
    as a rule. `void` says why there was nothing to judge. `own_error` is the part of the
    numerical error that the judge knows of itself.
    """

    margin: float
    unit: str
    scale: float
    says: str
    evidence: Mapping[str, Any] = field(default_factory=dict)
    void: str | None = None
    own_error: float = 0.0

    @property
    def relative(self) -> float:
        """The margin over its scale."""
        return self.margin / self.scale


def weakest(judgements: Iterable[Judgement]) -> Judgement:
    """The judgement with the smallest relative margin; all must be true for the whole to be."""
    return min(judgements, key=lambda one: one.relative)


@dataclass(frozen=True)
class CheckResult:
    """What is reported of a check; `as_dict` is ready for JSON."""

    id: str
    kind: str
    statement: str
    verdict: Verdict
    margin: float | None
    unit: str | None
    margin_relative: float | None
    numerical_error: float | None
    evidence: Mapping[str, Any]
    statement_rendered: str

    def as_dict(self) -> dict[str, Any]:
        """JSON-able: no NaN, no infinity, plain types."""
        return {
            "id": self.id,
            "kind": self.kind,
            "statement": self.statement,
            "verdict": str(self.verdict),
            "margin": self.margin,
            "unit": self.unit,
            "margin_relative": self.margin_relative,
            "numerical_error": self.numerical_error,
            "evidence": plain(self.evidence),
            "statement_rendered": self.statement_rendered,
        }


def plain(value: Any) -> Any:
    """`value` in types JSON knows; a number that is not finite becomes None."""
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, StrEnum):
        return str(value)
    if isinstance(value, bool | int | str) or value is None:
        return value
    number = float(value)
    return number if math.isfinite(number) else None


def decide(
    judgement: Judgement, tight: Judgement | None, line: float = LINE
) -> tuple[Verdict, float | None]:
    """The verdict and the numerical error, the change of the margin at a tighter tolerance.

    NaN: error. Void: vacuous. |margin| <= max(line x scale, 10 x numerical error): inconclusive.
    """
    if not (math.isfinite(judgement.margin) and judgement.scale > 0):
        return Verdict.ERROR, None
    if judgement.void is not None:
        return Verdict.VACUOUS, None
    error: float | None = None
    if tight is not None:
        if tight.void is not None or not math.isfinite(tight.margin):
            return Verdict.INCONCLUSIVE, None
        error = abs(judgement.margin - tight.margin)
    if error is not None or judgement.own_error:
        error = (error or 0.0) + judgement.own_error
    if abs(judgement.margin) <= max(line * judgement.scale, 10.0 * (error or 0.0)):
        return Verdict.INCONCLUSIVE, error
    return (Verdict.HOLDS if judgement.margin > 0 else Verdict.FAILS), error


def number(value: float) -> str:
    """A number as a sentence shows it: four digits at most."""
    return f"{value:.4g}"


def quantity(value: float, unit: str) -> str:
    """A number with its unit; minutes are shown as hours, days, weeks or years where they are."""
    if unit == "min":
        for size, name in ((525600.0, "years"), (10080.0, "weeks"), (1440.0, "d"), (60.0, "h")):
            if abs(value) >= 2 * size:
                return f"{number(value / size)} {name}"
    return number(value) if unit in {"1", ""} else f"{number(value)} {unit}"
