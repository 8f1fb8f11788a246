"""Readers of features that are times: when something peaks, settles, is half done, decays, lags.

Times count from the start of the window; `Reading.at_min` is the minute of the run.
"""

from __future__ import annotations

import numpy as np

from metabosim.claims.reading import (
    Array,
    CannotJudge,
    Course,
    Look,
    Reading,
    Void,
    baseline_of,
    course,
    reads,
    windowed,
)
from metabosim.scenario.vocabulary import features as words

FLAT = 1e-9  # a change smaller than this share of the level is none


@reads(words.TimeToPeak)
def time_to_peak(feature: words.TimeToPeak, look: Look) -> Reading:
    """argmax x(t), counted from the window's start."""
    line = windowed(look.run, feature)
    at = float(line.t[int(np.argmax(line.x))])
    return Reading(at - _origin(feature, look), at)


@reads(words.TimeToTrough)
def time_to_trough(feature: words.TimeToTrough, look: Look) -> Reading:
    """argmin x(t), counted from the window's start."""
    line = windowed(look.run, feature)
    at = float(line.t[int(np.argmin(line.x))])
    return Reading(at - _origin(feature, look), at)


def _origin(feature: words.Windowed, look: Look) -> float:
    return float(look.run.time_min[0]) if feature.start is None else feature.start


def crossing(t: Array, x: Array, level: float) -> float | None:
    """The first time x reaches `level` from below, interpolated; None if it never does."""
    above = x >= level
    if not above.any():
        return None
    i = int(np.argmax(above))
    if i == 0:
        return float(t[0])
    return float(t[i - 1] + (t[i] - t[i - 1]) * (level - x[i - 1]) / (x[i] - x[i - 1]))


@reads(words.SettlingTime)
def settling_time(feature: words.SettlingTime, look: Look) -> Reading:
    """The last time |x - settled| <= band becomes true and stays so; the window's end if never."""
    t, x = windowed(look.run, feature)
    name = feature.settling_time
    settled = float(x[-1])
    if feature.around == "baseline":
        settled = baseline_of(look.run, name, feature.baseline, float(t[0]))
    own = words.Value.model_validate({"value": name})
    band = own.measure.effect(feature.band).of(settled)
    over = np.abs(x - settled) - band
    outside = np.flatnonzero(over > 0)
    origin = _origin(feature, look)
    if not len(outside):
        return Reading(float(t[0]) - origin, float(t[0]), "never left the band")
    i = int(outside[-1])
    if i == len(t) - 1:
        return Reading(float(t[-1]) - origin, float(t[-1]), "not settled by the end")
    at = float(t[i] + (t[i + 1] - t[i]) * over[i] / (over[i] - over[i + 1]))
    return Reading(at - origin, at)


def time_over(t: Array, x: Array) -> float:
    """How long x > 0, with the crossings interpolated; touching 0 counts as above."""
    rise = np.diff(x)
    span = np.diff(t)
    a, b = x[:-1], x[1:]
    with np.errstate(divide="ignore", invalid="ignore"):
        partial = np.where(rise != 0, np.maximum(a, b) / np.abs(rise), 0.0)
    share = np.where((a >= 0) & (b >= 0), 1.0, np.where((a < 0) & (b < 0), 0.0, partial))
    return float(span @ share)


def _level(
    feature: words.FeatureBase, look: Look, level: str | float, mode: str, t0: float
) -> float:
    measure = words.Value.model_validate({"value": feature.observable}).measure
    threshold = measure.threshold(level)
    if not threshold.needs_baseline:
        return threshold.value
    return threshold.of(baseline_of(look.run, feature.observable, mode, t0))


@reads(words.TimeAbove, words.TimeBelow)
def time_beyond(feature: words.TimeAbove | words.TimeBelow, look: Look) -> Reading:
    """Total time with x >= level (or x <= level)."""
    t, x = windowed(look.run, feature)
    level = _level(feature, look, feature.level, feature.baseline, float(t[0]))
    sign = 1.0 if isinstance(feature, words.TimeAbove) else -1.0
    return Reading(time_over(t, sign * (x - level)), note=f"level {level:.4g}")


@reads(words.TimeInRange)
def time_in_range(feature: words.TimeInRange, look: Look) -> Reading:
    """Total time with low <= x <= high."""
    t, x = windowed(look.run, feature)
    low = _level(feature, look, feature.low, feature.baseline, float(t[0]))
    high = _level(feature, look, feature.high, feature.baseline, float(t[0]))
    outside = time_over(t, low - x - 1e-15) + time_over(t, x - high - 1e-15)
    return Reading(float(t[-1] - t[0]) - outside)


def effect_course(feature: words.HalfEffectTime, look: Look) -> Course:
    """The change from baseline, or from the other arm, over the window."""
    name = feature.half_effect_time
    if name == "m_value":
        return _clamped_course(feature, look)
    line = windowed(look.run, feature)
    if feature.versus:
        other = windowed(look.at(feature.versus).run, feature)
        if other.t[-1] < line.t[-1] - 1e-6 or other.t[0] > line.t[0] + 1e-6:
            raise CannotJudge(f"arm '{feature.versus}' does not cover the window of '{look.arm}'")
        return Course((line.t, line.x - np.interp(line.t, other.t, other.x)))
    mode = "fasting" if feature.daily == "fasting" else feature.baseline
    return Course((line.t, line.x - baseline_of(look.run, name, mode, float(line.t[0]))))


def _clamped_course(feature: words.HalfEffectTime, look: Look) -> Course:
    """M by clamps every so often, less the other arm's (or its own at the window's start)."""
    run = look.run
    start = _origin(feature, look)
    stop = float(run.time_min[-1]) if feature.stop is None else feature.stop
    at = np.arange(start, stop + 1e-6, feature.every)
    values = np.array([float(run.m_value(float(t))) for t in at])
    if feature.versus:
        other = look.at(feature.versus).run
        return Course((at, values - np.array([float(other.m_value(float(t))) for t in at])))
    return Course((at, values - values[0]))


def half_effect(t: Array, change: Array, share: float, scale: float) -> float:
    """When `change` first reaches `share` of its last value, on the same side."""
    final = float(change[-1])
    if abs(final) <= FLAT * max(scale, 1e-300):
        raise Void("there is no change, so no half of it")
    at = crossing(t, change / final, share)
    assert at is not None  # the last value is all of it
    return at


@reads(words.HalfEffectTime)
def half_effect_time(feature: words.HalfEffectTime, look: Look) -> Reading:
    """The first t with change(t) / change(end) >= share."""
    t, change = effect_course(feature, look)
    scale = float(np.max(np.abs(change)))
    at = half_effect(t, change, feature.share, max(scale, 1e-9))
    return Reading(at - _origin(feature, look), at, f"final change {change[-1]:.4g}")


@reads(words.HalfLife)
def half_life(feature: words.HalfLife, look: Look) -> Reading:
    """ln 2 / -slope of ln x, from the highest point of the window on."""
    t, x = windowed(look.run, feature)
    i = int(np.argmax(x))
    t, x = t[i:], x[i:]
    keep = x > x[0] * 1e-6 if x[0] > 0 else np.zeros(len(x), bool)
    if keep.sum() < 3:
        raise Void("there is nothing that decays")
    even = np.linspace(t[keep][0], t[keep][-1], 200)
    logs = np.log(np.interp(even, t[keep], x[keep]))
    slope = float(np.polyfit(even - even[0], logs, 1)[0])
    if slope >= 0:
        raise Void("it does not decay")
    return Reading(float(np.log(2.0) / -slope))


def best_shift(t: Array, leader: Array, follower: Array) -> float:
    """The shift s >= 0 (min), up to half the window, with the best correlation of the two."""
    span = float(t[-1] - t[0])
    even = np.linspace(t[0], t[-1], 1001)
    lead, follow = np.interp(even, t, leader), np.interp(even, t, follower)
    scores = np.full(501, -np.inf)
    for k in range(501):
        a, b = lead[: len(even) - k], follow[k:]
        if a.std() > FLAT * abs(a).max() and b.std() > FLAT * abs(b).max():
            scores[k] = abs(np.corrcoef(a, b)[0, 1])
    if not np.isfinite(scores).any():
        raise Void("one of the two does not move")
    return float(np.argmax(scores)) * span / 1000.0


def lag_between(leader: Course, follower: Course, by: str) -> float:
    """How long the follower runs behind, in min (negative if it leads, by half effects)."""
    if by == "best_shift":
        return best_shift(leader.t, leader.x, np.interp(leader.t, follower.t, follower.x))
    times = [
        half_effect(line.t, line.x - line.x[0], 0.5, float(np.max(np.abs(line.x))))
        for line in (leader, follower)
    ]
    return times[1] - times[0]


@reads(words.Lag)
def lag(feature: words.Lag, look: Look) -> Reading:
    """t50(follower) - t50(leader), or the shift of best correlation."""
    follower = windowed(look.run, feature, feature.lag)
    leader = windowed(look.run, feature, feature.behind)
    return Reading(lag_between(leader, follower, feature.by))


@reads(words.HalfEffectLevel)
def half_effect_level(feature: words.HalfEffectLevel, look: Look) -> Reading:
    """The driver's level when the observable is half way between its first and last value."""
    run = look.run
    line = course(run, feature.half_effect_level, feature.start, feature.stop)
    driver = course(run, feature.of, feature.start, feature.stop)
    change = line.x - line.x[0]
    at = half_effect(line.t, change, 0.5, float(np.max(np.abs(line.x))))
    return Reading(float(np.interp(at, driver.t, driver.x)), at)
