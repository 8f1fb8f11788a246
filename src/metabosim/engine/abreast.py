"""Many bodies through the same arm at once, as far as their plans are alike."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from metabosim.engine.averaging import Averaged, averaged_abreast, lasts
from metabosim.engine.integrate import TOLERANCE
from metabosim.engine.lanes import Alike, groups, run_abreast
from metabosim.engine.lanes_kernel import LANES
from metabosim.engine.plan import Plan
from metabosim.engine.run import (
    Body,
    Start,
    budget_of,
    failure_of,
    not_finite,
    starting_state,
)
from metabosim.errors import SimulationError

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Life:
    """A body and what is done to it: the plan, the slots of drugs, the constants (k,) with the drugs in them."""

    body: Body
    plan: Plan
    slots: dict[str, int]
    c: Floats


@dataclass(frozen=True)
class Lived:
    """What became of one: states (n, s) and readings (n, r); how it was averaged, if it was."""

    states: Floats
    readings: Floats
    averaged: Averaged | None = None


def lived_abreast(
    lives: Sequence[Life], start: Start, out: Floats, *, averaged: bool = True, together: int
) -> Iterator[tuple[int, Lived | SimulationError | None]]:
    """What becomes of each life (its place among `lives`, in no order), looked at at minutes `out`.

    None for those that cannot go abreast, since something is held at a course. Long runs from midnight are `averaged`
    if asked to be, so many `together`; those that cannot be trusted are run in full.
    """
    for places, plans in groups([life.plan for life in lives]):
        if plans is None:
            yield from ((place, None) for place in places)
            continue
        for first in range(0, len(places), together):
            here = np.arange(first, min(first + together, len(places)))
            some = [lives[places[i]] for i in here]
            for i, one in _alike(some, plans.some(here), start, out, averaged):
                yield places[first + i], one


def _alike(
    lives: Sequence[Life], plans: Alike, start: Start, out: Floats, averaged: bool
) -> Iterator[tuple[int, Lived | SimulationError]]:
    """The same for lives whose plans are alike."""
    duration = lives[0].plan.stop
    y = np.array([starting_state(life.body, start) for life in lives])
    c = np.array([life.c for life in lives])
    left = list(range(len(lives)))
    if averaged and start == "midnight" and lasts(duration):
        sampled = averaged_abreast(plans, c, y, [life.body.rest for life in lives], out)
        for i, one in enumerate(sampled):
            if one is None:
                continue
            states, readings = one.record.at(out)
            if one.is_trusted(readings):
                left.remove(i)
                yield i, Lived(states, readings, one)
    budget = budget_of(duration)
    for first in range(0, len(left), LANES):  # a few at a time: what all were recorded as is much
        some = np.array(left[first : first + LANES])
        block = run_abreast(plans.some(some), y[some], c[some], out, TOLERANCE, budget)
        for k, i in enumerate(some):
            status, where, fault = block.status[k], block.where[k], block.fault[k]
            failed = failure_of(int(status), float(where), int(fault), budget)
            lived = Lived(block.states[k], block.readings[k])
            yield int(i), failed or not_finite(lived.readings, out) or lived
