"""Margins of temporal statements on plain arrays: quantitative STL semantics, linear in between.

`t` ascends strictly, in min, shape (n,); signals have that shape. Between samples a signal is a
straight line, so an extreme over an interval lies on a sample or on an edge of the interval.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from metabosim.claims.features_times import crossing, time_over

Array = NDArray[np.float64]


def stays(x: Array, low: float, high: float) -> tuple[int, float]:
    """(where, margin) of G (low <= x <= high): the smallest of x - low and high - x."""
    room = np.minimum(x - low, high - x)
    i = int(np.argmin(room))
    return i, float(room[i])


def sliding(t: Array, x: Array, length: float, *, largest: bool) -> Array:
    """The largest (or smallest) x over [t, t + length], for every t with t + length <= t[-1]."""
    sign = 1.0 if largest else -1.0
    y = sign * x
    starts = t[t + length <= t[-1] + 1e-9]
    edge = np.interp(starts + length, t, y)
    last = np.searchsorted(t, starts + length + 1e-9, "right")
    out = np.empty(len(starts))
    # a queue of candidates whose values fall: each sample enters and leaves it once
    queue: list[int] = []
    head, entered = 0, 0
    for i in range(len(starts)):
        while entered < last[i]:
            while len(queue) > head and y[queue[-1]] <= y[entered]:
                queue.pop()
            queue.append(entered)
            entered += 1
        while queue[head] < i:
            head += 1
        out[i] = max(y[queue[head]], edge[i])
    return sign * out


class Response(NamedTuple):
    """Margin of a when-then, where it is worst, and how long the condition is active, in min."""

    margin: float
    at: float
    active: float


def when_then(t: Array, when: Array, then: Array, within: float, stop: float) -> Response:
    """G (when >= 0 -> F[0,within] then >= 0) for t <= stop: the worst response while active.

    If the condition is never active the margin is that of no response at all, 0.
    """
    best = sliding(t, then, within, largest=True) if within > 0 else then
    n = int(np.searchsorted(t[: len(best)], stop + 1e-9, "right"))
    active = when[:n] >= 0
    length = time_over(t[:n], when[:n]) if n > 1 else 0.0
    if not active.any():
        return Response(0.0, float(t[0]), 0.0)
    where = np.flatnonzero(active)
    i = int(where[np.argmin(best[:n][active])])
    return Response(float(best[i]), float(t[i]), length)


class Return(NamedTuple):
    """Margin of a return, from when on it was best, and when (and whether) the band was left."""

    margin: float
    at: float
    left: float
    did_leave: bool


def returns(t: Array, deviation: Array, band: float, latest: float, stays_for: float) -> Return:
    """F[left,latest] G[0,stays_for] |deviation| <= band; `left`: the first moment outside it."""
    size = np.abs(deviation)
    outside = np.flatnonzero(size > band)
    if not len(outside):
        return Return(band - float(size.max()), float(t[0]), float(t[0]), False)
    first = int(outside[0])
    t, size = t[first:], size[first:]
    # an interval may also start where a later one's end meets a sample
    t_more = np.union1d(t, (t - stays_for)[(t - stays_for) >= t[0]])
    size = np.interp(t_more, t, size)
    worst = sliding(t_more, size, stays_for, largest=True)
    starts = t_more[: len(worst)]
    allowed = starts <= latest + 1e-9
    if not allowed.any():
        return Return(band - float(size.max()), float(t[0]), float(t[0]), True)
    i = int(np.argmin(np.where(allowed, worst, np.inf)))
    return Return(band - float(worst[i]), float(starts[i]), float(t[0]), True)


def first_reaching(t: Array, x: Array, level: float) -> float | None:
    """When x first reaches `level`, interpolated; None if it never does."""
    return crossing(t, x, level)
