"""Events for engines that only integrate: between two of them nothing but the equations is at work."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from benchmarks.cases import COLUMNS, Floats, Problem
from metabosim.body import STATES, vector
from metabosim.engine import integrate as code
from metabosim.engine.kernel import HOISTED, observe, prepare


@dataclass(frozen=True)
class Segment:
    """What is done at `start`, with a value for each person, and the run from there to `stop`.

    `out` are the places of the minutes that fall after `start` and before `stop`.
    """

    start: float
    stop: float
    deeds: tuple[tuple[int, int, Floats], ...]
    out: slice


def segments(problem: Problem) -> Iterator[Segment]:
    """The run as segments; everybody's events must be at the same times."""
    timelines = [plan.timeline() for plan in problem.plans]
    merged: dict[float, list[tuple[int, int, Floats]]] = {0.0: []}
    for together in zip(*timelines, strict=True):
        (place,) = {event[:3] for event in together}
        time, kind, index = place
        merged.setdefault(time, []).append((kind, index, np.array([e[3] for e in together])))
    times = sorted(merged)
    for start, stop in zip(times, [*times[1:], problem.duration], strict=True):
        inside = slice(
            int(np.searchsorted(problem.out, start, side="right")),
            int(np.searchsorted(problem.out, stop)),
        )
        yield Segment(start, stop, tuple(merged[start]), inside)


def happen(segment: Segment, y: Floats, c: Floats, lasting: Floats) -> None:
    """What happens at the start of a segment, to states (people, s) and constants (people, k)."""
    for kind, index, values in segment.deeds:
        if kind == code.ADD:
            y[:, index] += values
        elif kind == code.ADD_MEAL:
            y[:, index] += values * _appetite(y, c, lasting) * c[:, code.DIET]
        elif kind == code.SET_CONSTANT:
            c[:, index] = values
        elif kind == code.MARK_MEAL:
            c[:, code.MEAL_SIZE] = np.maximum(y[:, code.STOMACH], 1e-9)
        else:
            raise NotImplementedError(f"no case has an event of kind {kind}")


def _appetite(y: Floats, c: Floats, lasting: Floats) -> Floats:
    seen = np.empty(len(vector.READING))
    found = np.empty(len(y))
    for i in range(len(y)):
        observe(y[i], c[i], lasting[i], seen)
        found[i] = seen[code.APPETITE]
    return found


def hoisted(c: Floats) -> Floats:
    """What constants (people, k) decide for a whole run (people, h)."""
    found = np.empty((len(c), HOISTED))
    for i in range(len(c)):
        prepare(c[i], found[i])
    return found


class Step(Protocol):
    """Integrates everybody over a segment."""

    def __call__(
        self, y: Floats, c: Floats, start: float, stop: float, minutes: Floats, /
    ) -> tuple[Floats, Floats]:
        """States at `minutes` (people, m, s), all after `start` and before `stop`, and at `stop` (people, s)."""
        ...


def lived(problem: Problem, parts: list[Segment], lasting: Floats, step: Step) -> Floats:
    """The watched states (people, n, watched) of a problem whose segments are `parts`."""
    y, c = problem.y.copy(), problem.c.copy()
    out = problem.out
    seen = np.empty((len(y), out.size, len(STATES)))
    for part in parts:
        happen(part, y, c, lasting)
        if part.out.start and out[part.out.start - 1] == part.start:
            seen[:, part.out.start - 1] = y
        minutes = out[part.out]
        inside, y = step(y, c, part.start, part.stop, minutes)
        seen[:, part.out] = inside
    if out[-1] == problem.duration:
        seen[:, -1] = y
    return seen[:, :, COLUMNS]
