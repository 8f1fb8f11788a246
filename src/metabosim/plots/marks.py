"""The check drawn into the picture: where it looked, what it read, what it compared with."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from metabosim.plots.picture import Difference, Level, Mark, Point, Range, Threshold, Window
from metabosim.plots.style import shown_number, shown_unit

MORNING, DAY = 420.0, 1440.0


@dataclass(frozen=True)
class View:
    """One panel's view of the runs: which observable, in which unit, over which stretch.

    `convert` turns a value in the inside unit into the panel's unit; `arms` are the scenario's
    runs by arm, `others` the arms a check means when it names none.
    """

    observable: str
    unit: str
    start: float
    stop: float
    arms: Mapping[str, Any]
    others: tuple[str, ...]
    convert: Callable[[float], float]

    def text(self, value: float) -> str:
        """A value of the panel (inside unit) with its unit, for a label."""
        return f"{shown_number(self.convert(value))} {shown_unit(self.unit)}".strip()

    def shows(self, time_min: float) -> bool:
        """Whether a moment is in the picture."""
        return self.start <= time_min <= self.stop


def marks_of(check: Any, view: View) -> list[Mark]:
    """Everything that can be drawn of `check` into the panel; nothing if it is not about it."""
    if check.kind == "refuted":
        return marks_of(check.check, view)
    read = [
        found
        for feature, arms in check.parts()
        for found in _located(feature, arms or view.others, view)
    ]
    values = [mark for _, mark in read if mark is not None]
    return [
        *_windows(check, view),
        *_levels(check, view),
        *dict.fromkeys(values),
        *_difference(check, view, values),
    ]


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
    """Thresholds and bands that the check compares the observable's own values with."""
    from metabosim.scenario.vocabulary.quantities import Measure
    from metabosim.units import display_unit

    measure = Measure(display_unit(view.observable), view.observable)

    def level(written: Any) -> float | None:
        threshold = measure.threshold(written)
        base = _baseline(check, view) if threshold.needs_baseline else 0.0
        return None if base is None else threshold.of(base)

    def threshold(written: Any, word: str) -> Iterator[Threshold]:
        if written is not None and (value := level(written)) is not None:
            yield Threshold(view.convert(value), f"{word} {view.text(value)}")

    match check.kind:
        case "stays_above" if check.observable == view.observable:
            yield from threshold(check.level, "not below")
        case "stays_below" if check.observable == view.observable:
            yield from threshold(check.level, "not above")
        case "stays_between" if check.observable == view.observable:
            low, high = level(check.low), level(check.high)
            if low is not None and high is not None:
                label = f"{view.text(low)} to {view.text(high)}"
                yield Range(view.convert(low), view.convert(high), label)
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
                yield Range(view.convert(base - band), view.convert(base + band), label)
        case "when_then":
            for condition in (check.when, check.then):
                if condition.observable == view.observable:
                    yield from threshold(condition.level, "level:")
        case _:
            return


def _baseline(check: Any, view: View) -> float | None:
    """The rest's number that the check calls baseline, where it is a single number."""
    arms = check.named_arms() or view.others
    run = view.arms.get(arms[0]) if arms else None
    which = getattr(check, "baseline", "mean")
    if run is None or which not in ("mean", "fasting"):
        return None
    read = run.fasting_baseline if which == "fasting" else run.baseline
    return float(read(view.observable))


def _difference(check: Any, view: View, values: list[Point | Level]) -> Iterator[Mark]:
    """The bracket: between two arms for `compare`, against the rest for `rises` and `falls`."""
    if check.kind == "compare":
        ends = list(dict.fromkeys(values))
        if len(ends) == 2:
            yield from _bracket(view, ends, ends[0].value, ends[1].value, _least(check, view))
    elif check.kind in ("rises", "falls") and len(values) == 1 and check.versus == "baseline":
        base = _baseline(check, view)
        if base is not None:
            yield Threshold(view.convert(base), "baseline")
            least = _effect_text(check.what.measure, check.at_least, view, "at least")
            yield from _bracket(view, values, values[0].value, view.convert(base), least)
    elif check.kind in ("rises", "falls") and len(values) == 2:
        least = _effect_text(check.what.measure, check.at_least, view, "at least")
        yield from _bracket(view, values, values[0].value, values[1].value, least)


def _bracket(
    view: View, ends: list[Point | Level], one: float, other: float, least: str
) -> Iterator[Difference]:
    span = view.stop - view.start
    last = max(end.time_min if isinstance(end, Point) else end.stop for end in ends)
    place = last + 0.04 * span
    if place > view.stop - 0.02 * span:
        place = last - 0.05 * span
    size = f"{shown_number(abs(one - other))} {shown_unit(view.unit)}".strip()
    label = f"{size}\n({least})" if least else size
    yield Difference(place, min(one, other), max(one, other), label)


def _least(check: Any, view: View) -> str:
    """The smallest effect that a comparison asks for."""
    if check.by_at_least is not None:
        return _effect_text(check.what.measure, check.by_at_least, view, "at least")
    return f"at least × {shown_number(check.by_fold)}"


def _effect_text(measure: Any, written: Any, view: View, word: str) -> str:
    effect = measure.effect(written)
    if effect.relative:
        return f"{word} {shown_number(100 * effect.value)} %"
    if measure.column != view.observable:
        return f"{word} {written}"
    return f"{word} {view.text(effect.value)}"
