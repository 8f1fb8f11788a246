"""What is exported, run by two independent simulators, is what metabosim runs."""

from dataclasses import replace

import pytest

from metabosim.exchange.arms import habitual_day, ready
from metabosim.exchange.sbml import document
from metabosim.subjects import load_subject
from simulators import SIMULATORS, apart, minutes_of, own

CLOSE = 1e-6


@pytest.mark.parametrize("simulator", SIMULATORS)
def test_a_habitual_day(simulator):
    """Left to its habits, the exported body lives the same two days, minute by minute."""
    arm = habitual_day(load_subject("lean-healthy"))
    minutes = minutes_of(2880.0, 1.0)
    found = SIMULATORS[simulator](document(ready(arm), "lean-healthy"), minutes)
    far, where = apart(own(replace(arm, duration=2880.0), minutes), found)
    assert far <= CLOSE, where
