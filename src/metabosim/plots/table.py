"""A panel that is a table: signs and sizes computed from runs, beside what the text says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from metabosim.plots import letters
from metabosim.plots.picture import Cell, TablePanel
from metabosim.plots.style import BLUE, FAINT, INK, QUIET, SIZE, VERMILLION

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SIGNS = {1: "▲", -1: "▼", 0: "="}
SIGN_COLOURS = {1: BLUE, -1: VERMILLION, 0: INK}
AGREE, DISAGREE, SILENT = "#e3f1ec", "#fbe3d6", "#f4f4f4"
HEADER = 0.8  # of a row's height


def draw_table(axes: Axes, panel: TablePanel) -> None:
    """A grid of cells: the run's sign and size large, the text's sign small beneath.

    A cell is shaded by whether the two agree, and says so with a sign, not by colour alone.
    """
    axes.axis("off")
    box = axes.get_window_extent()
    inches = box.width / axes.figure.dpi
    longest = max((letters.width(row, SIZE["text"], True) for row in panel.rows), default=1.0)
    label_share = min((longest + 0.25) / inches, 0.32)
    cell_width = (1 - label_share) / max(len(panel.columns), 1)
    axes.set_xlim(0, 1)
    axes.set_ylim(len(panel.rows), -HEADER)
    for n, column in enumerate(panel.columns):
        lines = letters.wrap(column, SIZE["text"], cell_width * inches - 0.15, bold=True)
        axes.text(
            label_share + (n + 0.5) * cell_width, -0.12, "\n".join(lines), ha="center",
            va="bottom", fontweight="bold", fontsize=SIZE["text"],
        )  # fmt: skip
    for m, row in enumerate(panel.rows):
        lines = letters.wrap(row, SIZE["text"], label_share * inches - 0.15, bold=True)
        axes.text(0, m + 0.5, "\n".join(lines), va="center", fontweight="bold")
        for n, column in enumerate(panel.columns):
            if cell := panel.cells.get((row, column)):
                _draw_cell(axes, cell, label_share + n * cell_width, m, cell_width, inches)


def _draw_cell(axes: Axes, cell: Cell, x: float, y: float, width: float, inches: float) -> None:
    from matplotlib.patches import Rectangle

    colour = {True: AGREE, False: DISAGREE, None: SILENT}[cell.agrees]
    axes.add_patch(
        Rectangle((x + 0.004, y + 0.04), width - 0.008, 0.92, facecolor=colour, edgecolor=FAINT)
    )
    middle = x + width / 2
    sign, ink = (cell.word, INK) if cell.word else (SIGNS[cell.sign], SIGN_COLOURS[cell.sign])
    text = f"{sign}  {cell.text}".strip()
    # smaller letters rather than a unit cut off
    size = SIZE["text"] + 1
    size *= min(1.0, (width * inches - 0.2) / max(letters.width(text, size, True), 0.1))
    axes.text(
        middle, y + 0.4, text, ha="center", va="center",
        color=ink, fontsize=size, fontweight="bold",
    )  # fmt: skip
    said = cell.source_word or ("–" if cell.source_sign is None else SIGNS[cell.source_sign])
    verdict = {True: "article agrees", False: "article differs", None: "article is silent"}
    note = verdict[cell.agrees] if cell.agrees is None else f"{verdict[cell.agrees]}: {said}"
    axes.text(middle, y + 0.76, note, ha="center", va="center", fontsize=SIZE["small"], color=QUIET)
