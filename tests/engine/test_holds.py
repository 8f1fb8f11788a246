"""Holding: a state or signal is where the protocol says, exactly, and nothing else is touched."""

import numpy as np
import pytest

import metabosim as ms
from metabosim.body import SIGNALS, STATES
from metabosim.engine import simulate
from metabosim.engine.rest import SCALE
from metabosim.protocol.meals import DAY

# The resting day is recorded each minute; GLP-1, whose half-life is not two, is not followed as finely.
NEAR = {"glp1_drive": 5e-5}
FINE = np.arange(0.0, DAY + 0.05, 0.1)


def deviation(one, other):
    """The largest difference of any state over a day, as a share of its largest value."""
    largest = np.maximum(np.abs(other.states).max(axis=0), 1e-3 * SCALE)
    return float((np.abs(one.states - other.states) / largest).max())


@pytest.mark.parametrize("subject", ["lean-healthy", "type-2-diabetes"])
@pytest.mark.parametrize("name", list(SIGNALS))
def test_a_signal_held_at_its_baseline_changes_nothing(name, subject):
    """On the habitual day, a signal held at its own resting course leaves every state as it was."""
    free = simulate(subject, tolerance=1e-7)
    held = simulate(subject, [ms.Hold(name, "baseline")], tolerance=1e-7)
    assert deviation(held, free) <= NEAR.get(name, 1e-6)


@pytest.mark.parametrize("name", [name for name in STATES if not name.startswith("drug")])
def test_a_state_held_at_its_baseline_is_its_resting_course(name):
    """A state held at its baseline has its resting value at every minute, whatever is eaten."""
    held = simulate("lean-healthy", [ms.Hold(name, "baseline"), ms.Meal("10 h", "50 g")])
    resting = held.rest[name]
    np.testing.assert_allclose(held[name][:-1], resting[:-1], rtol=1e-12, atol=0.0)


def test_a_number_is_held_exactly():
    """From its start to its stop a state held at a number is that number, and is then let go from there."""
    run = simulate("lean-healthy", [ms.Hold("glucose_mmol_l", 7.5, 600.0, 700.0)], output=FINE)
    glucose, inside = run["glucose"], (run.time_min >= 600.0) & (run.time_min < 700.0)
    assert np.all(glucose[inside] == 7.5)
    assert abs(glucose[np.searchsorted(run.time_min, 599.95) - 1] - 7.5) > 0.5
    after = glucose[run.time_min >= 700.0]
    assert after[0] == pytest.approx(7.5, abs=0.1)
    assert abs(after[600] - 7.5) > 0.5


@pytest.mark.parametrize(
    "name", ["insulin", "vat", "glp1_drive", "energy_in", "calcium", "stomach"]
)
def test_a_recorded_course_is_followed_exactly(name):
    """Held at another run, a state or signal has that run's values at its minutes, and stays between them."""
    other = simulate("visceral-obese", [ms.Meal("10 h", "75 g"), ms.Dose("liraglutide", "1.8 mg")])
    run = simulate("lean-healthy", [ms.Hold(name, at=other)], output=FINE)
    recorded, followed = other[name], run[name]
    np.testing.assert_allclose(followed[::10], recorded, rtol=1e-12, atol=1e-300)
    low, high = (
        np.minimum(recorded[:-1], recorded[1:]), np.maximum(recorded[:-1], recorded[1:])
    )  # fmt: skip
    between = followed[:-1].reshape(-1, 10)
    slack = 1e-12 * np.abs(recorded).max()
    assert np.all(between >= low[:, None] - slack)
    assert np.all(between <= high[:, None] + slack)


@pytest.mark.parametrize("name", ["vat", "inflammation_load", "insulin_signalling", "appetite"])
def test_a_run_replayed_to_itself_changes_nothing(name):
    """Held at what it does anyway, under drug and diet, a body does the same."""
    protocol = [ms.Dose("semaglutide", "2.4 mg"), ms.Diet(0.8)]
    free = simulate("visceral-obese", protocol, duration="3 d")
    held = simulate("visceral-obese", [*protocol, ms.Hold(name, at=free)], duration="3 d")
    assert deviation(held, free) <= 1e-4


def test_what_is_held_does_not_depend_on_where_one_looks():
    """A held appetite makes the same meals whether every minute is recorded or only the last."""
    hold = [ms.Hold("appetite", "baseline", start=480.0), ms.Hold("glp1_drive", "baseline")]
    minutes, only_last = (simulate("lean-healthy", hold, output=out) for out in (None, [DAY]))
    assert minutes.states[-1].tobytes() == only_last.states[-1].tobytes()


def test_a_hold_that_starts_with_a_meal_sees_the_meal():
    """Appetite held from the minute of breakfast on is held when breakfast is served."""
    free, held = (
        simulate("lean-healthy", steps, output=[480.0, DAY])["stomach"]
        for steps in ([], [ms.Hold("appetite", "baseline", start=480.0)])
    )
    assert held[0] == pytest.approx(free[0], rel=1e-6)


@pytest.mark.parametrize("level", [5.5, 8.0, 12.0])
def test_a_clamp_pays_for_what_it_holds(level):
    """The infusion a clamp reports, given as infusions to a free body, keeps glucose where the clamp did."""
    steps = [ms.InsulinInfusion("1 mU/kg/min", 0.0, 300.0)]
    clamped = simulate(
        "lean-healthy",
        [ms.GlucoseClamp(level, 0.0, 300.0), *steps],
        start="fasting",
        duration=300.0,
    )
    assert np.all(clamped["glucose"] == level)
    rate = clamped["glucose_infusion_mmol_min"]
    assert rate.min() > 0.0
    from metabosim.engine.run import simulate_from

    given = [
        ms.GlucoseInfusion(float(0.5 * (rate[k] + rate[k + 1])), float(k), float(k + 1))
        for k in range(299)
    ]
    free = simulate_from(
        clamped.body, clamped.states[0], [*given, *steps], 420.0, 299.0, meals=False
    )
    np.testing.assert_allclose(free["glucose"], level, rtol=2e-3)
