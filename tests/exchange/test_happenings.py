"""Habits are another way to write down a plan: played back, they are the plan."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

import metabosim as ms
from metabosim.body import vector
from metabosim.engine import integrate as code
from metabosim.engine.plan import Plan, make_plan
from metabosim.engine.run import make_body
from metabosim.errors import InputError
from metabosim.exchange.happenings import happenings
from metabosim.protocol.meals import DAY

STOMACH, GLUCOSE = vector.STATE["stomach"], vector.STATE["glucose"]


def played_back(found, stop):
    """Every (time, deed) that happenings bring about before `stop`, in the order in which they are done."""
    done = []
    for order, happening in enumerate(found):
        times = happening.times
        at, last = times.first, stop if times.last is None else times.last + 1.0
        while at < min(stop, last):
            done.append((at, order, happening.deed))
            if times.period is None:
                break
            at += times.period
    return [(at, deed) for at, _, deed in sorted(done, key=lambda item: item[:2])]


def as_planned(plan):
    """Every (time, deed) of a plan, in order."""
    return [(t, (kind, index, value)) for t, kind, index, value in plan.timeline()]


@given(
    st.lists(
        st.tuples(st.integers(0, 9), st.sampled_from([1.0, 2.0]), st.sampled_from([0, 1])),
        max_size=25,
    )
)
def test_any_plan_is_played_back(events):
    """Whatever is added, and whenever, the same is added at the same times in the same order."""
    plan = Plan(10.0)
    for time, value, index in events:
        plan.add(float(time), code.ADD, index, value)
    assert played_back(happenings(plan), plan.stop) == as_planned(plan)


def test_habits_are_found():
    """A week of meals and pulses is nineteen habits, with the mark after each meal; a dose is one moment."""
    person = make_body("lean-healthy").person()
    plan, _, _ = make_plan([ms.Dose("semaglutide", "1 mg", "9 h")], person, 7 * DAY, 0.0, True)
    found = happenings(plan)
    assert played_back(found, plan.stop) == as_planned(plan)
    assert all(h.times.period == DAY and h.times.last is None for h in found if h.times.period)
    assert [h.deed[0] for h in found if h.times.period is None] == [code.ADD]
    assert len(found) == 10 + 3 * 3 + 1


def test_a_habit_that_stops_has_a_last_time():
    """Doses for three days of a week end with the third."""
    plan = Plan(7 * DAY)
    for day in range(3):
        plan.add(day * DAY, code.ADD, STOMACH, 1.0)
    (found,) = happenings(plan)
    assert (found.times.first, found.times.period, found.times.last) == (0.0, DAY, 2 * DAY)


def held(*windows):
    """A plan with glucose held over windows, and one amount added within the first."""
    person = make_body("lean-healthy").person()
    steps = [ms.GlucoseClamp([5.0 + i], *window) for i, window in enumerate(windows)]
    bolus = ms.GlucoseBolus(windows[0][0] + 10.0, "10 g")
    return make_plan([*steps, bolus], person, DAY, 0.0, False)[0]


def test_what_is_held_takes_nothing_up():
    """Glucose given into a clamp is gone at once, though its energy is not."""
    added = [h.deed[1] for h in happenings(held((60.0, 120.0))) if h.deed[0] == code.ADD]
    assert GLUCOSE not in added
    assert vector.STATE["food_energy"] in added


@pytest.mark.parametrize("order", [1, -1])
def test_one_hold_takes_over_from_another(order):
    """Two clamps that touch let go once, in whatever order they are given."""
    windows = [(60.0, 120.0), (120.0, 180.0)][::order]
    kinds = [h.deed[0] for h in happenings(held(*windows))]
    assert (kinds.count(code.FOLLOW), kinds.count(code.LET_GO)) == (2, 1)


def test_holds_that_overlap_are_refused():
    """What two holds of one quantity would mean together cannot be said in events."""
    with pytest.raises(InputError, match="overlap at 100 min"):
        happenings(held((60.0, 120.0), (100.0, 180.0)))
