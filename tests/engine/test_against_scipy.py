"""The integrator against another one: scipy's DOP853 on the plain equations, between the same events."""

import numpy as np
import pytest
from scipy.integrate import solve_ivp

import metabosim as ms
from metabosim.body import vector
from metabosim.engine import integrate as code
from metabosim.engine import simulate
from metabosim.engine.rest import SCALE
from metabosim.protocol.meals import DAY
from plain import MathFunctions

PROTOCOL = [
    ms.Dose("semaglutide", "1 mg", "6 h"),
    ms.Dose("ipamorelin", "0.3 mg", "22.5 h"),
    ms.OralGlucose("15.3 h", "50 g"),
    ms.GlucoseInfusion("4 mg/kg/min", "27 h", 1621.0),
    ms.InsulinInfusion("1 mU/kg/min", "28 h", "30 h"),
    ms.Activity("1 MJ", "33 h", "34 h"),
]


def independently(run):
    """The end of a run, solved by scipy with the plain interpreter; no clamps or holds."""
    y, c = run.states[0].copy(), run.c.copy()
    timeline = run.plan.timeline()

    def rates(t, state):
        return vector.evaluate(MathFunctions, list(state), list(c))[0]

    def appetite():
        readings = vector.evaluate(MathFunctions, list(y), list(c))[1]
        return readings[vector.READING["appetite_index"]]

    times = [*sorted({event[0] for event in timeline if event[0] > 0.0}), run.duration_min]
    at = 0.0
    for kind, index, value in [event[1:] for event in timeline if event[0] == 0.0]:
        assert kind == code.SET_CONSTANT
        c[index] = value
    for until in times:
        step = solve_ivp(
            rates,
            (at, until),
            y,
            method="DOP853",
            rtol=1e-10,
            atol=1e-13 * SCALE,
            dense_output=False,
        )
        assert step.success, step.message
        y, at = step.y[:, -1].copy(), until
        for _, kind, index, value in [event for event in timeline if event[0] == until]:
            if kind == code.ADD:
                y[index] += value
            elif kind == code.ADD_MEAL:
                y[index] += value * appetite() * c[code.DIET]
            elif kind == code.SET_CONSTANT:
                c[index] = value
            else:
                assert kind == code.MARK_MEAL
                c[code.MEAL_SIZE] = y[code.STOMACH]
    return y


@pytest.mark.parametrize("subject", ["lean-healthy", "type-2-diabetes"])
def test_another_integrator_agrees(subject):
    """Two days with meals, pulses, doses and infusions end the same to one part in a million."""
    levers = {"insulin_action": 1.5, "gh_secretion": 2.0, "glp1_degradation": 0.5}
    run = simulate(subject, PROTOCOL, levers, 2 * DAY, output=[0.0, 2 * DAY])
    other = independently(run)
    apart = np.abs(run.states[-1] - other) / np.maximum(np.abs(other), 1e-3 * SCALE)
    worst = int(np.argmax(apart))
    assert apart[worst] <= 1e-6, f"{list(vector.STATE)[worst]} differs by {apart[worst]:.2g}"


def test_the_tolerance_is_kept():
    """Each ten times tighter tolerance brings the end of a day about ten times nearer to scipy's."""
    runs = [
        simulate("lean-healthy", PROTOCOL[:1], {}, DAY, output=[0.0, DAY], tolerance=rtol)
        for rtol in (1e-5, 1e-7, 1e-9)
    ]
    other = independently(runs[0])
    errors = [
        float(np.max(np.abs(run.states[-1] - other) / np.maximum(np.abs(other), 1e-3 * SCALE)))
        for run in runs
    ]
    assert errors[1] < 0.1 * errors[0]
    assert errors[2] < 0.1 * errors[1]
    assert errors[2] < 1e-8
