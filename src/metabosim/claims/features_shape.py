"""Readers of features that are shapes: pulses, ripple, first and second phase."""

from __future__ import annotations

import numpy as np

from metabosim.claims.features_values import positive_area
from metabosim.claims.reading import (
    Array,
    Look,
    Reading,
    Void,
    baseline_of,
    course,
    reads,
    windowed,
)
from metabosim.scenario.vocabulary import features as words


def pulses(x: Array, rise: float) -> list[tuple[int, int, int]]:
    """(foot, top, foot) of every pulse that rises by `rise` and falls by it again.

    A pulse cut off by the window's edge is not one. Walks once along the course, keeping the
    lowest point since the last pulse and the highest since that.
    """
    found: list[tuple[int, int, int]] = []
    foot = top = 0
    rising = False
    for i, value in enumerate(x):
        if not rising:
            if value < x[foot]:
                foot = i
            elif value - x[foot] >= rise:
                rising, top = True, i
        elif value > x[top]:
            top = i
        elif x[top] - value >= rise:
            found.append((foot, top, i))
            rising, foot = False, i
    return [
        (a, b, _end(x, b, found[k + 1][0] if k + 1 < len(found) else len(x) - 1))
        for k, (a, b, _) in enumerate(found)
    ]


def _end(x: Array, top: int, limit: int) -> int:
    """The lowest point between a pulse's top and the next one's foot."""
    return top + int(np.argmin(x[top : limit + 1]))


def _found(
    feature: words.PulseCount | words.PulseMass, look: Look
) -> tuple[Array, Array, list[tuple[int, int, int]]]:
    t, x = windowed(look.run, feature)
    measure = words.Value.model_validate({"value": feature.observable}).measure
    rise = measure.effect(feature.rise).of(float(x.max() - x.min()))
    return t, x, pulses(x, rise)


@reads(words.PulseCount)
def pulse_count(feature: words.PulseCount, look: Look) -> Reading:
    """The number of pulses that stand out by `rise` (a percentage is one of the whole range)."""
    return Reading(float(len(_found(feature, look)[2])))


@reads(words.PulseMass)
def pulse_mass(feature: words.PulseMass, look: Look) -> Reading:
    """The mean over pulses of the area above the line from foot to foot."""
    t, x, found = _found(feature, look)
    if not found:
        raise Void("there are no pulses")
    areas = []
    for a, _, b in found:
        line = np.interp(t[a : b + 1], [t[a], t[b]], [x[a], x[b]])
        areas.append(positive_area(t[a : b + 1], x[a : b + 1] - line))
    return Reading(float(np.mean(areas)), note=f"{len(found)} pulses")


@reads(words.Ripple)
def ripple(feature: words.Ripple, look: Look) -> Reading:
    """max(largest fall before the highest point, largest rise after it)."""
    t, x = windowed(look.run, feature)
    i = int(np.argmax(x))
    before, after = x[: i + 1], x[i:]
    falls = np.maximum.accumulate(before) - before
    rises = after - np.minimum.accumulate(after)
    worst = int(np.argmax(falls)) if falls.max() >= rises.max() else i + int(np.argmax(rises))
    return Reading(float(max(falls.max(), rises.max())), float(t[worst]))


@reads(words.FirstToSecondPhase)
def first_to_second_phase(feature: words.FirstToSecondPhase, look: Look) -> Reading:
    """Mean of x - baseline over the first minutes, over its mean in the rest of the window."""
    name = feature.first_to_second_phase
    line = course(look.run, name, feature.start, feature.stop)
    t0, t1 = float(line.t[0]), float(line.t[-1])
    base = baseline_of(look.run, name, feature.baseline, t0)
    means = []
    for start, stop in ((t0, t0 + feature.split), (t0 + feature.split, t1)):
        part = course(look.run, name, start, stop)
        means.append(float(np.trapezoid(part.x - base, part.t)) / (stop - start))
    if abs(means[1]) < 1e-12:
        raise Void("there is no second phase")
    return Reading(means[0] / means[1], note=f"first {means[0]:.4g}, second {means[1]:.4g}")
