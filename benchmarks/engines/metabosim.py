"""metabosim itself: as it is delivered, at the others' accuracy, by sample days, and several people abreast."""

from __future__ import annotations

import numpy as np

from benchmarks.cases import COLUMNS, Floats, Problem
from benchmarks.engines.base import Run as Solve
from metabosim.engine import integrate as code
from metabosim.engine.averaging import FEW, averaged_abreast
from metabosim.engine.lanes import Alike, alike, run_abreast
from metabosim.engine.lanes_kernel import LANES
from metabosim.engine.run import TOLERANCE, Body, Resolution, Run, budget_of, simulate_from


def as_delivered(
    problem: Problem, body: Body, y: Floats, tolerance: float, resolution: Resolution
) -> Run:
    """What `simulate` does once it has a body at rest."""
    return simulate_from(
        body,
        y,
        problem.arm.protocol,
        0.0,
        problem.duration,
        meals=True,
        output=problem.out,
        tolerance=tolerance,
        resolution=resolution,
    )


class _Alone:
    """One person after the other, with everything that `simulate` does once it has a body at rest."""

    package, modules = "metabosim", ("metabosim.engine",)
    alone, together = True, False
    least, most, abreast = 0, None, 1
    evaluations = 0  # of rates in the last run
    resolution: Resolution = "full"

    def prepare(self, problem: Problem) -> Solve:
        """Nothing is left to be prepared."""

        def run(tolerance: float) -> Floats:
            self.evaluations = 0
            found, otherwise = [], 0
            for body, y in zip(problem.bodies, problem.y, strict=True):
                lived = as_delivered(problem, body, y, tolerance, self.resolution)
                otherwise += lived.resolution != self.resolution
                self.evaluations += lived.evaluations
                found.append(lived.states[:, COLUMNS])
            # who cannot be averaged is run in full, as anybody gets it; if most are, it is another engine's row
            if otherwise > len(found) // 2:
                raise RuntimeError(f"{otherwise} of {len(found)} were not run {self.resolution}")
            return np.array(found)

        return run


class Default(_Alone):
    """A run as anybody gets it."""

    name, title = "metabosim", "metabosim as delivered"
    tolerance: float | None = TOLERANCE
    note = "planning, integration and all observables; far more accurate than the others here"


class Scalar(_Alone):
    """A run at the accuracy of the other engines."""

    name, title = "scalar", "metabosim, full"
    tolerance: float | None = None
    note = "the same at the accuracy of the others"


class Averaged(_Alone):
    """A run by sample days."""

    name, title = "averaged", "metabosim, averaged"
    tolerance: float | None = TOLERANCE
    resolution: Resolution = "averaged"
    together, least = True, FEW + 1
    note = "its error is of another kind: see the columns"


class _Abreast:
    """People in blocks, one vector instruction for several of them; plans are made before."""

    package, modules = "metabosim", ("metabosim.engine",)
    alone, together = False, True
    most, abreast = None, LANES
    evaluations = 0

    def prepare(self, problem: Problem) -> Solve:
        """Plans of people that share their events."""
        plans = alike(problem.plans)
        assert plans is not None

        def run(tolerance: float) -> Floats:
            return self.states(problem, plans, tolerance)

        return run

    def states(self, problem: Problem, plans: Alike, tolerance: float) -> Floats:
        """The watched states."""
        raise NotImplementedError


class Lanes(_Abreast):
    """Every minute."""

    name, title = "lanes", "metabosim, lanes, full"
    tolerance: float | None = None
    least = 0
    note = f"{LANES} people abreast, plans made before; all observables"

    def states(self, problem: Problem, plans: Alike, tolerance: float) -> Floats:
        """The watched states."""
        self.evaluations, found = 0, []
        for first in range(0, plans.bodies, LANES):  # what all of them see would fill the memory
            here = np.arange(first, min(first + LANES, plans.bodies))
            block = run_abreast(
                plans.some(here),
                problem.y[here],
                problem.c[here],
                problem.out,
                tolerance,
                budget_of(problem.duration),
            )
            if np.any(block.status != code.DONE):
                raise RuntimeError("somebody could not be integrated")
            self.evaluations += int(np.sum(block.evaluations))
            found.append(block.states[:, :, COLUMNS])
        return np.concatenate(found)


class LanesAveraged(_Abreast):
    """Sample days."""

    name, title = "lanes-averaged", "metabosim, lanes, averaged"
    tolerance: float | None = TOLERANCE
    least = FEW + 1
    note = "sample days, all people stepped together; all observables; its error is of another kind"

    def states(self, problem: Problem, plans: Alike, tolerance: float) -> Floats:
        """The watched states."""
        rests = [body.rest for body in problem.bodies]
        runs = averaged_abreast(plans, problem.c, problem.y, rests, problem.out, tolerance)
        found = []
        for run in runs:
            if run is None:
                raise RuntimeError("somebody could not be averaged")
            found.append(run.record.at(problem.out)[0][:, COLUMNS])
        self.evaluations = sum(run.evaluations for run in runs if run)
        return np.array(found)
