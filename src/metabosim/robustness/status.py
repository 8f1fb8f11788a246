"""Built in or emergent, by measure: from the share of a wide prior in which a claim holds, and what breaks it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.stats import beta, spearmanr

from metabosim.claims import Verdict
from metabosim.robustness.crowd import Answer

Measured = Literal["imposed", "contingent", "emergent", "fine-tuned"]
ALWAYS, HARDLY = 0.95, 0.05
SAYS: Final[Mapping[Measured, str]] = {
    "imposed": "holds in nearly all bodies, and one mechanism carries it: assumed, not discovered",
    "contingent": "holds in some bodies and not in others: its parameters decide",
    "emergent": "needs several mechanisms at once, each of which breaks it alone",
    "fine-tuned": "holds in hardly any body but those it was made with",
}
DECIDING = 5  # parameters named
BEYOND_CHANCE = 2.58  # over the root of the count: chance correlates less in 99 of 100

Floats = NDArray[np.float64]


def breaking(cut: Mapping[str, Answer]) -> tuple[str, ...]:
    """The mechanisms without which the claim fails while its positive control still holds."""
    return tuple(
        name
        for name, answer in cut.items()
        if answer.verdict is Verdict.FAILS and answer.control is Verdict.HOLDS
    )


def measured(share: float, breaks: Sequence[str]) -> Measured:
    """The class of a claim that holds in a `share` of the prior and needs these mechanisms.

    Emergent is what needs at least two of them, whether it holds in most bodies or in some.
    """
    if share < HARDLY:
        return "fine-tuned"
    if len(breaks) >= 2:
        return "emergent"
    return "imposed" if share >= ALWAYS else "contingent"


@dataclass(frozen=True)
class Bound:
    """So many of so many, with the exact (Clopper-Pearson) one-sided bounds on the share."""

    holds: int
    of: int
    confidence: float

    @property
    def share(self) -> float:
        """What was seen."""
        return self.holds / self.of

    @property
    def lower(self) -> float:
        """The true share is at least this, with the confidence."""
        k, n = self.holds, self.of
        return float(beta.ppf(1.0 - self.confidence, k, n - k + 1)) if k else 0.0

    @property
    def upper(self) -> float:
        """And at most this."""
        k, n = self.holds, self.of
        return float(beta.ppf(self.confidence, k + 1, n - k)) if k < n else 1.0

    def verdict(self, required: float) -> Verdict:
        """Whether the share is as high as `required`, as far as so many can tell."""
        if self.lower >= required:
            return Verdict.HOLDS
        return Verdict.FAILS if self.upper < required else Verdict.INCONCLUSIVE


def deciding(
    names: Sequence[str], at: Floats, answers: Sequence[Answer]
) -> list[tuple[str, float]]:
    """The parameters with which the margin goes most: (name, Spearman's rho) of `at` (draws, names)."""
    have = [i for i, one in enumerate(answers) if one.margin is not None]
    margins = np.array([answers[i].margin for i in have], float)
    if len(have) < 20 or np.ptp(margins) == 0.0:
        return []
    found = [
        (name, float(spearmanr(at[have, k], margins).statistic)) for k, name in enumerate(names)
    ]
    found.sort(key=lambda pair: -abs(pair[1]))
    noticeable = BEYOND_CHANCE / np.sqrt(len(have))
    return [(name, rho) for name, rho in found[:DECIDING] if abs(rho) >= noticeable]
