"""Notes beside marks, each put where it covers nothing: no curve, no mark, no other note."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from metabosim.plots import letters
from metabosim.plots.style import CHECK, SIZE

if TYPE_CHECKING:
    from matplotlib.axes import Axes

CELL = 2.0  # points; how finely the panel is looked at
EDGE = 3.0  # points between a note and the vertical axis
GAP = 5.0  # points between a note and what it is about
FAR = 16.0  # points; from here on a thin line says what the note is about
LETTERS = SIZE["small"] + 1
LINE = 1.2 * LETTERS
NOTE = 50.0  # what a cell under another note counts for
STROKE = 0.2  # what a straight stroke counts for beside a curve's 1: words on it can be read
COVERS = 30.0  # points a note would rather move than cover anything at all


@dataclass
class Notes:
    """The notes of one panel; `taken` counts, cell by cell, what a note must not cover."""

    axes: Axes
    taken: npt.NDArray[np.float64] = field(init=False)
    waiting: list[tuple[str, tuple[float, float, float, float]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        box = self.axes.get_window_extent()
        points = 72 / self.axes.figure.dpi
        self.width, self.height = box.width * points, box.height * points
        self.taken = np.zeros((int(self.height / CELL) + 1, int(self.width / CELL) + 1))

    def points(self, x: Any, y: Any) -> npt.NDArray[np.float64]:
        """Data coordinates as points from the panel's lower left corner, shape (n, 2)."""
        to_axes = self.axes.transData + self.axes.transAxes.inverted()
        placed = to_axes.transform(np.column_stack([np.ravel(x), np.ravel(y)]))
        return np.asarray(placed * (self.width, self.height))

    def curve(self, x: Any, y: Any) -> None:
        """Keep notes off a curve."""
        if len(x) < 2:
            return
        across, up = self.points(x, y).T
        columns = np.arange(self.taken.shape[1])
        heights = np.interp(columns * CELL, across, up, left=np.nan, right=np.nan) / CELL
        for column in columns[:-1]:
            pair = heights[column : column + 2]
            if np.isfinite(pair).all():
                low, high = int(max(pair.min(), 0)), int(max(pair.max(), 0))
                self.taken[low : high + 1, column] += 1

    def segment(self, x: tuple[float, float], y: tuple[float, float]) -> None:
        """Keep notes off a straight stroke along one of the axes."""
        (x0, y0), (x1, y1) = self.points(x, y)
        self.block(min(x0, x1) - 1, min(y0, y1) - 1, max(x0, x1) + 1, max(y0, y1) + 1, STROKE)

    def block(self, x0: float, y0: float, x1: float, y1: float, weight: float = NOTE) -> None:
        """Keep notes off a box, in points."""
        columns = slice(max(int(x0 / CELL), 0), max(int(x1 / CELL) + 1, 0))
        self.taken[max(int(y0 / CELL), 0) : max(int(y1 / CELL) + 1, 0), columns] += weight

    def add(self, text: str, x: tuple[float, float], y: tuple[float, float]) -> None:
        """A note about what lies between two corners, in data coordinates."""
        if text:
            (x0, y0), (x1, y1) = self.points(x, y)
            self.waiting.append((text, (min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))))

    def write(self) -> None:
        """Put every note where it covers least, as near as can be to what it is about.

        In a second round each moves again, now that it is known where the others are.
        """
        boxes: dict[int, tuple[float, float, float, float]] = {}
        for n, (text, about) in [*enumerate(self.waiting)] * 2:
            lines = text.split("\n")
            width = max(letters.width(line, LETTERS) for line in lines) * 72
            height = LINE * len(lines)
            if n in boxes:
                self.block(*boxes[n], -NOTE)
            x, y = self._best(width, height, about)
            boxes[n] = (x, y, x + width, y + height)
            self.block(*boxes[n], NOTE)
        for n, (text, about) in enumerate(self.waiting):
            self._write(text, boxes[n], about)

    def _best(
        self, width: float, height: float, about: tuple[float, float, float, float]
    ) -> tuple[float, float]:
        """The lower left corner, in points, at which a note does least harm."""
        x0, y0, x1, y1 = about
        middle = (y0 + y1 - height) / 2
        xs = np.append(
            np.arange(EDGE, max(self.width - width, EDGE + 1), 6),
            [x1 + GAP, x0 - GAP - width, x0 + EDGE],
        )
        ys = np.append(
            np.arange(0, max(self.height - height, 1), 2), [middle, y1 + 2, y0 - 2 - height]
        )
        x, y = np.meshgrid(xs, ys)
        apart = np.hypot(
            np.maximum(0, np.maximum(x0 - (x + width), x - x1)),
            np.maximum(0, np.maximum(y0 - (y + height), y - y1)),
        )
        covered = self._covered(x, y, width, height)
        outside = (x < EDGE) | (x + width > self.width) | (y < 0) | (y + height > self.height)
        tall = y1 - y0 > x1 - x0
        # beside the middle of a bracket, to its right; over the beginning of a level
        taste = (
            0.15 * np.abs(y - middle) + np.where(x < x0, 3, 0)
            if tall
            else 0.02 * np.abs(x - x0) + np.where(y < y0, 3, 0)
        )
        cost = apart + taste + 1.5 * covered + COVERS * (covered > 0) + 1000 * outside
        best = int(np.argmin(cost))
        return float(x.flat[best]), float(y.flat[best])

    def _covered(
        self, x: npt.NDArray[np.float64], y: npt.NDArray[np.float64], width: float, height: float
    ) -> npt.NDArray[np.float64]:
        """What boxes with these lower left corners would cover, by a table of partial sums."""
        sums = np.pad(self.taken.cumsum(0).cumsum(1), ((1, 0), (1, 0)))
        rows, columns = self.taken.shape
        left = np.clip(np.floor((x - 1) / CELL), 0, columns).astype(int)
        right = np.clip(np.ceil((x + width + 1) / CELL), 0, columns).astype(int)
        low = np.clip(np.floor(y / CELL), 0, rows).astype(int)
        high = np.clip(np.ceil((y + height) / CELL), 0, rows).astype(int)
        covered = sums[high, right] - sums[low, right] - sums[high, left] + sums[low, left]
        return np.asarray(covered)

    def _write(
        self,
        text: str,
        box: tuple[float, float, float, float],
        about: tuple[float, float, float, float],
    ) -> None:
        from matplotlib.patheffects import withStroke

        x0, y0, x1, y1 = box
        to = (np.clip((x0 + x1) / 2, about[0], about[2]), (about[1] + about[3]) / 2)
        start = (np.clip(to[0], x0, x1), np.clip(to[1], y0, y1))
        size = (self.width, self.height)
        if np.hypot(start[0] - to[0], start[1] - to[1]) > FAR:
            self.axes.annotate(
                "",
                xy=(to[0] / size[0], to[1] / size[1]),
                xytext=(start[0] / size[0], start[1] / size[1]),
                xycoords="axes fraction",
                textcoords="axes fraction",
                arrowprops={"arrowstyle": "-", "lw": 0.7, "color": CHECK, "shrinkA": 1,
                            "shrinkB": 1},
            )  # fmt: skip
        self.axes.annotate(
            text,
            (x0 / size[0], (y0 + y1) / 2 / size[1]),
            xycoords="axes fraction",
            ha="left",
            va="center",
            fontsize=LETTERS,
            color=CHECK,
            path_effects=[withStroke(linewidth=2, foreground="white")],
            zorder=5,
        )
