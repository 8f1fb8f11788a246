"""A whole figure: headline, arms, panels, footer, each given the room it needs."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, NamedTuple

from metabosim.output import Stamp
from metabosim.plots import letters
from metabosim.plots.bars import draw_bars, draw_curves
from metabosim.plots.lines import draw_lines
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
from metabosim.plots.words import as_written

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH = 13.33  # inches, the width of a slide
MARGIN = 0.45
LINE = 1.35 / 72  # inches of line height per point of letter size
STACKED = 3  # panels that stand above each other before a second column is opened
PANEL_HEIGHTS = {1: 4.6, 2: 2.55, 3: 1.95}
TITLE_ROOM = 0.42  # above a panel
AXIS_ROOM = 0.52  # below a panel with texts on its horizontal axis
BARE_ROOM = 0.08  # below a panel whose time axis is labelled further down
DPI = 150


class _Row(NamedTuple):
    """One line of the headline; `runs` are pieces of (text, colour, bold)."""

    size: float
    runs: list[tuple[str, str, bool]]


def draw(picture: Picture) -> Figure:
    """The picture as a matplotlib figure, without any display."""
    import matplotlib as mpl
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    styles = arm_styles(picture.arms)
    head = _headline(picture)
    head_inches = sum(row.size * LINE for row in head) + 0.35
    foot = [line for text in picture.footer
            for line in letters.wrap(text, SIZE["small"], WIDTH - 2 * MARGIN)]  # fmt: skip
    foot_inches = len(foot) * SIZE["small"] * LINE + 0.3
    keys = _arm_key(picture)
    key_inches = (len(keys) * SIZE["text"] * LINE + 0.12) if keys else 0.0
    columns = 2 if len(picture.panels) > STACKED else 1
    rows = -(-len(picture.panels) // columns)
    deep = [
        _row_height(picture.panels[row * columns : (row + 1) * columns], rows)
        for row in range(rows)
    ]
    beneath = [*picture.panels[columns:], *[None] * columns]
    shared = [_shares_time(*pair) for pair in zip(picture.panels, beneath, strict=False)]
    # a row is as deep as its deepest panel needs
    below = [
        BARE_ROOM if all(shared[row * columns : (row + 1) * columns]) else AXIS_ROOM
        for row in range(rows)
    ]
    body_inches = rows * TITLE_ROOM + sum(deep) + sum(below)
    height = head_inches + key_inches + body_inches + foot_inches
    # text is text: a dollar sign in a scenario is not the start of a formula
    with mpl.rc_context({**SETTINGS, "text.parse_math": False}):
        figure = Figure(figsize=(WIDTH, height), dpi=DPI)
        FigureCanvasAgg(figure)
        _write_head(figure, head)
        _write_keys(figure, keys, styles, height - head_inches)
        right = _right_room(picture, columns)
        cell = (WIDTH - 2 * MARGIN) / columns
        for n, panel in enumerate(picture.panels):
            row, column = (n, 0) if columns == 1 else divmod(n, columns)
            bottom = height - head_inches - key_inches - (row + 1) * TITLE_ROOM
            bottom -= sum(deep[: row + 1]) + sum(below[:row])
            left = _left_room(panel)
            axes = figure.add_axes(
                (
                    (MARGIN + column * cell + left) / WIDTH,
                    bottom / height,
                    (cell - left - right) / WIDTH,
                    deep[row] / height,
                )
            )
            _draw_panel(axes, panel, styles, shared[n])
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
        figure.savefig(raster, format="png", metadata=stamp.png())
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


def _arm_key(picture: Picture) -> list[list[tuple[str, str]]]:
    """Rows of (arm, its words), as many to a row as fit; none where no arms are told apart."""
    if len(picture.arms) < 2 or not _drawn_arms(picture):
        return []
    rows: list[list[tuple[str, str]]] = []
    used = 0.0
    for arm, words in picture.arms.items():
        room = _key_width(arm, words)
        if not rows or used + room > WIDTH - 2 * MARGIN:
            rows.append([])
            used = 0.0
        rows[-1].append((arm, words))
        used += room
    return rows


def _key_width(arm: str, words: str) -> float:
    name = letters.width(as_written(arm), SIZE["text"], True)
    return 0.65 + name + (letters.width(f"  {words}", SIZE["text"]) if words else 0) + 0.35


def _write_keys(
    figure: Figure, rows: list[list[tuple[str, str]]], styles: dict[str, ArmStyle], top: float
) -> None:
    from matplotlib.lines import Line2D

    height = figure.get_figheight()
    for n, row in enumerate(rows):
        x = MARGIN
        y = (top - (n + 0.75) * SIZE["text"] * LINE) / height
        for arm, words in row:
            style = styles[arm]
            figure.add_artist(
                Line2D(
                    [x / WIDTH, (x + 0.5) / WIDTH], [y + 0.055 / height] * 2, color=style.colour,
                    linestyle=style.dashes, linewidth=2.6,
                )
            )  # fmt: skip
            name = as_written(arm)
            figure.text(
                (x + 0.62) / WIDTH, y, name, color=style.letters, fontweight="bold",
                fontsize=SIZE["text"],
            )  # fmt: skip
            after = x + 0.62 + letters.width(f"{name}.", SIZE["text"], True)
            figure.text(after / WIDTH, y, words, fontsize=SIZE["text"], color=QUIET)
            x += _key_width(arm, words)


def _row_height(panels: tuple[Panel, ...], rows: int) -> float:
    """Inches for the panels of one row: as much as the one with the most in it needs."""
    return max(_panel_height(panel, rows) for panel in panels)


def _panel_height(panel: Panel, rows: int) -> float:
    if isinstance(panel, TablePanel):
        return 0.72 * (len(panel.rows) + 1)
    if isinstance(panel, BarPanel):
        return 0.45 * len(panel.bars) + 0.5
    return PANEL_HEIGHTS.get(rows, 1.95)


def _left_room(panel: Panel) -> float:
    """Inches left of a panel for its ticks or the names of its bars."""
    if isinstance(panel, TablePanel):
        return 0.0
    names = [bar.label for bar in panel.bars] if isinstance(panel, BarPanel) else []
    return max([0.65, *(letters.width(name, SIZE["tick"]) + 0.2 for name in names)])


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


def _shares_time(panel: Panel, below: Panel | None) -> bool:
    """Whether the panel below has the same time axis, so that one set of labels serves both."""
    return (
        isinstance(panel, LinePanel)
        and isinstance(below, LinePanel)
        and (panel.start, panel.stop, panel.time_unit, panel.clock)
        == (below.start, below.stop, below.time_unit, below.clock)
    )


def _draw_panel(axes: Axes, panel: Panel, styles: dict[str, ArmStyle], shared: bool) -> None:
    unit = "" if isinstance(panel, TablePanel) else shown_unit(panel.unit)
    if panel.title or unit:
        inches = (WIDTH - MARGIN) - axes.get_position().x0 * WIDTH
        title = f"{panel.title} ({unit})" if unit else panel.title
        axes.set_title(
            "\n".join(letters.wrap(title, SIZE["text"] + 0.5, inches, bold=True)),
            loc="left", fontsize=SIZE["text"] + 0.5, fontweight="bold", pad=7,
        )  # fmt: skip
    if isinstance(panel, LinePanel):
        draw_lines(axes, panel, styles, time_labelled=not shared)
    elif isinstance(panel, BarPanel):
        draw_bars(axes, panel, styles)
    elif isinstance(panel, CurvePanel):
        draw_curves(axes, panel, styles)
    else:
        draw_table(axes, panel)
