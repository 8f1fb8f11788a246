"""The teacher's guide says what the scenarios say, and lessons exist for all that it names."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import teaching
from metabosim.body import LEVERS
from metabosim.scenario import list_scenarios

ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.parametrize("name", sorted(teaching.PAGES))
def test_pages_are_fresh(name: str) -> None:
    """Written anew they are the same: python tools/teaching.py."""
    assert teaching.PAGES[name]() == (teaching.FOLDER / name).read_text(encoding="utf-8")


def test_enough_lessons_each_once() -> None:
    """At least twelve, of scenarios that there are, from every family."""
    ids = [lesson.scenario for lesson, _ in teaching.lessons()]
    assert len(ids) == len(set(ids)) >= 12
    assert set(ids) <= set(list_scenarios())
    assert {teaching.family_of(name).id for name in ids} == {
        "foundations",
        "glp-1",
        "growth-hormone",
        "both",
    }


def test_a_lesson_fits_a_lesson() -> None:
    """Each takes between ten minutes and an hour, and no misconception is told as its own answer."""
    for lesson, scenario in teaching.lessons():
        assert 10 <= sum(lesson.minutes) <= 60
        assert min(lesson.minutes) > 0
        for one in lesson.misconceptions:
            assert one.says != one.answer
            assert one.says.rstrip(".") != scenario.predict.answer


def test_the_guide_has_question_answer_and_knock_outs() -> None:
    """What the scenario asks, what it answers and what breaks it stand in the guide."""
    page = teaching.guide()
    for _, scenario in teaching.lessons():
        for text in (
            scenario.predict.question,
            *scenario.predict.choices,
            scenario.in_reality.text,
        ):
            assert text in page
        assert f'<a id="{scenario.id}"></a>' in page
        for out in scenario.must_fail_when:
            assert out.name.replace("-", " ") in page


def test_the_three_notebooks_are_lessons() -> None:
    """Every notebook is named by a lesson, and every one named exists."""
    named = {lesson.notebook for lesson, _ in teaching.lessons() if lesson.notebook}
    assert named == {path.stem for path in (ROOT / "notebooks").glob("*.ipynb")}
    assert len(named) >= 3


@pytest.mark.parametrize(
    "script", sorted((ROOT / "notebooks").glob("*.py")), ids=lambda path: path.stem
)
def test_a_notebook_asks_before_it_shows(script: Path) -> None:
    """Questions come before what is run; an explanation, reality and exercises follow."""
    text = script.read_text(encoding="utf-8")
    assert len(re.findall(r"# > \*\*Predict\.\*\*", text)) >= 3
    for section in ("## In reality", "## Exercises"):
        assert section in text
    assert text.index("**Predict.**") < text.index("assert ")
    assert "metabosim check" in text


def test_every_lever_is_on_the_sheet() -> None:
    """All levers, each once, in one page's worth of lines."""
    sheet = teaching.levers()
    for name in LEVERS:
        assert sheet.count(f"| `{name}` |") == 1
    assert len(sheet.splitlines()) <= 60


def test_the_glossary_explains_the_words_of_the_report() -> None:
    """Words of the field that the guide uses are in it, in alphabetical order."""
    words = re.findall(r"^\| \*\*(.+?)\*\* \|", teaching.glossary(), re.MULTILINE)
    assert [word.lower() for word in words] == sorted(word.lower() for word in words)
    assert {
        "knock-out",
        "lever",
        "margin",
        "verdict",
        "rest",
        "GLP-1",
        "VAT",
        "insulin resistance",
    } <= set(words)
    assert len(words) == len(set(words))


def test_links_lead_somewhere() -> None:
    """Every relative link of the pages names a file that is there."""
    for name, page in teaching.PAGES.items():
        for target in re.findall(r"\]\(([^)#:]+)", page()):
            assert (teaching.FOLDER / target).exists(), f"{name}: {target}"
