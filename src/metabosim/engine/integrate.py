"""Integrates the compiled body from event to event: Dormand-Prince 5(4) with dense output.

Explicit, since the body is not stiff (fastest rate about 0.4/min). Every event splits the integration;
nothing is stepped over. Failures are codes with the state and the time, never a silent result.
"""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from metabosim.body import vector
from metabosim.engine.compiling import compiled
from metabosim.engine.kernel import observe, rates

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
_A = np.array(
    [
        [0, 0, 0, 0, 0, 0],
        [1 / 5, 0, 0, 0, 0, 0],
        [3 / 40, 9 / 40, 0, 0, 0, 0],
        [44 / 45, -56 / 15, 32 / 9, 0, 0, 0],
        [19372 / 6561, -25360 / 2187, 64448 / 6561, -212 / 729, 0, 0],
        [9017 / 3168, -355 / 33, 46732 / 5247, 49 / 176, -5103 / 18656, 0],
        [35 / 384, 0, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84],
    ]
)
_E = np.array([71 / 57600, 0, -71 / 16695, 71 / 1920, -17253 / 339200, 22 / 525, -1 / 40])
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
def _rates(
    t: float,
    y: Floats,
    c: Floats,
    dy: Floats,
    holding: bool,
    followed: NDArray[np.bool_],
    courses: Courses,
    pinned: Floats,
) -> None:
    """Rates at `t`; held states follow their course."""
    if holding:
        _hold(t, y, c, followed, courses, pinned)
    rates(y, c, dy)
    if holding:
        for k in range(followed.size):
            if followed[k] and courses[0][k] == 0:
                dy[courses[1][k]] = pinned[courses[1][k]]


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
    trial, stage, look = np.empty(n), np.empty(n), np.empty(n)
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
                observe(y, c, scratch)
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
            observe(y, c, seen[out])
            out += 1
        if t >= stop:
            return DONE, t, 0, evaluations, seen_y, seen
        target = stop
        if event < event_time.size and event_time[event] < stop:
            target = event_time[event]
        # What is held may jump at the target; until there, its value before the jump counts.
        limit = np.nextafter(target, -np.inf)

        _rates(t, y, c, k[0], holding, followed, courses, pinned)
        evaluations += 1
        while t < target:
            if evaluations > budget:
                return OVER_BUDGET, t, 0, evaluations, seen_y, seen
            last = t + h * 1.000001 >= target
            if last:
                h = target - t
            for i in range(1, 7):
                for j in range(n):
                    total = 0.0
                    for m in range(i):
                        total += _A[i, m] * k[m, j]
                    stage[j] = y[j] + h * total
                at = min(t + _C[i] * h, limit)
                _rates(at, stage, c, k[i], holding, followed, courses, pinned)
            trial[:] = stage  # the last stage is the fifth-order result
            evaluations += 6
            worst, fault = 0.0, 0
            for j in range(n):
                total = 0.0
                for m in range(7):
                    total += _E[m] * k[m, j]
                size = atol * scale[j] + rtol * max(abs(y[j]), abs(trial[j]))
                ratio = abs(h * total) / size
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
                s = (out_time[out] - t) / h
                for j in range(n):
                    dense = 0.0
                    for m in range(7):
                        dense += _D[m] * k[m, j]
                    step = trial[j] - y[j]
                    a = h * k[0, j] - step
                    b = step - h * k[6, j] - a
                    bend = a + s * (b + (1.0 - s) * h * dense)
                    look[j] = y[j] + s * (step + (1.0 - s) * bend)
                if holding:
                    _hold(out_time[out], look, c, followed, courses, pinned)
                seen_y[out] = look
                observe(look, c, seen[out])
                out += 1
            t = new
            y[:] = trial
            k[0] = k[6]
            h *= min(5.0, max(0.2, 0.9 * max(worst, 1e-10) ** -0.2))
