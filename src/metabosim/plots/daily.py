"""Long courses, one number a day: months of meals and pulses drawn minute by minute are a smear."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from metabosim.plots.picture import Values

DAY, MORNING = 1440.0, 420.0
# from this length on, in min
LONG = 10 * DAY
# a day's swing beyond this share of the value is worth saying that it is not shown
SWING = 0.03


def looks_at_mornings(checks: Iterable[Any], observable: str) -> bool:
    """Whether the checks read the observable's fasting values, so that those should be drawn."""
    return any(
        feature.observable == observable
        and (feature.kind == "fasting" or getattr(feature, "daily", None) == "fasting")
        for check in checks
        for feature, _ in check.parts()
    )


def by_day(time_min: Values, values: Values, morning: float | None) -> tuple[Values, Values]:
    """(times, values) with one number a day: the mean, or the value `morning` min past midnight."""
    days = np.arange(np.floor(time_min[0] / DAY), np.ceil(time_min[-1] / DAY))
    if morning is not None:
        at = days * DAY + morning
        at = at[(at >= time_min[0]) & (at <= time_min[-1])]
        return at, np.interp(at, time_min, values)
    # the area up to each midnight, by trapezoids
    area = np.concatenate(([0.0], np.cumsum((values[1:] + values[:-1]) / 2 * np.diff(time_min))))
    edges = np.clip(np.append(days, days[-1] + 1) * DAY, time_min[0], time_min[-1])
    lengths = np.diff(edges)
    means = np.diff(np.interp(edges, time_min, area)) / lengths
    return (edges[1:] + edges[:-1]) / 2, means


def swings(time_min: Values, values: Values) -> bool:
    """Whether the value moves notably within its days."""
    day = np.floor(time_min / DAY)
    starts = np.flatnonzero(np.r_[True, day[1:] != day[:-1]])
    swing = np.maximum.reduceat(values, starts) - np.minimum.reduceat(values, starts)
    return bool(np.median(swing) > SWING * np.max(np.abs(values)))
