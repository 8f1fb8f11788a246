"""Panels whose horizontal axis is not time: bars, and curves over doses or levels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from metabosim.plots import letters
from metabosim.plots.lines import LABEL_GAP
from metabosim.plots.picture import Bar, BarPanel, CurvePanel
from metabosim.plots.style import (
    CHECK,
    EXPECTED,
    FAINT,
    INK,
    NEUTRAL,
    SIZE,
    ArmStyle,
    shown_number,
    shown_unit,
)
from metabosim.plots.words import as_written

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LABEL_INCHES = 2.2


def draw_bars(axes: Axes, panel: BarPanel, styles: dict[str, ArmStyle]) -> None:
    """Horizontal bars, named at the left and with their size at the end; zero is always shown."""
    from matplotlib.patheffects import withStroke

    places = range(len(panel.bars))
    unit = shown_unit(panel.unit)
    for place, bar in zip(places, panel.bars, strict=True):
        colour = styles[bar.arm].colour if bar.arm in styles else NEUTRAL
        axes.barh(place, bar.value, height=0.62, color=EXPECTED if bar.expected else colour)
        axes.annotate(
            _size_text(bar, unit),
            (bar.value, place),
            xytext=(6 if bar.value >= 0 else -6, 0),
            textcoords="offset points",
            va="center",
            ha="left" if bar.value >= 0 else "right",
            fontsize=SIZE["text"],
            path_effects=[withStroke(linewidth=3, foreground="white")],
        )
    for threshold in panel.thresholds:
        axes.axvline(threshold.level, color=CHECK, linewidth=1.4, linestyle=(0, (4, 3)))
    values = [0.0, *(bar.value for bar in panel.bars), *(t.level for t in panel.thresholds)]
    span = max(values) - min(values) or 1.0
    # room for the sizes at the ends of the bars
    inches = axes.get_window_extent().width / axes.figure.dpi
    sizes = [letters.width(_size_text(bar, unit), SIZE["text"]) for bar in panel.bars]
    named = [letters.width(one.label, SIZE["small"] + 1) for one in panel.thresholds]
    longest = max([*sizes, *named], default=0.0) + 0.25
    ends = (min(values) < 0) + (max(values) > 0)
    room = span * min(1.2, longest / max(inches - ends * longest, 0.1))
    axes.set_xlim(
        min(values) - (room if min(values) < 0 else 0),
        max(values) + (room if max(values) > 0 else 0.05 * span),
    )
    _label_thresholds(axes, panel, inches)
    axes.axvline(0, color=INK, linewidth=1)
    axes.set_yticks(list(places), ["\n".join(bar_label(bar)) for bar in panel.bars])
    axes.set_ylim(len(panel.bars) - 0.4, -0.6 - 0.4 * len(panel.thresholds))
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.locator_params(axis="x", nbins=6 if inches > 3 else 3)
    axes.grid(axis="x", color=FAINT, linewidth=0.7)
    axes.set_axisbelow(True)


def _size_text(bar: Bar, unit: str) -> str:
    return bar.note or f"{shown_number(bar.value)} {unit}".strip()


def _label_thresholds(axes: Axes, panel: BarPanel, inches: float) -> None:
    """What the dashed lines are; of two, the lower one's to its left, so that they keep apart."""
    low, high = axes.get_xlim()
    lowest = min((threshold.level for threshold in panel.thresholds), default=0.0)
    for n, threshold in enumerate(panel.thresholds):
        room = (threshold.level - low) / (high - low) * inches
        left = (
            len(panel.thresholds) > 1
            and threshold.level == lowest
            and room > letters.width(threshold.label, SIZE["small"] + 1)
        )
        axes.annotate(
            threshold.label,
            (threshold.level, 1),
            xycoords=axes.get_xaxis_transform(),
            # one above the other: they may be close
            xytext=(-4 if left else 4, -2 - n * 1.3 * SIZE["small"]),
            textcoords="offset points",
            ha="right" if left else "left",
            va="top",
            fontsize=SIZE["small"] + 1,
            color=CHECK,
        )


def bar_label(bar: Bar) -> list[str]:
    """A bar's name in lines that leave room for the bars."""
    return letters.wrap(bar.label, SIZE["tick"], LABEL_INCHES)


def draw_curves(axes: Axes, panel: CurvePanel, styles: dict[str, ArmStyle]) -> None:
    """Points joined by lines over doses or levels, named at their right ends."""
    for curve in panel.curves:
        style = styles[curve.arm]
        axes.plot(
            curve.at,
            curve.values,
            color=style.colour,
            linestyle=style.dashes,
            marker="o",
            markersize=8,
            markeredgecolor="white",
        )
    for threshold in panel.thresholds:
        axes.axhline(threshold.level, color=CHECK, linewidth=1.4, linestyle=(0, (4, 3)))
        axes.annotate(
            threshold.label,
            (0, threshold.level),
            xycoords=axes.get_yaxis_transform(),
            xytext=(6, 3),
            textcoords="offset points",
            fontsize=SIZE["small"] + 1,
            color=CHECK,
        )
    axes.margins(x=0.03, y=0.12)
    axes.grid(axis="y", color=FAINT, linewidth=0.7)
    axes.set_axisbelow(True)
    unit = shown_unit(panel.across_unit)
    axes.set_xlabel(f"{panel.across} ({unit})" if unit else panel.across)
    if len(panel.curves) > 1:
        _label_curves(axes, panel, styles)


def _label_curves(axes: Axes, panel: CurvePanel, styles: dict[str, ArmStyle]) -> None:
    points = axes.get_window_extent().height * 72 / axes.figure.dpi
    low, high = axes.get_ylim()
    wanted = [(curve.values[-1] - low) / (high - low) * points for curve in panel.curves]
    places = letters.spread(wanted, SIZE["text"] * LABEL_GAP, 0, points)
    for curve, place in zip(panel.curves, places, strict=True):
        axes.annotate(
            as_written(curve.arm),
            (1, place / points),
            xytext=(8, 0),
            xycoords="axes fraction",
            textcoords="offset points",
            va="center",
            color=styles[curve.arm].letters,
            fontweight="bold",
        )
