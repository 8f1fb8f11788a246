"""SciPy's LSODA, fed with our compiled rates: the Python around them is what it costs, as for every user of it."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.cases import Floats, Problem
from benchmarks.engines.base import Run
from benchmarks.events import Segment, hoisted, lived, segments
from metabosim.engine.kernel import rates
from metabosim.engine.rest import SCALE

LEAST = (
    1e-3  # absolute tolerance: of the relative one, times a state's scale, as in our own integrator
)


class _Scipy:
    package, modules = "scipy", ("scipy.integrate",)
    tolerance: float | None = None
    alone, together = True, False
    least, most, abreast = 0, None, 1
    evaluations = 0  # of rates in the last run

    def prepare(self, problem: Problem) -> Run:
        """The segments of everybody's run."""
        people = [problem.only(i) for i in range(len(problem.y))]
        split = [list(segments(one)) for one in people]

        def run(tolerance: float) -> Floats:
            self.evaluations = 0
            return np.array(
                [self._lived(one, its, tolerance) for one, its in zip(people, split, strict=True)]
            )

        return run

    def _lived(self, one: Problem, parts: list[Segment], tolerance: float) -> Floats:
        """The watched states (n, watched) of one person."""
        lasting = hoisted(one.c)

        def step(
            y: Floats, c: Floats, start: float, stop: float, minutes: Floats
        ) -> tuple[Floats, Floats]:
            inside, last = self.integrated(y[0], c[0], lasting[0], start, stop, minutes, tolerance)
            return inside[None], last[None]

        return lived(one, parts, lasting, step)[0]

    def integrated(
        self, y: Floats, c: Floats, h: Floats, start: float, stop: float, out: Floats, rtol: float
    ) -> tuple[Floats, Floats]:
        """States at `out` (n, s) and at `stop` (s,)."""
        raise NotImplementedError


class Lsoda(_Scipy):
    """The interface that SciPy's documentation recommends."""

    name, title = "lsoda", "SciPy LSODA (solve_ivp)"
    note = "right-hand side is our compiled kernel; `integrate.solve_ivp(method='LSODA')`"
    method = "LSODA"

    def integrated(
        self, y: Floats, c: Floats, h: Floats, start: float, stop: float, out: Floats, rtol: float
    ) -> tuple[Floats, Floats]:
        """By solve_ivp."""
        from scipy.integrate import solve_ivp

        change = np.empty_like(y)

        def f(t: float, state: Floats) -> Floats:
            rates(state, c, h, change)
            return change.copy()

        found: Any = solve_ivp(
            f,
            (start, stop),
            y,
            method=self.method,
            t_eval=np.append(out, stop),
            rtol=rtol,
            atol=rtol * LEAST * SCALE,
        )
        if not found.success:
            raise RuntimeError(found.message)
        self.evaluations += int(found.nfev)
        return found.y[:, :-1].T, found.y[:, -1]


class Dop853(Lsoda):
    """The independent method that the reference is checked with."""

    name, title, method = "dop853", "SciPy DOP853", "DOP853"


class Odeint(_Scipy):
    """The same LSODA by its older interface, which has less Python around it."""

    name, title = "odeint", "SciPy LSODA (odeint)"
    note = "the same by the older interface"
    together = True

    def integrated(
        self, y: Floats, c: Floats, h: Floats, start: float, stop: float, out: Floats, rtol: float
    ) -> tuple[Floats, Floats]:
        """By odeint."""
        from scipy.integrate import odeint

        change = np.empty_like(y)

        def f(t: float, state: Floats) -> Floats:
            rates(state, c, h, change)
            return change

        found, told = odeint(
            f,
            y,
            np.concatenate([[start], out, [stop]]),
            rtol=rtol,
            atol=rtol * LEAST * SCALE,
            tfirst=True,
            mxstep=100_000,
            full_output=True,
        )
        if told["message"] != "Integration successful.":
            raise RuntimeError(told["message"])
        self.evaluations += int(told["nfe"][-1])
        return found[1:-1], found[-1]
