"""The integrator against others: scipy's on the plain equations, between the same events."""

import numpy as np
import pytest

import metabosim as ms
from independent import apart, independently
from metabosim.body import vector
from metabosim.claims import bench_of
from metabosim.engine import simulate
from metabosim.engine.integrate import TOLERANCE
from metabosim.engine.jacobian import rates_slopes
from metabosim.protocol.meals import DAY
from metabosim.scenario import load_scenario
from metabosim.subjects import list_subjects

PROTOCOL = [
    ms.Dose("semaglutide", "1 mg", "6 h"),
    ms.Dose("ipamorelin", "0.3 mg", "22.5 h"),
    ms.OralGlucose("15.3 h", "50 g"),
    ms.GlucoseInfusion("4 mg/kg/min", "27 h", 1621.0),
    ms.InsulinInfusion("1 mU/kg/min", "28 h", "30 h"),
    ms.Activity("1 MJ", "33 h", "34 h"),
]


@pytest.mark.parametrize("subject", ["lean-healthy", "type-2-diabetes"])
def test_another_integrator_agrees(subject):
    """Two days with meals, pulses, doses and infusions end the same to one part in a million."""
    levers = {"insulin_action": 1.5, "gh_secretion": 2.0, "glp1_degradation": 0.5}
    run = simulate(subject, PROTOCOL, levers, 2 * DAY, output=[0.0, 2 * DAY], tolerance=1e-7)
    away = apart(run, independently(run))
    worst = int(np.argmax(away))
    assert away[worst] <= 1e-6, f"{list(vector.STATE)[worst]} differs by {away[worst]:.2g}"


@pytest.mark.parametrize(
    ("scenario", "arm", "method"),
    [
        ("effects-from-the-first-meal", "agonist", "Radau"),
        ("acute-gh-is-diabetogenic", "gh_pulse", "Radau"),
        ("dormant-amplifier", "high-glp1", "BDF"),
        ("ghrh-spares-the-beta-cell", "ghrh_analogue", "BDF"),
        ("primed-granules-first", "glp1", "Radau"),
    ],
)
def test_implicit_methods_with_our_jacobian_agree(scenario, arm, method):
    """Meals under an agonist, clamps with insulin and growth hormone: implicit and explicit methods end alike."""
    run = bench_of(load_scenario(scenario), tolerance=1e-7).run(arm)
    away = apart(run, independently(run, method, 1e-8, lambda y, c: rates_slopes(y, c).by_state))
    worst = int(np.argmax(away))
    assert away[worst] <= 2e-6, f"{list(vector.STATE)[worst]} differs by {away[worst]:.2g}"


@pytest.mark.parametrize("subject", list_subjects())
def test_glucose_and_insulin_are_as_exact_as_promised(subject):
    """At the usual tolerance they are within 1e-5 of runs ten thousand times as exact, at every minute of two days."""
    usual, exact = (
        simulate(subject, PROTOCOL, {}, 2 * DAY, tolerance=rtol) for rtol in (TOLERANCE, 1e-9)
    )
    for name in ("glucose_mmol_l", "insulin_pmol_l"):
        np.testing.assert_allclose(usual[name], exact[name], rtol=1e-5, atol=0.0)


def test_the_tolerance_is_kept():
    """Each ten times tighter tolerance brings the end of a day about ten times nearer to scipy's."""
    runs = [
        simulate("lean-healthy", PROTOCOL[:1], {}, DAY, output=[0.0, DAY], tolerance=rtol)
        for rtol in (1e-5, 1e-7, 1e-9)
    ]
    other = independently(runs[0])
    errors = [float(np.max(apart(run, other))) for run in runs]
    assert errors[1] < 0.1 * errors[0]
    assert errors[2] < 0.1 * errors[1]
    assert errors[2] < 1e-8
