"""A run that fails says so: which state, and when; nothing wrong is ever returned."""

import dataclasses

import numpy as np
import pytest

import metabosim as ms
from metabosim.body import STATES, vector
from metabosim.engine import integrate as code
from metabosim.engine import make_body, simulate
from metabosim.engine import run as running
from metabosim.engine.run import simulate_from
from metabosim.errors import BudgetExceeded, InputError, NonFinite, SimulationError, SolverFailed
from metabosim.protocol.meals import DAY

NAN = float("nan")


def planted(**constants):
    """The lean body at its rest, with constants changed behind its back."""
    body = make_body("lean-healthy")
    c = body.c.copy()
    for name, value in constants.items():
        c[vector.CONSTANT["parameter", name]] = value
    return dataclasses.replace(body, c=c)


def live(body, protocol=(), duration=DAY, **options):
    """A day from midnight."""
    y = body.rest.states[body.rest.minute[0]]
    return simulate_from(body, y, protocol, 0.0, duration, meals=True, **options)


class Recorded:
    """A trajectory of insulin that turns into NaN at some minute."""

    def __init__(self, broken_from):
        """Everything from `broken_from` on is NaN."""
        self.time_min = np.arange(0.0, DAY + 1.0)
        self.values = np.where(self.time_min < broken_from, 50.0, NAN)

    def __getitem__(self, name):
        """Its values, whatever is asked for."""
        return self.values


@pytest.mark.parametrize("name", ["brain_uptake", "release_rate", "fat_energy"])
def test_a_planted_nan_is_an_error(name):
    """A NaN among the constants stops the run at once, naming a state."""
    with pytest.raises(NonFinite) as caught:
        live(planted(**{name: NAN}))
    assert caught.value.state in STATES
    assert caught.value.time_min == 0.0
    assert caught.value.state in str(caught.value)
    assert "0 min" in str(caught.value)


def test_a_nan_in_the_middle_is_found_where_it_is():
    """A NaN that comes with an event is reported at the event's minute."""
    body = make_body("lean-healthy")

    def poisoned(plan_of):
        def plan(*arguments):
            made, slots, parameters = plan_of(*arguments)
            made.add(305.5, code.SET_CONSTANT, vector.CONSTANT["parameter", "gh_leak"], NAN)
            return made, slots, parameters

        return plan

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(running.planning, "make_plan", poisoned(running.planning.make_plan))
        with pytest.raises(NonFinite) as caught:
            live(body)
    assert caught.value.time_min == pytest.approx(305.5, abs=1e-3)
    assert caught.value.state == "gh"


def test_a_nan_in_a_held_trajectory_is_an_error():
    """A recorded course with a NaN in it is refused or found, never followed."""
    with pytest.raises((InputError, NonFinite)):
        simulate("lean-healthy", [ms.Hold("insulin", Recorded(700.0))])


def test_a_nan_that_only_a_reading_sees_is_an_error():
    """A NaN that no state hears of is found in the observables, by name."""
    with pytest.raises(NonFinite) as caught:
        live(planted(c_peptide_clearance=NAN))
    assert caught.value.state == "c_peptide_nmol_l"


@pytest.mark.parametrize(
    ("name", "value"), [("gh_clearance", 1e9), ("ffa_clearance", 1e12), ("glp1_dpp4", 1e15)]
)
def test_huge_rates_are_an_error(name, value):
    """A rate far beyond physiology ends in an error that names state or time, not in a wrong answer."""
    with pytest.raises((SolverFailed, BudgetExceeded, NonFinite)) as caught:
        live(planted(**{name: value}))
    assert 0.0 <= caught.value.time_min <= DAY
    if not isinstance(caught.value, BudgetExceeded):
        assert caught.value.state in STATES


def test_an_overflow_is_an_error():
    """An absurd infusion that overflows every number is reported where it starts."""
    with pytest.raises((NonFinite, SolverFailed)) as caught:
        simulate("lean-healthy", [ms.GlucoseInfusion(1e300, 100.0, 200.0)])
    assert caught.value.time_min == pytest.approx(100.0, abs=1.0)


def test_a_run_past_its_budget_is_an_error(monkeypatch):
    """A run that takes more evaluations than it may is stopped, and says when."""
    monkeypatch.setattr(running, "EVALUATIONS_PER_DAY", 500)
    with pytest.raises(BudgetExceeded, match="500 evaluations") as caught:
        simulate("lean-healthy")
    assert 0.0 < caught.value.time_min < DAY


@pytest.mark.parametrize("value", [NAN, float("inf"), float("-inf")])
def test_parameters_that_are_not_finite_are_refused(value):
    """A parameter that is not a finite number is bad input, named by its field."""
    with pytest.raises(InputError, match=r"parameters\.brain_uptake: must be finite"):
        simulate(parameters={"brain_uptake": value})


@pytest.mark.parametrize(
    "parameters", [{"glucose_volume": 0.0}, {"gh_clearance": 1e9}, {"insulin_volume": -1.0}]
)
def test_impossible_parameters_are_an_error(parameters):
    """A body that cannot live, or has no rest, is an error and never a run."""
    with pytest.raises((SimulationError, InputError)) as caught:
        simulate(parameters=parameters)
    assert str(caught.value)


@pytest.mark.parametrize(
    "output",
    [[0.0, 5000.0], [-5.0, 10.0], [100.0, 50.0], [NAN], [0.0, float("inf")], [], [[1.0, 2.0]]],
)
def test_impossible_output_is_refused(output):
    """Minutes outside the run, out of order or not finite are refused, not filled with anything."""
    with pytest.raises(InputError, match="output"):
        simulate(output=output)


@pytest.mark.parametrize("at", [-1.0, DAY + 1.0, NAN])
def test_no_state_outside_the_run(at):
    """A state is asked for within the run only."""
    run = simulate(output=[DAY])
    with pytest.raises(InputError, match="outside the run"):
        run.state_at(at)
