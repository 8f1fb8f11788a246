"""What is aimed for, and how near it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from statistics import median
from typing import Any

from benchmarks.words import digits, seconds, table

Record = dict[str, Any]

# (what, case, engines of which the faster counts, times libRoadRunner)
AIMS: tuple[tuple[str, str, tuple[str, ...], float], ...] = (
    ("one day, 1,000 people, full", "day-1000", ("lanes",), 20.0),
    ("26 weeks, 1,000 people, full, no drug", "weeks-1000", ("lanes",), 40.0),
    ("26 weeks, 1,000 people, full, weekly drug", "weekly-1000", ("lanes",), 40.0),
    ("26 weeks, one person, averaged, no drug", "weeks", ("averaged",), 1000.0),
    (
        "26 weeks, 1,000 people, averaged, no drug",
        "weeks-1000",
        ("averaged", "lanes-averaged", "population-averaged"),
        1000.0,
    ),
    ("26 weeks, one person, averaged, weekly drug", "weekly", ("averaged",), 300.0),
    (
        "26 weeks, 1,000 people, averaged, weekly drug",
        "weekly-1000",
        ("averaged", "lanes-averaged", "population-averaged"),
        300.0,
    ),
    ("ten years, one person, averaged", "years", ("averaged",), 3000.0),
)
# (what, case, engines, people of which the case has 1,000, s)
TIMES: tuple[tuple[str, str, tuple[str, ...], int, float], ...] = (
    ("26 weeks, one person, averaged, no drug", "weeks", ("averaged",), 0, 5e-3),
    ("26 weeks, one person, averaged, weekly drug", "weekly", ("averaged",), 0, 5e-3),
    ("26 weeks, one person, full", "weekly", ("scalar", "metabosim"), 0, 30e-3),
    (
        "26 weeks, 100,000 people, averaged, no drug",
        "weeks-1000",
        ("lanes-averaged", "population-averaged"),
        100_000,
        60.0,
    ),
    (
        "26 weeks, 100,000 people, averaged, weekly drug",
        "weekly-1000",
        ("lanes-averaged", "population-averaged"),
        100_000,
        60.0,
    ),
    ("ten years, one person, averaged", "years", ("averaged",), 0, 1.0),
)


def _found(record: Record, case: str, engines: Iterable[str]) -> Record | None:
    """The fastest row of some engines in a case."""
    rows = record["cases"].get(case, {"rows": []})["rows"]
    good = [row for row in rows if row["engine"] in engines and not row["failed"]]
    return min(good, key=lambda row: row["median"], default=None)


def aims(record: Record) -> Iterator[str]:
    """What was aimed for and what was measured: ratios, then times."""
    rows = []
    for what, case, engines, aim in AIMS:
        row = _found(record, case, engines)
        if row is None or row["times_baseline"] is None:
            rows.append([what, f"{aim:,.0f}", "not measured", "", ""])
            continue
        bound = row["rates_alone"] and row["times_baseline"] * row["median"] / row["rates_alone"]
        rows.append(
            [
                what,
                f"{aim:,.0f}",
                f"**{digits(row['times_baseline'])}**",
                f"{row['times_baseline'] / aim:.0%}",
                digits(bound) if bound else "–",
            ]
        )
    title = record["engines"][record["baseline"]]["title"]
    yield f"How many times faster than {title}, paired in each repeat:"
    yield table(("", "aim", "measured", "of the aim", "limit"), rows, "-rrrr")
    yield (
        "The limit is what it would be if a run took no longer than its own evaluations of the rates (below): "
        "beyond it only fewer evaluations lead, not a faster program around them."
    )
    times = []
    for what, case, engines, people, aim in TIMES:
        row = _found(record, case, engines)
        value = row["median"] * (people / 1000 if people else 1.0) if row else None
        times.append(
            [what, seconds(aim), "not measured" if value is None else f"**{seconds(value)}**"]
        )
    for start in record["starts"]:
        if start["aim"] is not None:
            value = start["failed"] or f"**{seconds(median(start['seconds']))}**"
            times.append([f"cold: {start['title']}", seconds(start["aim"]), value])
    yield "In time:"
    yield table(("", "aim", "measured"), times, "-rr")
