"""Protocol steps take text or numbers, and refuse what cannot be done to a body."""

import dataclasses
import pickle
import typing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metabosim import protocol
from metabosim.errors import InputError
from metabosim.protocol import (
    STEPS,
    Activity,
    ArmReference,
    ClampLevel,
    DailyMeals,
    Diet,
    Dose,
    Fast,
    GlucoseClamp,
    GlucoseInfusion,
    GlucoseProfile,
    Hold,
    HormoneInfusion,
    InsulinInfusion,
    Meal,
    make_step,
    step_schema,
)
from metabosim.therapies import Therapy
from metabosim.units import MJ_PER_KCAL, Rate

DRUG = Therapy(
    id="a-drug", title="A drug", text="Made up.", sources=("assumption",), parameters={},
    kind="made up", molar_mass_g_mol=4000.0,
)  # fmt: skip


def test_a_meal_in_inside_units():
    """Grams become mmol, and the energy follows from the carbohydrate when it is left out."""
    meal = Meal("8 h", "75 g")
    assert (meal.at, meal.carbohydrate) == (480, pytest.approx(416.31, rel=1e-4))
    assert meal.energy == pytest.approx(600 * MJ_PER_KCAL)
    assert Meal(0, 100, energy="400 kcal").energy == pytest.approx(400 * MJ_PER_KCAL)


def test_steps_are_values():
    """Steps compare, hash, print, copy and pickle by their inside numbers."""
    meal = Meal(at="8 h", carbohydrate="75 g")
    assert meal == Meal(480, meal.carbohydrate) == pickle.loads(pickle.dumps(meal))
    assert len({meal, dataclasses.replace(meal, at=480)}) == 1
    assert "at=480.0" in repr(meal)
    with pytest.raises(dataclasses.FrozenInstanceError):
        meal.at = 3


def test_daily_meals_share_or_list():
    """One number serves every meal; a list gives each its own."""
    even = DailyMeals(["7 h", "13 h"], "60 g")
    assert even.times == (420, 780)
    assert even.carbohydrate[0] == even.carbohydrate[1]
    assert DailyMeals(["7 h", "13 h"], ["60 g", 0], ["400 kcal", 1]).energy[1] == 1.0


def test_clamp_levels():
    """Levels share the window equally, or start where they say."""
    shared = GlucoseClamp(["5 mmol/L", "180 mg/dL"], "1 h", "3 h").levels
    assert shared == (ClampLevel(5, 60), ClampLevel(pytest.approx(9.99, abs=0.01), 120))
    assert GlucoseClamp(5).levels == (ClampLevel(5, 0),)
    pairs = GlucoseClamp([{"level": 5, "start": 0}, {"level": 3, "start": "2 h"}])
    assert pairs.levels == (ClampLevel(5, 0), ClampLevel(3, 120))


def test_rates():
    """Rates per kg stay per kg; a hormone's mass is counted by its own molar mass."""
    assert InsulinInfusion("1 mU/kg/min").rate == Rate(pytest.approx(6), per_kg=True)
    assert GlucoseInfusion("6 g/h", 0, 60).rate == Rate(pytest.approx(100 / 180.156))
    assert HormoneInfusion("glp1", "1.2 pmol/kg/min").rate == Rate(pytest.approx(1.2), True)
    assert HormoneInfusion("glucagon", "1 ng/kg/min").rate.value == pytest.approx(0.2871, rel=1e-3)
    assert HormoneInfusion("gh", "0.4 ug/kg/min").rate == Rate(pytest.approx(0.4), True)


def test_doses():
    """An amount is in mg, whether written as mass, moles or units of insulin."""
    assert Dose(DRUG, "2.4 mg", every="1 week").every == 10080
    assert Dose(DRUG, "1 umol").amount == pytest.approx(4)
    assert Dose(DRUG, "10 U").amount == pytest.approx(10 * 6e-6 * 4000)
    assert Dose(DRUG, 0).amount == 0


class Recorded:
    """The least a run must be to be replayed."""

    time_min: typing.ClassVar = [0, 1]

    def __getitem__(self, name):
        """A course."""
        return [1, 1]


def test_holds():
    """A hold is at baseline, at a number in the thing's own unit, or at a trajectory."""
    assert Hold("vat_kg", at="baseline").at == "baseline"
    assert Hold("glucose_mmol_l", at="90 mg/dL").at == pytest.approx(5, abs=0.01)
    assert Hold("triglycerides", at="88.57 mg/dL").at == pytest.approx(1)
    assert Hold("calcium", at=0.5).at == 0.5
    assert Hold("vat", at={"arm": "control"}).at == ArmReference("control")
    run = Recorded()
    assert Hold("vat_kg", at=run).at is run


@pytest.mark.parametrize(
    ("make", "messages"),
    [
        (lambda: Meal("8 mg", -1), ["at: 'mg' is the unit of a mass", "carbohydrate: must be at"]),
        (lambda: Meal(0, "75 g", "100 kcal"), ["energy: 0.418 MJ is less than the carbohydrate"]),
        (lambda: Meal(float("nan"), 1), ["at: 'nan' must be finite"]),
        (lambda: Fast(10, 10), ["stop: the window is empty or reversed"]),
        (lambda: Diet("80 %", "2 d", "1 d"), ["stop: the window is empty or reversed"]),
        (lambda: Activity("1 MJ", 0, 0), ["stop: must be above 0"]),
        (lambda: DailyMeals([], 1), ["times: must be different times of day"]),
        (lambda: DailyMeals(["7 h", "25 h"], 1), ["times: must be different times of day"]),
        (lambda: DailyMeals(["7 h"], [1, 2]), ["carbohydrate: 2 numbers for 1 meals"]),
        (lambda: GlucoseClamp([5, 6]), ["stop: several levels share a window that has no end"]),
        (lambda: GlucoseClamp([]), ["levels: expected at least one level"]),
        (lambda: GlucoseClamp(0), ["levels: must be above 0"]),
        (lambda: GlucoseClamp([{"level": 5}]), ["levels: expected a number, or {level"]),
        (
            lambda: GlucoseClamp([{"level": 5, "start": 9}, {"level": 5, "start": 3}]),
            ["levels: the starts of the levels must rise"],
        ),
        (lambda: GlucoseProfile(), ["arm: expected one curve"]),
        (lambda: HormoneInfusion("glucagn", 1), ["name: unknown hormone", "mean 'glucagon'?"]),
        (lambda: Dose("tirzepatid", 1), ["therapy: unknown therapy 'tirzepatid'"]),
        (lambda: Dose(DRUG, "5 mmol/L"), ["amount: 'mmol/L' is the unit of a concentration"]),
        (lambda: Dose(DRUG, 1, every=0), ["every: must be above 0"]),
        (lambda: Hold("vat_gk", "baseline"), ["name: 'vat_gk' is nothing that can be held", "vat"]),
        (lambda: Hold("homa_ir", 1), ["name: 'homa_ir' is nothing that can be held"]),
        (lambda: Hold("vat", "basline"), ["at: cannot hold at 'basline'; did you mean 'baseline'"]),
        (lambda: Hold("vat", {"am": "x"}), ["at: expected {arm: <name of another arm>}"]),
        (lambda: Hold("vat", "-1 kg"), ["at: must be at least 0"]),
    ],
)
def test_refusals(make, messages):
    """Each impossible step says which field and why."""
    with pytest.raises(InputError) as caught:
        make()
    for message in messages:
        assert message in str(caught.value)


def test_steps_by_name():
    """A scenario file's names lead to the same steps, with every fault at once."""
    assert make_step("oral_glucose", {"at": "8 h", "amount": "75 g"}).at == 480
    assert set(STEPS) >= {"daily_meals", "glucose_clamp", "hormone_infusion", "dose", "hold"}
    with pytest.raises(InputError, match="unknown step 'mael'; did you mean 'meal'"):
        make_step("mael", {})
    with pytest.raises(InputError) as caught:
        make_step("dose", {"therpy": "x", "amount": "1 mg"})
    assert str(caught.value).splitlines() == [
        "therpy: unknown field 'therpy'; did you mean 'therapy'?",
        "therapy: is missing",
    ]


def test_every_step_is_public_and_described():
    """STEPS, the type alias and the module agree, and each step tells what it is."""
    assert set(STEPS.values()) == set(typing.get_args(protocol.ProtocolStep))
    schema = step_schema()["properties"]
    for name, step in STEPS.items():
        assert getattr(protocol, step.__name__) is step
        assert schema[name]["description"]


@given(st.floats(0, 1e6), st.floats(0, 1e4))
def test_text_and_numbers_make_the_same_step(at, carbohydrate):
    """A number and the same number with its inside unit mean the same."""
    assert Meal(at, carbohydrate) == Meal(f"{at!r} min", f"{carbohydrate!r} mmol")
