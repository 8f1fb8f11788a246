"""Writes docs/teaching/: a teacher's guide, a glossary and a cheat sheet of levers: `python tools/teaching.py`.

Questions, answers, knock-outs and sources are the scenarios', levers the body's; what they lack (goals, timing,
misconceptions, the glossary) is in lessons.yaml and glossary.yaml beside.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Annotated, Any, NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from metabosim.body import LEVERS
from metabosim.report.content import GRADES, knock_out_words
from metabosim.scenario import Scenario, family_of, load_scenario
from metabosim.yamlfile import load_yaml
from model_table import code, table

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "teaching"
NOTE = (
    "> **Illustrative, not clinical.** A model of invented people; see [DISCLAIMER.md](../../DISCLAIMER.md). "
    "This page is written by `python tools/teaching.py`."
)
Text = Annotated[str, Field(min_length=1)]


class Part(BaseModel):
    """What lessons.yaml is made of: no field that is not known."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Misconception(Part):
    """What learners say, and what to answer."""

    says: Text
    answer: Text


class Lesson(Part):
    """What the guide adds to a scenario; `minutes` for predicting, for running, for talking."""

    scenario: Text
    minutes: tuple[int, int, int]
    goals: Annotated[tuple[Text, ...], Field(min_length=2)]
    misconceptions: Annotated[tuple[Misconception, ...], Field(min_length=1)]
    notebook: str | None = None


class Told(NamedTuple):
    """A lesson and its scenario."""

    lesson: Lesson
    scenario: Scenario


@cache
def lessons() -> tuple[Told, ...]:
    """Every lesson of lessons.yaml with its scenario, in the file's order."""
    found = (Lesson.model_validate(one) for one in _read("lessons.yaml")["lessons"])
    return tuple(Told(lesson, load_scenario(lesson.scenario)) for lesson in found)


def _read(name: str) -> Any:
    return load_yaml(FOLDER / name).data


def guide() -> str:
    """The teacher's guide."""
    rows = [
        (
            f"[{scenario.title}](#{scenario.id})",
            family_of(scenario.id).title,
            f"{sum(lesson.minutes)} min",
            GRADES[scenario.evidence.grade],
        )
        for lesson, scenario in lessons()
    ]
    return _page(
        "Teacher's guide",
        f"{len(rows)} lessons, each one scenario: ask, let everybody predict, run, look, explain, break it. "
        "A lesson needs the plot (`metabosim run NAME`, or the page of `metabosim report`) and no other preparation. "
        "Levers and words are in the [cheat sheet](levers.md) and the [glossary](glossary.md).",
        "How to use a lesson: put the question and its choices on the board and have everybody commit to one, in "
        "writing, before the plot appears. Then show it. The answer matters less than what people thought would "
        "happen, and why.",
        table(("lesson", "about", "time", "human studies"), rows, (2,)),
        *("\n\n".join(_lesson(*told)) for told in lessons()),
    )


def _lesson(lesson: Lesson, scenario: Scenario) -> Iterator[str]:
    ask, run, talk = lesson.minutes
    yield f'<a id="{scenario.id}"></a>\n\n## {scenario.title}'
    yield f"*{sum(lesson.minutes)} minutes: {ask} to predict, {run} to run and look, {talk} to talk it over.*"
    yield "**Goals.** Afterwards learners can:"
    yield _bullets(lesson.goals)
    yield f"**Ask.** {scenario.predict.question}"
    yield _bullets(scenario.predict.choices)
    command = f"metabosim run {scenario.id}"
    more = (
        f" Or the notebook [{lesson.notebook}](../../notebooks/{lesson.notebook}.ipynb)."
        if lesson.notebook
        else ""
    )
    yield f"**Run.** `{command}`.{more} {scenario.plot.caption or ''}".rstrip()
    because = f" {scenario.predict.because}" if scenario.predict.because else ""
    yield f"**Answer.** *{scenario.predict.answer}.*{because}"
    yield f"**Explain.** {scenario.source.mechanism}"
    yield "**Often thought.**"
    yield _bullets(f"“{one.says}” {one.answer}" for one in lesson.misconceptions)
    yield "**Break it.** The claim fails with any of these, if it is about its mechanism:"
    yield _bullets(
        f"{one.name.replace('-', ' ')} ({'; '.join(knock_out_words(one))})"
        for one in scenario.must_fail_when
    )
    yield f"**In reality** ({scenario.in_reality.strength}). {scenario.in_reality.text}"


def _bullets(lines: Iterable[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)


def glossary() -> str:
    """The glossary, in alphabetical order."""
    terms: dict[str, str] = _read("glossary.yaml")["terms"]
    rows = sorted(terms.items(), key=lambda item: item[0].lower())
    return _page(
        "Glossary",
        "Words of the scenarios and of the report, in plain English. What can be read from a run, with its unit, is in "
        "[MODEL.md](../../MODEL.md#what-can-be-read); any name is explained by `metabosim explain NAME`.",
        table(("word", "means"), [(f"**{word}**", text) for word, text in rows]),
    )


ORGANS = {
    "gut": "Gut", "blood": "Blood", "islet": "Islet", "liver": "Liver", "muscle": "Muscle and insulin's message",
    "adipose": "Fat and lean mass", "immune": "Inflammation", "pituitary": "Pituitary", "brain": "Brain",
}  # fmt: skip


def levers() -> str:
    """The cheat sheet of levers, on one page."""
    rows = []
    for organ, title in ORGANS.items():
        here = [(name, item) for name, item in LEVERS.items() if item.organ == organ]
        rows += [
            (f"**{title}**" if n == 0 else "", code(name), item.text)
            for n, (name, item) in enumerate(here)
        ]
    return _page(
        "Levers on one page",
        f"{len(LEVERS)} gains on mechanisms: **0** knocked out, **1** as it is, **2** doubled, up to **3**. "
        "On the command line `metabosim run NAME --set lever.insulin_action=0.5`; in a scenario "
        '`levers: {insulin_action: 0.5}`; in Python `ms.simulate(levers={"insulin_action": 0.5})`. A lever acts from '
        "the start of a run on a body at its usual rest; under `lifelong:` the rest is solved with it.",
        table(("where", "lever", "mechanism"), rows),
    )


def _page(title: str, *parts: str) -> str:
    return "\n\n".join([f"# {title}", NOTE, *parts]) + "\n"


PAGES = {"guide.md": guide, "glossary.md": glossary, "levers.md": levers}


def main() -> None:
    """Write every page."""
    for name, page in PAGES.items():
        (FOLDER / name).write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
