"""Judges of the course of one arm in time. `course_margins` holds the formulas, free of runs."""

from __future__ import annotations

import numpy as np

from metabosim.claims import course_margins as margins
from metabosim.claims.bench import Bench
from metabosim.claims.judging import judges
from metabosim.claims.reading import (
    Array,
    Course,
    RunLike,
    baseline_of,
    by_the_day,
    clock_start,
    course,
    windowed,
)
from metabosim.claims.verdict import Judgement, number, quantity, weakest
from metabosim.scenario.vocabulary import checks_course as words
from metabosim.scenario.vocabulary.operands import OneCourse, measure_of


def _arms(check: OneCourse, bench: Bench) -> tuple[str, ...]:
    return check.arms or (bench.treated(check.arm),)


def _level(text: str | float, check: OneCourse | words.Condition, run: RunLike, t0: float) -> float:
    threshold = measure_of(check.observable).threshold(text)
    if not threshold.needs_baseline:
        return threshold.value
    return threshold.of(baseline_of(run, check.observable, check.baseline, t0))


@judges(words.StaysAbove, words.StaysBelow, words.StaysBetween)
def stays(
    check: words.StaysAbove | words.StaysBelow | words.StaysBetween, bench: Bench
) -> Judgement:
    """min over t of x - low, high - x, or the smaller of the two. STL: G[from,to] low <= x <= high.

    Void if x moves less than `noise` in the window.
    """
    return weakest(_stays_in(check, bench, arm) for arm in _arms(check, bench))


def _stays_in(
    check: words.StaysAbove | words.StaysBelow | words.StaysBetween, bench: Bench, arm: str
) -> Judgement:
    run = bench.run(arm)
    t, x = windowed(run, check)
    t0, unit = float(t[0]), measure_of(check.observable).unit
    low, high = -np.inf, np.inf
    if isinstance(check, words.StaysBetween):
        low, high = _level(check.low, check, run, t0), _level(check.high, check, run, t0)
    elif isinstance(check, words.StaysAbove):
        low = _level(check.level, check, run, t0)
    else:
        high = _level(check.level, check, run, t0)
    i, margin = margins.stays(x, low, high)
    bound = low if x[i] - low <= high - x[i] else high
    noise = measure_of(check.observable).effect(check.noise).of(float(np.mean(np.abs(x))))
    moved = float(x.max() - x.min())
    side = {low: "at or above", high: "at or below"}[bound]
    return Judgement(
        margin,
        unit,
        max(abs(bound), 1e-12),
        f"{check.observable} of '{arm}' {'stayed' if margin >= 0 else 'did not stay'} {side} "
        f"{quantity(bound, unit)}; nearest {number(x[i])} at {number(t[i])} min",
        {"arm": arm, "nearest": x[i], "at_min": t[i], "bound": bound, "range": moved,
         "window_min": [t0, t[-1]]},
        f"it moves only {quantity(moved, unit)}, less than noise" if moved < noise else None,
    )  # fmt: skip


def _meets(line: Course, condition: words.Condition, run: RunLike, t0: float) -> Array:
    """The moments, between samples, at which the condition begins or ends to be met."""
    over = line.x - _level(condition.level, condition, run, t0)
    i = np.flatnonzero(over[1:] * over[:-1] < 0)
    meets: Array = line.t[i] + (line.t[i + 1] - line.t[i]) * over[i] / (over[i] - over[i + 1])
    return meets


@judges(words.WhenThen)
def when_then(check: words.WhenThen, bench: Bench) -> Judgement:
    """Worst response while the condition is active. STL: G[from,to] (when -> F[0,within] then)."""
    arm = bench.treated(check.arm)
    run = bench.run(arm)
    stop = float(run.time_min[-1]) if check.stop is None else check.stop
    last = stop if check.within is None or check.stop is None else stop + check.within
    when = course(run, check.when.observable, check.start, last)
    then = course(run, check.then.observable, check.start, last)
    t = np.union1d(np.union1d(when.t, then.t), _meets(when, check.when, run, float(when.t[0])))
    if check.within is not None:  # so that the interval's far end is a point for every start
        t = np.union1d(t, (t + check.within)[t + check.within <= last])
    t0 = float(t[0])

    def signed(condition: words.Condition, line: Course) -> Array:
        level = _level(condition.level, condition, run, t0)
        x = np.interp(t, line.t, line.x)
        return x - level if condition.above is not None else level - x

    end = stop if check.stop is not None else last - (check.within or 0.0)
    found = margins.when_then(t, signed(check.when, when), signed(check.then, then),
                              check.within or 0.0, end)  # fmt: skip
    unit = measure_of(check.then.observable).unit
    active = found.active
    level = _level(check.then.level, check.then, run, t0)
    return Judgement(
        found.margin,
        unit,
        max(abs(level), 1e-12),
        f"when {check.when.observable} was past its level ({quantity(active, 'min')} in all), "
        f"{check.then.observable} was past {quantity(level, unit)} with "
        f"{quantity(found.margin, unit)} to spare, worst at {number(found.at)} min",
        {"arm": arm, "active_min": active, "at_min": found.at, "level": level},
        f"the condition is active for {quantity(active, 'min')} only"
        if active < check.active_at_least
        else None,
    )


@judges(words.ReturnsWithin)
def returns_within(check: words.ReturnsWithin, bench: Bench) -> Judgement:
    """Band less best deviation. STL: F[left, after+within] G[0,and_stays] |x - baseline| <= band.

    `left` is when it first leaves the band; void if it never does.
    """
    arm = bench.treated(check.arm)
    run = bench.run(arm)
    stop = check.after + check.within + check.and_stays
    line = course(run, check.observable, check.after, stop)
    if check.daily:
        line = by_the_day(line, check.daily, check.period, clock_start(run))
    base = baseline_of(run, check.observable, check.baseline, check.after)
    measure = measure_of(check.observable)
    band = measure.effect(check.of_baseline).of(base)
    found = margins.returns(
        line.t, line.x - base, band, check.after + check.within, check.and_stays
    )
    return Judgement(
        found.margin,
        measure.unit,
        band,
        f"{check.observable} of '{arm}' "
        f"{'was back' if found.margin >= 0 else 'was not back'} within "
        f"{quantity(band, measure.unit)} of its baseline {number(base)} "
        f"(left at {number(found.left)} min, best "
        f"{quantity(band - found.margin, measure.unit)} away from {number(found.at)} min on)",
        {"arm": arm, "baseline": base, "band": band, "left_min": found.left, "at_min": found.at},
        None if found.did_leave else "it never left the band",
    )
