"""The check drawn into the picture: where it looked, what it read, what it compared with."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, TypeAlias

import numpy as np

from metabosim.plots.picture import Difference, Level, Mark, Point, Range, Threshold, Window
from metabosim.plots.style import shown_number, shown_unit
from metabosim.scenario.vocabulary.quantities import Measure
from metabosim.units import display_unit

MORNING, DAY = 420.0, 1440.0
SHORTEST = 0.06  # of the panel's width, which a level for a single moment is drawn over

Evidence: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True)
class View:
    """One panel's view of the runs: which observable, in which unit, over which stretch.

    `convert` turns a value in the inside unit into the panel's unit; `arms` are the scenario's
    runs by arm, `others` the arms a check means when it names none, `control` what they are
    compared with.
    """

    observable: str
    unit: str
    start: float
    stop: float
    arms: Mapping[str, Any]
    others: tuple[str, ...]
    control: str
    convert: Callable[[float], float]

    def back(self, value: float) -> float:
        """A value of the panel in the inside unit again."""
        return value / self.convert(1.0)

    def text(self, value: float) -> str:
        """A value of the panel (inside unit) with its unit, for a label."""
        return f"{shown_number(self.convert(value))} {shown_unit(self.unit)}".strip()

    def shows(self, time_min: float) -> bool:
        """Whether a moment is in the picture."""
        return self.start <= time_min <= self.stop


def marks_of(check: Any, view: View, evidence: Evidence) -> list[Mark]:
    """Everything that can be drawn of `check` into the panel; nothing if it is not about it."""
    if check.kind == "refuted":
        inner = marks_of(check.check, view, evidence.get("inner", {}))
        return [
            replace(mark, label=mark.label.replace("(at least", "(not at least"))
            if isinstance(mark, Difference)
            else mark
            for mark in inner
        ]
    read = [
        found
        for feature, arms in _parts(check, view)
        for found in _located(feature, arms or view.others, view)
    ]
    values = [mark for _, mark in read if mark is not None]
    return [
        *_windows(check, view),
        *_levels(check, view),
        *dict.fromkeys(values),
        *_difference(check, view, values, evidence),
    ]


def _parts(check: Any, view: View) -> Iterable[tuple[Any, tuple[str, ...]]]:
    """The check's features and their arms, those included that go without saying."""
    if check.kind == "unchanged" and not check.between:
        versus = check.versus or view.control
        arms = (check.arm or view.others[0], *((versus,) if versus != "baseline" else ()))
        return [(check.feature, arms)]
    parts: Iterable[tuple[Any, tuple[str, ...]]] = check.parts()
    return parts


def joined(marks: Iterable[Mark]) -> list[Mark]:
    """Each mark once, and windows that overlap as one: shades on shades say nothing."""
    once = list(dict.fromkeys(marks))
    windows: list[Window] = []
    for window in sorted((mark for mark in once if isinstance(mark, Window)), key=_start):
        if windows and window.start <= windows[-1].stop:
            last = windows.pop()
            window = Window(last.start, max(last.stop, window.stop))
        windows.append(window)
    return [*windows, *(mark for mark in once if not isinstance(mark, Window))]


def _start(window: Window) -> float:
    return window.start


def _located(
    feature: Any, arms: tuple[str, ...], view: View
) -> Iterator[tuple[str, Point | Level | None]]:
    """(arm, the mark of what a feature reads there), for it or for the features it is made of."""
    arms = feature.arms_used() if getattr(feature, "arm", None) else arms
    if hasattr(feature, "parts"):
        for part in feature.parts():
            yield from _located(part, feature.named_arms() or arms, view)
        return
    if feature.observable != view.observable:
        return
    for arm in arms:
        run = view.arms.get(arm)
        if run is not None and view.observable in run.names:
            yield arm, _read(feature, arm, run, view)


def _read(feature: Any, arm: str, run: Any, view: View) -> Point | Level | None:
    """Where in its run a feature finds its number, as far as that is one place."""
    time = np.asarray(run.time_min, float)
    course = np.asarray(run[view.observable], float)
    start = getattr(feature, "start", None) or time[0]
    stop = time[-1] if getattr(feature, "stop", None) is None else feature.stop
    at = getattr(feature, "at", None)
    inside = (time >= start) & (time <= stop)
    if getattr(feature, "daily", None) or not inside.any():
        return None

    def point(moment: float) -> Point | None:
        value = view.convert(float(np.interp(moment, time, course)))
        return Point(arm, moment, value) if view.shows(moment) else None

    match feature.kind:
        case "peak" | "time_to_peak":
            return point(float(time[np.argmax(np.where(inside, course, -np.inf))]))
        case "trough" | "time_to_trough":
            return point(float(time[np.argmin(np.where(inside, course, np.inf))]))
        case "fasting":
            return point(feature.day * DAY + MORNING)
        case "value" | "final":
            return point(time[-1] if at is None else at)
        case "mean":
            return _mean(arm, time, course, inside, view)
        case "change_from_baseline" | "fold_change":
            if feature.start is None and feature.stop is None:
                return point(time[-1] if at is None else at)
            return _mean(arm, time, course, inside, view)
        case "change":
            return point(stop)
        case _:
            return None


def _mean(
    arm: str, time: np.ndarray[Any, Any], course: np.ndarray[Any, Any],
    inside: np.ndarray[Any, Any], view: View,
) -> Level | None:  # fmt: skip
    start, stop = float(time[inside][0]), float(time[inside][-1])
    if stop <= start or not (view.shows(start) and view.shows(stop)):
        return None
    moments, values = time[inside], course[inside]
    area = float(np.sum((values[1:] + values[:-1]) / 2 * np.diff(moments)))
    return Level(arm, start, stop, view.convert(area / (stop - start)))


def _windows(check: Any, view: View) -> Iterator[Window]:
    """The stretches the check looks at, if it looks at this observable."""
    if view.observable not in check.observables_used():
        return
    found = set()
    for window in check.windows():
        start = view.start if window.start is None else max(window.start, view.start)
        stop = view.stop if window.stop is None else min(window.stop, view.stop)
        whole = (start, stop) == (view.start, view.stop)
        if start < stop and not whole and (start, stop) not in found:
            found.add((start, stop))
            yield Window(start, stop)


def _levels(check: Any, view: View) -> Iterator[Threshold | Range]:
    """Thresholds and bands that the check compares the observable's own values with, where it does."""
    measure = Measure(display_unit(view.observable), view.observable)

    def level(written: Any, of: Any = check) -> float | None:
        threshold = measure.threshold(written)
        base = _baseline(of, view) if threshold.needs_baseline else 0.0
        return None if base is None else threshold.of(base)

    def threshold(written: Any, word: str) -> Iterator[Threshold]:
        if written is not None and (value := level(written)) is not None:
            label = f"{word} {view.text(value)}"
            yield Threshold(view.convert(value), label, *_stretch(check, view))

    match check.kind:
        case "stays_above" if check.observable == view.observable:
            yield from threshold(check.level, "not below")
        case "stays_below" if check.observable == view.observable:
            yield from threshold(check.level, "not above")
        case "stays_between" if check.observable == view.observable:
            low, high = level(check.low), level(check.high)
            if low is not None and high is not None:
                label = f"{view.text(low)} to {view.text(high)}"
                yield _range(low, high, label, check, view)
        case "lies_between" if (
            check.feature.observable == view.observable
            and check.feature.measure.unit == measure.unit
        ):
            yield from threshold(check.at_least, "at least")
            yield from threshold(check.at_most, "at most")
        case "returns_within" if check.observable == view.observable:
            base = _baseline(check, view)
            if base is not None:
                band = measure.effect(check.of_baseline).of(base)
                label = f"within {view.text(band)} of the baseline"
                yield _range(base - band, base + band, label, check, view)
        case "when_then":
            for condition in (check.when, check.then):
                if condition.observable == view.observable:
                    yield from threshold(condition.level, "level:")
        case "unchanged" if check.what.measure.unit == measure.unit:
            yield from _allowed(check, view, measure)
        case _:
            return


def _stretch(check: Any, view: View) -> tuple[float, float]:
    """From when to when the check looks, as far as the picture shows it; a moment is widened."""
    windows = check.windows()
    starts = [view.start if window.start is None else window.start for window in windows]
    stops = [view.stop if window.stop is None else window.stop for window in windows]
    start, stop = min(starts, default=view.start), max(stops, default=view.stop)
    least = SHORTEST * (view.stop - view.start)
    if stop - start < least:
        start, stop = start - least / 2, stop + least / 2
    return max(start, view.start), min(stop, view.stop)


def _range(low: float, high: float, label: str, check: Any, view: View) -> Range:
    return Range(view.convert(low), view.convert(high), label, *_stretch(check, view))


def _allowed(check: Any, view: View, measure: Measure) -> Iterator[Range]:
    """The band around the value that nothing should be far from: the second of the two compared."""
    reads = [mark for feature, arms in _parts(check, view)
             for _, mark in _located(feature, arms, view)]  # fmt: skip
    if check.versus == "baseline":
        base = _baseline(check, view)
    elif len(reads) == 2 and reads[1] is not None:
        base = view.back(reads[1].value)
    else:
        base = None
    if base is not None and reads and reads[0] is not None:
        within = measure.effect(check.within).of(base)
        label = f"within {view.text(within)}"
        yield _range(base - within, base + within, label, check, view)


def _baseline(check: Any, view: View) -> float | None:
    """The rest's number that the check calls baseline, where it is a single number."""
    arms = check.named_arms() or view.others
    run = view.arms.get(arms[0]) if arms else None
    which = getattr(check, "baseline", "mean")
    if run is None or which not in ("mean", "fasting"):
        return None
    read = run.fasting_baseline if which == "fasting" else run.baseline
    return float(read(view.observable))


def _difference(
    check: Any, view: View, values: list[Point | Level], evidence: Evidence
) -> Iterator[Mark]:
    """The bracket: between two arms for `compare`, against the rest for `rises` and `falls`."""
    if check.kind == "compare":
        # of an order of several arms, each neighbouring pair; brackets stand side by side
        if len(values) == len(check.ranked):
            read = compared(evidence)
            for n, ends in enumerate(pairwise(values)):
                yield _bracket(check, view, [*ends], read[n : n + 2], {}, n)
    elif check.kind in ("rises", "falls") and len(values) == 1 and check.versus == "baseline":
        base = _baseline(check, view)
        if base is not None:
            level = view.convert(base)
            bracket = _bracket(check, view, [values[0], level], [], evidence)
            yield Threshold(level, "baseline", view.start, bracket.time_min)
            yield bracket
    elif check.kind in ("rises", "falls") and len(values) == 2:
        yield _bracket(check, view, [*values], [], evidence)


def _bracket(
    check: Any,
    view: View,
    ends: list[Point | Level | float],
    pair: list[float],
    evidence: Evidence,
    place: int = 0,
) -> Difference:
    """The bracket between two ends; `pair` are the numbers that the check compared there."""
    span = view.stop - view.start
    lasts = [end.time_min if isinstance(end, Point) else end.stop
             for end in ends if not isinstance(end, float)]  # fmt: skip
    at = max(lasts) + (0.04 + 0.05 * place) * span
    if at > view.stop - 0.02 * span:
        at = max(lasts) - (0.05 + 0.05 * place) * span
    one, other = (end if isinstance(end, float) else end.value for end in ends)
    label = _sizes(check, view, abs(one - other), pair, evidence)
    return Difference(at, min(one, other), max(one, other), label)


def _sizes(check: Any, view: View, drawn: float, pair: list[float], evidence: Evidence) -> str:
    """The size of the difference and the least that is asked for, both in the check's own terms.

    A fold is told as a fold, a percentage as a percentage of what it is one of.
    """
    plain = f"{shown_number(drawn)} {shown_unit(view.unit)}".strip()
    measure = check.what.measure
    fold = getattr(check, "by_fold", None)
    least = check.by_at_least if check.kind == "compare" else check.at_least
    found, asked = [], []
    if least is not None and (len(pair) == 2 or evidence):
        effect = measure.effect(least)
        if len(pair) == 2:
            gap, of = pair[0] - pair[1], pair[1]
        else:
            gap, of = evidence["effect"], evidence["least"] / effect.value
        if effect.relative and of:
            found.append(f"{shown_number(100 * abs(gap / of))} %")
            asked.append(f"{shown_number(100 * effect.value)} %")
        elif measure == Measure(display_unit(view.observable), view.observable):
            found.append(plain)
            asked.append(view.text(effect.value))
        else:
            found.append(f"{shown_number(abs(gap))} {shown_unit(measure.unit)}".strip())
            asked.append(f"{shown_number(effect.value)} {shown_unit(measure.unit)}".strip())
    if fold is not None and len(pair) == 2 and pair[1]:
        found.append(f"× {shown_number(pair[0] / pair[1])}")
        asked.append(f"× {shown_number(fold)}")
    return f"{', '.join(found)}\n(at least {', '.join(asked)})" if found else plain


def compared(evidence: Evidence) -> list[float]:
    """The numbers that a comparison read, in its own order."""
    items = evidence.values()
    return [item["value"] for item in items if isinstance(item, Mapping) and "value" in item]
