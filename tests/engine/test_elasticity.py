"""Which parameters move what: against whole runs with the parameter changed, and against what units demand."""

from collections import OrderedDict, defaultdict

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import metabosim as ms
from metabosim.body import OBSERVABLES, PARAMETERS, STATES, vector
from metabosim.body.quantities import inside_unit
from metabosim.engine import make_body, rest, simulate
from metabosim.engine.elasticity import elasticities, free_parameters, resting_slopes
from metabosim.engine.run import FASTING
from metabosim.errors import InputError
from metabosim.subjects import list_subjects

STEP = 2e-3  # of a parameter, both ways; the rest is solved to about 1e-6
LEAN = make_body("lean-healthy")
FREE = free_parameters(LEAN.parameters)
SUBJECTS = st.sampled_from(["lean-healthy", "insulin-resistant", "ageing-low-gh"])


@pytest.fixture(scope="module", autouse=True)
def _exact_rests():
    """Rests that drift by a tenth of the usual: very near a known one, the usual search ends where it began."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rest, "CLOSE", 0.1 * rest.CLOSE)
        patch.setattr(rest, "_known", OrderedDict())
        patch.setattr(rest.known_rests, "of", lambda c: None)
        yield


@pytest.fixture(scope="module")
def rests():
    """The resting slopes of subjects, found once."""
    found = {}

    def of(subject):
        if subject not in found:
            found[subject] = resting_slopes(make_body(subject))
        return found[subject]

    return of


@settings(max_examples=25, deadline=None)
@given(SUBJECTS, st.sampled_from(FREE))
@example("insulin-resistant", "wear_threshold")
def test_rests_move_as_rests_solved_anew(rests, subject, name):
    """Every observable and signal at 07:00, against rests found with one parameter a little lower and higher."""
    moment = rests(subject)
    own = make_body(subject).parameters[name]
    low, high = (
        make_body(subject, parameters={name: own * (1.0 + way * STEP)}) for way in (-1.0, 1.0)
    )
    row = low.rest.minute[int(FASTING)]
    differs = (high.rest.readings[row] - low.rest.readings[row]) / (2.0 * STEP)
    ours = moment.readings_slopes()[:, moment.parameters.index(name)]
    size = np.maximum(np.abs(moment.readings()), 1e-6)
    np.testing.assert_allclose(ours / size, differs / size, rtol=2e-3, atol=1e-3)


@settings(max_examples=12, deadline=None)
@given(
    SUBJECTS,
    st.sampled_from(FREE),
    st.sampled_from(["glucose_mmol_l", "insulin_pmol_l", "ffa_mmol_l", "primed", "glp1_drive"]),
)
def test_meals_move_as_runs_do(subject, name, observable):
    """After glucose, against `simulate` with the parameter a little lower and higher, its rest and all."""
    body = make_body(subject)
    _, meal = elasticities(observable, body)
    runs = [
        simulate(
            subject,
            [ms.OralGlucose(0.0, "75 g")],
            duration=meal.at_min + 1.0,
            start="fasting",
            parameters={name: body.parameters[name] * (1.0 + way * STEP)},
            output=[meal.at_min],
            tolerance=1e-9,
        )
        for way in (-1.0, 1.0)
    ]
    low, high = (float(run[observable][0]) for run in runs)
    assert 0.5 * (low + high) == pytest.approx(meal.value, rel=1e-3)
    differs = (high - low) / (2.0 * STEP) / meal.value
    assert meal.per_cent[name] == pytest.approx(differs, rel=2e-3, abs=1e-3)


def _power(unit, part):
    """The power of a basic unit in a declared one."""
    first, *below = inside_unit(unit).split("/")
    return float(first == part) - below.count(part)


@pytest.mark.parametrize("part", ["ug", "pmol"])
@pytest.mark.parametrize("subject", list_subjects())
def test_a_unit_is_a_matter_of_taste(rests, subject, part):
    """Were micrograms 1 % smaller, all numbers in micrograms would be 1 % larger, and nothing else would be.

    So the elasticities of a quantity by all parameters, weighted by the unit's power in each, add up to its power
    in the quantity (Euler's theorem). Readings that compare with fixed numbers in that unit are left out.
    """
    moment = rests(subject)
    shares = defaultdict(float)
    slopes, values = moment.readings_slopes(), moment.readings()
    fixed = {"homa_ir", "homa_b", "c_peptide_nmol_l", "insulin_sensitivity_index"}
    for name in OBSERVABLES:
        i = vector.READING[name]
        if name in fixed or abs(values[i]) < 1e-9:
            continue
        for j, parameter in enumerate(moment.parameters):
            shares[name] += _power(PARAMETERS[parameter].unit, part) * slopes[i, j] / values[i]
        assert shares[name] == pytest.approx(_power(OBSERVABLES[name].unit, part), abs=1e-4), name


def test_what_is_always_zero_has_no_shares():
    """Of a drug's depot in somebody who takes none, nothing can be said."""
    rest, meal = elasticities("drug1_depot", LEAN)
    assert rest.value == meal.value == 0.0
    assert not rest.per_cent
    assert not meal.per_cent


def test_an_unknown_name_is_told():
    """With the nearest name there is."""
    with pytest.raises(InputError, match="did you mean 'glucose_mmol_l'"):
        elasticities("glucose_mmol", LEAN)


def test_states_can_be_asked_for():
    """A state that is also an observable has the same elasticities under both names."""
    assert "glucose" in STATES
    for ours, theirs in zip(
        elasticities("glucose", LEAN), elasticities("glucose_mmol_l", LEAN), strict=True
    ):
        assert ours.per_cent == pytest.approx(theirs.per_cent)
