"""A whole figure: headline, arms, panels, footer, each given the room it needs."""

from __future__ import annotations

from io import BytesIO
from itertools import zip_longest
from typing import TYPE_CHECKING, NamedTuple

from metabosim.output import Stamp
from metabosim.plots import letters
from metabosim.plots.bars import bar_label, draw_bars, draw_curves
from metabosim.plots.lines import DATA_MARK, draw_lines
from metabosim.plots.picture import (
    BarPanel,
    CurvePanel,
    LinePanel,
    Panel,
    Picture,
    TablePanel,
)
from metabosim.plots.style import (
    INK,
    QUIET,
    SETTINGS,
    SIZE,
    VERDICT_COLOURS,
    ArmStyle,
    arm_styles,
    shown_unit,
)
from metabosim.plots.table import draw_table
from metabosim.plots.words import YOUR_DATA, as_written

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH = 13.33  # inches, the width of a slide
MARGIN = 0.45
LINE = 1.35 / 72  # inches of line height per point of letter size
STACKED = 3  # panels that stand above each other before a second column is opened
PANEL_HEIGHTS = {1: 4.6, 2: 2.55, 3: 1.95}
TICK_ROOM = 0.65  # left of a panel with numbers on its vertical axis
TITLE_ROOM = 0.42  # above a panel
AXIS_ROOM = 0.52  # below a panel with texts on its horizontal axis
BARE_ROOM = 0.08  # below a panel whose time axis is labelled further down
DPI = 150


NARROW = 10.0  # inches; a figure below this has one column


class _Row(NamedTuple):
    """One line of the headline; `runs` are pieces of (text, colour, bold)."""

    size: float
    runs: list[tuple[str, str, bool]]


def draw(picture: Picture, width: float | None = None) -> Figure:
    """The picture as a matplotlib figure, without any display.

    Given a `width` (inches), only the panels are drawn, for a page that says the rest in its own text.
    """
    import matplotlib as mpl
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    styles = arm_styles(picture.arms)
    bare = width is not None
    width = WIDTH if width is None else width
    margin = 0.0 if bare else MARGIN
    head = [] if bare else _headline(picture)
    head_inches = sum(row.size * LINE for row in head) + (0.0 if bare else 0.35)
    foot = [] if bare else [line for text in picture.footer
            for line in letters.wrap(text, SIZE["small"], WIDTH - 2 * MARGIN)]  # fmt: skip
    foot_inches = len(foot) * SIZE["small"] * LINE + (0.0 if bare else 0.3)
    keys = [] if bare else _keys(picture)
    key_inches = (len(keys) * SIZE["text"] * LINE + 0.12) if keys else 0.0
    rows = [[panel] for panel in picture.panels] if width < NARROW else _rows(picture.panels)
    columns = max(map(len, rows))
    places = [_row_places(row, picture, columns, width, margin) for row in rows]
    above = [_title_room(row, place) for row, place in zip(rows, places, strict=True)]
    # a row is as deep as its deepest panel needs
    deep = [max(_panel_height(panel, len(rows)) for panel in row) for row in rows]
    shared = [
        [_shares_time(*pair) for pair in zip_longest(row, under[: len(row)])]
        for row, under in zip(rows, [*rows[1:], []], strict=True)
    ]
    below = [BARE_ROOM if all(row) else AXIS_ROOM for row in shared]
    body_inches = sum(above) + sum(deep) + sum(below)
    height = head_inches + key_inches + body_inches + foot_inches
    # text is text: a dollar sign in a scenario is not the start of a formula
    with mpl.rc_context({**SETTINGS, "text.parse_math": False}):
        figure = Figure(figsize=(width, height), dpi=DPI)
        FigureCanvasAgg(figure)
        _write_head(figure, head)
        _write_keys(figure, keys, styles, height - head_inches)
        bottom = height - head_inches - key_inches
        for n, row in enumerate(rows):
            bottom -= above[n] + deep[n]
            for panel, place, shares in zip(row, places[n], shared[n], strict=True):
                axes = figure.add_axes(
                    (
                        place.left / width,
                        bottom / height,
                        place.width / width,
                        deep[n] / height,
                    )
                )
                _draw_panel(axes, panel, styles, shares, place)
            bottom -= below[n]
        for n, line in enumerate(reversed(foot)):
            figure.text(
                MARGIN / WIDTH, (0.15 + n * SIZE["small"] * LINE) / height, line,
                fontsize=SIZE["small"], color=QUIET,
            )  # fmt: skip
    return figure


def png_and_svg(picture: Picture, stamp: Stamp) -> tuple[bytes, bytes]:
    """The picture as PNG and as SVG, both stamped; the same picture gives the same bytes."""
    return saved(draw(picture), stamp)


def saved(figure: Figure, stamp: Stamp) -> tuple[bytes, bytes]:
    """A figure as stamped PNG and SVG."""
    import matplotlib as mpl

    raster, vector = BytesIO(), BytesIO()
    with mpl.rc_context(SETTINGS):
        # the last tenth of a file's size is half of the time that it takes to write
        figure.savefig(raster, format="png", metadata=stamp.png(), pil_kwargs={"compress_level": 3})
        figure.savefig(vector, format="svg", metadata=stamp.svg())
    return raster.getvalue(), vector.getvalue()


def _headline(picture: Picture) -> list[_Row]:
    """Title and verdict, in one line where there is room, and the claim beneath."""
    inches = WIDTH - 2 * MARGIN
    title = letters.wrap(picture.title, SIZE["title"], inches, bold=True)
    rows = [_Row(SIZE["title"], [(line, INK, True)]) for line in title]
    verdict = f"{picture.verdict.upper()}"
    colour = VERDICT_COLOURS.get(picture.verdict, QUIET)
    pieces = [(f"{verdict}  ", colour, True), (picture.margin, colour, False)]
    used = letters.width(title[-1], SIZE["title"], True) if title else 0.0
    needed = sum(letters.width(text, SIZE["claim"], bold) for text, _, bold in pieces) + 0.4
    if len(title) == 1 and used + needed * SIZE["title"] / SIZE["claim"] <= inches:
        rows[-1].runs.extend([("   ", INK, True), *pieces])
    else:
        rows.append(_Row(SIZE["claim"], pieces))
    if picture.deciding:
        lines = letters.wrap(f"closest: {picture.deciding}", SIZE["small"] + 1, inches)
        rows += [_Row(SIZE["small"] + 1, [(line, colour, False)]) for line in lines]
    rows += [
        _Row(SIZE["claim"], [(line, QUIET, False)])
        for text in filter(None, (picture.claim, picture.caption))
        for line in letters.wrap(text, SIZE["claim"], inches)
    ]
    return rows


def _write_head(figure: Figure, rows: list[_Row]) -> None:
    height = figure.get_figheight()
    y = height - 0.2
    for size, runs in rows:
        y -= size * LINE
        x = MARGIN
        for text, colour, bold in runs:
            figure.text(
                x / WIDTH, (y + 0.25 * size * LINE) / height, text, color=colour, fontsize=size,
                fontweight="bold" if bold else "normal",
            )  # fmt: skip
            x += letters.width(text + ".", size, bold) - letters.width(".", size, bold)


class _Key(NamedTuple):
    """What a colour and a line, or a sign, stand for: a name and some words; `arm` is None for the user's data."""

    arm: str | None
    name: str
    words: str

    @property
    def width(self) -> float:
        """Inches it takes, with some air behind."""
        words = letters.width(f"  {self.words}", SIZE["text"]) if self.words else 0
        return 0.65 + letters.width(self.name, SIZE["text"], True) + words + 0.35


def _keys(picture: Picture) -> list[list[_Key]]:
    """Rows of keys, as many to a row as fit; none of arms where no arms are told apart."""
    keys: list[_Key] = []
    if len(picture.arms) > 1 and _drawn_arms(picture):
        keys = [_Key(arm, as_written(arm), words) for arm, words in picture.arms.items()]
    if any(isinstance(panel, LinePanel) and panel.measured for panel in picture.panels):
        keys.append(_Key(None, YOUR_DATA, picture.data))
    rows: list[list[_Key]] = []
    used = 0.0
    for key in keys:
        if not rows or used + key.width > WIDTH - 2 * MARGIN:
            rows.append([])
            used = 0.0
        rows[-1].append(key)
        used += key.width
    return rows


def _write_keys(
    figure: Figure, rows: list[list[_Key]], styles: dict[str, ArmStyle], top: float
) -> None:
    from matplotlib.lines import Line2D

    height = figure.get_figheight()
    for n, row in enumerate(rows):
        x = MARGIN
        y = (top - (n + 0.75) * SIZE["text"] * LINE) / height
        for key in row:
            line = {"color": INK, **DATA_MARK} if key.arm is None else {
                "color": styles[key.arm].colour, "linestyle": styles[key.arm].dashes,
                "linewidth": 2.6}  # fmt: skip
            ends = [x + 0.35] if key.arm is None else [x, x + 0.5]
            figure.add_artist(
                Line2D([end / WIDTH for end in ends], [y + 0.055 / height] * len(ends), **line)
            )
            figure.text(
                (x + 0.62) / WIDTH, y, key.name, fontweight="bold", fontsize=SIZE["text"],
                color=INK if key.arm is None else styles[key.arm].letters,
            )  # fmt: skip
            after = x + 0.62 + letters.width(f"{key.name}.", SIZE["text"], True) + 0.05
            figure.text(after / WIDTH, y, key.words, fontsize=SIZE["text"], color=QUIET)
            x += key.width


def _rows(panels: tuple[Panel, ...]) -> list[list[Panel]]:
    """The panels by rows: above each other if few, else in two columns; wide ones alone."""
    narrow = [panel for panel in panels if not _is_wide(panel)]
    if len(narrow) <= STACKED:
        return [[panel] for panel in panels]
    rows: list[list[Panel]] = []
    for panel in panels:
        fits = rows and len(rows[-1]) == 1 and not _is_wide(rows[-1][0])
        # the strip that comes last may fill a place that is left over
        if fits and (not _is_wide(panel) or panel is panels[-1]):
            rows[-1].append(panel)
        else:
            rows.append([panel])
    return rows


def _is_wide(panel: Panel) -> bool:
    return isinstance(panel, TablePanel) or (isinstance(panel, BarPanel) and panel.wide)


class _Place(NamedTuple):
    """Where the axes of a panel are across the page, and what is beside them, in inches."""

    left: float
    width: float
    before: float
    after: float


def _row_places(
    row: list[Panel], picture: Picture, columns: int, width: float, margin: float
) -> list[_Place]:
    alone = len(row) == 1 and _is_wide(row[0])
    cell = (width - 2 * margin) / (1 if alone else columns)
    places = []
    for n, panel in enumerate(row):
        before = _left_room(panel)
        after = 0.0 if isinstance(panel, TablePanel) else _right_room(picture, columns)
        if isinstance(panel, BarPanel) and width < NARROW:
            after = 0.0  # no arm's name stands beside bars, and they need the room
        left = margin + n * cell + before
        places.append(_Place(left, cell - before - after, before, after))
    return places


def _title_lines(panel: Panel, place: _Place) -> list[str]:
    unit = "" if isinstance(panel, TablePanel) else shown_unit(panel.unit)
    title = f"{panel.title} ({unit})" if unit else panel.title
    room = place.before - _indent(place) + place.width + place.after - 0.15
    return letters.wrap(title, SIZE["text"] + 0.5, room, bold=True)


def _indent(place: _Place) -> float:
    """Where titles begin, from the left edge of a panel's place: the same for bars and lines."""
    return min(place.before, TICK_ROOM)


def _title_room(row: list[Panel], places: list[_Place]) -> float:
    """Inches above a row: as many lines as its longest title has."""
    lines = max(len(_title_lines(*pair)) for pair in zip(row, places, strict=True))
    if lines == 0:
        return BARE_ROOM
    return TITLE_ROOM + (lines - 1) * (SIZE["text"] + 0.5) * LINE


def _panel_height(panel: Panel, rows: int) -> float:
    if isinstance(panel, TablePanel):
        return 0.72 * (len(panel.rows) + 1)
    if isinstance(panel, BarPanel):
        lines = sum(max(len(bar_label(bar)), 2) for bar in panel.bars)
        return 0.225 * lines + 0.3 + 0.2 * len(panel.thresholds)
    return PANEL_HEIGHTS.get(rows, 1.95)


def _left_room(panel: Panel) -> float:
    """Inches left of a panel for its ticks or the names of its bars."""
    if isinstance(panel, TablePanel):
        return 0.0
    bars = panel.bars if isinstance(panel, BarPanel) else ()
    names = [line for bar in bars for line in bar_label(bar)]
    return max([TICK_ROOM, *(letters.width(name, SIZE["tick"]) + 0.2 for name in names)])


def _right_room(picture: Picture, columns: int) -> float:
    """Inches right of the panels for the names of arms."""
    if all(isinstance(panel, TablePanel) for panel in picture.panels):
        return 0.0
    arms = _drawn_arms(picture) if len(picture.arms) > 1 else set()
    names = [letters.width(as_written(arm), SIZE["text"], True) for arm in arms]
    return max(names, default=0.0) + (0.45 if columns == 2 else 0.35)


def _drawn_arms(picture: Picture) -> set[str]:
    """The arms that have a line, a curve or a bar of their own."""
    arms: set[str | None] = set()
    for panel in picture.panels:
        if isinstance(panel, LinePanel):
            arms |= {line.arm for line in panel.lines}
        elif isinstance(panel, CurvePanel):
            arms |= {curve.arm for curve in panel.curves}
        elif isinstance(panel, BarPanel):
            arms |= {bar.arm for bar in panel.bars}
    return {arm for arm in arms if arm is not None}


def _shares_time(panel: Panel | None, below: Panel | None) -> bool:
    """Whether the panel below has the same time axis, so that one set of labels serves both."""
    return (
        isinstance(panel, LinePanel)
        and isinstance(below, LinePanel)
        and (panel.start, panel.stop, panel.time_unit, panel.clock)
        == (below.start, below.stop, below.time_unit, below.clock)
    )


def _draw_panel(
    axes: Axes, panel: Panel, styles: dict[str, ArmStyle], shared: bool, place: _Place
) -> None:
    axes.annotate(
        "\n".join(_title_lines(panel, place)),
        (0, 1),
        xycoords="axes fraction",
        xytext=((_indent(place) - place.before) * 72, 7),
        textcoords="offset points",
        va="bottom",
        fontsize=SIZE["text"] + 0.5,
        fontweight="bold",
    )
    if isinstance(panel, LinePanel):
        draw_lines(axes, panel, styles, time_labelled=not shared)
    elif isinstance(panel, BarPanel):
        draw_bars(axes, panel, styles)
    elif isinstance(panel, CurvePanel):
        draw_curves(axes, panel, styles)
    else:
        draw_table(axes, panel)
