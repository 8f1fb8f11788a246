"""A population at a glance: a waterfall of everybody's change, and what goes with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from metabosim.plots import letters
from metabosim.plots.figure import saved
from metabosim.plots.style import INK, QUIET, SETTINGS, SIZE, arm_styles, shown_unit

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from metabosim.output import Stamp

WIDTH, HEIGHT = 13.33, 7.5  # inches: a slide
MOST = 2000  # people drawn of an arm; of more, every so many

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Outcome:
    """An observable of everybody in an arm: where it began, and where it ended (people,)."""

    start: Floats
    end: Floats

    @property
    def change(self) -> Floats:
        """By how much it changed."""
        return np.asarray(self.end - self.start)

    def thinned(self) -> Outcome:
        """At most MOST people, evenly taken."""
        step = -(-len(self.start) // MOST)
        return Outcome(self.start[::step], self.end[::step])


@dataclass(frozen=True)
class CohortPicture:
    """What is drawn: by arm, the outcome, and another observable of the same people."""

    title: str
    subtitle: str
    outcome: tuple[str, str]  # name for a reader, unit
    other: tuple[str, str]
    arms: Mapping[str, tuple[Outcome, Outcome]]
    footer: tuple[str, ...]


def draw_cohort(picture: CohortPicture) -> Figure:
    """Waterfall above; below, change against where somebody began, and change against change."""
    import matplotlib as mpl
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    styles = arm_styles(picture.arms)
    with mpl.rc_context(SETTINGS):
        figure = Figure(figsize=(WIDTH, HEIGHT))
        FigureCanvasAgg(figure)
        grid = figure.add_gridspec(
            2, 2, left=0.08, right=0.97, top=0.80, bottom=0.14, hspace=0.55, wspace=0.22
        )
        figure.text(0.034, 0.955, picture.title, size=SIZE["title"], weight="bold", va="top")
        figure.text(0.034, 0.895, picture.subtitle, size=SIZE["text"], color=QUIET, va="top")
        lines = [
            line
            for text in picture.footer
            for line in letters.wrap(text, SIZE["small"], WIDTH - 0.9)
        ]
        figure.text(0.034, 0.02, "\n".join(lines), size=SIZE["small"], color=QUIET, va="bottom")
        _waterfall(figure.add_subplot(grid[0, :]), picture, styles)
        _against_start(figure.add_subplot(grid[1, 0]), picture, styles)
        _against_other(figure.add_subplot(grid[1, 1]), picture, styles)
        return figure


def cohort_png_and_svg(picture: CohortPicture, stamp: Stamp) -> tuple[bytes, bytes]:
    """The picture as the bytes of a PNG and an SVG."""
    return saved(draw_cohort(picture), stamp)


def _label(what: tuple[str, str], change: bool = False) -> str:
    name, unit = what[0], shown_unit(what[1])
    return f"{'Change of ' + name[0].lower() + name[1:] if change else name}{unit and f' ({unit})'}"


def _waterfall(axes: Axes, picture: CohortPicture, styles: dict[str, Any]) -> None:
    """Everybody's change, in order: each arm over the same width, whatever its number of people."""
    for arm, (outcome, _) in picture.arms.items():
        change = np.sort(outcome.thinned().change)[::-1]
        share = (np.arange(len(change)) + 0.5) / len(change) * 100.0
        style = styles[arm]
        axes.fill_between(share, change, 0.0, step="mid", color=style.colour, alpha=0.18, lw=0)
        axes.step(
            share, change, where="mid", color=style.colour, linestyle=style.dashes,
            label=f"{arm.replace('_', ' ').replace('-', ' ')} (n = {len(outcome.start)})",
        )  # fmt: skip
    axes.axhline(0.0, color=INK, lw=0.9)
    axes.set_xlim(0.0, 100.0)
    axes.set_xlabel("Simulated subjects of the arm, from the largest rise to the largest fall (%)")
    axes.set_ylabel(_label(picture.outcome, change=True), wrap=True)
    axes.legend(frameon=False, loc="best", fontsize=SIZE["tick"])


def _scatter(axes: Axes, arm: str, x: Floats, y: Floats, styles: dict[str, Any]) -> None:
    marker = "oDs^vP*"[list(styles).index(arm) % 7]
    axes.scatter(x, y, s=16, marker=marker, color=styles[arm].colour, alpha=0.45, linewidths=0)


def _against_start(axes: Axes, picture: CohortPicture, styles: dict[str, Any]) -> None:
    for arm, (outcome, _) in picture.arms.items():
        seen = outcome.thinned()
        _scatter(axes, arm, seen.start, seen.change, styles)
    axes.axhline(0.0, color=INK, lw=0.9)
    axes.set_title("Who began higher", loc="left", size=SIZE["text"], weight="bold")
    axes.set_xlabel(_label(picture.outcome) + " before")
    axes.set_ylabel("change")


def _against_other(axes: Axes, picture: CohortPicture, styles: dict[str, Any]) -> None:
    for arm, (outcome, other) in picture.arms.items():
        _scatter(axes, arm, other.thinned().change, outcome.thinned().change, styles)
    axes.axhline(0.0, color=INK, lw=0.9)
    axes.axvline(0.0, color=INK, lw=0.9)
    axes.set_title("What changed with it", loc="left", size=SIZE["text"], weight="bold")
    axes.set_xlabel(_label(picture.other, change=True))
    axes.set_ylabel("change")
