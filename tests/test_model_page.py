"""MODEL.md says what the code says."""

from __future__ import annotations

import re

import pytest

import model_page
from metabosim.body import LEVERS, OBSERVABLES, PARAMETERS, SIGNALS, STATES

PAGE = model_page.PAGE.read_text(encoding="utf-8")


def test_the_page_is_fresh() -> None:
    """What is read off the code is as today; rewrite it with python tools/model_page.py."""
    assert model_page.page(model_page.computed_in(PAGE)) == PAGE


def test_the_prose_speaks_of_what_there_is() -> None:
    """Every name with an underscore that the prose sets as code is a name of the body."""
    prose = model_page.TEMPLATE.read_text(encoding="utf-8")
    named = set(re.findall(r"`([a-z0-9]+(?:_[a-z0-9]+)+)`", prose))
    known = {*LEVERS, *OBSERVABLES, *PARAMETERS, *SIGNALS, *STATES}
    assert named
    assert named <= known


def test_every_scenario_named_exists() -> None:
    """Every hyphenated name set as code is a scenario, subject, therapy or variant."""
    from metabosim.body import VARIANTS
    from metabosim.scenario import list_scenarios
    from metabosim.subjects import list_subjects
    from metabosim.therapies import list_therapies

    variants = [name.replace("_", "-") for name in VARIANTS]
    known = {*list_scenarios(), *list_subjects(), *list_therapies(), *variants}
    assert set(re.findall(r"`([a-z0-9]+(?:-[a-z0-9]+)+)`", PAGE)) <= known


def test_a_stale_number_is_noticed() -> None:
    """Planted faults: a number, a word or a line that differ are found; a last digit is not."""
    old = "| A1.1 | peak | 7.31 | in |\n| A1.2 | time | 52 | in |"
    assert not list(model_page.differences(old, old.replace("7.31", "7.32")))
    for new in (old.replace("7.31", "8.31"), old.replace("52 | in", "52 | out"), old + "\nmore"):
        assert list(model_page.differences(old, new))


@pytest.mark.parametrize("part", model_page.COMPUTED)
def test_what_was_computed_is_what_the_model_gives(part: str) -> None:
    """Subjects at rest, and every published size (slow): python tools/model_page.py --compute."""
    known = model_page.computed_in(PAGE)[part]
    assert not list(model_page.differences(known, model_page.COMPUTED[part]()))
