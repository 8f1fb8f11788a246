"""A whole analysis: screening, indices, and what is written of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from io import StringIO
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import numpy as np

from metabosim.sensitivity.indices import Floats, Method, Table, morris, sobol
from metabosim.sensitivity.margins import Judged, Question
from metabosim.version import NOTE, __version__

if TYPE_CHECKING:
    import pandas as pd

# Trajectories: enough to tell the strong from the weak, in well under a minute for a day's scenario.
TRAJECTORIES: Final[dict[str, int]] = {"levers": 20, "parameters": 4}
POINTS: Final = 256
WITHOUT: Final[dict[str, str]] = {
    "vacuous": "with nothing to judge",
    "error": "that could not be run or read",
}

Asking: TypeAlias = Callable[[Question, str, Floats], Sequence[Judged]]
"""What becomes of settings of a question; the text says what for."""


@dataclass(frozen=True)
class Finding:
    """What was found of a question.

    `own` is the claim with nothing changed; `screened` is how many factors a screening chose those in the table from.
    """

    question: Question
    share: float
    seed: int
    samples: int
    table: Table
    own: Judged
    screened: int | None

    @property
    def unjudged(self) -> list[Judged]:
        """The runs without a margin."""
        return [one for one in self.table.judged if one.margin is None]

    @property
    def margins(self) -> Floats:
        """The margins of all runs that have one."""
        return np.array([one.margin for one in self.table.judged if one.margin is not None])

    def in_words(self) -> str:
        """How many runs, what became of them, and what those without a margin do to the table."""
        runs, margins, table = len(self.table.judged), self.margins, self.table
        holds = float(np.mean(margins > 0.0))
        if not self.unjudged:
            return f"{runs:,} runs; the claim holds in {100 * holds:.0f} % of them"
        said = f"{runs:,} runs; the claim holds in {100 * holds:.0f} % of those with a margin"
        kinds = Counter(str(one.verdict) for one in self.unjudged)
        counted = " and ".join(f"{n:,} {WITHOUT[kind]}" for kind, n in sorted(kinds.items()))
        what = "effects" if table.method == "morris" else "base points"
        return f"{said}; left out: {counted}, so that {table.kept:,} of {table.of:,} {what} remain"

    def spans(self) -> str:
        """Between what the factors are varied: two numbers if they are all alike."""
        found = {(factor.low, factor.high) for factor in self.question.factors}
        if len(found) == 1:
            ((low, high),) = found
            return f"between {low:g} and {high:g}"
        return f"up to {100 * self.share:g} % of the way to either end of their declared ranges"

    def as_dict(self) -> dict[str, Any]:
        """JSON-able."""
        scenario, table, question = self.question.scenario, self.table, self.question
        verdicts = Counter(str(one.verdict) for one in table.judged)
        decides = Counter(one.decides for one in table.judged if one.margin is not None)
        first = next(iter(self.unjudged), None)
        quantiles = np.quantile(self.margins, (0.0, 0.25, 0.5, 0.75, 1.0))
        return {
            "scenario": scenario.id,
            "version": __version__,
            "hash": scenario.hash,
            "seed": self.seed,
            "method": table.method,
            "over": question.over,
            "share_of_range": self.share,
            "samples": self.samples,
            "resolution": question.resolution,
            "screened_from": self.screened,
            "margin": {
                "meaning": "smallest of the checks' margins, each over the size that counts; above 0 it holds",
                "own": self.own.margin,
                "own_verdict": str(self.own.verdict),
                "quantiles_0_25_50_75_100": [float(q) for q in quantiles],
            },
            "runs": len(table.judged),
            "verdicts": dict(sorted(verdicts.items())),
            "without_margin": len(self.unjudged),
            "without_margin_first": first and first.why,
            "kept": table.kept,
            "kept_of": table.of,
            "decided_by": dict(decides.most_common()),
            "factors": [
                {
                    "name": factor.name, "text": factor.text, "unit": factor.unit, "own": factor.own,
                    "low": factor.low, "high": factor.high,
                    **dict(zip(table.columns, values, strict=True)),
                }
                for factor, values in table.rows
            ],
            "note": NOTE,
        }  # fmt: skip

    def table_csv(self) -> str:
        """The table, the strongest factor first."""
        import pandas as pd

        return _csv(pd.DataFrame(self.as_dict()["factors"]))

    def runs_csv(self) -> str:
        """Every run: what each factor was, and what became of the claim."""
        import pandas as pd

        table = self.table
        frame = pd.DataFrame(table.settings, columns=[factor.name for factor in table.factors])
        frame["verdict"] = [str(one.verdict) for one in table.judged]
        frame["margin_relative"] = [one.margin for one in table.judged]
        frame["decided_by"] = [one.decides for one in table.judged]
        frame["why"] = [one.why for one in table.judged]
        return _csv(frame)


def _csv(frame: pd.DataFrame) -> str:
    text = StringIO()
    frame.to_csv(text, index=False, float_format="%.8g", lineterminator="\n")
    return text.getvalue()


def find(
    question: Question,
    method: Method,
    share: float,
    samples: int | None,
    seed: int,
    most: int | None,
    ask: Asking,
) -> Finding:
    """Screen all factors by Morris; or find the Sobol indices of `most` that a screening finds first, of all if None.

    Raises SimulationError where too many runs have no margin.
    """
    own = question.asked(np.array([factor.own for factor in question.factors]))
    usual = TRAJECTORIES[question.over]
    screened = None
    if method == "morris":
        number = samples or usual
        table = morris(question.factors, number, seed, lambda x: ask(question, "screening", x))
    else:
        number = samples or POINTS
        if most is not None and most < len(question.factors):
            before = morris(question.factors, usual, seed, lambda x: ask(question, "screening", x))
            screened = len(question.factors)
            chosen = [factor for factor, values in before.rows if values[0]][:most]
            question = replace(question, factors=tuple(chosen))
        table = sobol(question.factors, number, seed, lambda x: ask(question, "judging", x))
    return Finding(question, share, seed, number, table, own, screened)
