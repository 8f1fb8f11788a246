"""Errors say what, where and how to mend it, and survive a trip between processes."""

import pickle

import pytest

from metabosim.errors import (
    BudgetExceeded,
    Fault,
    InputError,
    MetabosimError,
    NonFinite,
    RestNotFound,
    SolverFailed,
    did_you_mean,
    nearest,
)


def test_fault_reads_as_one_line():
    """A fault prints place, field, message and hint in that order."""
    fault = Fault("unknown lever 'gsh'", "a.yaml", 8, 3, "levers.gsh", "did you mean 'ghs'?")
    assert str(fault) == "a.yaml:8:3: levers.gsh: unknown lever 'gsh'; did you mean 'ghs'?"


@pytest.mark.parametrize(
    ("fault", "text"),
    [
        (Fault("empty"), "empty"),
        (Fault("empty", file="a.yaml"), "a.yaml: empty"),
        (Fault("empty", field="arms"), "arms: empty"),
        (Fault("empty", "a.yaml", 3), "a.yaml:3: empty"),
    ],
)
def test_fault_leaves_out_what_is_unknown(fault, text):
    """No stray colons where a part is missing."""
    assert str(fault) == text


def test_input_error_lists_every_fault():
    """All faults are printed, one a line, and kept as objects."""
    error = InputError([Fault("one"), Fault("two")])
    assert str(error) == "one\ntwo"
    assert [fault.message for fault in error.faults] == ["one", "two"]
    assert str(InputError("bad", hint="good")) == "bad; good"


def test_within_prefixes_fields():
    """Faults raised by a part can be placed inside the whole."""
    error = InputError([Fault("x", field="at"), Fault("y")]).within("protocol[0]")
    assert [fault.field for fault in error.faults] == ["protocol[0].at", "protocol[0]"]


def test_exit_codes():
    """Bad input is 2, a failed simulation is 3."""
    assert InputError("x").exit_code == 2
    assert {e.exit_code for e in (SolverFailed, NonFinite, BudgetExceeded, RestNotFound)} == {3}


@pytest.mark.parametrize(
    "error",
    [
        InputError([Fault("one", "f", 1, 2, "a", "h")]),
        SolverFailed("glucose", 12.0, "step too small"),
        NonFinite("insulin", 3.5),
        BudgetExceeded(100.0, "too many steps"),
        RestNotFound("lean-healthy", "glucose drifts"),
    ],
)
def test_errors_pickle(error):
    """A worker process can hand any of them back with its message and fields."""
    back = pickle.loads(pickle.dumps(error))
    assert isinstance(back, MetabosimError)
    assert str(back) == str(error)
    assert vars(back) == vars(error)


def test_nearest_word():
    """A misspelling finds its word; nonsense finds none."""
    words = ["insulin_action", "insulin_secretion", "gh_secretion"]
    assert nearest("insulin_acton", words) == "insulin_action"
    assert nearest("zzz", words) is None
    assert did_you_mean("GH_secretion", words) == "did you mean 'gh_secretion'?"
    assert did_you_mean("zzz", words) is None
