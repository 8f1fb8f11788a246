"""Judges of the course of one arm in time. `course_margins` holds the formulas, free of runs."""

from __future__ import annotations

import numpy as np

from metabosim.claims import course_margins as margins
from metabosim.claims.bench import Bench
from metabosim.claims.features import CannotJudge
from metabosim.claims.features_times import lag_between
from metabosim.claims.features_values import slope_per_day
from metabosim.claims.judging import arm_for, judges, seen, shown
from metabosim.claims.reading import (
    Course,
    baseline_of,
    by_the_day,
    clock_start,
    course,
    windowed,
)
from metabosim.claims.verdict import Judgement, number, quantity, weakest
from metabosim.scenario.vocabulary import checks_course as words
from metabosim.scenario.vocabulary.checks_course import measure_of
from metabosim.scenario.vocabulary.operands import OneCourse


def _arms(check: OneCourse, bench: Bench) -> tuple[str, ...]:
    return check.arms or (bench.treated(check.arm),)


def _level(text: str | float, check: OneCourse | words.Condition, run: object, t0: float) -> float:
    threshold = measure_of(check.observable).threshold(text)
    if not threshold.needs_baseline:
        return threshold.value
    return threshold.of(baseline_of(run, check.observable, check.baseline, t0))  # type: ignore[arg-type]


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


def _meets(line: Course, condition: words.Condition, run: object, t0: float) -> np.ndarray:
    """The moments, between samples, at which the condition begins or ends to be met."""
    over = line.x - _level(condition.level, condition, run, t0)
    i = np.flatnonzero(over[1:] * over[:-1] < 0)
    return line.t[i] + (line.t[i + 1] - line.t[i]) * over[i] / (over[i] - over[i + 1])


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

    def signed(condition: words.Condition, line: Course) -> np.ndarray:
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


@judges(words.Order)
def order(check: words.Order, bench: Bench) -> Judgement:
    """min over neighbours of t(next) - t(before) - apart; an event that is missing fails."""
    times: list[float] = []
    said: list[str] = []
    since: float | None = None
    for event in check.events:
        arm = bench.treated(event.arm or check.arm)
        run = bench.run(arm)
        start = since if event.after_previous and since is not None else check.start
        line = course(run, event.observable, start, check.stop)
        if event.daily:
            line = by_the_day(line, event.daily, event.period, clock_start(run))
        sign = 1.0 if event.rises else -1.0
        base = _event_base(event, run, line)
        effect = measure_of(event.observable).effect(event.by)
        size = effect.value * np.abs(base) if effect.relative else np.full(len(base), effect.value)
        done = sign * (line.x - base) / size
        at = margins.first_reaching(line.t, done, 1.0)
        word = f"{event.observable} {'rises' if event.rises else 'falls'} ({arm})"
        if at is None:
            short = float(done.max()) - 1.0
            unit = measure_of(event.observable).unit
            worst = float(np.min(size))
            return Judgement(
                short * worst, unit, worst, f"{word}: only {100 * (1 + short):.0f} % of the way",
                {"missing": word, "reached_share": 1 + short, "times_min": times},
            )  # fmt: skip
        times.append(at)
        since = at
        said.append(f"{word} at {quantity(at, 'min')}")
    gaps = np.diff(times)
    i = int(np.argmin(gaps))
    return Judgement(
        float(gaps[i]) - check.apart_at_least, "min", check.apart_at_least, "; ".join(said),
        {"times_min": times, "smallest_gap_min": gaps[i]},
    )  # fmt: skip


def _event_base(event: words.Event, run: object, line: Course) -> np.ndarray:
    """What the event's rise or fall is measured from, at every moment of the course."""
    if event.since == "highest":
        return np.maximum.accumulate(line.x)
    if event.since == "lowest":
        return np.minimum.accumulate(line.x)
    if event.since == "start":
        return np.full(len(line.x), line.x[0])
    mode = "fasting" if event.daily == "fasting" else event.baseline
    base = baseline_of(run, event.observable, mode, float(line.t[0]))  # type: ignore[arg-type]
    return np.full(len(line.x), base)


@judges(words.Precedes)
def precedes(check: words.Precedes, bench: Bench) -> Judgement:
    """t(then) - t(first) - by_at_least; void if one of them never happens."""
    readings = [
        seen(feature, bench, arm_for(feature, None, bench)) for feature in (check.first, check.then)
    ]
    both = all(reading.at_min is not None for reading in readings)
    # minutes of the run where they are known, so that two windows may start at different times
    first, then = (r.at_min if both and r.at_min is not None else r.value for r in readings)
    gap = then - first
    names = [f"{f.kind} of {f.observable}" for f in (check.first, check.then)]
    return Judgement(
        gap - check.by_at_least,
        "min",
        check.by_at_least,
        f"{names[0]} at {quantity(first, 'min')}, {names[1]} at {quantity(then, 'min')}",
        {"first": shown(readings[0]), "then": shown(readings[1]), "gap_min": gap},
    )


@judges(words.LagCheck)
def lag(check: words.LagCheck, bench: Bench) -> Judgement:
    """min(lag - at_least, at_most - lag), lag = t50(follower) - t50(leader) or best shift."""
    arm = bench.treated(check.arm)
    run = bench.run(arm)
    leader, follower = (windowed(run, check, name) for name in (check.leader, check.follower))
    found = lag_between(leader, follower, check.by)
    return Judgement(
        min(found - check.at_least, check.at_most - found),
        "min",
        check.at_least,
        f"{check.follower} follows {check.leader} by {quantity(found, 'min')}",
        {"arm": arm, "lag_min": found},
    )


@judges(words.Steeper)
def steeper(check: words.Steeper, bench: Bench) -> Judgement:
    """min(slope(late) - times x |slope(early)|, slope(late) - minimum_change / length), per day."""
    arm = bench.treated(check.arm)
    run = bench.run(arm)
    sign = 1.0 if check.direction == "rises" else -1.0
    slopes = []
    for stretch in (check.early, check.late):
        line = course(run, check.observable, stretch.start, stretch.stop)
        if check.daily:
            line = by_the_day(line, check.daily, check.period, clock_start(run))
        if len(line.t) < 2:
            raise CannotJudge("a slope needs at least two points")
        slopes.append(sign * slope_per_day(*line))
    early, late = slopes
    measure = measure_of(check.observable)
    base = abs(baseline_of(run, check.observable, "mean"))
    days = (check.late.stop - check.late.start) / 1440.0
    least = measure.effect(check.minimum_change).of(base) / days
    return Judgement(
        min(late - check.times * abs(early), late - least),
        f"{measure.unit}/d",
        least,
        f"{check.observable} {check.direction} by {number(late)} a day late, "
        f"{number(early)} a day early ({number(late / early) if early else 'no'} times)",
        {"arm": arm, "early_per_day": early, "late_per_day": late, "least_per_day": least},
    )
