"""The exported document itself: correct SBML, units and all, and it says what it is."""

import sys
from collections import Counter

import libsbml
import pytest

import metabosim as ms
from metabosim.body import LEVERS, OBSERVABLES, PARAMETERS, SIGNALS, STATES, VARIANTS
from metabosim.errors import InputError
from metabosim.exchange import sbml_document
from metabosim.exchange.annotations import DISCLAIMER, terms
from metabosim.exchange.arms import habitual_day
from metabosim.exchange.sbml_units import Unit
from metabosim.output import OWN_MARK, Stamp
from metabosim.scenario.model import Arm
from metabosim.subjects import load_subject
from metabosim.version import NOTE, __version__

STAMP = Stamp("a-scenario", "0123456789ab", 7)
LEAN = load_subject("lean-healthy")
BUSY = Arm(
    LEAN,
    2880.0,
    protocol=(
        ms.GlucoseClamp(["5 mmol/L", "9 mmol/L"], "1 h", "3 h"),
        ms.Hold("insulin_pmol_l", 80.0, "1 h", "2 h"),
        ms.Hold("appetite_index", 1.2),
        ms.Dose("semaglutide", "1 mg", "8 h"),
    ),
)


@pytest.fixture(scope="module")
def text():
    """A document with every kind of event in it."""
    return sbml_document(BUSY, STAMP, "A busy day")


@pytest.fixture(scope="module")
def model(text):
    """The same, as libSBML reads it."""
    document = libsbml.readSBMLFromString(text)
    yield document.getModel()
    del document  # the model is a part of it, and was gone without it


def faults(text):
    """Everything that libSBML has to say against a document, all of its checks switched on."""
    document = libsbml.readSBMLFromString(text)
    for category in (
        libsbml.LIBSBML_CAT_GENERAL_CONSISTENCY,
        libsbml.LIBSBML_CAT_IDENTIFIER_CONSISTENCY,
        libsbml.LIBSBML_CAT_MATHML_CONSISTENCY,
        libsbml.LIBSBML_CAT_MODELING_PRACTICE,
        libsbml.LIBSBML_CAT_OVERDETERMINED_MODEL,
        libsbml.LIBSBML_CAT_SBO_CONSISTENCY,
        libsbml.LIBSBML_CAT_UNITS_CONSISTENCY,
    ):
        document.setConsistencyChecks(category, True)
    document.checkConsistency()
    document.checkInternalConsistency()
    return [document.getError(i).getMessage() for i in range(document.getNumErrors())]


def test_nothing_to_be_said_against_it(text):
    """libSBML finds no error and no warning, of units or of anything else."""
    assert faults(text) == []
    assert faults(sbml_document(habitual_day(LEAN), STAMP, "A day")) == []


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('id="gastric_emptying" value="0.0245" units="one_per_min"', None, "units"),
        ('<cn sbml:units="dimensionless"> 1 </cn>', "<cn> 1 </cn>", "units"),
        ("<ci> stomach </ci>", "<ci> stomak </ci>", "stomak"),
        ('id="input_diet" value="1" units="dimensionless"', None, "units"),
    ],
)
def test_planted_faults_are_noticed(text, before, after, said):
    """A wrong unit, a number without one, a misspelt name: the check above would have told."""
    assert before in text
    swapped = before.replace("one_per_min", "mmol").replace('"dimensionless"', '"kg"')
    found = faults(text.replace(before, swapped if after is None else after, 1))
    assert any(said in message for message in found)


def test_all_of_the_body_is_in_it(model):
    """Every state changes by a rate rule; every observable and signal is assigned; every number is a parameter."""
    rules = {rule.getVariable(): rule.isRate() for rule in model.getListOfRules()}
    assert {name for name, rate in rules.items() if rate} == set(STATES)
    assigned = {name for name, rate in rules.items() if not rate}
    assert set(OBSERVABLES) | {f"signal_{name}" for name in SIGNALS} <= assigned
    assert "drug_semaglutide_nmol_l" in assigned
    numbers = {p.getId() for p in model.getListOfParameters()} - set(rules)
    wanted = set(PARAMETERS) | {f"lever_{n}" for n in LEVERS} | {f"variant_{n}" for n in VARIANTS}
    assert wanted <= numbers


def test_everything_has_its_unit(model):
    """States, observables and parameters carry the unit they are declared in, in inside units."""
    for name, item in (STATES | OBSERVABLES).items():
        assert model.getParameter(name).getUnits() == Unit.parse(item.unit).id, name
    assert all(p.isSetUnits() for p in model.getListOfParameters())
    assert model.getParameter("energy_absorption").getUnits() == "one_per_min"
    assert model.getParameter("energy_absorption").getValue() == pytest.approx(0.25 / 60.0)


def test_it_starts_at_rest(model):
    """The initial state is the solved rest of the subject at the start of the run."""
    run = ms.simulate("lean-healthy", duration="1 min")
    for name in STATES:
        assert model.getParameter(name).getValue() == pytest.approx(run[name][0], rel=1e-12), name


def test_events_take_turns(model):
    """Every event is persistent, due at time 0 at the earliest, and has a priority of its own."""
    events = list(model.getListOfEvents())
    priorities = [libsbml.formulaToL3String(e.getPriority().getMath()) for e in events]
    assert max(Counter(priorities).values()) == 1
    for event in events:
        trigger = event.getTrigger()
        assert trigger.getPersistent()
        assert not trigger.getInitialValue()
        assert not event.getUseValuesFromTriggerTime()


def test_what_is_held_stands_still(model):
    """A clamp sets the body's own switch, a hold of a state one made for it, a hold of a signal its own."""
    targets = {
        assignment.getVariable()
        for event in model.getListOfEvents()
        for assignment in event.getListOfEventAssignments()
    }
    assert {"glucose", "input_glucose_held", "insulin", "pinned_insulin"} <= targets
    assert {"held_appetite", "held_at_appetite"} <= targets
    assert model.getParameter("pinned_glucose") is None


def test_it_says_what_it_is(text, model):
    """Notes bear the disclaimer, the version, the stamp and the sources; metabosim knows the file for its own."""
    notes = model.getNotesString()
    for wanted in (DISCLAIMER, NOTE, f"metabosim {__version__}", "hash 0123456789ab", "seed 7"):
        assert wanted in notes
    for source in LEAN.sources:
        assert source in notes
    assert (
        PARAMETERS["emptying_fade"].kind.source
        in model.getParameter("emptying_fade").getNotesString()
    )
    assert OWN_MARK.search(text.encode()[:4096])


def test_states_are_annotated(model):
    """Each line of the table is in the document, and every one names a state there is."""
    assert {term.state for term in terms()} <= set(STATES)
    for state, qualifier, term, label in terms():
        assert label
        written = model.getParameter(state).getAnnotationString()
        assert f"https://identifiers.org/{term}" in written
        assert f"bqbiol:{qualifier}" in written
    assert "taxonomy:9606" in model.getAnnotationString()


def test_the_same_bytes(text):
    """No date, no order of a set: written again it is the same."""
    assert sbml_document(BUSY, STAMP, "A busy day") == text


@pytest.mark.parametrize(
    ("step", "said"),
    [
        (ms.Hold("vat_kg", "baseline"), "holds 'vat_kg' at baseline"),
        (ms.Hold("vat_kg", {"arm": "other"}), "holds 'vat_kg' at arm 'other'"),
        (ms.GlucoseProfile(arm="other"), "replays the glucose of arm 'other'"),
        (ms.GlucoseProfile(object()), "replays the glucose of a recorded run"),
    ],
)
def test_what_follows_a_course_is_refused(step, said):
    """A recorded course has no short form in SBML; the error names what follows one."""
    with pytest.raises(InputError, match=said):
        sbml_document(Arm(LEAN, 60.0, protocol=(step,)), STAMP, "refused")


@pytest.mark.parametrize("package", ["libsbml", "sympy"])
def test_without_its_packages_it_says_what_to_install(package, monkeypatch):
    """The error is the command that mends it."""
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(InputError, match=r"pip install 'metabosim\[exchange\]'"):
        sbml_document(habitual_day(LEAN), STAMP, "A day")
