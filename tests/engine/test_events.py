"""Events happen when they happen: nothing is stepped over, and doses follow their exact course."""

import numpy as np
import pytest

import metabosim as ms
from metabosim.body.vector import STATE
from metabosim.engine import simulate
from metabosim.protocol.meals import DAY
from metabosim.therapies import load_therapy


def bateman(therapy, nmol, minutes):
    """Plasma concentration (nmol/L) after a dose into the depot, by the formula."""
    p = therapy.parameters
    ka, ke = p["absorption"] / 60.0, p["elimination"] / 60.0
    scale = nmol * p.get("bioavailability", 1.0) / p["volume"] * ka / (ka - ke)
    return scale * (np.exp(-ke * minutes) - np.exp(-ka * minutes))


@pytest.mark.parametrize("name", ["semaglutide", "tesamorelin", "ipamorelin", "sulfonylurea"])
def test_a_dose_follows_the_formula(name):
    """After three doses at odd times the plasma concentration is the sum of three Bateman curves."""
    therapy, start, every = load_therapy(name), 100.25, 333.3
    out = np.arange(0.0, 2 * DAY + 1.0, 7.0)
    run = simulate(
        "lean-healthy",
        [ms.Dose(name, "1 mg", start, every, 1000.0)],
        duration=2 * DAY,
        output=out,
        tolerance=1e-7,
    )
    nmol = 1e6 / therapy.molar_mass_g_mol
    expected = sum(
        np.where(out >= at, bateman(therapy, nmol, np.maximum(out - at, 0.0)), 0.0)
        for at in (start, start + every, start + 2 * every)
    )
    np.testing.assert_allclose(run[therapy.column], expected, rtol=1e-6, atol=1e-7 * expected.max())
    assert len(out) > 400


PULSES = [
    (ms.GlucoseInfusion, 60.0, "glucose"),
    (ms.InsulinInfusion, 6000.0, "insulin"),
    (lambda *w: ms.HormoneInfusion("gh", *w), 100.0, "gh"),
    (lambda *w: ms.HormoneInfusion("glp1", *w), 900.0, "glp1"),
    (lambda *w: ms.HormoneInfusion("glucagon", *w), 900.0, "glucagon"),
]


@pytest.mark.parametrize(("step", "rate", "state"), PULSES)
@pytest.mark.parametrize("at", [5 * DAY + 101.0, 20 * DAY + 191.37])
def test_a_minute_is_never_stepped_over(step, rate, state, at):
    """One minute of infusion, weeks into a run, arrives whole: the pool jumps by what was given."""
    out = np.array([at, at + 1.0])
    quiet, pulsed = (
        simulate("lean-healthy", steps, duration="4 weeks", output=out)[state]
        for steps in ([], [step(rate, at, at + 1.0)])
    )
    body = simulate(output=[DAY]).body
    p, lean = body.parameters, float(body.at_rest("lean")[0])
    volume = {
        "glucose": p["glucose_volume"] * lean,
        "insulin": p["insulin_volume"] * lean,
        "gh": p["gh_volume"],
        "glp1": p["glp1_volume"],
        "glucagon": p["glucagon_volume"],
    }[state]
    assert pulsed[0] == pytest.approx(quiet[0], rel=1e-6)
    # Within the minute some is cleared again, of GLP-1 a third.
    assert 0.7 * rate / volume < pulsed[1] - quiet[1] < rate / volume


def test_a_minute_of_growth_hormone_is_exact():
    """Where clearance is linear, what is left of a one-minute pulse is known to the formula."""
    at, rate = 3 * DAY + 130.5, 100.0
    out = np.array([at + 1.0])
    quiet, pulsed = (
        simulate("lean-healthy", steps, duration="1 week", output=out, tolerance=1e-9)["gh"][0]
        for steps in ([], [ms.HormoneInfusion("gh", rate, at, at + 1.0)])
    )
    p = simulate(output=[DAY]).body.parameters
    left = rate / p["gh_volume"] / p["gh_clearance"] * (1.0 - np.exp(-p["gh_clearance"]))
    assert pulsed - quiet == pytest.approx(left, rel=1e-6)


def test_a_meal_is_there_at_once():
    """At the minute of a meal, and not before, the stomach holds it."""
    at = 1000.123
    out = np.array([np.nextafter(at, 0.0), at])
    run = simulate("lean-healthy", [ms.Meal(at, 321.0)], output=out)
    before, after = run["stomach"]
    assert after - before == pytest.approx(321.0, rel=1e-9)


def test_windows_are_half_open():
    """A fast that ends at lunch leaves lunch in; one that starts at lunch leaves it out."""
    lunch = np.array([np.nextafter(780.0, 0.0), 780.0])
    jumps = [
        float(np.diff(simulate("lean-healthy", [ms.Fast(*window)], output=lunch)["stomach"])[0])
        for window in ((400.0, 780.0), (780.0, 800.0))
    ]
    assert jumps[0] > 100.0
    assert jumps[1] == pytest.approx(0.0, abs=1e-9)


def test_infusions_that_overlap_add():
    """A second infusion comes on top of the first and leaves it running when it stops."""
    kinds = [
        lambda rate, *window: ms.InsulinInfusion(rate, *window),
        lambda rate, *window: ms.GlucoseInfusion(rate, *window),
        lambda rate, *window: ms.HormoneInfusion("glp1", 100.0 * rate, *window),
        lambda rate, *window: ms.Activity(1e-2 * rate * (window[1] - window[0]), *window),
    ]
    for give in kinds:
        together = simulate("lean-healthy", [give(1.0, 0.0, 600.0), give(2.0, 200.0, 300.0)])
        parts = [give(1.0, 0.0, 200.0), give(3.0, 200.0, 300.0), give(1.0, 300.0, 600.0)]
        one_by_one = simulate("lean-healthy", parts)
        np.testing.assert_allclose(together.states, one_by_one.states, rtol=1e-6, atol=1e-9)


def test_what_is_recorded_and_what_is_gone_on_to_agree():
    """A state asked for between records is the one that a record there would have held, events and all."""
    protocol = [
        ms.Dose("semaglutide", "1 mg", 8.0 * 60.0),
        ms.Hold("glucose_mmol_l", 5.0, 600.0, 900.0),
        ms.Hold("appetite", "baseline", 480.0),
        ms.InsulinInfusion(50.0, 700.0, 1000.0),
    ]
    moments = [480.0, 500.0, 700.0, 899.5, 900.0, 1140.0, 1300.3]
    full = simulate("lean-healthy", protocol, output=moments)
    coarse = simulate("lean-healthy", protocol, output=[0.0, 480.0, 650.0, DAY])
    for row, moment in enumerate(moments):
        went_on = coarse.state_at(moment)
        np.testing.assert_allclose(went_on, full.states[row], rtol=1e-6, atol=1e-9)
    assert full["glucose"][2] == 5.0
    assert full.states[0, STATE["drug1_depot"]] > 0.0
