"""Averaged runs in JavaScript are Python's: the same days lived through, states, and estimates of errors."""

import numpy as np
import pytest

import metabosim as ms
from metabosim.engine import simulate
from metabosim.engine.integrate import TOLERANCE
from metabosim.engine.rest import SCALE
from metabosim.exchange.javascript import plan_of
from metabosim.therapies import Therapy, load_therapy

DAY = 1440.0
YEAR = 365 * DAY
DAILY = [ms.Dose("tesamorelin", "2 mg", "22 h", "1 d", "12 weeks")]
WEEKLY = [
    ms.Dose("semaglutide", "0.5 mg", "8 h", "1 week", "4 weeks"),
    ms.Dose("semaglutide", "1 mg", "680 h", "1 week"),
]
BOTH = [
    ms.Dose("liraglutide", "1.8 mg", "8 h", "1 d"),
    ms.Dose("ipamorelin", "0.3 mg", "22.5 h", "1 d", "8 weeks"),
]
LIVES = {
    "nothing": ("lean-healthy", [], {}, 26 * 7),
    "a daily drug, then none": ("visceral-obese", DAILY, {}, 20 * 7),
    "a weekly drug, raised": ("type-2-diabetes", WEEKLY, {}, 12 * 7),
    "two drugs": ("appetite-driven", BOTH, {"glp1_appetite": 1.5}, 16 * 7),
    "a diet and its end": ("visceral-obese", [ms.Diet(0.75, 0.0, 84 * DAY)], {}, 26 * 7),
    "a day off, amid": ("lean-healthy", [ms.Fast(40 * DAY, 41 * DAY)], {"insulin_action": 0.6}, 80),
    "ten years, eating more each": (
        "insulin-resistant",
        [ms.Diet(1.04 + 0.04 * y, y * YEAR, (y + 1) * YEAR) for y in range(10)],
        {},
        3650,
    ),
}  # fmt: skip


def looked_at(days):
    """Every six hours, but one day in the middle closely, and one not at all."""
    hours = np.arange(0.0, days * DAY + 1.0, 360.0)
    closely = np.arange(40.0 * DAY, 41.0 * DAY, 20.0)
    return np.union1d(hours[(hours < 33 * DAY) | (hours >= 34 * DAY)], closely)


@pytest.mark.parametrize("life", LIVES)
def test_averaged_runs_are_pythons(engine, life):
    """Days lived through are the same; states and readings agree to one part in a million."""
    subject, protocol, levers, days = LIVES[life]
    run = simulate(subject, protocol, levers, days * DAY, output=looked_at(days))
    assert run.resolution == "averaged"
    rest = run.body.rest
    (answer,) = engine(
        {
            "task": "averaged",
            "plan": plan_of(run),
            "out": run.time_min.tolist(),
            "tolerance": run.tolerance,
            "rest": {"state": rest.states[0].tolist(), "jacobian": rest.jacobian.tolist()},
        }
    )
    assert answer["lived"] == list(run.averaged.lived)
    assert answer["evaluations"] == run.evaluations
    for ours, theirs, least in (
        (run.states, answer["states"], 1e-3 * SCALE),
        (run.readings, answer["readings"], 1e-9),
    ):
        size = np.maximum(np.abs(ours).max(axis=0), least)
        assert np.abs((np.reshape(theirs, ours.shape) - ours) / size).max() <= 1e-6
    size = np.maximum(np.abs(run.readings).max(axis=0), 1e-9)
    errors = np.reshape(answer["errors"], run.averaged.errors.shape)
    assert np.abs((errors - run.averaged.errors) / size).max() <= 1e-6


def test_a_short_run_is_not_averaged(engine):
    """Nor is one that nobody looks at."""
    run = simulate("lean-healthy", duration="28 d", output=[0.0])
    rest = run.body.rest
    job = {
        "task": "averaged",
        "plan": plan_of(run),
        "tolerance": TOLERANCE,
        "rest": {"state": rest.states[0].tolist(), "jacobian": rest.jacobian.tolist()},
    }
    assert engine({**job, "out": [0.0]}, {**job, "out": []}) == [None, None]


def test_drugs_of_one_pace_are_followed_too(engine):
    """Where rates of a drug coincide, Bateman's formula has no digits left; levels are right all the same."""
    known = load_therapy("semaglutide")
    alike = {
        "absorption": known.parameters["elimination"],
        "equilibration": known.parameters["elimination"],
    }
    drug = Therapy(
        "alike", "Alike", "Its rates are one", ("assumption",), {**known.parameters, **alike},
        kind="contrast", molar_mass_g_mol=known.molar_mass_g_mol,
    )  # fmt: skip
    run = simulate(
        "lean-healthy",
        [ms.Dose(drug, "0.5 mg", "8 h", "1 week")],
        duration="6 weeks",
        output=looked_at(42),
    )
    rest = run.body.rest
    (answer,) = engine(
        {
            "task": "averaged", "plan": plan_of(run), "out": run.time_min.tolist(), "tolerance": TOLERANCE,
            "rest": {"state": rest.states[0].tolist(), "jacobian": rest.jacobian.tolist()},
        }
    )  # fmt: skip
    size = np.maximum(np.abs(run.states).max(axis=0), 1e-3 * SCALE)
    assert (
        np.abs((np.reshape(answer["states"], run.states.shape) - run.states) / size).max() <= 1e-6
    )
