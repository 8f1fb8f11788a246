"""What a population came to: changes of each observable in each arm, with intervals.

Where everybody lived every arm, arms are compared within people; where arms were randomised, between them (Welch).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from metabosim.population.store import Store

if TYPE_CHECKING:
    import pandas as pd

CONFIDENCE = 0.95

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Row:
    """One observable in one arm: means, the change with its interval, and how it differs from the control's."""

    arm: str
    observable: str
    n: int
    start: float
    end: float
    change: float
    change_low: float
    change_high: float
    change_sd: float
    share_rising: float
    versus_control: float | None = None
    versus_low: float | None = None
    versus_high: float | None = None


@dataclass(frozen=True)
class Summary:
    """All rows, how many were refused as implausible, and who failed."""

    rows: tuple[Row, ...]
    subjects: int
    refused: int
    failed: int
    first_failure: str

    def as_dict(self) -> dict[str, Any]:
        """The summary as JSON has it."""
        return {
            "subjects": self.subjects,
            "refused_as_implausible": self.refused,
            "failed": self.failed,
            "first_failure": self.first_failure,
            "confidence": CONFIDENCE,
            "rows": [dict(vars(row)) for row in self.rows],
        }

    def frame(self) -> pd.DataFrame:
        """The rows as a table."""
        import pandas as pd

        return pd.DataFrame([vars(row) for row in self.rows])


def summarised(store: Store) -> Summary:
    """The summary of a study whose pieces are all there."""
    people = store.columns(["subject", "arm", "refused", "failed"])
    once = people.drop_duplicates("subject")
    lost = people[people["failed"] != ""]
    first = ""
    if len(lost):
        one = lost.iloc[0]
        first = f"subject {one['subject']}, arm {one['arm']}: {one['failed']}"
    return Summary(
        tuple(row for name in store.study.observables for row in _rows(store, name)),
        store.study.subjects,
        int(once["refused"].sum()),
        int(lost["subject"].nunique()),
        first,
    )


def _rows(store: Store, name: str) -> Iterator[Row]:
    study = store.study
    table = store.columns(["subject", "arm", f"{name}.start", f"{name}.end"])
    table["change"] = table[f"{name}.end"] - table[f"{name}.start"]
    of = {arm: part.set_index("subject").dropna() for arm, part in table.groupby("arm")}
    control = of.get(study.control)
    for arm in study.arms:
        part = of.get(arm)
        if part is None or part.empty:
            continue
        change = part["change"].to_numpy()
        middle, low, high = _interval(change)
        versus: tuple[float | None, ...] = (None, None, None)
        if arm != study.control and control is not None and len(control):
            if study.randomised:
                versus = _welch(change, control["change"].to_numpy())
            else:
                versus = _interval((part["change"] - control["change"]).dropna().to_numpy())
        yield Row(
            arm,
            name,
            len(change),
            float(part[f"{name}.start"].mean()),
            float(part[f"{name}.end"].mean()),
            middle,
            low,
            high,
            float(np.std(change, ddof=1)) if len(change) > 1 else 0.0,
            float(np.mean(change > 0.0)),
            *versus,
        )


def _interval(values: Floats) -> tuple[float, float, float]:
    """Mean and its confidence interval (Student); the mean thrice for a single value."""
    from scipy.stats import t

    middle, n = float(np.mean(values)), len(values)
    if n < 2:
        return middle, middle, middle
    half = float(t.ppf(0.5 + CONFIDENCE / 2, n - 1) * np.std(values, ddof=1) / np.sqrt(n))
    return middle, middle - half, middle + half


def _welch(a: Floats, b: Floats) -> tuple[float, float, float]:
    """Difference of two means and its confidence interval, the variances not taken to be equal (Welch 1947)."""
    from scipy.stats import t

    difference = float(np.mean(a) - np.mean(b))
    if len(a) < 2 or len(b) < 2:
        return difference, difference, difference
    u, v = np.var(a, ddof=1) / len(a), np.var(b, ddof=1) / len(b)
    if u + v == 0.0:
        return difference, difference, difference
    freedom = (u + v) ** 2 / (u**2 / (len(a) - 1) + v**2 / (len(b) - 1))
    half = float(t.ppf(0.5 + CONFIDENCE / 2, freedom) * np.sqrt(u + v))
    return difference, difference - half, difference + half
