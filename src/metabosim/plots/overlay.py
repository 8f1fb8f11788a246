"""A user's own measured points, read from CSV, to be drawn over a plot.

One row of names, then one row a moment: a time (`time_min`, `time_h` or `time_d`, from midnight of day 0 as in
trajectories.csv), observables with the unit in their names (`glucose_mmol_l`, `glucose_mg_dl` ...) and, if the
points belong to one of the scenario's arms, `arm`. An empty cell was not measured; lines that begin with `#` are
comments. What `metabosim run` writes as trajectories.csv can be read too.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from metabosim.errors import Fault, InputError, did_you_mean
from metabosim.plots.picture import LinePanel, Picture
from metabosim.units import MINUTES, to_us
from metabosim.yamlfile import read_regular

if TYPE_CHECKING:
    from metabosim.scenario import Scenario

TIMES: Final = {f"time_{unit}": MINUTES[unit] for unit in ("min", "h", "d")}
ARM: Final = "arm"
MAX_BYTES: Final = 4 * 1024 * 1024
FAR: Final = 5.0  # times the runs' values, from which on the unit may be another
MOST_FAULTS: Final = 20  # a file in the wrong format has one in every line
MAX_COLUMNS: Final = 300
MAX_LINES: Final = 100_000
MAX_LINE: Final = 20_000  # characters


class Series(NamedTuple):
    """Points of one observable (its inside unit) over time (min), of one arm or of none in particular."""

    observable: str
    arm: str | None
    time_min: tuple[float, ...]
    values: tuple[float, ...]


@dataclass(frozen=True)
class Overlay:
    """All points of a file; `name` is the file's, without its folder."""

    name: str
    file: str
    series: tuple[Series, ...]

    @property
    def observables(self) -> tuple[str, ...]:
        """What was measured."""
        return tuple(dict.fromkeys(series.observable for series in self.series))

    def check(self, scenario: Scenario) -> None:
        """InputError if an arm is none of the scenario's, or nothing measured is in its plot."""
        arms = {series.arm for series in self.series if series.arm is not None}
        faults = [
            Fault(
                f"'{scenario.id}' has no arm '{arm}'",
                self.file,
                field=ARM,
                hint=did_you_mean(arm, scenario.arms) or f"its arms are {', '.join(scenario.arms)}",
            )
            for arm in sorted(arms - set(scenario.arms))
        ]
        drawn = {name for panel in scenario.plot.panels for name in panel.observables}
        if not drawn & set(self.observables):
            faults.append(
                Fault(
                    f"the plot of '{scenario.id}' shows nothing that was measured",
                    self.file,
                    hint=f"it shows {', '.join(sorted(drawn))}",
                )
            )
        if faults:
            raise InputError(faults)


def remarks(overlay: Overlay, picture: Picture) -> list[str]:
    """What to tell somebody who laid these points over this picture: what is not drawn, what looks wrong."""
    panels = [panel for panel in picture.panels if isinstance(panel, LinePanel)]
    shown = {panel.observable for panel in panels}
    told = []
    if missing := [name for name in overlay.observables if name not in shown]:
        told.append(f"not in the plot, so not drawn: {', '.join(missing)}")
    for name in overlay.observables:
        given = sum(len(series.values) for series in overlay.series if series.observable == name)
        drawn = max(
            (
                sum(len(points.values) for points in panel.measured)
                for panel in panels
                if panel.observable == name
            ),
            default=given,
        )
        if drawn < given:
            told.append(
                f"{name}: {given - drawn} of {given} points are outside the time or the arms that are shown"
            )
    for panel in panels:
        values = [value for points in panel.measured for value in points.values]
        courses = [line.values for line in panel.lines]
        if values and courses and median(values) > 0:
            times = median(values) / max(median(np.concatenate(courses)), 1e-300)
            if not 1 / FAR <= times <= FAR:
                told.append(
                    f"{panel.observable}: your values are about {times:.2g} times those of the runs; "
                    "is the unit in the column's name theirs?"
                )
    return list(dict.fromkeys(told))


class _Column(NamedTuple):
    """A column that holds an observable: what its values are divided by to be in the inside unit."""

    observable: str
    factor: float


class _Line(NamedTuple):
    """A line of the file: its number from 1, its text and its cells."""

    number: int
    text: str
    cells: list[str]

    def column(self, cell: int) -> int:
        """Where a cell begins, counted from 1."""
        commas, quoted = 0, False
        for place, letter in enumerate(self.text):
            if commas == cell:
                return place + 1
            quoted ^= letter == '"'
            commas += letter == "," and not quoted
        return len(self.text) + 1


def read_overlay(path: Path) -> Overlay:
    """The points of a CSV file; InputError with every fault, each with its line and column."""
    lines = list(_lines(path))
    if not lines:
        raise InputError(
            Fault("is empty", str(path), hint="expected a line of names, then numbers")
        )
    head, rows = lines[0], lines[1:]
    columns, faults = _columns(head, str(path))
    if not rows:
        faults.append(Fault("has names and no numbers", str(path), head.number, 1))
    if faults:
        raise InputError(faults)
    time = next(n for n, name in enumerate(head.cells) if name in TIMES)
    arm = head.cells.index(ARM) if ARM in head.cells else None
    found: dict[tuple[str, str | None], list[tuple[float, float]]] = {}
    for row in rows:
        try:
            read = _row(row, head, columns, time, str(path))
        except InputError as error:
            faults += error.faults
            if len(faults) > MOST_FAULTS:
                break
            continue
        whose = (row.cells[arm] or None) if arm is not None else None
        for name, value in read.items():
            at = _number(row, time, str(path), head) * TIMES[head.cells[time]]
            found.setdefault((name, whose), []).append((at, value))
    if faults:
        raise InputError(_first(faults, str(path)))
    if not found:
        raise InputError(Fault("has no number but times", str(path)))
    series = tuple(
        Series(name, whose, *zip(*sorted(points), strict=True))
        for (name, whose), points in found.items()
    )
    return Overlay(path.name, str(path), series)


def _first(faults: Sequence[Fault], file: str) -> list[Fault]:
    more = [Fault("and more faults", file)] if len(faults) > MOST_FAULTS else []
    return [*faults[:MOST_FAULTS], *more]


def _lines(path: Path) -> Iterator[_Line]:
    """The lines that are neither empty nor comments, taken apart."""
    content = read_regular(path, str(path), MAX_BYTES, "a CSV file of what is to be drawn")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        place = content.count(b"\n", 0, error.start) + 1
        column = error.start - content.rfind(b"\n", 0, error.start)
        hint = "save it as CSV in UTF-8"
        raise InputError(
            Fault("is not text in UTF-8", str(path), place, column, hint=hint)
        ) from None
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        if number > MAX_LINES:
            hint = "leave out what is not to be drawn"
            raise InputError(
                Fault(f"has more than {MAX_LINES} lines", str(path), number, 1, hint=hint)
            )
        if len(line) > MAX_LINE:
            hint = f"a line has at most {MAX_LINE} characters"
            raise InputError(Fault(f"has {len(line)} characters", str(path), number, 1, hint=hint))
        try:
            (cells,) = csv.reader([line], strict=True)
        except (csv.Error, ValueError) as error:
            hint = "a cell may not go over several lines"
            raise InputError(
                Fault(f"is no CSV: {error}", str(path), number, 1, hint=hint)
            ) from None
        yield _Line(number, line, [cell.strip() for cell in cells])


def _columns(head: _Line, file: str) -> tuple[dict[int, _Column], list[Fault]]:
    """The columns that hold observables, and what is wrong with the names."""
    known = _known()
    faults: list[Fault] = []
    columns: dict[int, _Column] = {}

    def fault(cell: int, message: str, hint: str | None) -> None:
        faults.append(Fault(message, file, head.number, head.column(cell), hint=hint))

    if len(head.cells) == 1 and any(sign in head.text for sign in ";\t"):
        hint = "save it as comma-separated values, with a point in numbers"
        return {}, [Fault("has no commas between its columns", file, head.number, 1, hint=hint)]
    if len(head.cells) > MAX_COLUMNS:
        message = f"has {len(head.cells)} columns, expected at most {MAX_COLUMNS}"
        return {}, [Fault(message, file, head.number, 1, hint="leave out what is not to be drawn")]
    for n, name in enumerate(head.cells):
        if len(faults) > MOST_FAULTS:
            return {}, _first(faults, file)
        if not name:
            fault(n, "a column has no name", None)
        elif name in head.cells[:n]:
            fault(n, f"'{name}' is given twice", None)
        elif name in known:
            columns[n] = known[name]
        elif name not in TIMES and name != ARM:
            fault(n, f"unknown column '{name}'", _name_hint(name, known))
    times = [name for name in head.cells if name in TIMES]
    if len(times) != 1:
        message = "has no time" if not times else f"has {len(times)} times"
        faults.append(
            Fault(message, file, head.number, 1, hint=f"one column of {', '.join(TIMES)}")
        )
    same = [column.observable for column in columns.values()]
    for name in sorted({name for name in same if same.count(name) > 1}):
        faults.append(Fault(f"'{name}' is given in two units", file, head.number, 1))
    if not columns and not faults:
        hint = "such as glucose_mmol_l; see 'metabosim list observables'"
        faults.append(Fault("has no observable", file, head.number, 1, hint=hint))
    return columns, faults


def _name_hint(name: str, known: Iterable[str]) -> str:
    """What a column may have been meant to be; one without its unit is told the units there are."""
    plain = name.lower().replace(" ", "_")
    if with_unit := [one for one in (*TIMES, *known) if one.startswith(f"{plain}_")]:
        return f"say the unit: {' or '.join(sorted(with_unit)[:4])}"
    if time := did_you_mean(plain, TIMES):
        return time
    return did_you_mean(plain, known) or "see 'metabosim list observables'"


def _known() -> dict[str, _Column]:
    """Every column that can be drawn, in either system of units."""
    from metabosim.body import OBSERVABLES
    from metabosim.therapies import list_therapies

    drugs = [f"drug_{name.replace('-', '_')}_nmol_l" for name in list_therapies()]
    known = {}
    for name in (*OBSERVABLES, *drugs):
        known[name] = _Column(name, 1.0)
        other, factor = to_us(name, 1.0)
        known[other] = _Column(name, factor)
    return known


def _row(
    row: _Line, head: _Line, columns: dict[int, _Column], time: int, file: str
) -> dict[str, float]:
    """The values of a row by observable, empty cells left out; InputError with all its faults."""
    if len(row.cells) != len(head.cells):
        message = f"has {len(row.cells)} cells, expected {len(head.cells)} as in the line of names"
        hint = "numbers take a point, not a comma" if len(row.cells) > len(head.cells) else None
        raise InputError(Fault(message, file, row.number, 1, hint=hint))
    faults: list[Fault] = []
    found: dict[str, float] = {}
    for n in (time, *columns):
        if len(faults) > MOST_FAULTS:
            break
        if not row.cells[n] and n != time:
            continue
        try:
            value = _number(row, n, file, head)
        except InputError as error:
            faults += error.faults
            continue
        if n != time:
            found[columns[n].observable] = value / columns[n].factor
    if faults:
        raise InputError(faults)
    return found


def _number(row: _Line, cell: int, file: str, head: _Line) -> float:
    text = row.cells[cell]
    name = head.cells[cell]

    def refused(what: str, hint: str | None = None) -> InputError:
        return InputError(Fault(what, file, row.number, row.column(cell), name, hint))

    try:
        value = float(text)
    except ValueError:
        what = f"'{text[:40]}' is not a number" if text else "is missing"
        hint = f"use a point: {text.replace(',', '.')}" if "," in text else None
        raise refused(what, hint) from None
    if "_" in text or not math.isfinite(value):
        raise refused(f"'{text[:40]}' is not a finite number")
    if value < 0:
        raise refused(f"{text[:40]} is below 0")
    return value
