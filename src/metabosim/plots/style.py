"""Colours, line styles, letters: made for a projector and for all kinds of eyes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

# Okabe and Ito's palette without its yellow, which fades on a white wall; the control is black.
BLACK, BLUE, VERMILLION, GREEN = "#000000", "#0072B2", "#D55E00", "#009E73"
PURPLE, ORANGE, SKY = "#CC79A7", "#E69F00", "#56B4E9"
# for the eighth arm and on, dark ones from Tol's palettes
WINE, INDIGO, OLIVE = "#882255", "#332288", "#6B6B00"
# the light ones are darker in letters, which are thinner than lines
LETTER_COLOURS = {PURPLE: "#9C3F75", ORANGE: "#8F6200", SKY: "#1B6E9C", GREEN: "#00734F"}
LETTER_COLOURS |= {VERMILLION: "#B34700"}
COLOURS = (VERMILLION, BLUE, GREEN, PURPLE, ORANGE, SKY, WINE, INDIGO, OLIVE)
DASHES = (
    "--", "-.", ":", (0, (7, 2, 1, 2, 1, 2)), (0, (9, 3)), (0, (2, 1)), (0, (5, 1, 1, 1)),
    (0, (1, 3)), (0, (12, 2, 2, 2)),
)  # fmt: skip
INK, QUIET, FAINT = "#1a1a1a", "#595959", "#d9d9d9"
CHECK = "#5c5c5c"
NEUTRAL, EXPECTED = "#7d8a91", "#c9ced1"  # bars that are no arm's; what a null expects
# What each becomes on a dark page, by hue; `NIGHT` is the page itself.
NIGHT = "#16191d"
DARK = {
    BLACK: "#f2f2f2", BLUE: "#56b4e9", VERMILLION: "#ff8c42", GREEN: "#34c79a", PURPLE: "#e29ac3",
    ORANGE: "#f0b429", SKY: "#8fd0f5", WINE: "#e07fae", INDIGO: "#a99cf5", OLIVE: "#c2c24a",
    "#9C3F75": "#e29ac3", "#8F6200": "#f0b429", "#1B6E9C": "#8fd0f5", "#00734F": "#34c79a",
    "#B34700": "#ff8c42", INK: "#e9ecef", QUIET: "#b3bac1", FAINT: "#3b4249", CHECK: "#b9bfc6",
    NEUTRAL: "#8a979f", EXPECTED: "#4a5258", "#ffffff": NIGHT,
}  # fmt: skip
VERDICT_COLOURS = {"holds": "#00694d", "fails": "#b03a00"}

SIZE = {"title": 21.0, "claim": 14.5, "text": 13.0, "tick": 12.5, "small": 10.0}

SETTINGS: dict[Any, Any] = {
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],  # comes with matplotlib, so pictures repeat everywhere
    "font.size": SIZE["text"],
    "axes.edgecolor": QUIET,
    "axes.labelcolor": INK,
    "axes.labelsize": SIZE["text"],
    "axes.linewidth": 0.9,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.unicode_minus": True,
    "lines.linewidth": 2.6,
    "lines.solid_capstyle": "round",
    "text.color": INK,
    "xtick.color": QUIET,
    "xtick.labelcolor": INK,
    "xtick.labelsize": SIZE["tick"],
    "ytick.color": QUIET,
    "ytick.labelcolor": INK,
    "ytick.labelsize": SIZE["tick"],
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
    "svg.fonttype": "path",  # the same shapes on every machine
    "svg.hashsalt": "metabosim",  # names inside the SVG repeat from run to run
}


@dataclass(frozen=True, slots=True)
class ArmStyle:
    """How one arm is drawn, in every panel."""

    colour: str
    dashes: Any

    @property
    def letters(self) -> str:
        """The colour of the arm's name, dark enough to be read on white."""
        return LETTER_COLOURS.get(self.colour, self.colour)


def arm_styles(arms: Iterable[str]) -> dict[str, ArmStyle]:
    """A colour and a line style for each arm, the first being the control."""
    first, *others = arms
    # only the control is black and solid; from the tenth on, colours meet other dashes
    styles = {
        arm: ArmStyle(COLOURS[n % len(COLOURS)], DASHES[(n + n // len(COLOURS)) % len(DASHES)])
        for n, arm in enumerate(others)
    }
    return {first: ArmStyle(BLACK, "-"), **styles}


# Units as a reader writes them; of the others only the signs change.
_UNITS = {"1": "", "MJ/d": "MJ per day", "kcal/d": "kcal per day"}


def shown_unit(unit: str) -> str:
    """A unit for print; a dimensionless one is empty."""
    return _UNITS.get(unit, unit.replace("ug", "µg").replace("uU", "µU").replace("*", "·"))


def shown_number(value: float) -> str:
    """A number as one would say it: three digits, no exponent for everyday sizes, a true minus."""
    text = f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
    return text.replace("-", "−").replace(",", "\u202f")
