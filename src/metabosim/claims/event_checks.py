"""Judges of when things happen: order of events, precedence, lag, steepening."""

from __future__ import annotations

import numpy as np

from metabosim.claims import course_margins as margins
from metabosim.claims.bench import Bench
from metabosim.claims.features import CannotJudge
from metabosim.claims.features_times import lag_between
from metabosim.claims.features_values import slope_per_day
from metabosim.claims.judging import arm_for, judges, seen, shown, when_read
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
from metabosim.claims.verdict import Judgement, number, quantity
from metabosim.scenario.vocabulary import checks_events as words
from metabosim.scenario.vocabulary.operands import measure_of


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


def _event_base(event: words.Event, run: RunLike, line: Course) -> Array:
    """What the event's rise or fall is measured from, at every moment of the course."""
    if event.since == "highest":
        return np.maximum.accumulate(line.x)
    if event.since == "lowest":
        return np.minimum.accumulate(line.x)
    if event.since == "start":
        return np.full(len(line.x), line.x[0])
    mode = "fasting" if event.daily == "fasting" else event.baseline
    base = baseline_of(run, event.observable, mode, float(line.t[0]))
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
    both_sides = (check.first, check.then)
    names = [f"{f.kind} of {f.observable}" for f in both_sides]
    if names[0] == names[1]:
        names = [
            f"{name} ({f.arm or when_read(f)})" for name, f in zip(names, both_sides, strict=True)
        ]
    if names[0] == names[1]:
        names = [f"{name}, {when_read(f)}" for name, f in zip(names, both_sides, strict=True)]
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
