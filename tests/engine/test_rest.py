"""The rest that every run starts from."""

import numpy as np

from metabosim.engine import make_body
from metabosim.engine import rest as resting
from metabosim.subjects import load_subject


def test_a_rest_does_not_depend_on_what_was_asked_before(monkeypatch):
    """A subject's rest has the same digits after the same numbers were asked for as another subject's parameters."""
    rests = []
    for asked_before in (False, True):
        monkeypatch.setattr(resting, "_known", type(resting._known)())
        if asked_before:
            make_body("lean-healthy", parameters=load_subject("visceral-obese").parameters)
        rests.append(make_body("visceral-obese").rest.states)
    np.testing.assert_array_equal(*rests)
