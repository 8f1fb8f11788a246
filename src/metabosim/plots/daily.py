"""Long courses, one number a day: months of meals and pulses drawn minute by minute are a smear."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from metabosim.plots.picture import Line, Values

DAY, MORNING = 1440.0, 420.0
# from this length on, in min
LONG = 10 * DAY
# a day's swing beyond this share of the value is worth saying that it is not shown
SWING = 0.03
# up to this length, in min, courses are drawn as they are if a day's swing takes up no more of
# the panel's height than this
FORTNIGHT, RESTLESS = 15 * DAY, 0.15
# grids on which runs are recorded, in min
STEPS = (1.0, 5.0, 10.0, 15.0, 20.0, 30.0, 60.0)


def looks_at_mornings(checks: Iterable[Any], observable: str) -> bool:
    """Whether the checks read the observable's fasting values, so that those should be drawn."""
    return any(
        feature.observable == observable
        and (feature.kind == "fasting" or getattr(feature, "daily", None) == "fasting")
        for check in checks
        for feature, _ in check.parts()
    )


def by_day(time_min: Values, values: Values, morning: float | None) -> tuple[Values, Values]:
    """(times, values) with one number a day: the mean, or the value `morning` min past midnight.

    Every day's mean is taken at the same times of day, however finely some of them were recorded:
    a meal makes a jump, and more samples beside it would move the mean though nothing happened.
    """
    days = np.arange(np.floor(time_min[0] / DAY), np.ceil(time_min[-1] / DAY))
    if morning is not None:
        at = days * DAY + morning
        at = at[(at >= time_min[0]) & (at <= time_min[-1])]
        return at, np.interp(at, time_min, values)
    # a day cut short at the end is left out, unless it is all there is
    whole = (days * DAY >= time_min[0]) & ((days + 1) * DAY <= time_min[-1])
    days = days[whole] if whole.any() else days
    of_day = np.linspace(0.0, DAY, round(DAY / _common_step(time_min)) + 1)
    at = np.clip(days[:, np.newaxis] * DAY + of_day, time_min[0], time_min[-1])
    samples = np.interp(at, time_min, values)
    area = ((samples[:, 1:] + samples[:, :-1]) / 2 * np.diff(at)).sum(axis=1)
    return (at[:, 0] + at[:, -1]) / 2, area / (at[:, -1] - at[:, 0])


def _common_step(time_min: Values) -> float:
    """The finest step (min, a part of a day) at whose multiples the whole run was recorded."""
    recorded = np.round(time_min, 6)
    for step in STEPS:
        first, last = np.ceil(recorded[0] / step), np.floor(recorded[-1] / step)
        if np.isin(np.arange(first, last + 1) * step, recorded).all():
            return step
    return float(min(np.max(np.diff(time_min), initial=1.0), DAY))


def swings(time_min: Values, values: Values) -> bool:
    """Whether the value moves notably within its days."""
    return bool(_daily_swing(time_min, values) > SWING * np.max(np.abs(values)))


def _daily_swing(time_min: Values, values: Values) -> float:
    """How far a value moves within a day, as a rule."""
    day = np.floor(time_min / DAY)
    starts = np.flatnonzero(np.r_[True, day[1:] != day[:-1]])
    swing = np.maximum.reduceat(values, starts) - np.minimum.reduceat(values, starts)
    return float(np.median(swing))


def is_smear(span: float, lines: Sequence[Line]) -> bool:
    """Whether courses over a span (min) should be drawn by the day: two quiet weeks need not."""
    if span <= LONG or span > FORTNIGHT or not lines:
        return span > LONG
    height = max(x.values.max() for x in lines) - min(x.values.min() for x in lines)
    return any(_daily_swing(x.time_min, x.values) > RESTLESS * height for x in lines)
