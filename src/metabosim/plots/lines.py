"""A panel of courses over time, with the check drawn into it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from metabosim.plots import letters
from metabosim.plots.notes import Notes
from metabosim.plots.picture import (
    Difference,
    Event,
    Level,
    Line,
    LinePanel,
    Mark,
    Measured,
    Point,
    Range,
    Threshold,
    Window,
)
from metabosim.plots.style import CHECK, FAINT, GREEN, INK, QUIET, SIZE, ArmStyle
from metabosim.plots.time_axis import set_time_axis
from metabosim.plots.words import as_written

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# A change smaller than this share of the value is drawn flat: zooming in would make it look large.
FLAT = 0.03
LEADER = {"arrowstyle": "-", "lw": 0.8, "shrinkA": 0, "shrinkB": 0}
LABEL_GAP = 1.25  # of the letters' height
DATA_MARK: dict[str, Any] = {  # hollow, so that a course can be seen behind it
    "linestyle": "none", "marker": "D", "markersize": 7, "markerfacecolor": "white",
    "markeredgewidth": 1.8,
}  # fmt: skip
DATA_ROOM = 6.0  # points around a user's point that no note covers


def draw_lines(
    axes: Axes, panel: LinePanel, styles: dict[str, ArmStyle], time_labelled: bool = True
) -> None:
    """Draw `panel`; labels of the lines stand at their right ends, outside the axes."""
    for line in panel.lines:
        style = styles[line.arm]
        # the control is drawn under the others, so that equal courses show both
        axes.plot(line.time_min, line.values, color=style.colour, linestyle=style.dashes)
    set_time_axis(axes, panel.start, panel.stop, panel.time_unit, panel.clock, time_labelled)
    axes.set_ylim(*_limits(panel))
    axes.locator_params(axis="y", nbins=5)
    axes.grid(axis="y", color=FAINT, linewidth=0.7)
    axes.set_axisbelow(True)
    notes = Notes(axes)
    for line in panel.lines:
        notes.curve(line.time_min, line.values)
    _draw_events(axes, [mark for mark in panel.marks if isinstance(mark, Event)], panel, notes)
    for mark in panel.marks:
        _draw_mark(axes, mark, panel, styles, notes)
    for measured in panel.measured:
        _draw_measured(axes, measured, styles, notes)
    notes.write()
    if len(styles) > 1:
        _label_ends(axes, panel, styles)


def inside(panel: LinePanel, line: Line) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Which of a line's samples the panel shows."""
    shown: np.ndarray[Any, np.dtype[np.bool_]] = (line.time_min >= panel.start) & (
        line.time_min <= panel.stop
    )
    return shown


def _limits(panel: LinePanel) -> tuple[float, float]:
    """Limits of the vertical axis: all that is drawn, some air, and no zoom into nothing."""
    shown = [line.values[inside(panel, line)] for line in panel.lines]
    values = list(np.concatenate(shown)) if shown else []
    values += [value for measured in panel.measured for value in measured.values]
    values += [mark.level for mark in panel.marks if isinstance(mark, Threshold)]
    for mark in panel.marks:
        if isinstance(mark, (Range, Difference)):
            values += [mark.low, mark.high]
    low, high = (min(values), max(values)) if values else (0.0, 1.0)
    least = FLAT * max(abs(low), abs(high)) or 1.0
    if high - low < least:
        middle = (low + high) / 2
        low, high = middle - least, middle + least
    air = 0.07 * (high - low)
    above = 2.6 * air if any(isinstance(mark, Event) for mark in panel.marks) else air
    # a quantity that cannot be negative is not given room below zero
    return (max(low - air, 0.0) if low >= 0 else low - air), high + above


def _draw_mark(
    axes: Axes, mark: Mark, panel: LinePanel, styles: dict[str, ArmStyle], notes: Notes
) -> None:
    match mark:
        case Threshold(level, label, start, stop):
            ends = (panel.start if start is None else start, panel.stop if stop is None else stop)
            axes.hlines(level, *ends, CHECK, linewidth=1.4, linestyle=(0, (4, 3)), zorder=1.5)
            notes.segment(ends, (level, level))
            notes.add(label, ends, (level, level))
        case Range(low, high, label, start, stop):
            ends = (panel.start if start is None else start, panel.stop if stop is None else stop)
            axes.fill_between(ends, low, high, color=GREEN, alpha=0.2, linewidth=0, zorder=0.5)
            for edge in (low, high):
                axes.hlines(edge, *ends, GREEN, linewidth=1.2, alpha=0.7, zorder=0.6)
                notes.segment(ends, (edge, edge))
            notes.add(label, ends, (low, high))
        case Window(start, stop):
            if start > panel.start or stop < panel.stop:
                axes.axvspan(start, stop, color=CHECK, alpha=0.08, linewidth=0, zorder=0.4)
        case Point(arm, time_min, value):
            axes.plot(
                [time_min],
                [value],
                marker="o",
                markersize=9,
                markerfacecolor=styles[arm].colour,
                markeredgecolor="white",
                markeredgewidth=1.5,
                clip_on=False,  # a value at the very end of the run shows whole
                zorder=4,
            )
        case Level(arm, start, stop, value):
            axes.hlines(value, start, stop, styles[arm].colour, linewidth=6, alpha=0.45, zorder=2.5)
            notes.segment((start, stop), (value, value))
        case Difference():
            _draw_difference(axes, mark, panel, notes)


def _draw_difference(axes: Axes, mark: Difference, panel: LinePanel, notes: Notes) -> None:
    """A bracket between two values, with dotted guides from the points it compares."""
    for point in panel.marks:
        if isinstance(point, (Point, Level)) and point.value in (mark.low, mark.high):
            start = point.time_min if isinstance(point, Point) else point.stop
            axes.hlines(
                point.value, start, mark.time_min, CHECK, linestyle=":", linewidth=1.3, zorder=2
            )
    axes.annotate(
        "",
        xy=(mark.time_min, mark.low),
        xytext=(mark.time_min, mark.high),
        arrowprops={"arrowstyle": "|-|,widthA=0.35,widthB=0.35", "color": CHECK, "lw": 1.6,
                    "shrinkA": 0, "shrinkB": 0},
        zorder=3,
    )  # fmt: skip
    stroke = (mark.time_min, mark.time_min), (mark.low, mark.high)
    notes.segment(*stroke)
    notes.add(mark.label, *stroke)


def _draw_measured(
    axes: Axes, measured: Measured, styles: dict[str, ArmStyle], notes: Notes
) -> None:
    """A user's own points, in the colour of the arm they belong to."""
    colour = INK if measured.arm is None else styles[measured.arm].colour
    axes.plot(measured.time_min, measured.values, color=colour, zorder=4.5, **DATA_MARK)
    for x, y in notes.points(measured.time_min, measured.values):
        notes.block(x - DATA_ROOM, y - DATA_ROOM, x + DATA_ROOM, y + DATA_ROOM)


def _draw_events(axes: Axes, events: Iterable[Event], panel: LinePanel, notes: Notes) -> None:
    """Small triangles at the top edge, with their names: once each, and none without a name."""
    shown = [event for event in events if panel.start <= event.time_min <= panel.stop]
    at: dict[float, list[str]] = {}
    for event in sorted(shown, key=lambda event: event.time_min):
        at.setdefault(event.time_min, []).append(event.label)
    span = panel.stop - panel.start
    free = -np.inf  # where the last name ends
    top = axes.get_xaxis_transform()
    known: set[str] = set()
    for time_min, labels in at.items():
        # "dose" says nothing beside the drug's name
        label = ", ".join([text for text in labels if text != "dose"] or labels)
        room = (letters.width(label, SIZE["small"]) * 72 + 20) / notes.width * span
        near_end = time_min + room > panel.stop
        left = time_min - room if near_end else time_min
        if left < max(free, panel.start):
            # no room for the name: a triangle may stand for a name that was given before
            if label not in known:
                continue
        elif label not in known:
            free = time_min if near_end else time_min + room
            axes.annotate(
                label,
                (time_min, 0.975),
                xycoords=top,
                xytext=(-8 if near_end else 8, 0),
                textcoords="offset points",
                ha="right" if near_end else "left",
                va="center",
                fontsize=SIZE["small"],
                color=QUIET,
            )
            known.add(label)
            ends = [(x - panel.start) / span * notes.width for x in (left, left + room)]
            notes.block(ends[0], notes.height - 12, ends[1], notes.height)
        axes.plot(
            [time_min], [0.975], marker="v", markersize=8, color=QUIET, transform=top,
            clip_on=False, linestyle="none",
        )  # fmt: skip


def _label_ends(axes: Axes, panel: LinePanel, styles: dict[str, ArmStyle]) -> None:
    """Write each arm's name at the end of its line, moved apart where lines end together."""
    box = axes.get_window_extent()
    points = box.height * 72 / axes.figure.dpi
    low, high = axes.get_ylim()
    ends = []
    for line in panel.lines:
        values = line.values[inside(panel, line)]
        if len(values):
            ends.append((line, (float(values[-1]) - low) / (high - low) * points))
    height = SIZE["text"]
    places = letters.spread([end for _, end in ends], height * LABEL_GAP, 0, points)
    moved = [abs(place - end) > height / 2 for (_, end), place in zip(ends, places, strict=True)]
    for (line, end), place, leader in zip(ends, places, moved, strict=True):
        if leader:
            axes.annotate(
                "",
                xy=(1, end / points),
                xytext=(14, place - end),
                xycoords="axes fraction",
                textcoords="offset points",
                arrowprops={**LEADER, "color": styles[line.arm].colour},
            )
        axes.annotate(
            as_written(line.arm),
            (1, place / points),
            xytext=(16 if any(moved) else 8, 0),
            xycoords="axes fraction",
            textcoords="offset points",
            va="center",
            color=styles[line.arm].letters,
            fontsize=SIZE["text"],
            fontweight="bold",
        )
