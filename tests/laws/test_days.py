"""Laws of runs of a day or two, for random people, levers and protocols."""

import dataclasses

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

import metabosim as ms
from laws.accounts import CLOSED, assert_balances, assert_nothing_negative, eaten, midnight
from laws.balance import ledger
from laws.pool import with_levers
from metabosim.body import LEVERS, STATES
from metabosim.body.vector import STATE
from metabosim.engine.rest import SCALE
from metabosim.engine.run import simulate_from
from metabosim.protocol.meals import DAY
from metabosim.units import Rate
from strategies import days, glucose_in, lever_settings, moments, people, protocols

TOLERANCE = 1e-7  # tighter than usual: laws are held as exactly as they can be


def live(body, protocol, duration=DAY, output=None, clock=0.0, y=None):
    """A run from the body's midnight, with habitual meals."""
    y = midnight(body) if y is None else y
    out = np.array([duration]) if output is None else np.asarray(output, float)
    return simulate_from(
        body, y, protocol, clock, duration, meals=True, output=out, tolerance=TOLERANCE
    )


def assert_all_eaten_is_absorbed(book, y):
    """Glucose absorbed = eaten x bioavailability, less what is still on its way, however it empties."""
    carbohydrate, energy = eaten(book)
    p, last = book.run.body.parameters, book.last[-1]
    waiting = sum(last[STATE[name]] - y[STATE[name]] for name in ("stomach", "intestine"))
    absorbed = book.integral(book["glucose_appearance_mmol_min"])
    due = p["glucose_bioavailability"] * (carbohydrate - waiting)
    assert abs(absorbed - due) <= CLOSED * (carbohydrate + y[STATE["stomach"]] + 1.0)
    left = last[STATE["food_energy"]] - y[STATE["food_energy"]]
    brought = book.integral(book.signals["gut.energy"])
    assert abs(brought - (energy - left)) <= CLOSED * (energy + 1.0)


@days
@given(person=people, levers=lever_settings(), protocol=protocols(2 * DAY), long=st.booleans())
def test_nothing_is_negative_and_every_balance_closes(pool, person, levers, protocol, long):
    """In every run of a day or two nothing is negative, and carbohydrate, glucose, fat and energy add up."""
    body = with_levers(pool[person], levers)
    book = ledger(body, protocol, 2 * DAY if long else DAY)
    assert_nothing_negative(book)
    assert_balances(book)
    assert_all_eaten_is_absorbed(book, midnight(body))


IDLE = st.sampled_from(
    [
        lambda at, stop: ms.Meal(at, 0.0),
        lambda at, stop: ms.OralGlucose(at, 0.0),
        lambda at, stop: ms.GlucoseBolus(at, 0.0),
        lambda at, stop: ms.GlucoseInfusion(0.0, at, stop),
        lambda at, stop: ms.InsulinInfusion("0 mU/kg/min", at, stop),
        lambda at, stop: ms.HormoneInfusion("glp1", 0.0, at, stop),
        lambda at, stop: ms.Activity(0.0, at, stop),
        lambda at, stop: ms.Diet(1.0, at, stop),
        lambda at, stop: ms.Dose("semaglutide", 0.0, at, "1 h"),
        lambda at, stop: ms.Dose("insulin", "0 U", at, "7 min", stop),
    ]
)


@days
@given(
    person=people,
    levers=lever_settings(),
    protocol=protocols(DAY, most=3),
    idle=st.lists(st.tuples(IDLE, moments(DAY)), min_size=1, max_size=3),
    looks=st.lists(moments(DAY), max_size=4),
)
def test_what_does_nothing_changes_nothing(pool, person, levers, protocol, idle, looks):
    """Levers at 1, zero doses, empty meals and another output grid leave every number as it was, to the bit."""
    at_one = dict.fromkeys(LEVERS, 1.0)
    body = with_levers(pool[person], levers)
    plain = live(body, protocol)
    if len({step.therapy.id for step in protocol if isinstance(step, ms.Dose)}) > 0:
        idle = [(make, at) for make, at in idle if not isinstance(make(at, at + 1.0), ms.Dose)]
    nothing = [make(at, at + 30.0) for make, at in idle]
    again = live(with_levers(pool[person], at_one | levers), [*protocol, *nothing])
    assert again.plan.timeline() == plain.plan.timeline()
    assert again.states.tobytes() == plain.states.tobytes()
    assert again.readings.tobytes() == plain.readings.tobytes()
    looked = live(body, protocol, output=np.sort([*looks, *looks, DAY]))
    assert looked.states[-1].tobytes() == plain.states[-1].tobytes()


def assert_agree(one, other, times=10.0):
    """Two computations of one state agree to so many times the tolerance, of the state or its usual size."""
    apart = np.abs(one - other) / np.maximum(SCALE, np.maximum(np.abs(one), np.abs(other)))
    worst = int(np.argmax(apart))
    assert apart[worst] <= times * TOLERANCE, f"{list(STATES)[worst]} differs by {apart[worst]:.3g}"


def later(step, delay):
    """The same step, so much later."""
    moved = {
        name: getattr(step, name) + delay
        for name in ("at", "start", "stop")
        if isinstance(getattr(step, name, None), float)
    }
    if isinstance(step, ms.GlucoseClamp):
        moved["levels"] = [{"level": x.level, "start": x.start + delay} for x in step.levels]
    return dataclasses.replace(step, **moved)


@st.composite
def spelled_twice(draw):
    """A protocol in mg/dL, g and mU, and the same in mmol/L, mmol and pmol."""
    level, shift = draw(st.floats(4.0, 12.0)), draw(st.floats(0.0, 600.0))
    mmol, rate = draw(st.floats(0.0, 500.0)), draw(st.floats(0.0, 10.0))
    grams = mmol * 180.156 / 1000.0
    return (
        [
            ms.GlucoseClamp(glucose_in("mg/dL", level), shift, shift + 240.0),
            ms.InsulinInfusion(f"{rate / 6.0!r} mU/kg/min", shift, shift + 240.0),
            ms.OralGlucose(f"{(shift + 300.0) / 60.0!r} h", f"{grams!r} g"),
            ms.Hold("glucose_mmol_l", glucose_in("mg/dL", level), shift + 500.0, shift + 530.0),
        ],
        [
            ms.GlucoseClamp(level, shift, shift + 240.0),
            ms.InsulinInfusion(Rate(rate, True), shift, shift + 240.0),
            ms.OralGlucose(shift + 300.0, mmol),
            ms.Hold("glucose_mmol_l", level, shift + 500.0, shift + 530.0),
        ],
    )


@days
@given(
    person=people,
    levers=lever_settings(),
    protocol=protocols(DAY),
    cuts=st.tuples(moments(2 * DAY), moments(2 * DAY)).map(sorted),
    spelling=spelled_twice(),
)
def test_a_run_can_be_cut_and_shifted_and_spelled_otherwise(
    pool, person, levers, protocol, cuts, spelling
):
    """Going on from any minute, beginning a day later, and mg/dL for mmol/L all give the same run."""
    body = pool[person]
    (early, end), turned = cuts, with_levers(body, levers)
    whole = live(turned, protocol, 2 * DAY, [end])
    cut = live(turned, protocol, 2 * DAY, [early])
    assert_agree(cut.state_at(end), whole.states[0])

    today = live(body, protocol, DAY)
    tomorrow = live(body, [later(step, DAY) for step in protocol], 2 * DAY)
    assert_agree(tomorrow.states[-1], today.states[-1], times=20.0)

    american, european = (live(turned, steps, DAY) for steps in spelling)
    assert_agree(american.states[-1], european.states[-1])


@days
@given(person=people, number=st.integers(1, 4))
def test_a_habitual_day_repeats_itself(pool, person, number):
    """Left to its habits, a body is after some days where it was, to 1e-6 a day of every state."""
    body = pool[person]
    run = live(body, [], number * DAY)
    start, end = midnight(body), run.states[-1]
    drift = np.abs(end - start) / np.maximum(np.abs(start), 1e-6 * SCALE)
    worst = int(np.argmax(drift))
    assert drift[worst] <= 1e-6 * number, f"{list(STATES)[worst]} drifts by {drift[worst]:.3g}"
