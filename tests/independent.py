"""Runs solved by SciPy on the plain equations, between the same events: an oracle for the engine's integrator."""

import numpy as np
from scipy.integrate import solve_ivp

from metabosim.body import vector
from metabosim.engine import integrate as code
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
