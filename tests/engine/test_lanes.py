"""Bodies abreast: each lives as it would alone, whoever its neighbours are."""

import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from metabosim import Diet, Dose, GlucoseClamp, Hold, InsulinInfusion, Meal
from metabosim.body import vector
from metabosim.engine import plan as planning
from metabosim.engine.integrate import DONE, NON_FINITE, OVER_BUDGET
from metabosim.engine.lanes import alike, run_abreast
from metabosim.engine.run import make_body, simulate_from
from metabosim.levers import constants
from metabosim.protocol.meals import DAY

PROTOCOLS = {
    "daily-dose": [Dose("tesamorelin", "2 mg", "22 h", every="1 d")],
    "weekly-dose-diet-and-a-meal": [
        Dose("semaglutide", "1 mg", "8 h", every="7 d"),
        Diet(0.8, "1 d", "5 d"),
        Meal("36 h", "60 g"),
    ],
    "clamp-in-two-steps-and-a-signal-held": [
        GlucoseClamp(
            [{"level": 5.0, "start": 600.0}, {"level": 8.0, "start": 700.0}], 600.0, 900.0
        ),
        InsulinInfusion("1 mU/kg/min", 600.0, 900.0),
        Hold("appetite", 0.9, "2 d", "4 d"),
    ],
}
SENSITIVITIES = (0.8, 1.0, 1.2)


@pytest.fixture(scope="module")
def people():
    """Three bodies that differ."""
    return [
        make_body(
            "visceral-obese", parameters={"insulin_sensitivity": one, "gh_release": 1.0 / one}
        )
        for one in SENSITIVITIES
    ]


def block_of(people, protocol, days, out, **options):
    """What a block of them comes to, and the states and constants it began with."""
    made = [planning.make_plan(protocol, one.person(), days * DAY, 0.0, True) for one in people]
    c = np.array([constants(one.parameters | m[2]) for one, m in zip(people, made, strict=True)])
    y = np.array([one.rest.states[0] for one in people])
    options = {"tolerance": 1e-7, "budget": 10**7} | options
    return run_abreast(alike([m[0] for m in made]), y, options.pop("c", c), out, **options)


@pytest.mark.parametrize("name", PROTOCOLS)
def test_each_lives_as_alone(people, name):
    """States and readings agree to the tolerance with runs one by one."""
    protocol, out = PROTOCOLS[name], np.arange(0.0, 9 * DAY + 1.0, 20.0)
    block = block_of(people, protocol, 9, out)
    assert np.all(block.status == DONE)
    for i, one in enumerate(people):
        alone = simulate_from(
            one, one.rest.states[0], protocol, 0.0, 9 * DAY, meals=True, output=out, tolerance=1e-7
        )
        for mine, theirs in ((block.states[i], alone.states), (block.readings[i], alone.readings)):
            size = np.max(np.abs(theirs), axis=0)
            assert np.max(np.abs(mine - theirs) / np.where(size > 0.0, size, 1.0)) < 1e-6


def test_neighbours_do_not_matter(people):
    """One body of the block alone in a block, or at another place, agrees to the tolerance."""
    out = np.arange(0.0, 2 * DAY + 1.0, 10.0)
    protocol = PROTOCOLS["daily-dose"]
    block = block_of(people, protocol, 2, out)
    alone = block_of(people[2:3], protocol, 2, out)
    turned = block_of(people[::-1], protocol, 2, out)
    np.testing.assert_allclose(alone.states[0], block.states[2], rtol=1e-6, atol=1e-8)
    np.testing.assert_allclose(turned.states[0], block.states[2], rtol=1e-6, atol=1e-8)


def test_one_that_fails_stops_alone(people):
    """A body with a broken constant fails with its state and time; the others live on."""
    out = np.arange(0.0, DAY + 1.0, 60.0)
    c = np.array([one.c for one in people])
    c[1, vector.CONSTANT["parameter", "ffa_volume"]] = np.nan
    block = block_of(people, [], 1, out, c=c)
    assert block.status.tolist() == [DONE, NON_FINITE, DONE]
    assert list(vector.STATE)[block.fault[1]] == "ffa"
    assert block.where[1] == 0.0
    whole = block_of(people, [], 1, out)
    np.testing.assert_allclose(block.states[[0, 2]], whole.states[[0, 2]], rtol=1e-6)


BITS = """
import hashlib, sys
import numpy as np
from metabosim.engine import lanes_kernel, make_body
from metabosim.engine.lanes import alike, run_abreast
from metabosim.engine.plan import Plan, habitual
if "first" in sys.argv:
    w = np.ones(lanes_kernel.SIZE)
    lanes_kernel.prepare_lanes(w)
    lanes_kernel.rates_lanes(w)
body = make_body("visceral-obese")
day = Plan(1440.0)
habitual(day, body.parameters, True)
out = np.arange(0.0, 1441.0, 60.0)
block = run_abreast(alike([day]), body.rest.states[:1], body.c[None, :], out, 1e-6, 10**6)
print(hashlib.sha256(block.states.tobytes()).hexdigest())
"""


def test_what_was_compiled_before_changes_no_bit():
    """A block has the same bytes whether or not its equations were called by themselves before."""
    said = {
        subprocess.run(
            [sys.executable, "-c", BITS, *order], capture_output=True, text=True, check=True
        ).stdout
        for order in ([], [], ["first"])  # the first may have to compile everything
    }
    assert len(said) == 1


def test_a_budget_ends_a_block(people):
    """With too few evaluations everybody stops, and says when."""
    block = block_of(people, [], 1, np.array([0.0, DAY]), budget=500)
    assert np.all(block.status == OVER_BUDGET)
    assert np.all((block.where > 0.0) & (block.where < DAY))
    assert np.all(np.isnan(block.states[:, 1]))


def test_only_plans_that_are_alike_go_abreast(people):
    """Events at other times, and anything held, are for runs one by one."""
    person = people[0].person()

    def plan(*protocol, days=1.0):
        return planning.make_plan(protocol, person, days * DAY, 0.0, True)[0]

    dose = Dose("tesamorelin", "2 mg", "22 h")
    assert alike([plan(dose), plan(replace(dose, amount=5.0))])
    assert not alike([plan(dose), plan(replace(dose, start=60.0))])
    assert not alike([plan(), plan(days=2.0)])
    held = Hold("glucose", "baseline", 0.0, 60.0)
    assert not alike([plan(held), plan(held)])
