"""In a few words: what is done to an arm, how long things last, how a verdict came out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from metabosim.plots.style import shown_number, shown_unit
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
from metabosim.units import MINUTES, best_unit

if TYPE_CHECKING:
    from metabosim.claims import ClaimResult
    from metabosim.scenario import Arm

GLUCOSE_G = 0.180156  # g per mmol
LONGEST = 95  # letters of what is said of one arm: they fit on a line
YOUR_DATA = "your data"
LEAST = "0.0001"  # what is smaller is told as less than this
LIST = 80  # letters of a list that is written out
DAY, WEEK = 1440.0, 10_080.0
INTERVALS = {DAY: "daily", WEEK: "weekly"}


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


def claim_sentence(claim: ClaimResult, arms: Iterable[str] = ()) -> str:
    """What became of a claim, in one plain sentence: the verdict, by how much, and what was found.

    `arms` are the names of its scenario's arms, which are written as words.
    """
    deciding = claim.deciding
    return plain_sentence(
        str(claim.verdict), deciding.margin, deciding.unit, deciding.statement_rendered, arms
    )


def plain_sentence(
    verdict: str, margin: float | None, unit: str | None, says: str, arms: Iterable[str]
) -> str:
    """The same of a verdict, the deciding check's margin in its unit, and what that check says."""
    how = verdict_words(verdict, margin, unit or "")
    head = "Cannot be told" if verdict == "error" else verdict.capitalize()
    text = in_words(says, arms)
    stop = "" if text.endswith((".", "!", "?")) else "."
    return f"{head}{f' ({how})' if how else ''}: {text}{stop}"


_TECHNICAL = re.compile(r"[a-z0-9]+(?:_[a-z0-9]+)+")


_STRETCHED = re.compile(r"(?<![\w.])(\d[\d.]*e[+-]\d+)\b")
_DRUG = re.compile(r"drug_(\w+)_nmol_l")
_MOMENT = re.compile(r"\b(at|from) (\d[\d.]*(?:e\+\d+)?) min\b")
# how judges write, and how one says it
_PLAINLY = (
    (re.compile(r"\bhalf[_ ]effect[_ ](time|level)\b"), r"half-way \1"),
    (re.compile(r"\btime_to_(peak|trough)\b"), r"time to \1"),
    (re.compile(r"\bsettling_time\b"), "settling time"),
    (re.compile(r"\bfasting of\b"), "fasting"),
    (re.compile(r"(?<!glucose )\binfusion \("), "glucose infusion ("),
    (re.compile(r": 0 \((?=[+-])"), ": no clear effect ("),
    (re.compile(r": \+ \((?=[+-])"), ": a rise ("),
    (re.compile(r": - \((?=[+-])"), ": a fall ("),
    (re.compile(r"; 0 expected"), "; none expected"),
    (re.compile(r"; \+ expected"), "; a rise expected"),
    (re.compile(r"; - expected"), "; a fall expected"),
    (re.compile(r"\bthe null \(additive\) expects\b"), "added up they would give"),
    (re.compile(r"\bthe null \(highest single agent\) expects\b"), "the stronger alone would give"),
    (re.compile(r"\bthe null \(bliss\) expects\b"), "independent of each other they would give"),
    (re.compile(r"\biauc of\b"), "area above the baseline of"),
    (re.compile(r"\bauc of\b"), "area under"),
    (re.compile(r"\bhoma ir\b"), "HOMA-IR"),
    (re.compile(r"\bm value\b"), "the clamp's M"),
    (re.compile(r"(\d) 1(?= =|; first|\))"), r"\1"),  # a number without a unit
    (
        re.compile(r"; (first it \w+ by .+?, then the other way by .+?), asked for"),
        r"; asked for: \1",
    ),
    (re.compile(r"(within \S+ (\S+) of its baseline [\d.]+)(?= \()"), r"\1 \2"),
    (re.compile(r"\bug/"), "µg/"),
    (re.compile(r"\buU/"), "µU/"),
    (re.compile(r"\*min\b"), "·min"),
)


def in_words(text: str, arms: Iterable[str] = ()) -> str:
    """What a judge says as one would read it aloud: names as words, moments and units as in print.

    Technical names are those with a `_`; names that are none of ours stay. `exchange/js/lab/words.js` does the same.
    """
    from metabosim.claims.verdict import quantity

    for arm in sorted(arms, key=lambda name: (-len(name), name)):
        if (written := as_written(arm)) != arm:
            plain = written.replace("\\", r"\\")
            text = re.sub(rf"(?<![\w-]){re.escape(arm)}(?![\w-])", plain, text)
    text = _DRUG.sub(lambda match: f"{as_written(match[1])} in the blood", text)
    known = technical_names()
    text = _TECHNICAL.sub(lambda match: known.get(match[0], match[0]), text)
    text = _MOMENT.sub(lambda match: f"{match[1]} {quantity(float(match[2]), 'min')}", text)
    for raw, said in _PLAINLY:
        text = raw.sub(said, text)
    return _STRETCHED.sub(lambda match: _everyday(float(match[1])), text)


def _everyday(value: float) -> str:
    return shown_number(value) if value >= 1 else f"less than {LEAST}"


@cache
def technical_names() -> dict[str, str]:
    """Observables, states, signals and levers whose names have a `_`, in words."""
    from metabosim.body import LEVERS, OBSERVABLES, SIGNALS, STATES

    # what an index is measured by is not said in the midst of a sentence
    quantities = {
        name: quantity_words(name).split(", reference")[0]
        for name in (*OBSERVABLES, *STATES, *SIGNALS)
    }
    levers = {name: as_written(name) for name in LEVERS}
    return {name: words for name, words in (quantities | levers).items() if "_" in name}


def arms_in_words(arms: Mapping[str, Arm]) -> dict[str, str]:
    """What sets each arm apart from the others, in a few words; of one arm, what it is."""
    subjects = {arm.subject.id for arm in arms.values()}
    everyone = list(arms.values())
    common = [
        step for step in everyone[0].protocol if all(step in arm.protocol for arm in everyone)
    ]

    def words(name: str, until: bool) -> str:
        first = name == next(iter(arms))
        others = [arm for arm in everyone if arm is not arms[name]]
        return ", ".join(
            _differences(
                arms[name], len(subjects) > 1 or first, common, () if first else others, until
            )
        )

    said = {name: words(name, False) for name in arms}
    # arms that read alike differ, as a rule, in how long something goes on
    alike = [name for name, text in said.items() if list(said.values()).count(text) > 1]
    said |= {name: words(name, True) for name in alike}
    return {name: _short(text) for name, text in said.items()}


def _differences(
    arm: Arm, with_subject: bool, common: list[ProtocolStep], others: Sequence[Arm], until: bool
) -> Iterator[str]:
    """What an arm is; what `others` have as well, all of them, is left out."""
    if with_subject:
        yield arm.subject.id
    yield from _protocol_words([step for step in arm.protocol if step not in common])
    stops = [step.stop for step in arm.protocol if hasattr(step, "stop")]
    last = max((stop for stop in stops if stop is not None), default=arm.duration)
    if until and None not in stops and last < arm.duration:
        yield f"until {_about(last)}"
    mine = {
        name: value
        for name, value in _levers(arm).items()
        if value != 1 and not (others and all(_levers(one).get(name) == value for one in others))
    }
    if without := [as_written(name) for name, value in mine.items() if value == 0]:
        yield f"without {_listed(without)}"
    for name, value in mine.items():
        if value != 0:
            yield f"{as_written(name)} × {shown_number(value)}"
    if arm.parameters:
        yield "other parameters"
    yield from (name.replace("-", " ") for name in arm.variants)


def _levers(arm: Arm) -> dict[str, float]:
    return {**arm.lifelong, **arm.levers}


def _protocol_words(steps: Sequence[ProtocolStep]) -> Iterator[str]:
    """Steps in words, each once; a dose that is stepped up, and things held together, as one."""
    groups: dict[Any, list[ProtocolStep]] = {}
    for step in steps:
        key: Any = step_words(step)
        if isinstance(step, Dose) and step.every is not None:
            key = (step.therapy.id, step.every)
        elif isinstance(step, Hold):
            key = Hold
        elif isinstance(step, Diet):
            key = Diet
        groups.setdefault(key, []).append(step)
    for group in groups.values():
        if text := _group_words(group):
            yield text


def _group_words(group: Sequence[ProtocolStep]) -> str:
    match group[0], group[-1]:
        case (Hold(), _):
            names = dict.fromkeys(step.name for step in group if isinstance(step, Hold))
            return f"{_listed([quantity_words(name) for name in names])} held"
        case (Dose() as first, Dose() as last) if first.amount != last.amount:
            size = f"{shown_number(first.amount)}→{shown_number(last.amount)} mg"
            return f"{first.therapy.id} {size}{_interval(first)}"
        case (Diet() as first, Diet() as last) if first.energy != last.energy:
            return f"eating {shown_number(100 * first.energy)}→{shown_number(100 * last.energy)} %"
        case (HormoneInfusion() | InsulinInfusion() as first, last) if first is not last:
            stepped = all(one.stop == other.start for one, other in pairwise(group))  # type: ignore[union-attr]
            return f"{step_words(first)} in {len(group)} {'steps' if stepped else 'pulses'}"
        case first, _:
            return step_words(first)


def _listed(words: Sequence[str]) -> str:
    """ "a, b and c"; where that is long, the first and how many more."""
    text = " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))
    return text if len(words) == 1 or len(text) <= LIST else f"{words[0]} and {len(words) - 1} more"


def _short(text: str) -> str:
    if len(text) <= LONGEST:
        return text
    return text[: LONGEST - 1].rsplit(",", 1)[0].rstrip(", ") + " …"


def as_written(name: str) -> str:
    """A name as words, its abbreviations as they are written: "GHRH analogue", "CJC-1295"."""
    words: list[str] = []
    for word in re.split(r"[-_ ]+", name):
        # an abbreviation may itself be in two parts: "glp", "1"
        if words and (joined := (words[-1] + word).lower()) in _ABBREVIATIONS:
            words[-1] = _ABBREVIATIONS[joined]
        else:
            words.append(_ABBREVIATIONS.get(word, word))
    return " ".join(words)


_ABBREVIATIONS = {word.lower().replace("-", ""): word for word in (
    "GLP-1", "GH", "GHRH", "GHRP", "IGF-1", "VAT", "PKA", "Epac2", "cAMP", "T2D", "CJC-1295",
)}  # fmt: skip


def read_when(feature: Any) -> str:
    """When a feature is read, in few words: "at 2 weeks", "after 52 weeks", "07:00 on day 3"."""
    windows = feature.windows()
    stops = [window.stop for window in windows if window.stop is not None]
    if not stops:
        return "over all" if any(window.start is None for window in windows) else "later"
    return stretch_words(min(window.start or 0.0 for window in windows), max(stops))


def stretch_words(start: float, stop: float) -> str:
    """From when to when, in few words; a short stretch late in a long run is a moment."""
    if start == stop or (stop > DAY and start >= 0.9 * stop):
        return _about(stop)
    unit = best_unit(0, stop)
    return f"{_rounded(start / MINUTES[unit])} to {_about(stop)}"


def _about(minutes: float) -> str:
    """A moment of a run, roughly: "26 weeks", "10 h"."""
    unit = best_unit(0, minutes)
    if unit == "d" and minutes >= 1.9 * WEEK and abs(minutes - round(minutes / WEEK) * WEEK) < DAY:
        unit = "weeks"
    return f"{_rounded(minutes / MINUTES[unit])} {unit}"


def _rounded(value: float) -> str:
    return shown_number(round(value, 0 if value >= 10 else 1))


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
            of = f" of {as_written(step.arm)}" if step.arm else ""
            return f"glucose curve{of} replayed by infusion"
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
            return f"{quantity_words(step.name)} held"
        case _:
            return ""


def quantity_words(name: str) -> str:
    """An observable, state or signal in words that can stand within a sentence."""
    from metabosim.body import OBSERVABLES, SIGNALS, STATES

    known = [known[name].text for known in (OBSERVABLES, STATES, SIGNALS) if name in known]
    text = known[0] if known else as_written(name)
    first, rest = text[:1], text[1:]
    return text if rest[:1].isupper() else first.lower() + rest


def _grams(glucose_mmol: float) -> str:
    return f"{shown_number(glucose_mmol * GLUCOSE_G)} g"


def _interval(step: Dose) -> str:
    if step.every is None:
        return ""
    return f" {INTERVALS.get(step.every, 'every ' + duration(step.every))}"
