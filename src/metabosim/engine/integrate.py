"""Integrates the compiled body from event to event: Dormand-Prince 5(4) with dense output.

Explicit, since the body is not stiff (fastest rate about 0.4/min). Every event splits the integration;
nothing is stepped over. Failures are codes with the state and the time, never a silent result.
"""

import numpy as np

from metabosim.body import vector
from metabosim.engine.compiling import compiled
from metabosim.engine.kernel import observe, rates

# What an event does to the state vector y or the constants c.
ADD, ADD_MEAL, SET_CONSTANT, SET_STATE, MARK_MEAL, TABLE_ON, TABLE_OFF, PAUSE = range(8)

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


@compiled
def _table_at(t, lo, hi, period, times, values, slopes):
    """Value and slope of a held trajectory at `t`: cubic Hermite between its knots, ends held."""
    if period > 0.0:
        t = t - period * np.floor(t / period)
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
    value = p + s * (m + s * (3.0 * (q - p) - 2.0 * m - n + s * (2.0 * (p - q) + m + n)))
    slope = (m + s * (2.0 * (3.0 * (q - p) - 2.0 * m - n) + 3.0 * s * (2.0 * (p - q) + m + n))) / h
    return value, slope


@compiled
def _hold(t, y, c, active, kind, index, bounds, periods, times, values, slopes, pinned):
    """Put every held trajectory's present value in place; `pinned` collects slopes of held states."""
    for k in range(active.size):
        if not active[k]:
            continue
        value, slope = _table_at(t, bounds[k], bounds[k + 1], periods[k], times, values, slopes)
        if kind[k] == 0:
            y[index[k]] = value
            pinned[index[k]] = slope
            if index[k] == GLUCOSE:
                c[GLUCOSE_HELD] = 1.0
                c[GLUCOSE_SLOPE] = slope
        else:
            c[index[k]] = value


@compiled
def _slope(
    t, y, c, dy, holding, active, kind, index, bounds, periods, times, values, slopes, pinned
):
    """Rates at `t`; held states follow their trajectory."""
    if holding:
        _hold(t, y, c, active, kind, index, bounds, periods, times, values, slopes, pinned)
    rates(y, c, dy)
    if holding:
        for k in range(active.size):
            if active[k] and kind[k] == 0:
                dy[index[k]] = pinned[index[k]]


@compiled
def integrate(
    t,
    y,
    c,
    stop,
    event_time,
    event_kind,
    event_index,
    event_value,
    table_kind,
    table_index,
    table_bounds,
    table_period,
    table_time,
    table_value,
    table_slope,
    out_time,
    rtol,
    scale,
    budget,
):
    """Run from `t` to `stop`; `y` and `c` are changed in place.

    Returns status, where it stopped (min), the state at fault, the evaluations used, and states (n, s) and
    readings (n, r) at `out_time` (ascending, within [t, stop]; at an event's time, after the event, and at
    `stop` before any event there).
    """
    n = y.size
    seen_y = np.empty((out_time.size, n))
    seen = np.empty((out_time.size, N_READINGS))
    k = np.empty((7, n))
    trial, stage, look = np.empty(n), np.empty(n), np.empty(n)
    pinned = np.zeros(n)
    scratch = np.empty(N_READINGS)
    active = np.zeros(table_kind.size, dtype=np.bool_)
    holding = False
    atol = rtol * 1e-3
    evaluations, event, out = 0, 0, 0
    h = 1.0
    while True:
        # Events due now, in their given order; they see what is held as it is held now.
        if holding:
            _hold(
                t,
                y,
                c,
                active,
                table_kind,
                table_index,
                table_bounds,
                table_period,
                table_time,
                table_value,
                table_slope,
                pinned,
            )
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
            elif kind == TABLE_ON:
                active[index] = True
                holding = True
                _hold(
                    t,
                    y,
                    c,
                    active,
                    table_kind,
                    table_index,
                    table_bounds,
                    table_period,
                    table_time,
                    table_value,
                    table_slope,
                    pinned,
                )
            elif kind == TABLE_OFF:
                active[index] = False
                if table_kind[index] == 0 and table_index[index] == GLUCOSE:
                    c[GLUCOSE_HELD] = 0.0
            event += 1
        while out < out_time.size and out_time[out] <= t:
            if holding:
                _hold(
                    t,
                    y,
                    c,
                    active,
                    table_kind,
                    table_index,
                    table_bounds,
                    table_period,
                    table_time,
                    table_value,
                    table_slope,
                    pinned,
                )
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

        _slope(
            t,
            y,
            c,
            k[0],
            holding,
            active,
            table_kind,
            table_index,
            table_bounds,
            table_period,
            table_time,
            table_value,
            table_slope,
            pinned,
        )
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
                _slope(
                    min(t + _C[i] * h, limit),
                    stage,
                    c,
                    k[i],
                    holding,
                    active,
                    table_kind,
                    table_index,
                    table_bounds,
                    table_period,
                    table_time,
                    table_value,
                    table_slope,
                    pinned,
                )
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
                    if np.isfinite(worst):
                        return STEP_TOO_SMALL, t, fault, evaluations, seen_y, seen
                    return NON_FINITE, t, fault, evaluations, seen_y, seen
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
                    look[j] = y[j] + s * (step + (1.0 - s) * (a + s * (b + (1.0 - s) * h * dense)))
                if holding:
                    _hold(
                        out_time[out],
                        look,
                        c,
                        active,
                        table_kind,
                        table_index,
                        table_bounds,
                        table_period,
                        table_time,
                        table_value,
                        table_slope,
                        pinned,
                    )
                seen_y[out] = look
                observe(look, c, seen[out])
                out += 1
            t = new
            y[:] = trial
            k[0] = k[6]
            h *= min(5.0, max(0.2, 0.9 * max(worst, 1e-10) ** -0.2))
