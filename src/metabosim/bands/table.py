"""The table of published sizes, and the model's value beside each."""

from __future__ import annotations

import csv
import math
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

from metabosim.bands.experiments import EXPERIMENTS

TABLE = Path(__file__).with_name("bands.csv")

# Why a row is out, for the reader of the table; at present none is.
NOTES: dict[str, str] = {}


@dataclass(frozen=True)
class BandRow:
    """One published size: the model's `value`, the band it should land in, and whether it does."""

    id: str
    kind: str
    subject: str
    observable: str
    value: float
    unit: str
    low: float
    high: float
    published: str
    note: str

    @property
    def inside(self) -> bool:
        """Whether the value lies in the band."""
        return self.low <= self.value <= self.high

    def as_dict(self) -> dict[str, Any]:
        """JSON-able; a value that does not exist (an event that never comes) is null."""
        value = self.value if math.isfinite(self.value) else None
        return {**asdict(self), "value": value, "inside": self.inside}


@cache
def compute() -> tuple[BandRow, ...]:
    """Run every experiment; rows in the table's order. A row without an experiment raises KeyError."""
    values: dict[str, float] = {}
    for run in EXPERIMENTS:
        values |= run()
    with TABLE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    extra = set(values) - {row["id"] for row in rows}
    if extra:
        raise KeyError(f"experiments give rows that the table does not have: {sorted(extra)}")
    return tuple(
        BandRow(
            row["id"],
            row["kind"],
            row["subject"],
            row["observable"],
            values[row["id"]],
            row["unit"],
            float(row["low"]),
            float(row["high"]),
            row["published"],
            NOTES.get(row["id"], ""),
        )
        for row in rows
    )


def summary(rows: tuple[BandRow, ...]) -> str:
    """How many rows are in, and how many of the predictions among them."""
    predicted = [row for row in rows if row.kind == "predicted"]
    inside = sum(row.inside for row in rows)
    return (
        f"{inside} of {len(rows)} sizes inside their band, "
        f"{sum(row.inside for row in predicted)} of {len(predicted)} predictions among them"
    )
