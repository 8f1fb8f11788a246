"""metabosim itself: as it is delivered, at the others' accuracy, by sample days, and several people abreast."""

from __future__ import annotations

import numpy as np

from benchmarks.cases import COLUMNS, Floats, Problem
from benchmarks.engines.base import Run
from metabosim.engine import integrate as code
from metabosim.engine.averaging import FEW
from metabosim.engine.lanes import alike, run_block
from metabosim.engine.lanes_kernel import LANES
from metabosim.engine.run import TOLERANCE, Resolution, budget_of, simulate_from


class _Alone:
    """One person after the other, with everything that `simulate` does once it has a body at rest."""

    package, modules = "metabosim", ("metabosim.engine",)
    alone, together = True, False
    least, most, abreast = 0, None, 1
    evaluations = 0  # of rates in the last run
    resolution: Resolution = "full"

    def prepare(self, problem: Problem) -> Run:
        """Nothing is left to be prepared."""

        def run(tolerance: float) -> Floats:
            self.evaluations = 0
            found = []
            for body, y in zip(problem.bodies, problem.y, strict=True):
                lived = simulate_from(
                    body,
                    y,
                    problem.arm.protocol,
                    0.0,
                    problem.duration,
                    meals=True,
                    output=problem.out,
                    tolerance=tolerance,
                    resolution=self.resolution,
                )
                if lived.resolution != self.resolution:
                    raise RuntimeError(f"fell back to {lived.resolution}")
                self.evaluations += lived.evaluations
                found.append(lived.states[:, COLUMNS])
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


class Lanes:
    """People in blocks, one vector instruction for several of them."""

    name, title = "lanes", "metabosim, lanes, full"
    package, modules = "metabosim", ("metabosim.engine",)
    tolerance: float | None = None
    alone, together = False, True
    least, most, abreast = 0, None, LANES
    evaluations = 0
    note = f"{LANES} people abreast, plans made before; all observables"

    def prepare(self, problem: Problem) -> Run:
        """Plans of blocks that share their events."""
        blocks = []
        for first in range(0, len(problem.y), LANES):
            here = slice(first, first + LANES)
            plans = alike(problem.plans[here])
            assert plans is not None
            blocks.append((plans, problem.y[here], problem.c[here]))

        def run(tolerance: float) -> Floats:
            self.evaluations = 0
            found = []
            for plans, y, c in blocks:
                block = run_block(plans, y, c, problem.out, tolerance, budget_of(problem.duration))
                if np.any(block.status != code.DONE):
                    raise RuntimeError("somebody could not be integrated")
                self.evaluations += block.evaluations
                found.append(block.states[:, :, COLUMNS])
            return np.concatenate(found)

        return run
