"""What decides a claim: the strongest factors of a sensitivity analysis, and how the margin is spread."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from metabosim.plots import letters
from metabosim.plots.figure import DPI, LINE, MARGIN, WIDTH, saved
from metabosim.plots.style import (
    BLACK,
    BLUE,
    FAINT,
    INK,
    LETTER_COLOURS,
    NEUTRAL,
    QUIET,
    SETTINGS,
    SIZE,
    VERMILLION,
    shown_number,
)
from metabosim.plots.words import as_written
from metabosim.version import NOTE

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from metabosim.output import Stamp
    from metabosim.sensitivity import Finding

BODY = 4.1  # inches: the panels
KEY, AXIS = 0.85, 0.6  # inches above and below the panels
MOST = 12  # factors that have a bar
NAMED = 6  # factors that have their name beside their mark
BINS = 40
ONE_WAY = 0.5  # of mu* that mu must be, for the direction to be said

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Effect:
    """A factor of Morris's screening: mean size of its effects with half its interval, their mean, their spread."""

    name: str
    mu_star: float
    interval: float
    mu: float
    sigma: float

    @property
    def way(self) -> Literal["up", "down", "either"]:
        """Where the margin goes, as a rule, with more of it."""
        if abs(self.mu) < ONE_WAY * self.mu_star:
            return "either"
        return "up" if self.mu > 0 else "down"


@dataclass(frozen=True)
class Share:
    """A factor's shares of the margin's variance: alone and in all, with half their intervals."""

    name: str
    alone: float
    alone_interval: float
    total: float
    total_interval: float


@dataclass(frozen=True)
class DecisivePicture:
    """What is drawn: `factors`, strongest first, and the relative margins of all runs, `own` without any change."""

    title: str
    subtitle: str
    factors: Sequence[Effect | Share]
    margins: Floats
    own: float | None
    footer: tuple[str, ...]


WAYS = {
    "up": (BLUE, "o", "more of it, more margin"),
    "down": (VERMILLION, "s", "more of it, less margin"),
    "either": (NEUTRAL, "D", "either way, as the others are"),
}


def decisive_picture(found: Finding, stamp: Stamp) -> DecisivePicture:
    """What to draw of a finding."""
    question, table, own = found.question, found.table, found.own
    kind: type[Effect] | type[Share] = Effect if table.method == "morris" else Share
    factors = [
        kind(factor.name, *(float(value or 0.0) for value in values[: len(fields(kind)) - 1]))
        for factor, values in table.rows
        if values[0] is not None
    ]
    varied = f"{len(table.factors)} {question.over}"
    if found.screened is not None:
        varied += f" (the strongest of {found.screened} by a screening)"
    subtitle = (
        f"What decides whether this holds? {varied} varied {found.spans()}: {found.in_words()}."
    )
    meaning = (
        "Margin: of the check with the least to spare, in sizes that count (above 0 the claim holds); "
        f"with nothing changed {'none' if own.margin is None else shown_number(own.margin)}. "
        f"{NOTE[0].upper()}{NOTE[1:]}: what decides in the model may not decide in people."
    )
    return DecisivePicture(
        question.scenario.title, subtitle, factors, found.margins, own.margin, (meaning, stamp.line)
    )


def decisive_png_and_svg(picture: DecisivePicture, stamp: Stamp) -> tuple[bytes, bytes]:
    """The picture as the bytes of a PNG and an SVG."""
    return saved(draw_decisive(picture), stamp)


def draw_decisive(picture: DecisivePicture) -> Figure:
    """Bars of the strongest factors; beside them effects against their spread, or the margins of all runs."""
    import matplotlib as mpl
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    shown = list(picture.factors)[:MOST]
    effects = [one for one in shown if isinstance(one, Effect)]
    shares = [one for one in shown if isinstance(one, Share)]
    beside = max(letters.width(as_written(one.name), SIZE["tick"]) for one in shown) + 0.65
    inches = WIDTH - 2 * MARGIN
    head = [
        *(
            (line, SIZE["title"], True)
            for line in letters.wrap(picture.title, SIZE["title"], inches, bold=True)
        ),
        *(
            (line, SIZE["text"], False)
            for line in letters.wrap(picture.subtitle, SIZE["text"], inches)
        ),
    ]
    foot = [line for text in picture.footer for line in letters.wrap(text, SIZE["small"], inches)]
    above = 0.2 + sum(size * LINE for _, size, _ in head)
    below = 0.25 + len(foot) * SIZE["small"] * LINE
    height = above + KEY + BODY + AXIS + below
    with mpl.rc_context({**SETTINGS, "text.parse_math": False}):
        figure = Figure(figsize=(WIDTH, height), dpi=DPI)
        FigureCanvasAgg(figure)
        y = height - 0.2
        for line, size, bold in head:
            y -= size * LINE
            figure.text(
                MARGIN / WIDTH, (y + 0.25 * size * LINE) / height, line, size=size,
                weight="bold" if bold else "normal", color=INK if bold else QUIET,
            )  # fmt: skip
        figure.text(
            MARGIN / WIDTH,
            0.15 / height,
            "\n".join(foot),
            size=SIZE["small"],
            color=QUIET,
            va="bottom",
        )
        place = {"bottom": (below + AXIS) / height, "height": BODY / height}
        left = _axes(figure, beside / WIDTH, 0.55, **place)
        right = _axes(figure, 0.66, 0.97, **place)
        if effects:
            _effects(left, effects)
            _spread(right, effects)
        else:
            _shares(left, shares)
            _margins(right, picture)
        keyed = right if effects else left
        figure.legend(
            *keyed.get_legend_handles_labels(), frameon=False, ncols=3, fontsize=SIZE["tick"],
            loc="upper left", bbox_to_anchor=((MARGIN - 0.1) / WIDTH, (height - above) / height),
        )  # fmt: skip
    return figure


def _axes(figure: Figure, start: float, stop: float, *, bottom: float, height: float) -> Axes:
    axes = figure.add_axes((start, bottom, stop - start, height))
    axes.locator_params(axis="x", nbins=6)
    return axes


def _names(axes: Axes, names: Sequence[str]) -> None:
    axes.set_yticks(range(len(names)), [as_written(name) for name in names])
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.grid(axis="x", color=FAINT, linewidth=0.7)
    axes.set_axisbelow(True)
    axes.axvline(0.0, color=INK, linewidth=1)


def _heading(axes: Axes, text: str) -> None:
    axes.set_title(text, loc="left", size=SIZE["text"] + 0.5, weight="bold")


def _effects(axes: Axes, effects: Sequence[Effect]) -> None:
    for place, one in enumerate(effects):
        axes.barh(place, one.mu_star, height=0.62, color=WAYS[one.way][0])
        low = max(0.0, one.mu_star - one.interval)
        axes.plot([low, one.mu_star + one.interval], [place, place], color=BLACK, lw=1.6)
    _names(axes, [one.name for one in effects])
    axes.set_xlim(left=0.0)
    axes.set_xlabel("Mean size of effect on the margin, µ* (with 95 % interval)")
    _heading(axes, "What moves the margin")


def _spread(axes: Axes, effects: Sequence[Effect]) -> None:
    """Spread against mean size: above the line an effect depends more on the others than it has size of its own."""
    for way, (colour, marker, label) in WAYS.items():
        mine = [one for one in effects if one.way == way]
        if mine:
            axes.scatter(
                [one.mu_star for one in mine], [one.sigma for one in mine],
                s=52, color=colour, marker=marker, label=label, zorder=3,
            )  # fmt: skip
    high = 1.12 * max(max(one.mu_star, one.sigma) for one in effects) or 1.0
    axes.plot([0, high], [0, high], color=QUIET, lw=1.0, ls=(0, (4, 3)))
    axes.set_xlim(0.0, high)
    axes.set_ylim(0.0, high)
    _label(axes, effects[:NAMED], high)
    axes.grid(color=FAINT, linewidth=0.7)
    axes.set_axisbelow(True)
    axes.set_xlabel("Mean size of effect, µ*")
    axes.set_ylabel("Spread of effect, σ")
    _heading(axes, "Alone (low) or with others (high)")


def _label(axes: Axes, effects: Sequence[Effect], high: float) -> None:
    """Names beside the marks, on whichever side there is more room, kept apart from each other."""
    sides = [one.mu_star > 0.5 * high for one in effects]
    for right in (True, False):
        mine = [one for one, side in zip(effects, sides, strict=True) if side is right]
        wanted = [one.sigma for one in mine]
        places = letters.spread(wanted, 0.05 * high, 0.03 * high, 0.97 * high)
        for one, y in zip(mine, places, strict=True):
            axes.annotate(
                as_written(one.name), (one.mu_star, one.sigma),
                xytext=(one.mu_star + (-0.03 if right else 0.03) * high, y),
                ha="right" if right else "left", va="center", fontsize=SIZE["small"] + 1,
                color=LETTER_COLOURS.get(WAYS[one.way][0], INK),
                arrowprops={"arrowstyle": "-", "color": FAINT, "lw": 0.8}, zorder=2,
            )  # fmt: skip


def _shares(axes: Axes, shares: Sequence[Share]) -> None:
    for place, one in enumerate(shares):
        for up, value, half, colour, label in (
            (-0.19, one.total, one.total_interval, BLUE, "in all, with the others (ST)"),
            (0.19, one.alone, one.alone_interval, VERMILLION, "alone (S1)"),
        ):
            axes.barh(place + up, value, height=0.34, color=colour, label=None if place else label)
            axes.plot([value - half, value + half], [place + up] * 2, color=BLACK, lw=1.6)
    _names(axes, [one.name for one in shares])
    axes.set_xlabel("Share of the margin's variance (with 95 % interval)")
    _heading(axes, "Whose variation the margin's is")


def _margins(axes: Axes, picture: DecisivePicture) -> None:
    """How the margins of all runs are spread; the few that lie far out are in the last bars."""
    low, high = np.quantile(picture.margins, (0.01, 0.99))
    inside = np.clip(picture.margins, low, high)
    width = (max(high, 0.0) - min(low, 0.0)) / BINS or 1.0
    # zero is an edge, so that no bar is of both kinds
    edges = width * np.arange(np.floor(min(low, 0.0) / width), np.ceil(max(high, 0.0) / width) + 1)
    for part, colour, label in (
        (inside[picture.margins > 0.0], BLUE, "holds"),
        (inside[picture.margins <= 0.0], VERMILLION, "fails"),
    ):
        if part.size:
            axes.hist(part, bins=edges.tolist(), color=colour, label=f"{label}: {part.size:,} runs")
    axes.axvline(0.0, color=INK, linewidth=1)
    if picture.own is not None:
        axes.axvline(picture.own, color=BLACK, lw=1.6, ls=(0, (4, 3)), label="nothing changed")
    axes.set_ylim(top=1.25 * axes.get_ylim()[1])  # room for the key
    axes.legend(frameon=False, fontsize=SIZE["small"] + 1, loc="upper left")
    axes.set_xlabel("Margin (what is far out is in the last bars)")
    axes.set_ylabel("Runs")
    _heading(axes, "How often it holds")
