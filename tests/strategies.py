"""Hypothesis strategies for levers and protocols, and how many examples a law is tried on.

`METABOSIM_LAWS=dev` tries few examples while one works; the default, `ci`, tries 1,000 for runs of
days, 200 where nothing is run, and 50 for runs of weeks to years. Both are random; a failure prints
the blob that repeats it.
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

import metabosim as ms
from metabosim.body import LEVERS, SIGNALS
from metabosim.protocol.meals import DAY
from metabosim.therapies import list_therapies
from metabosim.units import MOLAR_MASS, Rate

PROFILE = os.environ.get("METABOSIM_LAWS", "ci")
PEOPLE = {"dev": 24, "ci": 150}[PROFILE]

# fixture: the pool, which no example changes. Slow: laws are allowed to be.
_CHECKS = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large]
settings.register_profile(
    "dev", deadline=None, print_blob=True, max_examples=30, suppress_health_check=_CHECKS
)
settings.register_profile(
    "ci",
    deadline=None,
    print_blob=True,
    max_examples=1000,
    derandomize=False,
    database=None,
    suppress_health_check=_CHECKS,
)
days = settings(settings.get_profile(PROFILE), max_examples={"dev": 30, "ci": 1000}[PROFILE])
instants = settings(settings.get_profile(PROFILE), max_examples={"dev": 10, "ci": 200}[PROFILE])
weeks = settings(settings.get_profile(PROFILE), max_examples={"dev": 4, "ci": 50}[PROFILE])

# The usual single dose, mg; what is not listed is taken to be 1 mg.
USUAL_DOSE = {
    "semaglutide": 2.4, "tirzepatide": 15.0, "liraglutide": 1.8, "native-glp1": 0.1, "tesamorelin": 2.0,
    "sermorelin": 1.0, "cjc-1295": 4.2, "ipamorelin": 0.3, "sulfonylurea": 5.0, "somatropin": 1.0,
    "insulin": 1.0,
}  # fmt: skip

people = st.integers(0, PEOPLE - 1)
_gains = st.sampled_from([0.0, 0.5, 2.0, 3.0]) | st.floats(0.0, 3.0)


def lever_settings(
    leave_out: tuple[str, ...] = (), max_size: int = 8
) -> st.SearchStrategy[dict[str, float]]:
    """Some levers away from 1, each from 0 to 3."""
    names = st.sampled_from([name for name in LEVERS if name not in leave_out])
    return st.dictionaries(names, _gains, max_size=max_size)


def moments(horizon: float) -> st.SearchStrategy[float]:
    """Times before the horizon, on the minute and off it (but not so near that a day later they are on it)."""
    off = st.floats(0.0, horizon - 1.0).map(lambda at: round(at, 6))
    return st.integers(0, int(horizon) - 1).map(float) | off


@st.composite
def windows(draw: st.DrawFn, horizon: float, shortest: float = 1.0) -> tuple[float, float]:
    """A start and a stop, at least `shortest` minutes apart; the stop may lie beyond the horizon."""
    start = draw(moments(horizon))
    return start, start + shortest + draw(st.floats(0.0, horizon))


def _windowed(horizon, make, amounts, shortest=1.0):
    return st.builds(
        lambda window, amount: make(amount, *window), windows(horizon, shortest), amounts
    )


def foods(horizon: float) -> st.SearchStrategy[ms.protocol.ProtocolStep]:
    """What is eaten beside or instead of the habitual meals."""
    return st.one_of(
        st.builds(ms.Meal, moments(horizon), st.floats(0.0, 800.0)),
        st.builds(ms.OralGlucose, moments(horizon), st.floats(0.0, 600.0)),
    )


def windowed_steps(horizon: float) -> dict[str, st.SearchStrategy]:
    """One strategy for each kind of step; holds and clamps may be given once (two would disagree)."""
    hormones = {"glucagon": 300.0, "glp1": 1000.0, "gh": 50.0, "somatostatin": 3000.0}
    return {
        "fast": st.builds(lambda w: ms.Fast(*w), windows(horizon)),
        "daily": st.builds(
            lambda times, amount, window: ms.DailyMeals(times, amount, None, *window),
            st.lists(st.integers(0, 1439).map(float), min_size=1, max_size=4, unique=True),
            st.floats(0.0, 700.0),
            windows(horizon),
        ),
        "bolus": st.builds(ms.GlucoseBolus, moments(horizon), st.floats(0.0, 200.0)),
        "glucose": _windowed(horizon, ms.GlucoseInfusion, st.floats(0.0, 5.0)),
        "insulin": _windowed(
            horizon, ms.InsulinInfusion, st.floats(0.0, 12.0).map(lambda x: Rate(x, True))
        ),
        "activity": _windowed(horizon, ms.Activity, st.floats(0.0, 4.0), shortest=60.0),
        "diet": _windowed(horizon, ms.Diet, st.floats(0.0, 2.0)),
        "clamp": _windowed(horizon, ms.GlucoseClamp, st.floats(3.0, 16.0), shortest=10.0),
        "hold": st.builds(
            lambda name, window: ms.Hold(name, "baseline", *window),
            st.sampled_from(list(SIGNALS)),
            windows(horizon),
        ),
        **{
            name: _windowed(
                horizon,
                lambda rate, start, stop, name=name: ms.HormoneInfusion(name, rate, start, stop),
                st.floats(0.0, most),
            )
            for name, most in hormones.items()
        },
    }


@st.composite
def doses(draw: st.DrawFn, horizon: float, times_usual: float = 10.0) -> list[ms.Dose]:
    """Up to two drugs, once or again and again, at up to so many times the usual dose."""
    given = []
    for name in draw(st.lists(st.sampled_from(list_therapies()), max_size=2, unique=True)):
        amount = USUAL_DOSE.get(name, 1.0) * draw(st.floats(0.0, times_usual))
        every = draw(st.none() | st.floats(60.0, 7 * DAY))
        given.append(ms.Dose(name, amount, draw(moments(horizon)), every))
    return given


@st.composite
def protocols(
    draw: st.DrawFn, horizon: float, without: tuple[str, ...] = (), most: int = 4
) -> list[ms.protocol.ProtocolStep]:
    """A few steps of any kind that begin before the horizon."""
    kinds = {k: s for k, s in windowed_steps(horizon).items() if k not in without}
    unique = st.tuples(st.sampled_from(list(kinds)), st.integers(0, 1)).map(
        lambda pair: (pair[0], 0 if pair[0] in ("hold", "clamp") else pair[1])
    )
    chosen = draw(st.lists(unique, max_size=most, unique=True))
    steps = [draw(kinds[kind]) for kind, _ in chosen]
    return steps + draw(st.lists(foods(horizon), max_size=2)) + draw(doses(horizon))


def glucose_in(unit: str, mmol_l: float) -> str | float:
    """A concentration of glucose as text in mg/dL, or the inside number."""
    return f"{mmol_l * MOLAR_MASS['glucose'] / 10!r} mg/dL" if unit == "mg/dL" else mmol_l


@st.composite
def long_protocols(draw: st.DrawFn) -> list[ms.protocol.ProtocolStep]:
    """Weeks of a diet, and up to two drugs again and again at up to ten times the usual dose."""
    steps: list[ms.protocol.ProtocolStep] = []
    if draw(st.booleans()):
        start, stop = draw(windows(20 * 7 * DAY, shortest=DAY))
        steps.append(ms.Diet(draw(st.floats(0.6, 1.8)), start, stop))
    for name in draw(st.lists(st.sampled_from(list_therapies()), max_size=2, unique=True)):
        amount = USUAL_DOSE.get(name, 1.0) * draw(st.floats(0.0, 10.0))
        steps.append(ms.Dose(name, amount, 480.0, draw(st.sampled_from([DAY, 7 * DAY]))))
    return steps
