"""What a picture shows, as plain data: nothing here knows matplotlib or a scenario.

A `Picture` is a headline, the arms, some panels and a footer. Lines carry times in min and values
in the panel's unit; marks are the check, drawn where it was made.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Values: TypeAlias = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Line:
    """One arm's course: `time_min` and `values` of the same length."""

    arm: str
    time_min: Values
    values: Values


@dataclass(frozen=True, slots=True)
class Measured:
    """Points that a user measured, in the panel's unit; `arm` says whose they are, if the user did."""

    arm: str | None
    time_min: tuple[float, ...]
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Threshold:
    """A level the check compares with, where it does; `label` says what it is."""

    level: float
    label: str
    start: float | None = None
    stop: float | None = None


@dataclass(frozen=True, slots=True)
class Range:
    """A band of values the check allows, where it looks."""

    low: float
    high: float
    label: str
    start: float | None = None
    stop: float | None = None


@dataclass(frozen=True, slots=True)
class Window:
    """The stretch of time the check looks at, in min."""

    start: float
    stop: float


@dataclass(frozen=True, slots=True)
class Point:
    """A value read off one arm's course, such as its peak."""

    arm: str
    time_min: float
    value: float


@dataclass(frozen=True, slots=True)
class Level:
    """A value over a stretch of time, such as a mean: drawn as a short bar."""

    arm: str
    start: float
    stop: float
    value: float


@dataclass(frozen=True, slots=True)
class Difference:
    """The distance between two values that the check is about, drawn as a bracket at `time_min`."""

    time_min: float
    low: float
    high: float
    label: str


@dataclass(frozen=True, slots=True)
class Event:
    """Something done to the body at `time_min`, such as a meal or a dose."""

    time_min: float
    label: str


Mark: TypeAlias = Threshold | Range | Window | Point | Level | Difference | Event


@dataclass(frozen=True, slots=True)
class LinePanel:
    """Courses over time, from `start` to `stop` in min; `clock` shows hours of the day."""

    title: str
    unit: str
    lines: tuple[Line, ...]
    start: float
    stop: float
    marks: tuple[Mark, ...] = ()
    time_unit: str | None = None
    clock: bool = True
    observable: str = ""
    measured: tuple[Measured, ...] = ()


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar; `arm` gives it that arm's colour. `note` stands at its end instead of the value.

    `expected` marks what is not measured but predicted from the other bars.
    """

    label: str
    value: float
    arm: str | None = None
    note: str | None = None
    expected: bool = False


@dataclass(frozen=True, slots=True)
class BarPanel:
    """Horizontal bars on a common scale, such as shares of an effect or the paths it takes."""

    title: str
    unit: str
    bars: tuple[Bar, ...]
    thresholds: tuple[Threshold, ...] = ()
    wide: bool = False
    """Whether it stands in a row of its own."""


@dataclass(frozen=True, slots=True)
class Curve:
    """One curve over something that is not time, a value at each of a few doses or levels."""

    arm: str
    at: tuple[float, ...]
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class CurvePanel:
    """Values over doses or levels; `across` and `across_unit` name the horizontal axis."""

    title: str
    unit: str
    curves: tuple[Curve, ...]
    across: str
    across_unit: str
    thresholds: tuple[Threshold, ...] = ()


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a computed table.

    `sign` is +1, -1 or 0 as the runs have it, `text` its size in words and units; `source_sign` is
    what the text under test says: +1, -1, 0, or None where it says nothing. `word` stands in for
    the sign where the table is about something else ("direct", "indirect", "none").
    """

    sign: int
    text: str
    source_sign: int | None = None
    word: str | None = None
    source_word: str | None = None

    @property
    def agrees(self) -> bool | None:
        """Whether the runs and the text say the same; None where the text says nothing."""
        if self.source_word is not None:
            return self.word == self.source_word
        return None if self.source_sign is None else self.sign == self.source_sign


@dataclass(frozen=True, slots=True)
class TablePanel:
    """Rows by columns of cells; a missing cell stays empty."""

    title: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: dict[tuple[str, str], Cell]


Panel: TypeAlias = LinePanel | BarPanel | CurvePanel | TablePanel


@dataclass(frozen=True, slots=True)
class Picture:
    """One figure. `arms` maps each arm, the control first, to a few words on what is done to it.

    `margin` is that of the `deciding` check, the one with the least to spare; `data` says which the
    user's own data are.
    """

    title: str
    claim: str
    verdict: str
    margin: str
    arms: dict[str, str]
    panels: tuple[Panel, ...]
    footer: tuple[str, ...]
    caption: str = ""
    deciding: str = ""
    data: str = ""
