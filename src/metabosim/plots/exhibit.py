"""A scenario's plot for a page: panels as SVG that stands in HTML, and what the page says in its own text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from io import BytesIO
from typing import TYPE_CHECKING, Any, NamedTuple

from metabosim.plots.figure import draw
from metabosim.plots.inline_svg import inline_svg
from metabosim.plots.picture import Picture, TablePanel
from metabosim.plots.style import SETTINGS, arm_styles
from metabosim.plots.words import as_written

if TYPE_CHECKING:
    from matplotlib.figure import Figure

WIDTH = 8.0  # inches: letters are still read where the page is a phone's


class Swatch(NamedTuple):
    """An arm in the key: its name and words, and how it is drawn (`dashes` as SVG has them, or none)."""

    name: str
    words: str
    colour: str
    dashes: str


@dataclass(frozen=True, slots=True)
class Exhibit:
    """The plot of a scenario: `svg` has the panels (empty if all are tables), `tables` the tables."""

    svg: str
    key: tuple[Swatch, ...]
    tables: tuple[TablePanel, ...]
    titles: tuple[str, ...]


def exhibit_of(picture: Picture, name: str) -> Exhibit:
    """The picture, taken apart for a page; `name` begins the ids in it, which must differ on the page."""
    panels = tuple(panel for panel in picture.panels if not isinstance(panel, TablePanel))
    return Exhibit(
        _svg(replace(picture, panels=panels), name) if panels else "",
        tuple(_key(picture)) if len(picture.arms) > 1 and panels else (),
        tuple(panel for panel in picture.panels if isinstance(panel, TablePanel)),
        tuple(panel.title for panel in panels),
    )


def _key(picture: Picture) -> Iterator[Swatch]:
    for arm, style in arm_styles(picture.arms).items():
        yield Swatch(as_written(arm), picture.arms[arm], style.colour, dash_array(style.dashes))


def dash_array(dashes: Any) -> str:
    """matplotlib's dashes as those of SVG, for a line of the usual width; a solid line has none."""
    import matplotlib as mpl

    default = mpl.rcParamsDefault
    named: dict[str, Any] = {
        "-": (),
        "--": default["lines.dashed_pattern"],
        "-.": default["lines.dashdot_pattern"],
        ":": default["lines.dotted_pattern"],
    }
    lengths = named[dashes] if isinstance(dashes, str) else dashes[1]
    return " ".join(f"{SETTINGS['lines.linewidth'] * length:.3g}" for length in lengths)


def _svg(picture: Picture, name: str) -> str:
    """The panels as SVG whose text is text, without a background."""
    import matplotlib as mpl

    figure = draw(picture, width=WIDTH)
    _halos_off(figure)
    drawn = BytesIO()
    with mpl.rc_context({**SETTINGS, "svg.fonttype": "none", "text.parse_math": False}):
        figure.savefig(drawn, format="svg", transparent=True, metadata={"Date": None})
    return inline_svg(drawn.getvalue().decode(), name)


def _halos_off(figure: Figure) -> None:
    """Text with a light rim is drawn as shapes; a page gives every text such a rim by itself."""
    from matplotlib.text import Text

    for text in figure.findobj(Text):
        text.set_path_effects([])
