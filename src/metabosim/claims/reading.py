"""From a run to a number: courses with exact edges, baselines, and the table of readers.

A reader turns a feature into a `Reading`. It raises `CannotJudge` where the number would be
wrong (a window outside the run, NaN) and `Void` where it does not exist (no half-life without a
decay); nothing is ever silently cut, skipped or filled in.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from metabosim.errors import MetabosimError
from metabosim.scenario.vocabulary.base import DAY, MORNING
from metabosim.scenario.vocabulary.features import FeatureBase

Array = NDArray[np.float64]
EDGE = 1e-6  # min, by which a window may miss the end of a run


class CannotJudge(MetabosimError):
    """The number asked for would be wrong; the verdict is `error`."""


class Void(MetabosimError):
    """There is nothing to judge; the verdict is `vacuous`."""


class RunLike(Protocol):
    """What is needed of a run; metabosim.engine.Run has it."""

    @property
    def time_min(self) -> Array:
        """Minutes, ascending, shape (n,)."""
        ...

    def __getitem__(self, name: str) -> Array:
        """A column, shape (n,)."""
        ...

    @property
    def rest(self) -> Any:
        """The habitual day it started from, 0 to 1440 min."""
        ...

    def baseline(self, name: str) -> float:
        """Mean of the habitual day."""
        ...

    def fasting_baseline(self, name: str) -> float:
        """The 07:00 value of the habitual day."""
        ...


class Course(tuple[Array, Array]):
    """Times in min and values of an observable, shape (n,) each, n >= 1."""

    __slots__ = ()

    @property
    def t(self) -> Array:
        """Minutes of the run."""
        return self[0]

    @property
    def x(self) -> Array:
        """Values in the observable's unit."""
        return self[1]


@dataclass(frozen=True)
class Reading:
    """A number read from a run: its value, when it was so (min), and what to say about it."""

    value: float
    at_min: float | None = None
    note: str = ""


def clock_start(run: RunLike) -> float:
    """The clock time at which the run's own time is 0, in min past midnight."""
    return MORNING if getattr(run, "start", "midnight") == "fasting" else 0.0


def _finite(values: Array, times: Array, name: str) -> None:
    bad = ~np.isfinite(values)
    if bad.any():
        raise CannotJudge(f"'{name}' is not a finite number at {times[bad][0]:g} min")


def course(run: RunLike, name: str, start: float | None, stop: float | None) -> Course:
    """The course of `name` from `start` to `stop`, both edges interpolated and included."""
    t, x = np.asarray(run.time_min, float), np.asarray(run[name], float)
    low = float(t[0]) if start is None else start
    high = float(t[-1]) if stop is None else stop
    if low < t[0] - EDGE or high > t[-1] + EDGE or low > high:
        raise CannotJudge(
            f"the window from {low:g} to {high:g} min is not inside the run, "
            f"which goes from {t[0]:g} to {t[-1]:g} min"
        )
    low, high = max(low, float(t[0])), min(high, float(t[-1]))
    first = max(int(np.searchsorted(t, low, "right")) - 1, 0)
    last = min(int(np.searchsorted(t, high, "left")), len(t) - 1)
    near_t, near_x = t[first : last + 1], x[first : last + 1]
    _finite(near_x, near_t, name)
    inside = (near_t > low) & (near_t < high)
    edges = np.interp([low, high], near_t, near_x)
    if high == low:
        return Course((np.array([low]), edges[:1]))
    return Course(
        (
            np.concatenate(([low], near_t[inside], [high])),
            np.concatenate((edges[:1], near_x[inside], edges[1:])),
        )
    )


def value_at(run: RunLike, name: str, at: float | None) -> float:
    """The value at a moment (None: the end of the run), interpolated."""
    at = float(run.time_min[-1]) if at is None else at
    return float(course(run, name, at, at).x[0])


def by_the_day(line: Course, how: str, period: float, clock: float) -> Course:
    """One number for each whole period of a course, at the middle of it (fasting: at 07:00)."""
    t, x = line
    if how == "fasting":
        first = np.ceil((t[0] + clock - MORNING) / period - 1e-9) * period + MORNING - clock
        at = np.arange(first, t[-1] + EDGE, period)
        if not len(at):
            raise CannotJudge("the window has no morning (07:00) in it")
        return Course((at, np.interp(at, t, x)))
    count = int((t[-1] - t[0] + EDGE) // period)
    if count < 1:
        raise CannotJudge(f"the window is shorter than the period of {period:g} min")
    edges = t[0] + period * np.arange(count + 1)
    numbers = np.empty(count)
    for i in range(count):
        inside = (t > edges[i]) & (t < edges[i + 1])
        part_t = np.concatenate(([edges[i]], t[inside], [edges[i + 1]]))
        part_x = np.interp(part_t, t, x)
        numbers[i] = {
            "mean": lambda a, b: np.trapezoid(b, a) / (a[-1] - a[0]),
            "max": lambda a, b: b.max(),
            "min": lambda a, b: b.min(),
        }[how](part_t, part_x)
    return Course((edges[:-1] + period / 2, numbers))


def windowed(run: RunLike, feature: Any, name: str | None = None) -> Course:
    """The course that a windowed feature (or event, or check) looks at."""
    name = name or feature.observable
    line = course(run, name, getattr(feature, "start", None), getattr(feature, "stop", None))
    if feature.daily is None:
        return line
    return by_the_day(line, feature.daily, feature.period, clock_start(run))


def baseline_of(run: RunLike, name: str, mode: str, start: float | None = None) -> float:
    """The arm's baseline of `name`: mean, fasting, at the same clock as `start`, or at `start`."""
    if mode == "fasting":
        value = run.fasting_baseline(name)
    elif mode == "mean":
        value = run.baseline(name)
    else:
        at = float(run.time_min[0]) if start is None else start
        if mode == "start":
            return value_at(run, name, at)
        value = value_at(run.rest, name, (at + clock_start(run)) % DAY)
    if not np.isfinite(value):
        raise CannotJudge(f"the baseline of '{name}' is not a finite number")
    return float(value)


def ratio(upper: float, lower: float, what: str) -> float:
    """upper / lower; CannotJudge if lower is 0."""
    if abs(lower) < 1e-12 * max(1.0, abs(upper)):
        raise CannotJudge(f"{what} is 0, so there is no ratio to it")
    return upper / lower


# --- the table of readers ---------------------------------------------------------------------


@dataclass(frozen=True)
class Look:
    """Where a feature is read: a bench of arms, and the arm meant unless the feature names one."""

    bench: Any
    arm: str

    @property
    def run(self) -> Any:
        """The arm's run."""
        return self.bench.run(self.arm)

    def at(self, arm: str) -> Look:
        """The same bench, another arm."""
        return Look(self.bench, arm)


Reader = Callable[[Any, Look], Reading]
READERS: dict[type[FeatureBase], Reader] = {}
R = TypeVar("R", bound=Reader)


def reads(*kinds: type[FeatureBase]) -> Callable[[R], R]:
    """Register the reader of a kind of feature."""

    def register(reader: R) -> R:
        for kind in kinds:
            READERS[kind] = reader
        return reader

    return register


def read(feature: FeatureBase, look: Look) -> Reading:
    """The number a feature gives, from the arm it names or else from the one looked at."""
    where = look.at(feature.arm) if feature.arm else look
    reading = READERS[type(feature)](feature, where)
    if not np.isfinite(reading.value):
        raise CannotJudge(f"'{feature.kind}' of arm '{where.arm}' is not a finite number")
    return reading
