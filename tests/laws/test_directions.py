"""What pushes what, and which way: the equations at one moment, held to physiology and to what their parameters say.

Nothing here runs for longer than a moment, so states are drawn at large and need not be anybody's rest.
"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metabosim.body import OBSERVABLES, PARAMETERS, SIGNALS, STATES
from metabosim.body.vector import CONSTANT, evaluate, shown
from metabosim.levers import constants
from metabosim.subjects import list_subjects, load_subject
from plain import MathFunctions, resting_state
from strategies import instants

# (what is raised, what it moves, up or down): a state's rate of change, or a reading.
DIRECTIONS = [
    ("interstitial_insulin", "glucose", -1),
    ("interstitial_insulin", "ffa", -1),
    ("insulin", "gh", -1),
    ("insulin", "igf1", +1),
    ("glucagon", "glucose", +1),
    ("glucose", "insulin", +1),
    ("glucose", "glucagon", -1),
    ("glucose", "signalling", -1),
    ("signalling", "glucose", -1),
    ("signalling", "ffa", -1),
    ("glp1", "insulin", +1),
    ("glp1", "glucagon", -1),
    ("glp1", "stomach", +1),
    ("glp1", "appetite_index", -1),
    ("glp1", "inflammation", -1),
    ("intestine", "glucose", +1),
    ("intestine", "glp1", +1),
    ("ffa", "signalling", -1),
    ("ffa", "beta_function", -1),
    ("glycaemia", "beta_function", -1),
    ("workload", "beta_function", -1),
    ("workload", "beta_mass", +1),
    ("inflammation", "signalling", -1),
    ("vat", "inflammation", +1),
    ("vat", "triglycerides", +1),
    ("vat", "gh", -1),
    ("pulse", "gh", +1),
    ("gh", "igf1", +1),
    ("gh_early", "ffa", +1),
    ("gh_late", "glucose", +1),
    ("gh_late", "vat", -1),
    ("gh_late", "triglycerides", -1),
    ("igf1", "gh", -1),
    ("igf1", "lean", +1),
    ("cellular_fuel", "appetite_index", -1),
    ("fat", "appetite_index", -1),
    ("somatostatin_infusion", "insulin", -1),
    ("somatostatin_infusion", "gh", -1),
    ("activity", "fat", -1),
    ("food_energy", "fat", +1),
]
# (hormone, the volume it enters, as a parameter, and whether that is per kg of lean mass)
POOLS = [
    ("insulin", "insulin_volume", True),
    ("glp1", "glp1_volume", False),
    ("gh", "gh_volume", False),
    ("glucagon", "glucagon_volume", False),
    ("glucose", "glucose_volume", True),
]
DELIVERED = ("insulin", "glp1", "gh")
AMOUNT = {
    "activity": 0.005,
    "somatostatin_infusion": 300.0,
}  # of an input that is raised from nothing
BLOCK = {name: block for block, name in CONSTANT}


class Moment:
    """A state and constants, by name, in inside units; what is changed here changes a copy."""

    def __init__(self, subject: str, seed: int) -> None:
        self.y = dict(zip(STATES, map(float, resting_state(seed)), strict=True))
        self.c = constants(load_subject(subject).parameters)
        # Glucose and workload where the mechanisms tested are at work at all.
        rng = np.random.default_rng([seed, 1])
        self.y |= {
            "glucose": rng.uniform(4.6, 12.0),
            "workload": rng.uniform(1.05, 2.0) * self["habitual_workload"],
        }

    def __getitem__(self, name: str) -> float:
        return self.y[name] if name in self.y else float(self.c[CONSTANT[BLOCK[name], name]])

    def but(self, **values: float) -> Moment:
        """The same moment with other values of states, parameters or inputs."""
        other = object.__new__(Moment)
        other.y, other.c = dict(self.y), self.c.copy()
        for name, value in values.items():
            if name in other.y:
                other.y[name] = value
            else:
                other.c[CONSTANT[BLOCK[name], name]] = value
        return other

    def holding(self, signal: str, at: float) -> Moment:
        """The same moment with a signal held."""
        other = self.but()
        other.c[CONSTANT["held", signal]], other.c[CONSTANT["held_at", signal]] = 1.0, at
        return other

    def raised(self, name: str) -> Moment:
        """The same moment with more of one thing."""
        now = self[name]
        return self.but(**{name: 1.3 * now if now else AMOUNT[name]})

    def gives(self) -> dict[str, float]:
        """Rates of change by the names of their states, per minute, and readings by theirs."""
        rates, readings = evaluate(MathFunctions, list(self.y.values()), self.c.tolist())
        named = zip((*OBSERVABLES, *SIGNALS), shown(readings), strict=True)
        return {name: value for name, value in named if name not in STATES} | dict(
            zip(STATES, rates, strict=True)
        )


moments = st.builds(Moment, st.sampled_from(list_subjects()), st.integers(0, 2**32 - 1))


@pytest.mark.parametrize(("cause", "effect", "sign"), DIRECTIONS)
@instants
@given(now=moments)
def test_what_is_raised_pushes_as_physiology_says(cause, effect, sign, now):
    """More of the cause moves the rate of the effect its way, and never the other way or not at all."""
    change = now.raised(cause).gives()[effect] - now.gives()[effect]
    assert sign * change > 0.0


@instants
@given(now=moments, amount=st.floats(0.01, 10.0))
def test_what_is_infused_arrives(now, amount):
    """The rate of a pool rises by what flows in over its volume; of glucose by a little less, off which lean grows."""
    before = now.gives()
    for name, volume, by_lean in POOLS:
        space = now[volume] * (now["lean"] if by_lean else 1.0)
        arrived = now.but(**{f"{name}_infusion": amount}).gives()[name] - before[name]
        within = 1e-2 if name == "glucose" else 1e-6
        assert arrived == pytest.approx(amount / space, rel=within)


@instants
@given(now=moments, gives=st.lists(st.floats(0.1, 10.0), min_size=6, max_size=6))
def test_what_drugs_deliver_arrives(now, gives):
    """Each drug brings each hormone in proportion to what is absorbed of it, and both drugs together their sum."""
    before = now.gives()
    delivery = {
        f"drug{slot}_{name}_delivery": gives[2 * i + slot - 1]
        for i, name in enumerate(DELIVERED)
        for slot in (1, 2)
    }
    after = now.but(**delivery).gives()
    for name, volume, by_lean in POOLS:
        if name in DELIVERED:
            brought = sum(
                delivery[f"drug{slot}_{name}_delivery"]
                * now[f"drug{slot}_absorption"]
                * now[f"drug{slot}_depot"]
                * now[f"drug{slot}_bioavailability"]
                for slot in (1, 2)
            )
            space = now[volume] * (now["lean"] if by_lean else 1.0)
            assert after[name] - before[name] == pytest.approx(brought / space, rel=1e-6)


@instants
@given(now=moments, seed=st.integers(0, 2**32 - 1))
def test_either_slot_does_the_same(now, seed):
    """Two drugs that change places change nothing but their own slots."""
    rng = np.random.default_rng(seed)
    names = [name for name in (*STATES, *PARAMETERS) if name.startswith("drug1_")]
    here = now.but(
        **{
            name.replace("drug1", f"drug{slot}"): max(now[name], 0.01) * rng.uniform(0.5, 1.5)
            for name in names
            for slot in (1, 2)
        }
    )
    there = {name: here[name.replace("drug1", "drug2")] for name in names}
    there |= {name.replace("drug1", "drug2"): here[name] for name in names}
    one, other = here.gives(), here.but(**there).gives()
    for name in one:
        if not name.startswith("drug"):
            assert other[name] == pytest.approx(one[name], rel=1e-9, abs=1e-12), name


@instants
@given(now=moments, slope=st.floats(-0.1, 0.1))
def test_held_glucose_goes_as_it_is_told(now, slope):
    """While glucose is clamped, whatever the body does to it, it moves along the slope that is asked."""
    held = now.but(glucose_held=1.0, glucose_slope=slope)
    assert held.gives()["glucose"] == pytest.approx(slope, abs=1e-9)


@instants
@given(now=moments, times=st.floats(1.2, 3.0))
def test_the_kidney_loses_what_is_above_its_threshold(now, times):
    """Glucose in urine is the clearance times the excess over the threshold, and next to none well below it."""
    threshold, clearance = now["renal_threshold"], now["renal_clearance"]

    def lost(glucose: float) -> float:
        return now.but(glucose=glucose).gives()["glucose_loss_renal_mmol_min"]

    assert lost(times * threshold) == pytest.approx(clearance * (times - 1.0) * threshold, rel=0.01)
    assert lost(0.8 * threshold) <= 0.001 * clearance * threshold


@instants
@given(now=moments)
def test_lipolysis_without_insulin_is_as_its_parameter_says(now):
    """At the reference fat, with neither insulin nor growth hormone, fat breaks down at `lipolysis`."""
    bare = now.but(interstitial_insulin=0.0, gh_early=0.0, fat=now["reference_fat"])
    assert bare.gives()["lipolysis_mmol_min"] == pytest.approx(now["lipolysis"], rel=1e-6)


@instants
@given(now=moments)
def test_a_stomach_without_tolerance_empties_as_slowly_as_its_parameter_says(now):
    """GLP-1 in excess slows emptying by `emptying_inhibition`, where there is no tolerance yet."""
    fresh = now.but(emptying_tolerance=0.0)
    free, slowed = (fresh.holding("glp1_drive", at).gives()["stomach"] for at in (0.0, 1e6))
    assert free / slowed == pytest.approx(1.0 + now["emptying_inhibition"], rel=1e-6)


@instants
@given(now=moments)
def test_glucagon_surges_in_hypoglycaemia(now):
    """At 2.8 mmol/L the drive of glucagon is at least twice that at 5 mmol/L."""
    turnover = now["glucagon_turnover"]
    low, usual = (
        now.but(glucose=glucose, glucagon=0.0).gives()["glucagon"] / turnover
        for glucose in (2.8, 5.0)
    )
    assert low >= 2.0 * usual


@instants
@given(now=moments, share=st.floats(0.5, 0.95), exponent=st.floats(1.05, 1.6))
def test_visceral_fat_goes_with_all_fat_as_its_exponent_says(now, share, exponent):
    """Where visceral fat goes with more than the first power of fat, who has less holds a smaller part in the belly."""
    now = now.but(vat_exponent=exponent)

    def drift(moment: Moment) -> float:
        """Of visceral fat, at the activity that keeps all fat as it is."""
        idle, busy = (moment.but(activity=at).gives()["fat"] for at in (0.0, 0.01))
        steady = moment.but(activity=0.01 * idle / (idle - busy)).gives()
        assert abs(steady["fat"]) < 1e-9
        return steady["vat"]

    leaner = now.but(fat=share * now["fat"], vat=share * now["vat"])
    assert drift(leaner) < share * drift(now)
