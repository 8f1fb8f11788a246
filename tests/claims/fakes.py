"""Runs made of arrays, and a toy engine with known answers, for the tests of claims."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np

from metabosim.claims.bench import Bench
from metabosim.protocol import Hold
from metabosim.scenario import Arm

DAY = 1440.0


@dataclass
class FakeRun:
    """A run whose columns are given; its rest is constant at `rest_values`."""

    time_min: np.ndarray
    columns: dict[str, np.ndarray]
    rest_values: dict[str, float] = field(default_factory=dict)
    m_values: Any = None
    start: str = "midnight"

    @property
    def names(self) -> list[str]:
        """Names of the columns."""
        return list(self.columns)

    def __getitem__(self, name: str) -> np.ndarray:
        return self.columns[name]

    @property
    def rest(self) -> FakeRun:
        """A day on which nothing moves."""
        t = np.arange(0.0, DAY + 1)
        return FakeRun(t, {name: np.full(len(t), v) for name, v in self.rest_values.items()})

    def baseline(self, name: str) -> float:
        """The value at rest."""
        return self.rest_values[name]

    def fasting_baseline(self, name: str) -> float:
        """The value at rest."""
        return self.rest_values[name]

    def m_value(self, at_min: float, **options: Any) -> float:
        """M as given."""
        return float(self.m_values(at_min))


def run_of(
    t: Any, *, rest: dict[str, float] | None = None, m: Any = None, **columns: Any
) -> FakeRun:
    """A run from times and columns; the rest is each column's first value unless given."""
    t = np.asarray(t, float)
    arrays = {name: np.broadcast_to(np.asarray(x, float), t.shape) for name, x in columns.items()}
    first = {name: float(x[0]) for name, x in arrays.items()}
    return FakeRun(t, arrays, first | (rest or {}), m)


class _Subject:
    parameters: ClassVar[dict[str, float]] = {}
    id = "fake"


def arm(duration: float = 1000.0, **changes: Any) -> Arm:
    """An arm of the toy engine."""
    return Arm(subject=_Subject(), duration=duration, **changes)  # type: ignore[arg-type]


def bench_of_runs(control: str | None = None, /, **runs: FakeRun) -> Bench:
    """A bench whose arms have been run already; the control is 'control' unless named."""

    def never(**_: Any) -> Any:
        raise AssertionError("nothing should be simulated here")

    arms = {name: arm(float(run.time_min[-1])) for name, run in runs.items()}
    return Bench(arms, control or "control", never, runs=dict(runs))


def toy(
    subject: Any,
    protocol: Any,
    levers: Any,
    duration: float,
    *,
    parameters: Any,
    output: Any,
    tolerance: float,
    **_: Any,
) -> FakeRun:
    """A body in one line: dose -> VAT -> M, dose -> M directly, and M as an observable.

    vat = 5 - dose x lever 'gh_vat_lipolysis' x t/T x parameter 'slope';
    index = 10 - 2 (vat - 5) x lever 'vat_inflammation' + direct x dose + interaction x dose x vat.
    The tolerance moves the outcome by that much, as a solver would.
    """  # fmt: skip
    t = np.asarray(output, float)
    dose, slope = parameters.get("dose", 0.0), parameters.get("slope", 1.0)
    vat = 5.0 - dose * levers.get("gh_vat_lipolysis", 1.0) * slope * t / duration
    held = [step for step in protocol if isinstance(step, Hold) and step.name == "vat_kg"]
    for step in held:
        vat = np.interp(t, step.at.time_min, step.at["vat_kg"])
    index = (
        10.0
        + 2.0 * (5.0 - vat) * levers.get("vat_inflammation", 1.0)
        + parameters.get("direct", 0.0) * dose
        + parameters.get("interaction", 0.0) * dose * vat
        + parameters.get("offset", 0.0)
        + tolerance
    )
    return run_of(
        t, vat_kg=vat, insulin_sensitivity_index=index, drug=np.full(len(t), dose),
        rest={"vat_kg": 5.0, "insulin_sensitivity_index": 10.0, "drug": 0.0},
        m=lambda at: float(np.interp(at, t, index)),
    )  # fmt: skip


def toy_bench(**arms: dict[str, Any]) -> Bench:
    """A bench of the toy engine; each arm by its parameters."""
    return Bench({name: arm(parameters=p) for name, p in arms.items()}, "control", toy)
