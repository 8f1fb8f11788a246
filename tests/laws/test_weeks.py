"""Laws of runs of weeks to years: nothing runs away, and nothing is lost on the way."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

import metabosim as ms
from laws.accounts import ROUNDING, assert_balances, assert_nothing_negative, midnight
from laws.balance import ledger
from laws.pool import with_levers
from metabosim.body import STATES, immune
from metabosim.body.vector import READING, STATE
from metabosim.engine import plan as planning
from metabosim.engine import rest as resting
from metabosim.engine.rest import SCALE
from metabosim.engine.run import simulate_from
from metabosim.protocol.meals import DAY
from strategies import lever_settings, long_protocols, people, weeks

WEEK, YEAR = 7 * DAY, 365 * DAY
SLOW = ["beta_mass", "beta_function", "workload", "glycaemia", "signalling", "inflammation"]
SLOW += ["fat", "vat", "lean", "triglycerides"]
COARSE = 1e-4  # tolerance where years are looked at from afar


def live(body, protocol, duration, every, tolerance=1e-7):
    """A run from the body's midnight, recorded every so many minutes."""
    out = np.arange(0.0, duration + 0.5, every)
    return simulate_from(
        body, midnight(body), protocol, 0.0, duration, meals=True, output=out, tolerance=tolerance
    )


@weeks
@given(person=people, levers=lever_settings(), number=st.integers(2, 52), protocol=long_protocols())
def test_nothing_is_negative_after_weeks(pool, person, levers, number, protocol):
    """Through weeks of drugs, diets and levers no state or reading is negative, and the last day's balances close."""
    body = with_levers(pool[person], levers)
    run = live(body, protocol, number * WEEK, 60.0)
    for name, column in STATE.items():
        assert run.states[:, column].min() >= -ROUNDING * SCALE[column], name
    for name, column in READING.items():
        if name not in ("energy_in", "energy_absorbed_mj_day"):
            assert run.readings[:, column].min() >= -ROUNDING, name
    book = ledger(body, [], DAY, y=run.states[-1])
    assert_nothing_negative(book)
    assert_balances(book)


def test_every_rest_draws_its_neighbours_in(pool):
    """However a body at rest is nudged, it comes back: every mode of its day-to-day map is shorter after a day."""
    active = np.flatnonzero(resting.RESTING)
    for index in range(len(pool)):
        body = pool[index]
        day = planning.Plan(DAY)
        planning.habitual(day, body.parameters, True)
        response = resting._jacobian(midnight(body), body.c, day.arrays(), active)
        modes, shapes = np.linalg.eig(np.eye(active.size) + response)
        longest = int(np.argmax(np.abs(modes)))
        leading = [list(STATES)[active[i]] for i in np.argsort(-np.abs(shapes[:, longest]))[:3]]
        assert np.abs(modes[longest]) < 1.0, f"{body.subject.id} drifts away along {leading}"


def loop_gain(body, push=1.1):
    """Gain of the loop visceral fat -> inflammation -> resistance -> insulin -> visceral fat, cut at its first edge.

    What visceral fat sends is held a little above its resting mean until all has settled; the gain is
    how much more the visceral fat then there would send, over how much more was sent.
    """
    sent = float(np.mean(body.at_rest("vat_inflammation_drive")))
    hold = ms.Hold("vat_inflammation_drive", push * sent)
    vat = live(body, [hold], 3 * YEAR, YEAR, COARSE)["vat"][-1]
    p = wiring_parameters(body)
    returned = immune.vat_drive(p, vat) - immune.vat_drive(p, midnight(body)[STATE["vat"]])
    return float(returned / (sent * (push - 1.0)))


def wiring_parameters(body):
    """The immune system's parameters of a body."""
    return immune.Parameters(*(body.parameters[name] for name in immune.Parameters._fields))


@weeks
@given(
    person=people,
    diet=st.floats(0.7, 1.6),
    drive=st.floats(0.0, 3.0),
    dose=st.floats(0.0, 1.0),
)
def test_the_vicious_cycle_does_not_run_away(pool, person, diet, drive, dose):
    """Its loop gain is below 1, and after eight weeks of pushing a body finds back within ten years."""
    body = pool[person]
    assert 0.0 <= loop_gain(body) < 1.0
    sent = float(np.mean(body.at_rest("vat_inflammation_drive")))
    push = [
        ms.Diet(diet, 0.0, 8 * WEEK),
        ms.Hold("vat_inflammation_drive", drive * sent, 0.0, 8 * WEEK),
        ms.Dose("somatropin", dose, 0.0, DAY, 8 * WEEK),
    ]
    run = live(body, push, 10 * YEAR, 36 * DAY, COARSE)
    columns = [STATE[name] for name in SLOW]
    # Compared at midnight, every 36 days, as shares of the resting values.
    off = np.abs(run.states[:, columns] / midnight(body)[columns] - 1.0).max(axis=1)
    pushed = off[:5].max()
    assert off.max() <= 2.0 * pushed + 0.01, "the push goes on growing after it has stopped"
    assert off[50:].max() <= 0.5 * pushed + 0.01, "half of the push is still there after five years"
    assert off[-1] <= 0.1 * pushed + 0.01, "it is still there after ten years"
