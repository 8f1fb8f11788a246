"""In a few words: what is done to an arm, how long things last, how a verdict came out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from metabosim.plots.style import shown_number, shown_unit
from metabosim.plots.time_axis import MINUTES, best_unit
from metabosim.protocol import (
    Activity,
    DailyMeals,
    Diet,
    Dose,
    Fast,
    GlucoseBolus,
    GlucoseClamp,
    GlucoseInfusion,
    GlucoseProfile,
    Hold,
    HormoneInfusion,
    InsulinInfusion,
    Meal,
    OralGlucose,
    ProtocolStep,
)

if TYPE_CHECKING:
    from metabosim.scenario import Arm

GLUCOSE_G = 0.180156  # g per mmol
LONGEST = 62  # letters of what is said of one arm
INTERVALS = {1440.0: "daily", 10_080.0: "weekly"}


def duration(minutes: float) -> str:
    """A stretch of time in its best unit: "26 weeks"."""
    unit = best_unit(0, minutes)
    return f"{shown_number(minutes / MINUTES[unit])} {unit}"


def verdict_words(verdict: str, margin: float | None, unit: str) -> str:
    """The margin in words: by how much the claim holds or fails."""
    if verdict == "vacuous":
        return "there was nothing to judge"
    if verdict == "error":
        return "a run failed"
    if margin is None:
        return ""
    size = f"{shown_number(abs(margin))} {shown_unit(unit)}".strip()
    if unit == "min" and abs(margin) >= 120:
        size = duration(abs(margin))
    if verdict == "inconclusive":
        return f"{size} from the threshold, too close to call"
    return f"{size} to spare" if verdict == "holds" else f"{size} short"


def arms_in_words(arms: Mapping[str, Arm]) -> dict[str, str]:
    """What sets each arm apart from the others, in a few words; of one arm, what it is."""
    subjects = {arm.subject.id for arm in arms.values()}
    common = [
        step
        for step in next(iter(arms.values())).protocol
        if all(step in arm.protocol for arm in arms.values())
    ]
    return {
        name: _short(", ".join(_differences(arm, len(subjects) > 1 or n == 0, common)))
        for n, (name, arm) in enumerate(arms.items())
    }


def _differences(arm: Arm, with_subject: bool, common: list[ProtocolStep]) -> Iterator[str]:
    if with_subject:
        yield arm.subject.id
    steps = [step_words(step) for step in arm.protocol if step not in common]
    yield from dict.fromkeys(filter(None, steps))
    for name, value in {**arm.lifelong, **arm.levers}.items():
        if value != 1:
            words = name.replace("_", " ")
            yield f"without {words}" if value == 0 else f"{words} × {shown_number(value)}"
    if arm.parameters:
        yield "other parameters"
    yield from (name.replace("-", " ") for name in arm.variants)


def _short(text: str) -> str:
    if len(text) <= LONGEST:
        return text
    return text[: LONGEST - 1].rsplit(",", 1)[0].rstrip(", ") + " …"


def step_words(step: ProtocolStep) -> str:
    """One step of a protocol in a few words; empty if it goes without saying."""
    match step:
        case Dose():
            return f"{step.therapy.id} {shown_number(step.amount)} mg{_interval(step)}"
        case Meal():
            return f"meal with {_grams(step.carbohydrate)} carbohydrate"
        case DailyMeals():
            return "other meals"
        case Fast():
            return "fasting"
        case OralGlucose():
            return f"{_grams(step.amount)} glucose by mouth"
        case GlucoseBolus():
            return f"{_grams(step.amount)} glucose into a vein"
        case GlucoseInfusion():
            return "glucose infusion"
        case GlucoseProfile():
            return "glucose curve replayed by infusion"
        case GlucoseClamp():
            levels = ", ".join(shown_number(level.level) for level in step.levels)
            return f"glucose held at {levels} mmol/L"
        case InsulinInfusion():
            return "insulin infusion"
        case HormoneInfusion():
            names = {"glp1": "GLP-1", "gh": "GH"}
            return f"{names.get(step.name, step.name)} infusion"
        case Activity():
            return "exercise"
        case Diet():
            return f"eating {shown_number(100 * step.energy)} %"
        case Hold():
            return f"{_quantity(step.name)} held"
        case _:
            return ""


def _quantity(name: str) -> str:
    """An observable, state or signal in words that can stand within a sentence."""
    from metabosim.body import OBSERVABLES, SIGNALS, STATES

    text = next(known[name].text for known in (OBSERVABLES, STATES, SIGNALS) if name in known)
    first, rest = text[:1], text[1:]
    return text if rest[:1].isupper() else first.lower() + rest


def _grams(glucose_mmol: float) -> str:
    return f"{shown_number(glucose_mmol * GLUCOSE_G)} g"


def _interval(step: Dose) -> str:
    if step.every is None:
        return ""
    return f" {INTERVALS.get(step.every, 'every ' + duration(step.every))}"
