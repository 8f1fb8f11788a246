"""What the body itself allows: operations of an evaluation, evaluations of a run, and what is left around them."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from typing import Any

import numba
import numpy as np
import sympy

from benchmarks.cases import CASES, Floats, problem_of
from benchmarks.engines.metabosim import as_delivered
from metabosim.body import STATES
from metabosim.engine.kernel import HOISTED, prepare, rates
from metabosim.engine.kernel_source import functions
from metabosim.engine.lanes_kernel import AT_C, LANES, SIZE, prepare_lanes, rates_lanes
from metabosim.engine.run import TOLERANCE


@dataclass(frozen=True)
class Limits:
    """Operations of one evaluation of the rates by kind, its ns for one person (alone, in a block), and sample days.

    `lived` are the days of the averaged cases that were lived through, of how many.
    """

    operations: dict[str, int]
    alone_ns: float
    lanes_ns: float
    lived: dict[str, tuple[int, int]]


def limits() -> Limits:
    """Count and time the rates."""
    problem = problem_of(CASES["day"], 1)
    y, c, h = problem.y[0].copy(), problem.c[0], np.empty(HOISTED)
    prepare(c, h)
    w = np.ones(SIZE)
    for lane in range(LANES):
        w[np.arange(len(STATES)) * LANES + lane] = y
        w[AT_C + np.arange(len(c)) * LANES + lane] = c
    prepare_lanes(w)
    alone, abreast = _loops()
    return Limits(
        _operations(),
        _nanoseconds(lambda n: alone(n, y, c, h, np.empty(len(STATES)))),
        _nanoseconds(lambda n: abreast(n, w)) / LANES,
        {name: _lived(name) for name in ("weeks", "weekly", "years")},
    )


def _loops() -> tuple[Any, Any]:
    """Evaluations in a row, each depending on the one before."""

    @numba.njit
    def alone(n: int, y: Floats, c: Floats, h: Floats, out: Floats) -> None:
        for _ in range(n):
            rates(y, c, h, out)
            y[0] += 1e-15 * out[0]

    @numba.njit
    def abreast(n: int, w: Floats) -> None:
        for _ in range(n):
            rates_lanes(w)
            w[0] += 1e-15 * w[SIZE - 1]

    return alone, abreast


def _nanoseconds(loop: Callable[[int], None]) -> float:
    loop(1)
    times = []
    for _ in range(9):
        before = time.process_time()
        loop(20_000)
        times.append((time.process_time() - before) / 20_000)
    return 1e9 * median(times)


def _operations() -> dict[str, int]:
    """What one evaluation is made of, powers as the products they are computed by."""
    _, function, _ = functions()
    count = {"additions": 0, "products": 0, "divisions": 0, "roots, exp and log": 0}
    for value in [*(value for _, value in function.shared), *function.results]:
        for part in sympy.preorder_traversal(value):
            if part.is_Add:
                count["additions"] += len(part.args) - 1
            elif part.is_Mul:
                below = [a for a in part.args if a.is_Pow and a.exp.is_negative]
                count["divisions"] += len(below)
                count["products"] += max(0, len(part.args) - len(below) - 1)
            elif part.is_Pow and not (2 * part.exp).is_Integer:
                count["roots, exp and log"] += 2
            elif part.is_Pow:
                count["products"] += max(0, int(abs(part.exp)).bit_length() - 1)
                count["roots, exp and log"] += int(not part.exp.is_Integer)
            elif part.func in (sympy.exp, sympy.log):
                count["roots, exp and log"] += 1
    return count


def _lived(name: str) -> tuple[int, int]:
    """How many days of an averaged case were lived through, and how many there are."""
    problem = problem_of(CASES[name], CASES[name].days)
    run = as_delivered(problem, problem.bodies[0], problem.y[0], TOLERANCE, "averaged")
    days = CASES[name].days
    return (len(run.averaged.lived) if run.averaged else days), days
