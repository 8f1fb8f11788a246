"""heyoka: Taylor series of high order, compiled with LLVM for one person or a vector of them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from benchmarks import straight
from benchmarks.cases import Floats, Problem
from benchmarks.engines.base import Run
from benchmarks.events import hoisted, lived, segments
from metabosim.body import STATES

BATCH = 8  # people; one vector of AVX-512


class Heyoka:
    """Alone one person, together BATCH abreast."""

    name, title = "heyoka", "heyoka"
    package, modules = "heyoka", ("heyoka",)
    tolerance: float | None = None
    alone, together = True, True
    least, most, abreast = 0, None, BATCH
    note = f"Taylor series in compact mode; together {BATCH} people abreast; events from Python"

    def prepare(self, problem: Problem) -> Run:
        """The equations as its expressions; what it compiles depends on the tolerance, and is kept."""
        import heyoka as hy

        lines = straight.rates(straight.unchanging(problem))
        read = straight.places(lines)
        variables = hy.make_vars(*STATES)
        given: dict[str, Any] = {f"y[{i}]": one for i, one in enumerate(variables)}
        given |= {place: hy.par[i] for i, place in enumerate(read)}
        system = [
            (one, change if isinstance(change, hy.expression) else hy.expression(change))
            for one, change in zip(variables, straight.built(lines, given, hy), strict=True)
        ]
        batch = 1 if len(problem.y) == 1 else BATCH
        groups = [
            [min(i, len(problem.y) - 1) for i in range(first, first + batch)]
            for first in range(0, len(problem.y), batch)
        ]
        parts = [list(segments(_of(problem, group))) for group in groups]
        compiled: dict[float, Any] = {}

        def integrator(tolerance: float) -> Any:
            if tolerance not in compiled:
                kind = hy.taylor_adaptive if batch == 1 else hy.taylor_adaptive_batch
                shape = (len(STATES),) if batch == 1 else (len(STATES), batch)
                zeros = np.ones(shape), np.ones((len(read), *shape[1:]))
                compiled[tolerance] = kind(
                    system, zeros[0], pars=zeros[1], tol=tolerance, compact_mode=True
                )
            return compiled[tolerance]

        def run(tolerance: float) -> Floats:
            ta = integrator(tolerance)
            found = []
            for group, its in zip(groups, parts, strict=True):
                one = _of(problem, group)
                found.append(
                    lived(one, its, hoisted(one.c), _Step(ta, read, hoisted(one.c), batch))
                )
            return np.concatenate(found)[: len(problem.y)]

        return run


def _of(problem: Problem, group: list[int]) -> Problem:
    """The problem of some of the people, the last one again where a vector is not full."""
    return replace(
        problem,
        plans=tuple(problem.plans[i] for i in group),
        y=problem.y[group],
        c=problem.c[group],
    )


class _Step:
    """Moves an integrator over a segment."""

    def __init__(self, integrator: Any, read: list[str], lasting: Floats, batch: int) -> None:
        self.integrator, self.batch, self.lasting = integrator, batch, lasting
        self.from_c = [(i, int(p[2:-1])) for i, p in enumerate(read) if p[0] == "c"]
        from_h = [(i, int(p[2:-1])) for i, p in enumerate(read) if p[0] == "h"]
        at, place = (list(column) for column in zip(*from_h, strict=True))
        integrator.pars[at] = lasting[:, place].T if batch > 1 else lasting[0, place]

    def __call__(
        self, y: Floats, c: Floats, start: float, stop: float, minutes: Floats
    ) -> tuple[Floats, Floats]:
        """States at `minutes` and at `stop`."""
        ta, alone = self.integrator, self.batch == 1
        for i, place in self.from_c:
            ta.pars[i] = c[0, place] if alone else c[:, place]
        ta.state[:] = y[0] if alone else y.T
        grid = np.concatenate([[start], minutes, [stop]])
        if alone:
            ta.time = start
            seen = ta.propagate_grid(grid)[-1]
            states = seen[None]
        else:
            ta.set_time(start)
            seen = ta.propagate_grid(np.tile(grid[:, None], (1, self.batch)))[1]
            states = seen.transpose(2, 0, 1)
        if not np.all(np.isfinite(states[:, -1])):
            raise RuntimeError("heyoka met a number that is not finite")
        return states[:, 1:-1], states[:, -1].copy()
