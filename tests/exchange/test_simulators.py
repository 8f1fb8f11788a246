"""What is exported, run by two independent simulators, is what metabosim runs."""

from dataclasses import replace
from functools import cache

import pytest

import metabosim as ms
from metabosim.exchange import sbml_document
from metabosim.exchange.arms import habitual_day
from metabosim.output import Stamp
from metabosim.protocol.meals import DAY
from metabosim.scenario.model import Arm
from metabosim.subjects import list_subjects, load_subject
from simulators import SIMULATORS, apart, minutes_of, own

CLOSE = 1e-6

# (scenario, arm): meals, drinks, boluses, infusions, clamps, holds at a number, pulses, doses, levers, variants
ARMS = [
    ("meal-homeostasis", "large"),
    ("incretin-effect", "diabetic-by-mouth"),
    ("primed-granules-first", "glp1"),
    ("pka-epac2-synergy", "pka"),
    ("dormant-amplifier", "high-glp1"),
    ("insulin-opens-the-cell", "insulin-in-steps"),
    ("insulin-resistance", "resistant-clamped"),
    ("acute-gh-is-diabetogenic", "gh_pulse"),
    ("combo-synergy", "both"),
    ("pulsatile-beats-continuous", "pulses"),
    ("glucose-dependent-secretion", "agonist"),
    ("glucagon-suppression", "agonist"),
    ("no-hypoglycaemia", "sulfonylurea"),
    ("liver-makes-igf1", "igf1_raised"),
    ("cjc-lasts", "sermorelin"),
    ("starving-amid-plenty", "resistant"),
]
WEEKLY = ("engineered-to-last", "weekly")  # its first three weeks and a day


def written(arm):
    """The arm as SBML."""
    return sbml_document(arm, Stamp("test", "0" * 12), "test")


def check(simulator, arm, step):
    """Assert that a simulator, given the exported arm, sees what metabosim sees, every `step` minutes."""
    minutes = minutes_of(arm.duration, step)
    found = SIMULATORS[simulator](written(arm), minutes)
    far, where = apart(own(arm, minutes), found)
    assert far <= CLOSE, where


@cache
def arm_of(scenario, name):
    """An arm of a bundled scenario."""
    return ms.load_scenario(scenario).arms[name]


@pytest.mark.parametrize("simulator", SIMULATORS)
@pytest.mark.parametrize("subject", list_subjects())
def test_a_habitual_day(simulator, subject):
    """Left to its habits, each subject lives the same day in both, minute by minute."""
    check(simulator, replace(habitual_day(load_subject(subject)), duration=DAY), 1.0)


@pytest.mark.parametrize("simulator", SIMULATORS)
@pytest.mark.parametrize(("scenario", "arm"), ARMS)
def test_an_arm(simulator, scenario, arm):
    """Whatever is done to a body is done to the exported one, at the same moments and to the same effect."""
    chosen = arm_of(scenario, arm)
    check(simulator, chosen, 1.0 if chosen.duration <= 3 * DAY else 5.0)


def test_the_arms_are_of_every_kind():
    """Between them at least twelve scenarios use all that can be exported, a hold at a number among it."""
    assert len({scenario for scenario, _ in [*ARMS, WEEKLY]}) >= 12
    steps = [step for arm in [*ARMS, WEEKLY] for step in arm_of(*arm).protocol]
    assert {type(step) for step in steps} >= {
        ms.Dose, ms.Fast, ms.GlucoseBolus, ms.GlucoseClamp, ms.Hold, ms.HormoneInfusion, ms.InsulinInfusion,
        ms.Meal, ms.OralGlucose,
    }  # fmt: skip
    assert any(isinstance(step, ms.Dose) and step.every == 7 * DAY for step in steps)
    assert any(isinstance(step, ms.HormoneInfusion) and step.name == "gh" for step in steps)


@pytest.mark.parametrize("simulator", SIMULATORS)
def test_weekly_doses(simulator):
    """A habit of weeks goes on beside the habits of days."""
    check(simulator, replace(arm_of(*WEEKLY), duration=22 * DAY), 30.0)


EVERYTHING = Arm(
    load_subject("visceral-obese"),
    4 * DAY,
    levers={"insulin_action": 1.5, "glp1_degradation": 0.0},
    variants=("common-cause",),
    protocol=(
        ms.DailyMeals(["7 h", "12 h"], ["60 g", "90 g"], start="1 d"),
        ms.Fast("30 h", "40 h"),
        ms.Diet("80 %", 0.0, "2 d"),
        ms.Activity("1 MJ", "10 h", "11 h"),
        ms.GlucoseInfusion("2 mg/kg/min", "20 h", "23 h"),
        ms.GlucoseInfusion("1 mg/kg/min", "22 h", "25 h"),
        ms.GlucoseClamp(["6 mmol/L", "9 mmol/L"], "50 h", "54 h"),
        ms.GlucoseBolus("52 h", "20 g"),  # while clamped: it does not last
        ms.GlucoseBolus("56 h", "20 g"),
        ms.HormoneInfusion("somatostatin", "3 ug/min", "60 h", "62 h"),
        ms.HormoneInfusion("glucagon", "10 pmol/min", "60 h", "62 h"),
        ms.Hold("insulin_pmol_l", 80.0, "60 h", "62 h"),
        ms.Hold("appetite_index", 1.2, "62 h"),
        ms.Hold("calcium", 0.3, "64 h", "65 h"),
        ms.Dose("semaglutide", "1 mg", "8 h", "1 d", "3 d"),  # at breakfast
        ms.Dose("tesamorelin", "2 mg", "0 h", "12 h"),
    ),
)


@pytest.mark.parametrize("simulator", SIMULATORS)
def test_every_step_that_can_be_exported(simulator):
    """All steps in one arm, several of them at the same moment."""
    check(simulator, EVERYTHING, 1.0)


@pytest.mark.parametrize("simulator", SIMULATORS)
def test_one_moment(simulator):
    """A hold of appetite and a dose that begin with breakfast count for that breakfast."""
    together = (
        ms.Hold("appetite_index", 1.3, "8 h", "13 h"),
        ms.Dose("semaglutide", "1 mg", "8 h"),
    )
    check(simulator, Arm(load_subject("lean-healthy"), DAY, protocol=together), 1.0)
