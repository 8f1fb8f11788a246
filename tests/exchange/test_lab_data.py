"""The data of the lab page: whole, small, the same each time, and true to what Python has."""

import json

import numpy as np
import pytest

from metabosim.body import LEVERS, OBSERVABLES, PARAMETERS, STATES
from metabosim.engine import make_body
from metabosim.exchange.lab_data import lab_data, lab_json
from metabosim.exchange.lab_recorded import recorded
from metabosim.scenario import list_scenarios, load_scenario
from metabosim.subjects import list_subjects
from metabosim.therapies import list_therapies
from metabosim.version import NOTE, __version__


@pytest.fixture(scope="module")
def data():
    """As a page reads it."""
    return json.loads(lab_json())


def test_it_is_small_and_stamped():
    """Well below what a page of 2 MB has room for; it says what it is."""
    text = lab_json()
    assert len(text.encode()) < 800_000
    assert json.loads(text)["note"] == NOTE
    assert json.loads(text)["version"] == __version__


def test_the_same_sources_give_the_same_bytes(data):
    """Made again, nothing differs."""
    assert json.loads(json.dumps(lab_data())) == data


def test_nothing_is_missing(data):
    """Every subject, therapy, lever, parameter, observable and scenario is there."""
    assert [one["id"] for one in data["subjects"]] == list_subjects()
    assert {one["id"] for one in data["therapies"]} >= set(list_therapies())
    for key, names in (
        ("levers", LEVERS),
        ("parameters", PARAMETERS),
        ("observables", OBSERVABLES),
    ):
        assert [one["name"] for one in data[key]] == list(names)
    assert [one["id"] for one in data["scenarios"]] == list_scenarios()
    assert all(len(one["rest"]) == len(STATES) for one in data["subjects"])


def test_rests_are_rests(data):
    """What is handed over as solved is the rest of that body."""
    for one in data["rests"]:
        body = make_body(one["subject"], parameters=one["parameters"], lifelong=one["lifelong"])
        np.testing.assert_array_equal(one["state"], body.rest.states[0])


def test_what_is_recorded_is_of_todays_scenarios(data):
    """Run `python tools/lab_record.py` for scenarios that were changed."""
    results = recorded()["scenarios"]
    assert {name: result["claim"] for name, result in results.items()} == {
        name: load_scenario(name).claim_hash for name in list_scenarios()
    }
    for one in data["scenarios"]:
        assert one["hash"] == load_scenario(one["id"]).hash
        assert one["recorded"]["verdict"] == "holds"
        named = [out["name"] for out in one["recorded"]["must_fail_when"]]
        assert named == [out.name for out in load_scenario(one["id"]).must_fail_when]


def test_the_wiring_is_the_graph_of_the_equations(data):
    """It stands in a file, since it takes sympy to make: run `python tools/lab_record.py`."""
    pytest.importorskip("sympy")
    from lab_record import wiring

    assert data["wiring"] == json.loads(json.dumps(wiring()))
