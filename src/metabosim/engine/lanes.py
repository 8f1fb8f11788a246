"""Integrates LANES bodies abreast: the method of integrate.py, with one step for all of them.

Bodies of a block share the times of their events, not the amounts, and nothing may be held but at constants. The step
is the one that the most demanding body needs, so that each is about as exact as alone. A body that fails stops
alone; the others go on.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from metabosim.engine import integrate as code
from metabosim.engine.compiling import compiled
from metabosim.engine.integrate import (
    N_READINGS,
    N_STATES,
    Floats,
    Ints,
    between,
    error_of,
    stage_of,
)
from metabosim.engine.kernel import HOISTED, observe, prepare
from metabosim.engine.lanes_kernel import AT_C, AT_RATES, LANES, SIZE, prepare_lanes, rates_lanes
from metabosim.engine.plan import Plan, as_events, some_of
from metabosim.engine.rest import SCALE

WIDTH = N_STATES * LANES  # of a block's states: the i-th of the j-th body is at i * LANES + j
ADD, ADD_MEAL, SET_CONSTANT, SET_STATE, MARK_MEAL = (
    code.ADD,
    code.ADD_MEAL,
    code.SET_CONSTANT,
    code.SET_STATE,
    code.MARK_MEAL,
)
DONE, NON_FINITE, STEP_TOO_SMALL, OVER_BUDGET = (
    code.DONE,
    code.NON_FINITE,
    code.STEP_TOO_SMALL,
    code.OVER_BUDGET,
)
STOMACH, APPETITE, DIET, MEAL_SIZE = code.STOMACH, code.APPETITE, code.DIET, code.MEAL_SIZE


@compiled
def _look(y: Floats, c: Floats, lasting: Floats, lane: int, state: Floats, reading: Floats) -> None:
    """States and readings of one body of the block."""
    for i in range(N_STATES):
        state[i] = y[i * LANES + lane]
    observe(state, c[lane], lasting[lane], reading)


@compiled
def _happens(
    kind: int, index: int, values: Floats, y: Floats, c: Floats, lasting: Floats, w: Floats
) -> None:
    """One event, in every body of the block with its own value."""
    state, reading = np.empty(N_STATES), np.empty(N_READINGS)
    for lane in range(LANES):
        value = values[lane]
        if kind == ADD:
            y[index * LANES + lane] += value
        elif kind == ADD_MEAL:
            _look(y, c, lasting, lane, state, reading)
            y[index * LANES + lane] += value * reading[APPETITE] * c[lane, DIET]
        elif kind == SET_STATE:
            y[index * LANES + lane] = value
        else:
            place = index
            if kind == MARK_MEAL:
                place, value = MEAL_SIZE, max(y[STOMACH * LANES + lane], 1e-9)
            c[lane, place] = value
            w[AT_C + place * LANES + lane] = value


@compiled
def _ratios(
    y: Floats, trial: Floats, error: Floats, rtol: float, scale: Floats, worst: Floats
) -> None:
    """Each body's largest error, over what is allowed; infinite where something is no number."""
    total = np.zeros(LANES)
    worst[:] = 0.0
    for i in range(N_STATES):
        least = 1e-3 * rtol * scale[i]
        for lane in range(LANES):
            j = i * LANES + lane
            ratio = abs(error[j]) / (least + rtol * max(abs(y[j]), abs(trial[j])))
            worst[lane] = max(worst[lane], ratio)
            total[lane] += ratio + trial[j]
    for lane in range(LANES):
        if not np.isfinite(total[lane]):
            worst[lane] = np.inf


@compiled
def _fault(lane: int, y: Floats, rate: Floats, error: Floats, scale: Floats, finite: bool) -> int:
    """The state at which a body failed: the first whose rate is no number, or the one with the largest error."""
    fault, highest = 0, -1.0
    for i in range(N_STATES):
        j = i * LANES + lane
        if not finite and not np.isfinite(rate[j]):
            return i
        ratio = abs(error[j]) / (1e-3 * scale[i] + abs(y[j]))
        if ratio > highest:
            fault, highest = i, ratio
    return fault


@compiled
def integrate_lanes(
    t: float,
    y: Floats,
    c: Floats,
    bodies: int,
    stop: float,
    events: code.Events,
    values: Floats,
    out_time: Floats,
    rtol: float,
    scale: Floats,
    budget: int,
) -> tuple[Ints, Floats, Ints, int, Floats, Floats]:
    """Run from `t` to `stop`: `y` (states * LANES,) and `c` (LANES, constants) are changed in place.

    Of the lanes the first `bodies` are somebody. `events` is as for `integrate`, but what happens has `values`
    (events, LANES). Returns for each lane its status, where it stopped (min) and the state at fault; then the
    evaluations each used, and states (bodies, n, s) and readings (bodies, n, r) at `out_time`, NaN after a failure.
    """
    event_time, event_kind, event_index, _ = events
    status, fault = np.zeros(LANES, np.int64), np.zeros(LANES, np.int64)
    where = np.full(LANES, stop)
    seen_y = np.full((bodies, out_time.size, N_STATES), np.nan)
    seen = np.full((bodies, out_time.size, N_READINGS), np.nan)
    k, worst = np.empty((7, WIDTH)), np.empty(LANES)
    trial, error, look = np.empty(WIDTH), np.empty(WIDTH), np.empty(WIDTH)
    lasting, w = np.empty((LANES, HOISTED)), np.empty(SIZE)
    for lane in range(LANES):
        prepare(c[lane], lasting[lane])
        for i in range(c.shape[1]):
            w[AT_C + i * LANES + lane] = c[lane, i]
    prepare_lanes(w)
    evaluations, event, out, going = 0, 0, 0, bodies
    h = 1.0
    while True:
        while event < event_time.size and event_time[event] <= t and t < stop:
            _happens(event_kind[event], event_index[event], values[event], y, c, lasting, w)
            event += 1
        while out < out_time.size and out_time[out] <= t:
            for lane in range(bodies):
                if status[lane] == DONE:
                    _look(y, c, lasting, lane, seen_y[lane, out], seen[lane, out])
            out += 1
        if t >= stop or going == 0:
            return status, where, fault, evaluations, seen_y, seen
        target = stop
        if event < event_time.size and event_time[event] < stop:
            target = event_time[event]

        w[:WIDTH] = y
        rates_lanes(w)
        k[0] = w[AT_RATES : AT_RATES + WIDTH]
        evaluations += 1
        while t < target and going > 0:
            last = t + h * 1.000001 >= target
            if last:
                h = target - t
            for i in range(1, 7):
                stage_of(i, h, y, k, w)
                if i == 6:
                    trial[:] = w[:WIDTH]  # the last stage is the fifth-order result
                rates_lanes(w)
                k[i] = w[AT_RATES : AT_RATES + WIDTH]
            evaluations += 6
            error_of(h, k, error)
            _ratios(y, trial, error, rtol, scale, worst)
            highest = 0.0
            for lane in range(bodies):
                if status[lane] == DONE:
                    highest = max(highest, worst[lane])
            spent = evaluations > budget
            if spent or (highest > 1.0 and h < 1e-6):
                for lane in range(bodies):
                    if status[lane] == DONE and (spent or worst[lane] > 1.0):
                        finite = bool(np.isfinite(worst[lane]))
                        status[lane] = STEP_TOO_SMALL if finite else NON_FINITE
                        if spent:
                            status[lane] = OVER_BUDGET
                        where[lane] = t
                        fault[lane] = _fault(lane, y, k[0], error, scale, finite)
                        going -= 1
                h = 1e-3
                continue
            if highest > 1.0:
                h *= max(0.2, 0.9 * highest**-0.2) if np.isfinite(highest) else 0.1
                continue
            new = target if last else t + h
            while out < out_time.size and out_time[out] < new:
                between((out_time[out] - t) / h, h, y, trial, k, look)
                for lane in range(bodies):
                    if status[lane] == DONE:
                        _look(look, c, lasting, lane, seen_y[lane, out], seen[lane, out])
                out += 1
            t = new
            y[:] = trial
            k[0] = k[6]
            h *= min(5.0, max(0.2, 0.9 * max(highest, 1e-10) ** -0.2))


@dataclass(frozen=True)
class Block:
    """What bodies came to: `states` (bodies, n, s) and `readings` (bodies, n, r), NaN after a failure.

    `last` (bodies, s) are their states at the end. `status`, `where` (min) and `fault` (a state's number) are as
    `integrate` gives them, for each body; `evaluations` (bodies,) too.
    """

    states: Floats
    readings: Floats
    last: Floats
    status: Ints
    where: Floats
    fault: Ints
    evaluations: Ints


def _events(plan: Plan) -> code.Events | None:
    """What happens in a plan, with whatever is held at a constant as a constant; None if anything else is held."""
    if not plan.tables:
        return plan.events()
    found: list[tuple[float, int, int, float]] = []
    for at, kind, index, value in plan.timeline():
        if kind not in (code.FOLLOW, code.LET_GO):
            found.append((at, kind, index, value))
            continue
        which, place, course = plan.tables[index]
        if len(course.times) > 1 or (which == 0 and place != code.GLUCOSE):
            return None
        if which == 0:
            found.append((at, SET_CONSTANT, code.GLUCOSE_HELD, float(kind == code.FOLLOW)))
            if kind == code.FOLLOW:
                found.append((at, SET_CONSTANT, code.GLUCOSE_SLOPE, 0.0))
        if kind == code.FOLLOW:
            found.append((at, SET_STATE if which == 0 else SET_CONSTANT, place, course.values[0]))
    return as_events(found)


@dataclass(frozen=True)
class Alike:
    """What happens to bodies that can be run abreast: the same events at the same times, each with its own values."""

    bodies: int
    stop: float
    events: code.Events  # the first body's
    values: Floats  # (events, bodies)

    def some(self, bodies: Ints) -> "Alike":
        """The same for some of the bodies."""
        return replace(self, bodies=len(bodies), values=self.values[:, bodies])


def alike(plans: Sequence[Plan]) -> Alike | None:
    """Plans as one, if they have the same events at the same times and hold nothing but at constants."""
    found = groups(plans)
    return found[0][1] if len(found) == 1 else None


def groups(plans: Sequence[Plan]) -> list[tuple[Ints, Alike | None]]:
    """Which of the plans (places) are alike, each group as one; None with those in which something else is held."""
    found: dict[tuple[object, ...], list[tuple[int, code.Events | None]]] = {}
    for place, plan in enumerate(plans):
        events = _events(plan)
        key = (plan.stop, *(column.tobytes() for column in events[:3])) if events else ()
        found.setdefault(key, []).append((place, events))
    made: list[tuple[Ints, Alike | None]] = []
    for some in found.values():
        places = np.array([place for place, _ in some])
        columns = [events for _, events in some if events]
        if columns:
            values = np.column_stack([events[3] for events in columns])
            stop = plans[places[0]].stop
            made.append((places, Alike(len(places), stop, columns[0], values)))
        else:
            made.append((places, None))
    return made


def run_abreast(
    plans: Alike,
    y: Floats,
    c: Floats,
    out: Floats,
    tolerance: float,
    budget: int,
    *,
    span: tuple[float, float] | None = None,
    events: slice = slice(None),
) -> Block:
    """The bodies of `plans`, LANES at a time, from states `y` (bodies, s) under constants `c` (bodies, k).

    All of their run, or a `span` of it (from, to; min) in which these `events` happen.
    """
    start, stop = span or (0.0, plans.stop)
    happens = some_of(plans.events, events)
    parts = []
    for first in range(0, plans.bodies, LANES):
        here = list(range(first, min(first + LANES, plans.bodies)))
        lanes = here + here[:1] * (LANES - len(here))  # what is left over is the first body again
        state = np.ascontiguousarray(y[lanes].T).ravel()
        status, where, fault, used, states, readings = integrate_lanes(
            start,
            state,
            c[lanes],
            len(here),
            stop,
            happens,
            np.ascontiguousarray(plans.values[events][:, lanes]),
            out,
            tolerance,
            SCALE,
            budget,
        )
        mine = slice(len(here))
        last = state.reshape(N_STATES, LANES).T[mine]
        parts.append(
            (states, readings, last, status[mine], where[mine], fault[mine], [used] * len(here))
        )
    return Block(*(np.concatenate(part) for part in zip(*parts, strict=True)))
