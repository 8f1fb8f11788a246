"""The JavaScript kernel does what Python does, in Node.js and in Chromium: the same rates, runs and rests."""

import json
from functools import cache

import numpy as np
import pytest

import metabosim as ms
from metabosim.body import STATES, vector
from metabosim.engine import kernel, make_body, simulate
from metabosim.engine import plan as planning
from metabosim.engine.integrate import NON_FINITE, OVER_BUDGET
from metabosim.engine.rest import RESTING, SCALE
from metabosim.exchange import javascript_source
from metabosim.exchange.javascript import (
    FOLDER,
    plan_of,
    subject_of,
    therapy_of,
    write_javascript,
)
from metabosim.protocol.meals import DAY
from metabosim.subjects import list_subjects
from metabosim.therapies import load_therapy
from plain import random_constants

CLAMP = [
    ms.Fast(0.0, 240.0),
    ms.GlucoseClamp([5.0], 0.0, 240.0),
    ms.InsulinInfusion("1 mU/kg/min", 0.0, 240.0),
]
HOLDS = [
    ms.Hold("vat_inflammation_drive", "baseline"),
    ms.Hold("insulin", "baseline", "10 h", "20 h"),
    ms.Hold("glucose_mmol_l", 7.5, "26 h", "28 h"),
    ms.Meal("10 h", "50 g"),
]
EVERYTHING = [
    ms.DailyMeals(["7 h", "12.5 h", "18 h"], ["40 g", "60 g", "80 g"], start="1 d", stop="3 d"),
    ms.Fast("3 d", "3.5 d"),
    ms.Meal("3.2 d", "50 g"),
    ms.OralGlucose("3.3 d", "75 g"),
    ms.Dose("semaglutide", "0.5 mg", "6 h", "1 d", "3 d"),
    ms.Dose("ipamorelin", "0.3 mg", "22.5 h"),
    ms.GlucoseBolus("2 d", "20 g"),
    ms.GlucoseInfusion("4 mg/kg/min", "27 h", 1621.0),
    ms.HormoneInfusion("gh", 0.01, "30 h", "31 h"),
    ms.Activity("1 MJ", "33 h", "34 h"),
    ms.Diet(0.75, "2 d", "4 d"),
    ms.Hold("glp1_drive", "baseline", "2 d", "3 d"),
]


def one_run(run, **changes):
    """The job that repeats a run."""
    job = {"out": run.time_min.tolist(), "tolerance": run.tolerance, "plan": plan_of(run)}
    return {"task": "run", **job, **changes}


def apart(run, answer):
    """The largest difference between a run and the driver's: of states, and of readings, over their sizes."""
    differences = []
    for ours, theirs, least in (
        (run.states, answer["states"], 1e-3 * SCALE),
        (run.readings, answer["readings"], 1e-9),
    ):
        size = np.maximum(np.abs(ours).max(axis=0), least)
        difference = np.abs(np.array(theirs, float).reshape(ours.shape) - ours) / size
        differences.append(float(difference.max()))
    return max(differences)


def random_body(rng, rest):
    """A state log-uniform about rest, drugs about their scales, under random levers, variants and holds."""
    middle = np.where(RESTING, rest, SCALE)
    y = middle * np.exp(rng.uniform(-1.0, 1.0, len(middle)))
    c = random_constants(rng)
    c[vector.CONSTANT["input", "glucose_held"]] = float(rng.random() < 0.2)
    return y, c


@cache
def resting(subject):
    """A subject's body."""
    return make_body(subject)


@pytest.mark.parametrize("name", list(javascript_source.generated()))
def test_a_module_is_fresh(name):
    """Rewrite the modules with python -m metabosim.exchange.javascript_source."""
    assert (FOLDER / name).read_text(encoding="utf-8") == javascript_source.generated()[name]


def test_writing_the_modules(tmp_path):
    """Every module is written, as it is in the package, and no page can miss one that another imports."""
    written = write_javascript(tmp_path / "new" / "folder")
    assert {path.name for path in written} == {path.name for path in FOLDER.glob("*.js")}
    for path in written:
        assert path.read_bytes() == (FOLDER / path.name).read_bytes()
        for line in path.read_text().splitlines():
            if line.startswith("import "):
                assert (path.parent / line.split("'")[1]).exists(), line


def test_the_layout_is_pythons(engine):
    """States, constants and readings have the same order, and states the same scales."""
    (layout,) = engine({"task": "layout"})
    assert layout == {
        "states": list(kernel.STATES),
        "constants": list(kernel.CONSTANTS),
        "readings": list(kernel.READINGS),
        "scale": SCALE.tolist(),
        "lasting": RESTING.tolist(),
    }


def test_rates_and_readings_at_a_thousand_states(engine):
    """They equal the compiled kernel's to one part in 10^12 (of 10^-4 of the state a minute, if flows cancel)."""
    rng = np.random.default_rng(20)
    rest = resting("lean-healthy").rest.states[0]
    bodies = [random_body(rng, rest) for _ in range(1000)]
    (answers,) = engine(
        {
            "task": "evaluate",
            "states": [y.tolist() for y, _ in bodies],
            "constants": [c.tolist() for _, c in bodies],
        }
    )
    rates, readings = np.empty(len(STATES)), np.empty(len(vector.READING))
    lasting = np.empty(kernel.HOISTED)
    for (y, c), answer in zip(bodies, answers, strict=True):
        kernel.prepare(c, lasting)
        kernel.rates(y, c, lasting, rates)
        kernel.observe(y, c, lasting, readings)
        off = np.abs(np.array(answer["rates"]) - rates)
        assert np.all(off <= 1e-12 * np.maximum(np.abs(rates), 1e-4 * y))
        np.testing.assert_allclose(answer["readings"], readings, rtol=1e-12, atol=0.0)


def test_the_day_of_every_subject(engine):
    """All states and readings of a habitual day agree to one part in a million, minute by minute."""
    runs = [simulate(subject) for subject in list_subjects()]
    for run, answer in zip(runs, engine(*map(one_run, runs)), strict=True):
        assert answer["evaluations"] == run.evaluations
        assert apart(run, answer) <= 1e-6, run.subject


@pytest.mark.parametrize(
    "dose",
    [
        ms.Dose("tesamorelin", "2 mg", "22 h", "1 d"),
        ms.Dose("semaglutide", "1 mg", "8 h", "1 week"),
    ],
    ids=["daily tesamorelin", "weekly semaglutide"],
)
def test_half_a_year_of_a_drug(engine, dose):
    """26 weeks agree to one part in a million, hour by hour."""
    run = simulate("visceral-obese", [dose], duration="26 weeks", resolution="full")
    (answer,) = engine(one_run(run))
    assert apart(run, answer) <= 1e-6


@pytest.mark.parametrize(
    ("steps", "options"),
    [
        (CLAMP, {"start": "fasting", "duration": "4 h"}),
        (HOLDS, {"duration": "2 d"}),
        (EVERYTHING, {"duration": "4 d", "levers": {"gh_secretion": 2.0, "insulin_action": 0.7}}),
        (EVERYTHING[:1], {"duration": "4 d", "variants": ["pka-epac2-sum"]}),
    ],
    ids=["clamp", "holds", "everything", "variant"],
)
def test_protocols(engine, steps, options):
    """Runs agree, with the events that Python planned and with those that the page builds anew."""
    run = simulate("type-2-diabetes", steps, **options)
    for answer in engine(one_run(run), one_run(run, anew=True)):
        assert apart(run, answer) <= 1e-6


@pytest.mark.parametrize("name", ["insulin", "vat", "glp1_drive", "stomach"])
def test_another_runs_course_is_followed(engine, name):
    """A state or signal held at a recorded course is held there in the page too."""
    other = simulate("visceral-obese", [ms.Meal("10 h", "75 g")])
    run = simulate("lean-healthy", [ms.Hold(name, at=other)], tolerance=1e-7)
    (answer,) = engine(one_run(run))
    assert apart(run, answer) <= 1e-6


@pytest.mark.parametrize("start", ["midnight", "fasting"])
def test_events_built_anew_are_those_that_were_planned(engine, start):
    """The page builds the same events, to the last digit; only at one moment may their order differ."""
    run = simulate("lean-healthy", EVERYTHING, duration="4 d", start=start)
    plan = plan_of(run)
    (built,) = engine({"task": "events", "plan": plan})
    columns = ("time", "kind", "index", "value")
    ours, theirs = (
        list(zip(*(events[name] for name in columns), strict=True))
        for events in (plan["events"], built)
    )
    assert sorted(theirs) == sorted(ours)
    assert [event[0] for event in theirs] == [event[0] for event in ours]
    json.dumps(plan, allow_nan=False)  # JSON has no infinity


def test_every_kind_of_event_is_known(engine):
    """SET_STATE, PAUSE and letting go, which few protocols plan, do what they do in Python."""
    from metabosim.engine import integrate as code

    run = simulate("lean-healthy", [ms.Hold("insulin", "baseline", "2 h", "5 h")])
    state, igf1 = run.states[0].copy(), vector.STATE["igf1"]
    run.plan.add(100.0, code.SET_STATE, igf1, 1.5 * state[igf1])
    run.plan.add(200.5, code.PAUSE)
    c = run.c.copy()
    _, _, _, _, states, _ = code.integrate(
        0.0, state, c, DAY, *run.plan.arrays(), run.time_min, run.tolerance, SCALE, 10**6
    )
    (answer,) = engine(one_run(run))
    theirs = np.array(answer["states"], float).reshape(states.shape)
    np.testing.assert_allclose(theirs, states, rtol=1e-6, atol=1e-9)
    assert states[101, igf1] > 1.4 * states[99, igf1]


def test_failures_are_codes(engine):
    """A run that breaks, and one that takes too long, say so, and when."""
    run = simulate("lean-healthy")
    broken = plan_of(run)
    for name in ("time", "kind", "index", "value"):
        new = {"time": 600.0, "kind": 3, "index": vector.STATE["glucose"], "value": -1e200}
        at = int(np.searchsorted(broken["events"]["time"], 600.0))
        broken["events"][name].insert(at, new[name])
    failed, long = engine(one_run(run, plan=broken), one_run(run, budget=1000))
    assert failed["status"] == NON_FINITE
    assert 600.0 <= failed["time"] < 601.0
    assert long["status"] == OVER_BUDGET
    assert 1000 < long["evaluations"] < 1010


RESTS = [
    ("lean-healthy", {"ffa_resistance": 0.5}),
    ("lean-healthy", {"glp1_appetite": 1.5, "igf1_production": 1.2}),
    ("visceral-obese", {"insulin_secretion": 1.2}),
    ("visceral-obese", {"vat_inflammation": 0.0}),
    ("type-2-diabetes", {"glucotoxic_resistance": 0.5}),
]
FAR = RESTS[3]  # Newton's method alone does not get there


def test_rests_with_a_lever_set_for_life(engine):
    """From a subject's rest the page finds the rest that Python finds, and quickly one that is nearly that."""
    jobs, wanted = [], []
    for subject, levers in RESTS:
        near = subject_of(resting(subject))
        body = make_body(subject, lifelong=levers)
        handed = {"constants": body.c.tolist(), "habitual": near["habitual"], "near": near}
        jobs.append({"task": "rest", **handed})
        wanted.append(body.rest.states[0])
    for case, rest, ours in zip(RESTS, engine(*jobs), wanted, strict=True):
        size = np.maximum(np.abs(ours), 1e-3 * SCALE)
        assert rest["found"]
        assert (np.abs(np.array(rest["state"]) - ours) / size).max() <= 1e-6, case
        assert (rest["quick"] is None) == (case == FAR), case
        if rest["quick"]:
            assert (np.abs(np.array(rest["quick"]) - ours) / size).max() <= 1e-4, case


def test_a_rest_without_one_near_by(engine):
    """From afar too the page finds Python's rest."""
    body = resting("lean-healthy")
    habitual = subject_of(body)["habitual"]
    (rest,) = engine({"task": "rest", "constants": body.c.tolist(), "habitual": habitual})
    assert rest["found"]
    ours = body.rest.states[0]
    np.testing.assert_allclose(rest["state"], ours, rtol=1e-6, atol=1e-9)


def test_a_therapy_fills_a_slot():
    """The constants handed over are those that the body has while the drug is given."""
    run = simulate("lean-healthy", [ms.Dose("tirzepatide", "5 mg", "8 h")])
    handed = therapy_of(load_therapy("tirzepatide"))
    for name, value in handed["constants"].items():
        assert run.c[vector.CONSTANT["parameter", f"drug1_{name}"]] == value, name
    (dose,) = plan_of(run)["doses"]
    depot = [e for e in run.plan.timeline() if e[2] == vector.STATE["drug1_depot"] and e[1] == 0]
    assert [dose["amount"]] == [value for *_, value in depot]


def test_habits_are_the_plans():
    """The habitual day handed over is the one that Python plans."""
    body = resting("ageing-low-gh")
    day = planning.Plan(DAY)
    planning.habitual(day, body.parameters, True)
    habitual = subject_of(body)["habitual"]
    stomach = vector.STATE["stomach"]
    assert [m["carbohydrate"] for m in habitual["meals"]] == [
        value for _, kind, index, value in day.timeline() if (kind, index) == (1, stomach)
    ]
    assert len(habitual["pulses"]) == round(body.parameters["pulses_per_day"])
