"""Integrates the compiled body from event to event: Dormand-Prince 5(4) with dense output.

Explicit, since the body is not stiff (fastest rate about 0.4/min). Every event splits the integration;
nothing is stepped over. Failures are codes with the state and the time, never a silent result.
"""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from metabosim.body import vector
from metabosim.engine.compiling import compiled
from metabosim.engine.kernel import HOISTED, observe, prepare, rates

# Of each step, relative to each state: what a run promises of glucose and insulin, and errors seen are below it.
TOLERANCE = 1e-5

# What an event does to the state vector y or the constants c; at a pause nothing but a new step begins.
ADD, ADD_MEAL, SET_CONSTANT, SET_STATE, MARK_MEAL, FOLLOW, LET_GO, PAUSE = range(8)

DONE, NON_FINITE, STEP_TOO_SMALL, OVER_BUDGET = range(4)

GLUCOSE = vector.STATE["glucose"]
STOMACH = vector.STATE["stomach"]
APPETITE = vector.READING["appetite_index"]
DIET = vector.CONSTANT["input", "diet"]
MEAL_SIZE = vector.CONSTANT["input", "meal_size"]
GLUCOSE_HELD = vector.CONSTANT["input", "glucose_held"]
GLUCOSE_SLOPE = vector.CONSTANT["input", "glucose_slope"]
N_STATES = len(vector.STATE)
N_READINGS = len(vector.READING)

_C = np.array([0.0, 1 / 5, 3 / 10, 4 / 5, 8 / 9, 1.0, 1.0])
_D = np.array(
    [
        -12715105075 / 11282082432,
        0,
        87487479700 / 32700410799,
        -10690763975 / 1880347072,
        701980252875 / 199316789632,
        -1453857185 / 822651844,
        69997945 / 29380423,
    ]
)  # dense output of Hairer, Norsett and Wanner, Solving ODEs I, II.6


Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]
# Events in time order: time, kind, index, value.
Events: TypeAlias = tuple[Floats, Ints, Ints, Floats]
# Courses that are held: 0 for a state or 1 for a constant, its index, where its knots begin and end,
# its period (0: none), and all knots, values and slopes in a row.
Courses: TypeAlias = tuple[Ints, Ints, Ints, Floats, Floats, Floats, Floats]


@compiled
def _course_at(t: float, k: int, courses: Courses) -> tuple[float, float]:
    """Value and slope of held course `k` at `t`: cubic Hermite between its knots, its ends held."""
    _, _, bounds, period, times, values, slopes = courses
    lo, hi = bounds[k], bounds[k + 1]
    if period[k] > 0.0:
        t = t - period[k] * np.floor(t / period[k])
    if t <= times[lo]:
        return values[lo], 0.0
    if t >= times[hi - 1]:
        return values[hi - 1], 0.0
    left, right = lo, hi - 1
    while right - left > 1:
        middle = (left + right) // 2
        if times[middle] <= t:
            left = middle
        else:
            right = middle
    h = times[right] - times[left]
    s = (t - times[left]) / h
    p, q, m, n = values[left], values[right], h * slopes[left], h * slopes[right]
    square, cube = 3.0 * (q - p) - 2.0 * m - n, 2.0 * (p - q) + m + n
    return p + s * (m + s * (square + s * cube)), (m + s * (2.0 * square + 3.0 * s * cube)) / h


@compiled
def _hold(
    t: float, y: Floats, c: Floats, followed: NDArray[np.bool_], courses: Courses, pinned: Floats
) -> None:
    """Put what every followed course says at `t` in place; `pinned` gets the slopes of held states."""
    kind, index = courses[0], courses[1]
    for k in range(followed.size):
        if not followed[k]:
            continue
        value, slope = _course_at(t, k, courses)
        if kind[k] == 0:
            y[index[k]] = value
            pinned[index[k]] = slope
            if index[k] == GLUCOSE:
                c[GLUCOSE_HELD] = 1.0
                c[GLUCOSE_SLOPE] = slope
        else:
            c[index[k]] = value


@compiled
def _held_rates(
    t: float,
    y: Floats,
    c: Floats,
    lasting: Floats,
    dy: Floats,
    followed: NDArray[np.bool_],
    courses: Courses,
    pinned: Floats,
) -> None:
    """Rates at `t` while something is held; held states follow their course."""
    _hold(t, y, c, followed, courses, pinned)
    rates(y, c, lasting, dy)
    for k in range(followed.size):
        if followed[k] and courses[0][k] == 0:
            dy[courses[1][k]] = pinned[courses[1][k]]


@compiled
def stage_of(i: int, h: float, y: Floats, k: Floats, stage: Floats) -> None:
    """The state at which the rates of stage `i` are taken; the last is the fifth-order result.

    Written out, one loop a stage, since the compiler then computes several states at once.
    """
    if i == 1:
        for j in range(y.size):
            stage[j] = y[j] + h * (1 / 5 * k[0, j])
    elif i == 2:
        for j in range(y.size):
            stage[j] = y[j] + h * (3 / 40 * k[0, j] + 9 / 40 * k[1, j])
    elif i == 3:
        for j in range(y.size):
            stage[j] = y[j] + h * (44 / 45 * k[0, j] - 56 / 15 * k[1, j] + 32 / 9 * k[2, j])
    elif i == 4:
        for j in range(y.size):
            stage[j] = y[j] + h * (
                19372 / 6561 * k[0, j]
                - 25360 / 2187 * k[1, j]
                + 64448 / 6561 * k[2, j]
                - 212 / 729 * k[3, j]
            )
    elif i == 5:
        for j in range(y.size):
            stage[j] = y[j] + h * (
                9017 / 3168 * k[0, j]
                - 355 / 33 * k[1, j]
                + 46732 / 5247 * k[2, j]
                + 49 / 176 * k[3, j]
                - 5103 / 18656 * k[4, j]
            )
    else:
        for j in range(y.size):
            stage[j] = y[j] + h * (
                35 / 384 * k[0, j]
                + 500 / 1113 * k[2, j]
                + 125 / 192 * k[3, j]
                - 2187 / 6784 * k[4, j]
                + 11 / 84 * k[5, j]
            )


@compiled
def error_of(h: float, k: Floats, error: Floats) -> None:
    """What the fifth-order result differs by from the fourth-order one."""
    for j in range(error.size):
        error[j] = h * (
            71 / 57600 * k[0, j]
            - 71 / 16695 * k[2, j]
            + 71 / 1920 * k[3, j]
            - 17253 / 339200 * k[4, j]
            + 22 / 525 * k[5, j]
            - 1 / 40 * k[6, j]
        )


@compiled
def between(s: float, h: float, y: Floats, after: Floats, k: Floats, look: Floats) -> None:
    """The state at share `s` of a step of `h` from `y` to `after`."""
    for j in range(y.size):
        dense = 0.0
        for m in range(7):
            dense += _D[m] * k[m, j]
        step = after[j] - y[j]
        a = h * k[0, j] - step
        b = step - h * k[6, j] - a
        look[j] = y[j] + s * (step + (1.0 - s) * (a + s * (b + (1.0 - s) * h * dense)))


@compiled
def integrate(
    t: float,
    y: Floats,
    c: Floats,
    stop: float,
    events: Events,
    courses: Courses,
    out_time: Floats,
    rtol: float,
    scale: Floats,
    budget: int,
) -> tuple[int, float, int, int, Floats, Floats]:
    """Run from `t` to `stop`; `y` and `c` are changed in place.

    Returns status, where it stopped (min), the state at fault, the evaluations used, and states (n, s) and
    readings (n, r) at `out_time` (ascending, within [t, stop]; at an event's time, after the event, and at
    `stop` before any event there).
    """
    event_time, event_kind, event_index, event_value = events
    n = y.size
    seen_y = np.empty((out_time.size, n))
    seen = np.empty((out_time.size, N_READINGS))
    k = np.empty((7, n))
    trial, stage, look, error = np.empty(n), np.empty(n), np.empty(n), np.empty(n)
    lasting = np.empty(HOISTED)
    prepare(c, lasting)
    pinned = np.zeros(n)
    scratch = np.empty(N_READINGS)
    followed = np.zeros(courses[0].size, dtype=np.bool_)
    holding = False
    atol = rtol * 1e-3
    evaluations, event, out = 0, 0, 0
    h = 1.0
    while True:
        # Events due now, in their given order; they see what is held as it is held now.
        if holding:
            _hold(t, y, c, followed, courses, pinned)
        while event < event_time.size and event_time[event] <= t and t < stop:
            kind, index, value = event_kind[event], event_index[event], event_value[event]
            if kind == ADD:
                y[index] += value
            elif kind == ADD_MEAL:
                observe(y, c, lasting, scratch)
                y[index] += value * scratch[APPETITE] * c[DIET]
            elif kind == SET_CONSTANT:
                c[index] = value
            elif kind == SET_STATE:
                y[index] = value
            elif kind == MARK_MEAL:
                c[MEAL_SIZE] = max(y[STOMACH], 1e-9)
            elif kind == FOLLOW:
                followed[index] = True
                holding = True
                _hold(t, y, c, followed, courses, pinned)
            elif kind == LET_GO:
                followed[index] = False
                if courses[0][index] == 0 and courses[1][index] == GLUCOSE:
                    c[GLUCOSE_HELD] = 0.0
            event += 1
        while out < out_time.size and out_time[out] <= t:
            if holding:
                _hold(t, y, c, followed, courses, pinned)
            seen_y[out] = y
            observe(y, c, lasting, seen[out])
            out += 1
        if t >= stop:
            return DONE, t, 0, evaluations, seen_y, seen
        target = stop
        if event < event_time.size and event_time[event] < stop:
            target = event_time[event]
        # What is held may jump at the target; until there, its value before the jump counts.
        limit = np.nextafter(target, -np.inf)

        if holding:
            _held_rates(t, y, c, lasting, k[0], followed, courses, pinned)
        else:
            rates(y, c, lasting, k[0])
        evaluations += 1
        while t < target:
            if evaluations > budget:
                return OVER_BUDGET, t, 0, evaluations, seen_y, seen
            last = t + h * 1.000001 >= target
            if last:
                h = target - t
            for i in range(1, 7):
                stage_of(i, h, y, k, stage)
                if holding:
                    at = min(t + _C[i] * h, limit)
                    _held_rates(at, stage, c, lasting, k[i], followed, courses, pinned)
                else:
                    rates(stage, c, lasting, k[i])
            trial[:] = stage  # the last stage is the fifth-order result
            evaluations += 6
            worst, fault = 0.0, 0
            error_of(h, k, error)
            for j in range(n):
                size = atol * scale[j] + rtol * max(abs(y[j]), abs(trial[j]))
                ratio = abs(error[j]) / size
                if not (np.isfinite(ratio) and np.isfinite(trial[j])):
                    worst, fault = np.inf, j
                    break
                if ratio > worst:
                    worst, fault = ratio, j
            if worst > 1.0:
                if h < 1e-6:
                    status = STEP_TOO_SMALL if np.isfinite(worst) else NON_FINITE
                    # Where it began: the state whose own rate is no number, if there is one.
                    for j in range(n - 1, -1, -1):
                        if not np.isfinite(k[0, j]):
                            fault = j
                    return status, t, fault, evaluations, seen_y, seen
                h *= max(0.2, 0.9 * worst**-0.2) if np.isfinite(worst) else 0.1
                continue
            new = target if last else t + h
            while out < out_time.size and out_time[out] < new:
                between((out_time[out] - t) / h, h, y, trial, k, look)
                if holding:
                    _hold(out_time[out], look, c, followed, courses, pinned)
                seen_y[out] = look
                observe(look, c, lasting, seen[out])
                out += 1
            t = new
            y[:] = trial
            k[0] = k[6]
            h *= min(5.0, max(0.2, 0.9 * max(worst, 1e-10) ** -0.2))


@compiled
def observe_rows(states: Floats, constants: Floats, rows: Ints) -> Floats:
    """Readings (n, r) of `states` (n, s), each under the row of `constants` (k, c) that `rows` (n,) names."""
    seen = np.empty((rows.size, N_READINGS))
    lasting = np.empty(HOISTED)
    now = -1
    for i in range(rows.size):
        if rows[i] != now:
            now = rows[i]
            prepare(constants[now], lasting)
        observe(states[i], constants[now], lasting, seen[i])
    return seen
