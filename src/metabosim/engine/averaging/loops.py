"""The loops of the averaged resolution that are compiled: over the days of a step, doses, and minutes looked at."""

from __future__ import annotations

import numpy as np

from metabosim.engine import integrate as code
from metabosim.engine.compiling import compiled
from metabosim.engine.integrate import Events, Floats, Ints
from metabosim.engine.kernel import HOISTED, observe, prepare, rates
from metabosim.protocol.meals import DAY

SET_CONSTANT, MARK_MEAL, MEAL_SIZE, STOMACH = (
    code.SET_CONSTANT,
    code.MARK_MEAL,
    code.MEAL_SIZE,
    code.STOMACH,
)
MOMENT = 1e-6  # min: two times closer than this are one


@compiled
def levels(
    step: Floats,
    due: Ints,
    left: Floats,
    affinity: float,
    parts: int,
    midnights: Floats,
    reach: Floats,
) -> None:
    """Drug states at `midnights` (days + 1, 3) and mean `reach` (days,), by steps of 1/`parts` of a day.

    `step` (3, 3) is what such a part does to the states; each dose is `due` (n,) in one of them and `left` (n, 3)
    at its end.
    """
    now, then, dose = np.zeros(3), np.zeros(3), 0
    for k in range(parts * reach.size):
        for i in range(3):
            then[i] = step[i, 0] * now[0] + step[i, 1] * now[1] + step[i, 2] * now[2]
        while dose < due.size and due[dose] == k:
            then += left[dose]
            dose += 1
        now[:] = then
        bound = affinity * now[2]
        reach[k // parts] += bound / (1.0 + bound) / parts
        if k % parts == parts - 1:
            midnights[k // parts + 1] = now


@compiled
def stepped(
    x: Floats,
    there: Floats,
    change: Floats,
    jacobian: Floats,
    per_reach: Floats,
    reach: Floats,
    direct: Floats,
    fault: Floats,
    growth: Floats,
) -> Floats:
    """Midnights (bodies, days + 1, n) from `x` (bodies, n), each day changed as the model of a day says.

    That is the `change` (bodies, n) of the day that began `there`, plus the `jacobian` (bodies, n, n) times how far
    this midnight is from there, plus what drugs do directly (bodies, days, n) and what each unit of their `reach`
    (bodies, days, 2) makes of it besides, `per_reach` (bodies, n, 2), both less that day's, plus a `growth` (days,)
    times a `fault` (bodies, n).
    """
    bodies, n = x.shape
    found = np.empty((bodies, growth.size + 1, n))
    moved = np.empty(n)
    for b in range(bodies):
        answer = jacobian[b].T.copy()
        found[b, 0] = x[b]
        for day in range(growth.size):
            for i in range(n):
                moved[i] = (
                    change[b, i]
                    + direct[b, day, i]
                    + growth[day] * fault[b, i]
                    + per_reach[b, i, 0] * reach[b, day, 0]
                    + per_reach[b, i, 1] * reach[b, day, 1]
                )
            for j in range(n):
                off = found[b, day, j] - there[b, j]
                for i in range(n):
                    moved[i] += answer[j, i] * off
            for i in range(n):
                found[b, day + 1, i] = max(found[b, day, i] + moved[i], 0.0)
    return found


@compiled
def done_by_rates(
    course: Floats, minutes: Floats, places: Ints, drugs: Floats, memory: Floats, c: Floats
) -> Floats:
    """What the rates along the `course` (n, s) of a day, at `minutes` (n,), add up to by its end (days, s).

    On each of the days the drug states, at their `places`, are as in `drugs` (days, n, 6) and all others as in the
    course. What is done to a state is forgotten so that `memory` (s,) of it would be left after a day.
    """
    days, n = drugs.shape[0], minutes.size
    found = np.zeros((days, course.shape[1]))
    y, dy, lasting = np.empty(course.shape[1]), np.empty(course.shape[1]), np.empty(HOISTED)
    prepare(c, lasting)
    for m in range(n):
        before = minutes[m - 1] if m > 0 else minutes[n - 1] - DAY
        behind = minutes[m + 1] if m + 1 < n else minutes[0] + DAY
        left = 0.5 * (behind - before) * memory ** ((DAY - minutes[m]) / DAY)
        y[:] = course[m]
        for day in range(days):
            y[places] = drugs[day, m]
            rates(y, c, lasting, dy)
            found[day] += left * dy
    return found


@compiled
def between_days(
    before: Floats,
    behind: Floats,
    share: float,
    midnight: Floats,
    left: Floats,
    response: Floats,
    reach: Floats,
    course: Floats,
) -> None:
    """The `course` (minutes, s) of a day from those lived through `before` and `behind` it, drugs left out.

    What its `midnight` (s,) differs by is forgotten in the course of the day as `left` (minutes, s) says; `reach`
    (2,), less what the two days make of it, acts by `response` (minutes, s, 2).
    """
    minutes, n = course.shape
    for j in range(n):
        off = midnight[j] - (1.0 - share) * before[0, j] - share * behind[0, j]
        off -= response[0, j, 0] * reach[0] + response[0, j, 1] * reach[1]
        for m in range(minutes):
            said = (1.0 - share) * before[m, j] + share * behind[m, j] + off * left[m, j]
            said += response[m, j, 0] * reach[0] + response[m, j, 1] * reach[1]
            course[m, j] = max(said, 0.0)


@compiled
def looked_at(
    minutes: Floats,
    wanted: Ints,
    course: Floats,
    events: Events,
    c: Floats,
    lasting: Floats,
    states: Floats,
    readings: Floats,
) -> None:
    """States and readings of one day at those of its `minutes` that are `wanted` (places), from its `course`.

    Events, at minutes of the day, change the constants `c`, which are as they are at its end afterwards.
    """
    time, kind, index, value = events
    event = 0
    for row in range(wanted.size + 1):
        until = minutes[wanted[row]] if row < wanted.size else DAY
        while event < time.size and time[event] <= until + MOMENT:
            if kind[event] == SET_CONSTANT:
                c[index[event]] = value[event]
            elif kind[event] == MARK_MEAL:
                then = np.searchsorted(minutes, time[event] - MOMENT)
                c[MEAL_SIZE] = max(course[then, STOMACH], 1e-9)
            event += 1
        if row < wanted.size:
            states[row] = course[wanted[row]]
            observe(course[wanted[row]], c, lasting, readings[row])


@compiled
def look_between(
    before: Floats,
    behind: Floats,
    midnights: Floats,
    left: Floats,
    response: Floats,
    reach: Floats,
    drugs: Floats,
    places: Ints,
    minutes: Floats,
    wanted: Ints,
    rows: Ints,
    edges: Ints,
    events: Events,
    c: Floats,
    states: Floats,
    readings: Floats,
) -> None:
    """States and readings of the days between two that were lived through, one after another; see between_days.

    `midnights` (days, s), `reach` (days, 2) and `drugs` (days, n, 6) at their `places` are of these days; `rows`
    (days + 1,) are where what is recorded of each begins (all that is `wanted`, or nothing), and `edges` (days + 1,)
    where its `events` begin, at minutes of their day.
    """
    time, kind, index, value = events
    days = midnights.shape[0]
    course, lasting = np.empty(before.shape), np.empty(HOISTED)
    prepare(c, lasting)  # inputs, which alone change, are not in it
    for day in range(days):
        share = (day + 1) / (days + 1)
        between_days(before, behind, share, midnights[day], left, response, reach[day], course)
        for m in range(minutes.size):
            course[m][places] = drugs[day, m]
        here = slice(edges[day], edges[day + 1])
        looked_at(
            minutes,
            wanted[: rows[day + 1] - rows[day]],
            course,
            (time[here], kind[here], index[here], value[here]),
            c,
            lasting,
            states[rows[day] : rows[day + 1]],
            readings[rows[day] : rows[day + 1]],
        )
