"""`metabosim population` without its files: drawing people, finding their rests, planning, living, measuring.

Resolutions other than full are offered as soon as a `Study` has them: see `RESOLUTION`.
"""

from __future__ import annotations

import dataclasses

import numpy as np

from benchmarks.cases import SEED, WATCHED, Floats, Problem
from benchmarks.engines.base import Run
from metabosim.engine.averaging import FEW
from metabosim.engine.integrate import TOLERANCE
from metabosim.engine.lanes_kernel import LANES
from metabosim.population import load_sampler
from metabosim.population.study import Study, live

RESOLUTION = "resolution"  # the field of a Study that says at which its arms are lived
KEPT = ("glucose_mmol_l", "insulin_pmol_l", "weight_kg", "vat_kg")


class Population:
    """A piece of a study; it brings its own people, as many as the problem has."""

    package, modules = "metabosim", ("metabosim.population",)
    tolerance: float | None = TOLERANCE
    alone, together = False, True
    most, abreast = None, LANES
    evaluations = 0

    def __init__(self, resolution: str) -> None:
        self.resolution = resolution
        self.name = f"population-{resolution}"
        self.title = f"metabosim population, {resolution}, end to end"
        self.least = FEW + 1 if resolution == "averaged" else 0
        self.note = f"draws, rests, plans and measures too; tolerance {TOLERANCE:g}"

    def prepare(self, problem: Problem) -> Run:
        """The study. RuntimeError for a resolution that populations do not have."""
        has_it = any(field.name == RESOLUTION for field in dataclasses.fields(Study))
        if not has_it and self.resolution != "full":
            raise RuntimeError("metabosim.population runs in full only")
        study = Study(
            {"arm": problem.arm},
            "arm",
            load_sampler(),
            SEED,
            len(problem.y),
            KEPT,
            piece_size=len(problem.y),
        )
        if has_it:
            study = dataclasses.replace(study, **{RESOLUTION: self.resolution})

        def run(tolerance: float) -> Floats:
            del tolerance  # populations have their own
            live(study, 0)
            return np.empty((0, problem.out.size, len(WATCHED)))

        return run
