"""Runs solved by SciPy on the plain equations, between the same events: an oracle for the engine's integrator."""

import numpy as np
from scipy.integrate import solve_ivp

from metabosim.body import vector
from metabosim.engine import integrate as code
from metabosim.engine.kernel import HOISTED, observe, prepare
from metabosim.engine.rest import SCALE
from plain import MathFunctions


def independently(run, method="DOP853", rtol=1e-10, jacobian=None):
    """The end of a run; `jacobian(y, c)` is given to implicit methods. Of holds, glucose clamps at levels only."""
    y, c = run.states[0].copy(), run.c.copy()
    timeline = run.plan.timeline()

    def rates(t, state):
        return vector.evaluate(MathFunctions, list(state), list(c))[0]

    def happen(kind, index, value):
        if kind == code.ADD:
            y[index] += value
        elif kind == code.ADD_MEAL:
            readings = vector.evaluate(MathFunctions, list(y), list(c))[1]
            y[index] += value * readings[vector.READING["appetite_index"]] * c[code.DIET]
        elif kind == code.SET_CONSTANT:
            c[index] = value
        elif kind == code.MARK_MEAL:
            c[code.MEAL_SIZE] = y[code.STOMACH]
        else:
            state, place, course = run.plan.tables[index]
            assert (state, place, course.values.size) == (0, code.GLUCOSE, 1)
            c[code.GLUCOSE_HELD] = float(kind == code.FOLLOW)
            if kind == code.FOLLOW:
                y[code.GLUCOSE] = course.values[0]

    given = {} if jacobian is None else {"jac": lambda t, state: jacobian(state, c)}
    at = 0.0
    for event in [event for event in timeline if event[0] == 0.0]:
        happen(*event[1:])
    for until in [*sorted({event[0] for event in timeline if event[0] > 0.0}), run.duration_min]:
        step = solve_ivp(
            rates, (at, until), y, method=method, rtol=rtol, atol=1e-3 * rtol * SCALE, **given
        )
        assert step.success, step.message
        y, at = step.y[:, -1].copy(), until
        for event in [event for event in timeline if event[0] == until]:
            happen(*event[1:])
    return y


def apart(run, other):
    """How far a run's end is from another's, relative to the size of each state (s,)."""
    return np.abs(run.states[-1] - other) / np.maximum(np.abs(other), 1e-3 * SCALE)


def integrator(method, share=1e-2):
    """SciPy's, in place of `engine.run.integrate`: it asks for this share of the tolerance, and honours holds too."""

    def integrate(t, y, c, stop, events, courses, out_time, rtol, scale, budget):
        lasting, pinned = np.empty(HOISTED), np.zeros(y.size)
        prepare(c, lasting)
        followed = np.zeros(courses[0].size, dtype=np.bool_)
        seen_y, seen = np.empty((out_time.size, y.size)), np.empty((out_time.size, code.N_READINGS))
        todo = list(zip(*events, strict=True))
        pauses = [event[0] for event in todo if t < event[0] < stop]
        out = used = 0

        def see(state, at):
            nonlocal out
            code._hold(at, state, c, followed, courses, pinned)
            seen_y[out] = state
            observe(state, c, lasting, seen[out])
            out += 1

        for until in [*sorted(set(pauses)), stop]:
            code._hold(t, y, c, followed, courses, pinned)
            while todo and todo[0][0] <= t:
                _, kind, index, value = todo.pop(0)
                _happen(kind, index, value, t, y, c, lasting, followed, courses, pinned)
            while out < out_time.size and out_time[out] <= t:
                see(y, t)
            limit = np.nextafter(until, -np.inf)  # before what is held jumps

            def rates_at(at, state, limit=limit):
                change = np.empty(y.size)
                code._held_rates(
                    min(at, limit), state.copy(), c, lasting, change, followed, courses, pinned
                )
                return change

            inside = out_time[(out_time > t) & (out_time < until)]
            step = solve_ivp(
                rates_at, (t, until), y, method=method, t_eval=[*inside, until],
                rtol=share * rtol, atol=1e-3 * share * rtol * scale,
            )  # fmt: skip
            assert step.success, step.message
            used += step.nfev
            for at, state in zip(inside, step.y.T[: inside.size], strict=True):
                see(state.copy(), at)
            y[:], t = step.y[:, -1], until
        while out < out_time.size:
            see(y, t)
        return code.DONE, t, 0, used, seen_y, seen

    return integrate


def _happen(kind, index, value, t, y, c, lasting, followed, courses, pinned):
    """What an event does, as the engine's integrator has it."""
    if kind == code.ADD:
        y[index] += value
    elif kind == code.ADD_MEAL:
        readings = np.empty(code.N_READINGS)
        observe(y, c, lasting, readings)
        y[index] += value * readings[code.APPETITE] * c[code.DIET]
    elif kind == code.SET_CONSTANT:
        c[index] = value
    elif kind == code.SET_STATE:
        y[index] = value
    elif kind == code.MARK_MEAL:
        c[code.MEAL_SIZE] = max(y[code.STOMACH], 1e-9)
    elif kind == code.FOLLOW:
        followed[index] = True
        code._hold(t, y, c, followed, courses, pinned)
    elif kind == code.LET_GO:
        followed[index] = False
        if courses[0][index] == 0 and courses[1][index] == code.GLUCOSE:
            c[code.GLUCOSE_HELD] = 0.0
