"""A claim's margin for many settings of its factors, over the machine's cores.

A run is decided by its settings alone, so the number of workers changes no digit.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import as_completed
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from metabosim.claims import Verdict, bench_of, judge_claim
from metabosim.claims.trial import is_a_trial
from metabosim.errors import InputError, MetabosimError
from metabosim.processes import processes
from metabosim.scenario import Scenario
from metabosim.sensitivity.factors import Factor, Over, changed

if TYPE_CHECKING:
    from metabosim.engine.run import Resolution

CHUNK = 4  # runs a worker is given at a time
JUDGED = (Verdict.HOLDS, Verdict.FAILS, Verdict.INCONCLUSIVE)

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Question:
    """A scenario, and what is varied in it."""

    scenario: Scenario
    over: Over
    factors: tuple[Factor, ...]
    resolution: Resolution = "full"

    def __post_init__(self) -> None:
        """Refuse a scenario one run of which is many runs already."""
        if is_a_trial(self.scenario):
            raise InputError(
                f"a check of '{self.scenario.id}' is itself a trial of many virtual subjects, "
                "so it cannot be judged hundreds of times"
            )

    def asked(self, values: Floats) -> Judged:
        """The claim with the factors at these values (factors,)."""
        from metabosim.engine import simulate

        given = dict(zip((f.name for f in self.factors), map(float, values), strict=True))
        bench = bench_of(self.scenario, partial(simulate, resolution=self.resolution))
        try:
            claim = judge_claim(
                self.scenario, bench.fresh(changed(self.scenario.arms, self.over, given)), None
            )
        except MetabosimError as error:
            return Judged(Verdict.ERROR, None, "", str(error))
        if claim.verdict not in JUDGED:
            bad = [*claim.checks, claim.positive_control]
            why = next((one for one in bad if one.verdict is claim.verdict), claim.positive_control)
            return Judged(claim.verdict, None, why.id, why.statement_rendered)
        found = [
            (check.margin_relative, check.id)
            for check in claim.checks
            if check.verdict in JUDGED and check.margin_relative is not None
        ]
        margin, decides = min(found)
        return Judged(claim.verdict, margin, decides, "")


@dataclass(frozen=True)
class Judged:
    """What became of one run: verdict, the smallest relative margin of its checks, and which check has it.

    Where there was nothing to judge or a run failed, there is no margin, and `why` says so.
    """

    verdict: Verdict
    margin: float | None
    decides: str
    why: str


def _chunk(question: Question, first: int, rows: Floats) -> list[tuple[int, Judged]]:
    return [(first + n, question.asked(row)) for n, row in enumerate(rows)]


def judged(
    question: Question,
    settings: Floats,
    workers: int | None = None,
    done: Callable[[str], None] = lambda name: None,
) -> Sequence[Judged]:
    """What becomes of each row of `settings` (runs, factors), by `workers` processes (all cores if None).

    `done` is called once for each run.
    """
    starts = range(0, len(settings), CHUNK)
    busy = min(workers if workers is not None else os.cpu_count() or 1, len(starts))
    found: dict[int, Judged] = {}

    def keep(part: list[tuple[int, Judged]]) -> None:
        found.update(part)
        for number, _ in part:
            done(f"run {number}")

    if busy < 2:
        for n, row in enumerate(settings):
            keep(_chunk(question, n, row[None, :]))
    else:
        with processes(busy, "use fewer --workers") as pool:
            futures = [
                pool.submit(_chunk, question, first, settings[first : first + CHUNK])
                for first in starts
            ]
            for future in as_completed(futures):
                keep(future.result())
    return [found[n] for n in range(len(settings))]
