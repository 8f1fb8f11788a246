"""Published experiments that are in no table and no claim: the body should show them, too.

Sources are named where they are used; sizes are asked for within wide limits, directions exactly.
"""

import numpy as np
import pytest

import metabosim as ms
from metabosim.engine import simulate

DAY = 1440.0
SECRETION = "insulin_secretion_pmol_min"


def glp1(rate):
    """GLP-1 by vein from the start, pmol/kg/min."""
    return ms.HormoneInfusion("glp1", f"{rate} pmol/kg/min", 0.0)


def test_the_reference_person_has_an_insulin_sensitivity_of_one():
    """By definition: the mean of the habitual day."""
    assert simulate("lean-healthy", duration="1 h").baseline(
        "insulin_sensitivity_index"
    ) == pytest.approx(1.0, abs=0.01)


@pytest.mark.parametrize("subject", ["lean-healthy", "type-2-diabetes"])
def test_glp1_multiplies_the_slope_of_secretion_on_glucose(subject):
    """Graded glucose: the slope rises with every dose (Kjems 2003), in health and in type 2 diabetes."""
    slopes = []
    for rate in (0.0, 0.5, 1.0, 2.0):
        levels = list(np.arange(5.0, 10.5))
        run = simulate(
            subject,
            [ms.GlucoseClamp(levels, 0.0, 180.0), glp1(rate)],
            start="fasting",
            duration="3 h",
        )
        late = [run[SECRETION][30 * i + 20 : 30 * i + 30].mean() for i in range(len(levels))]
        slopes.append(float(np.polyfit(levels, late, 1)[0]))
    assert np.all(np.diff(slopes) > 0.05 * slopes[0]), slopes
    assert slopes[-1] > 1.7 * slopes[0], slopes


def test_glp1_brings_fasting_diabetic_glucose_near_normal_and_then_insulin_back():
    """Nauck 1993: within four hours, while saline does less; insulin rises and returns towards basal."""
    plain, treated = (
        simulate("type-2-diabetes", steps, start="fasting", duration="4 h")
        for steps in ([], [glp1(1.2)])
    )
    assert treated["glucose_mmol_l"][-1] < 6.5
    assert treated["glucose_mmol_l"].min() > 3.5
    assert plain["glucose_mmol_l"][-1] > treated["glucose_mmol_l"][-1] + 1.5
    insulin = treated["insulin_pmol_l"]
    assert insulin.max() > 1.5 * insulin[0]
    assert insulin[-1] < 1.35 * insulin[0]


def test_both_hormones_of_the_islet_carry_the_fall_of_diabetic_glucose():
    """Hare 2010: without the effect on insulin or without that on glucagon, a fair part of the fall is left."""

    def fall(levers):
        without, treated = (
            simulate("type-2-diabetes", steps, levers, start="fasting", duration="4 h")
            for steps in ([], [glp1(1.2)])
        )
        return float(without["glucose_mmol_l"][-1] - treated["glucose_mmol_l"][-1])

    both = fall({})
    assert fall({"glp1_insulin_secretion": 0.0}) > 0.2 * both
    assert fall({"glp1_glucagon_suppression": 0.0}) > 0.2 * both
    assert abs(fall({"glp1_insulin_secretion": 0.0, "glp1_glucagon_suppression": 0.0})) < 0.1 * both


def test_cjc_1295_raises_the_floor_and_not_the_pulses():
    """Ionescu 2006: a week after a dose the trough is up several-fold, pulses hardly, IGF-1 by about half."""

    def week(steps):
        run = simulate(
            "lean-healthy", steps, duration="8 d", output=np.arange(0.0, 8 * DAY + 1, 2.0)
        )
        last = run.time_min >= 7 * DAY
        gh = run["gh_ug_l"][last]
        return gh.mean(), gh.min(), gh.max(), run["igf1_ug_l"][last].mean()

    mean, floor, peak, igf1 = np.divide(week([ms.Dose("cjc-1295", "5 mg", "8 h")]), week([]))
    assert 1.2 < mean < 3.0
    assert floor > 3.0
    assert 0.8 < peak < 1.4
    assert 1.2 < igf1 < 2.0


def test_a_fast_of_days_lowers_glucose_and_insulin_and_raises_fatty_acids_and_growth_hormone():
    """Ho 1988: in five days glucose falls by a third at most, fatty acids and growth hormone rise several-fold."""
    run = simulate("lean-healthy", [ms.Fast(0.0)], start="fasting", duration="5 d")
    glucose, ffa, insulin = (
        run[name] for name in ("glucose_mmol_l", "ffa_mmol_l", "insulin_pmol_l")
    )
    assert 0.65 < glucose[-1] / glucose[0] < 0.9
    assert ffa[-1] > 2.0 * ffa[0]
    assert insulin[-1] < 0.6 * insulin[0]
    late = run.time_min > 4 * DAY
    assert run["gh_ug_l"][late].mean() > 1.8 * run.baseline("gh_ug_l")


def test_a_sulfonylurea_lowers_diabetic_fasting_glucose_and_breaks_the_safety_of_glp1():
    """It opens the trigger past glucose: glucose falls in diabetes, and too low in a healthy fast."""
    pill = ms.Dose("sulfonylurea", "10 mg", "8 h", "1 d")
    run = simulate("type-2-diabetes", [pill], duration="8 d")
    at = run.time_min >= 7 * DAY
    assert run["glucose_mmol_l"][at].mean() < run.baseline("glucose_mmol_l") - 0.5
    both = [ms.Dose("semaglutide", "1 mg", "8 h", "7 d"), ms.Dose("sulfonylurea", "20 mg", "79 h")]
    low = simulate("lean-healthy", [*both, ms.Fast("72 h", "104 h")], duration="104 h")
    assert low["glucose_mmol_l"].min() < 3.5


def test_growth_hormone_makes_muscle_resist_for_hours_and_then_lets_go():
    """Four hours of GH in a clamp: less glucose is needed after a delay (Diabetologia 1989), gone 8 h later."""
    courses = []
    for rate in (0.0, 1.5):
        steps = [
            ms.HormoneInfusion("gh", f"{rate} ug/min", 0.0, 240.0),
            ms.GlucoseClamp(5.0, 0.0, 720.0),
            ms.InsulinInfusion("0.6 mU/kg/min", 0.0, 720.0),
        ]
        run = simulate(
            "lean-healthy", steps, {"gh_pulsatility": 0.0}, start="fasting", duration="12 h"
        )
        courses.append(run["glucose_infusion_mmol_min"])
    change = courses[1] / courses[0] - 1.0
    assert -0.5 < change[240] < -0.15
    assert change[30] > 0.5 * change[240]
    assert abs(change[-1]) < 0.05


@pytest.mark.parametrize("counterregulation", [0.0, 1.0])
def test_insulin_brings_hypoglycaemia_that_a_healthy_body_gets_out_of(counterregulation):
    """An insulin tolerance test, 0.1 U/kg by vein: a low within the hour, home again by six, glucagon or not."""
    run = simulate(
        "lean-healthy",
        [ms.InsulinInfusion("20 mU/kg/min", 0.0, 5.0)],
        {"counterregulation": counterregulation},
        start="fasting",
        duration="6 h",
    )
    glucose = run["glucose_mmol_l"]
    assert 1.2 < glucose.min() < 3.3
    assert int(glucose.argmin()) < 60
    assert glucose[-1] > 4.0


def test_insulin_without_glucose_is_met_by_the_alarm():
    """Insulin at 1 mU/kg/min and no glucose: low, but not nothing, and lower in the lean than in the obese."""
    lows = [
        simulate(
            subject,
            [ms.InsulinInfusion("1 mU/kg/min", 0.0, 360.0)],
            start="fasting",
            duration="6 h",
        )["glucose_mmol_l"].min()
        for subject in ("lean-healthy", "visceral-obese")
    ]
    assert 1.0 < lows[0] < lows[1] < 4.0
