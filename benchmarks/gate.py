"""The gate: is metabosim still as much faster than SciPy as it was when `gate.json` was written?

Both are timed in turn in one process, by the processor's time, so that the machine matters little and its load less;
nothing but what the project itself needs has to be installed.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from math import ceil
from pathlib import Path
from statistics import median

from benchmarks.cases import CASES, problem_of
from benchmarks.engines.metabosim import Default
from benchmarks.engines.scipy import Lsoda
from benchmarks.machine import described
from metabosim.engine.run import TOLERANCE as USUAL

FILE = Path(__file__).with_name("gate.json")
WORSE = 1.3  # times the committed ratio are too much
REPEATS, TRIES = 7, 3
TURN = 0.15  # s; shorter runs are repeated until they take so long
TOLERANCE = 1e-6  # of SciPy
PARTS = {"day": 1, "weeks": 28, "weekly": 28}  # days of each case that are timed

Pair = tuple[float, float]  # processor time of metabosim and of SciPy, s


@dataclass(frozen=True)
class Judged:
    """A case: the ratio metabosim / SciPy now (the best of the tries) and as committed."""

    case: str
    now: float
    before: float
    tries: int

    @property
    def passed(self) -> bool:
        """Whether it is not too much worse."""
        return self.now <= WORSE * self.before

    @property
    def line(self) -> str:
        """For people."""
        return (
            f"{self.case}: metabosim / SciPy LSODA {self.now:.4f}, committed {self.before:.4f}, "
            f"{self.now / self.before - 1.0:+.0%} ({'fine' if self.passed else 'too slow'}, "
            f"tried {self.tries} times)"
        )


def ratio_of(pairs: Sequence[Pair]) -> float:
    """The median of the pairs' ratios."""
    return median(own / theirs for own, theirs in pairs)


def judged(case: str, before: float, pairs: Callable[[], Sequence[Pair]]) -> Judged:
    """Measure up to TRIES times until the ratio is not too much worse than `before`.

    Load makes a ratio worse by chance; one measurement that is fine shows that the code is.
    """
    found = Judged(case, ratio_of(pairs()), before, 1)
    while not found.passed and found.tries < TRIES:
        found = replace(found, now=min(found.now, ratio_of(pairs())), tries=found.tries + 1)
    return found


def timed(case: str) -> list[Pair]:
    """Both engines in turn, REPEATS times."""
    problem = problem_of(CASES[case], PARTS[case])
    own, theirs = Default(), Lsoda()
    runs = (own.prepare(problem), USUAL), (theirs.prepare(problem), TOLERANCE)
    times = []
    for run, tolerance in runs:
        run(tolerance)  # warm
        before = time.process_time()
        run(tolerance)
        times.append(max(1, ceil(TURN / (time.process_time() - before))))
    pairs = []
    for _ in range(REPEATS):
        pair = []
        for (run, tolerance), n in zip(runs, times, strict=True):
            before = time.process_time()
            for _ in range(n):
                run(tolerance)
            pair.append((time.process_time() - before) / n)
        pairs.append((pair[0], pair[1]))
    return pairs


def committed() -> dict[str, float]:
    """The ratio of each case that must not be exceeded by much."""
    ratios = json.loads(FILE.read_text(encoding="utf-8"))["ratios"]
    return {str(case): float(ratio) for case, ratio in ratios.items()}


def check() -> list[Judged]:
    """Every committed case, judged."""
    return [judged(case, ratio, partial(timed, case)) for case, ratio in committed().items()]


def renew() -> None:
    """Measure the ratios anew and commit to them: the middle one of three measurements each."""
    ratios = {case: median(ratio_of(timed(case)) for _ in range(3)) for case in PARTS}
    content = {
        "about": "processor time of metabosim as delivered / SciPy LSODA; `python -m benchmarks --gate` compares",
        "ratios": {case: round(ratio, 4) for case, ratio in ratios.items()},
        "measured_on": described([]),
    }
    FILE.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
