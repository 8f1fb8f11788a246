"""Features that are values: extremes, means, areas, moments, changes."""

from __future__ import annotations

from typing import ClassVar, Literal, TypeAlias

from pydantic import Field

from metabosim.scenario.vocabulary.base import DAY, Time, Window
from metabosim.scenario.vocabulary.feature_base import (
    BASELINE_TEXT,
    Baseline,
    FeatureBase,
    Moment,
    Windowed,
)
from metabosim.scenario.vocabulary.quantities import NUMBER, Measure
from metabosim.units import display_unit


class Peak(Windowed):
    """The highest value (Cmax): max x(t)."""

    kind: ClassVar[str] = "peak"
    peak: str


class Trough(Windowed):
    """The lowest value (nadir): min x(t)."""

    kind: ClassVar[str] = "trough"
    trough: str


class PeakToTrough(Windowed):
    """Highest less lowest value."""

    kind: ClassVar[str] = "peak_to_trough"
    peak_to_trough: str


class Mean(Windowed):
    """The average over time."""

    kind: ClassVar[str] = "mean"
    mean: str


def integrated(unit: str) -> str:
    """The unit of the time integral: "mmol/min" gives "mmol", "mmol/L" gives "mmol/L*min"."""
    for per in ("/min", "/d"):
        if unit.endswith(per):
            return unit.removesuffix(per)
    return f"{unit}*min"


class Auc(Windowed):
    """The area under the curve; of a flow it is the amount that flowed."""

    kind: ClassVar[str] = "auc"
    auc: str

    @property
    def measure(self) -> Measure:
        """The observable's unit times time."""
        return Measure(integrated(display_unit(self.auc)), self.auc)


class Iauc(Windowed):
    """The incremental area: above the baseline only, what is below it dropped."""

    kind: ClassVar[str] = "iauc"
    iauc: str
    baseline: Baseline = Field("start", description=BASELINE_TEXT)

    @property
    def measure(self) -> Measure:
        """The observable's unit times time."""
        return Measure(integrated(display_unit(self.iauc)), self.iauc)


class Value(Moment):
    """The value at one moment."""

    kind: ClassVar[str] = "value"
    value: str


class FinalValue(Moment):
    """The value at the end of the run."""

    kind: ClassVar[str] = "final"
    final: str
    at: None = None


class Fasting(FeatureBase):
    """The value at 07:00 of a given day (before breakfast)."""

    kind: ClassVar[str] = "fasting"
    grid_min: ClassVar[float | None] = None
    fasting: str
    day: int = Field(0, ge=0, description="Which day; the first is day 0")

    def windows(self, arms: tuple[str, ...] = ()) -> tuple[Window, ...]:
        """The day's start: on its clock, or (a run that starts fasting) the morning itself."""
        at = self.day * DAY
        return (Window(at, at, self.arms_used() or arms, None),)


class AtRest(FeatureBase):
    """The value of the arm's own rest, before anything was done."""

    kind: ClassVar[str] = "at_rest"
    at_rest: str
    of: Literal["mean", "fasting"] = "mean"

    def windows(self, arms: tuple[str, ...] = ()) -> tuple[Window, ...]:
        """None: the rest lies before the run."""
        return ()


Form: TypeAlias = Literal["absolute", "share", "fold"]


class FromBaseline(Windowed):
    """A change from the arm's own rest: at a moment, or of the mean over a window."""

    at: Time | None = Field(None, description="At this moment; else the window's mean, else final")
    baseline: Baseline = Field("mean", description=BASELINE_TEXT)

    def windows(self, arms: tuple[str, ...] = ()) -> tuple[Window, ...]:
        """The moment or the window."""
        if self.start is None and self.stop is None:
            return (Window(self.at, self.at, self.arms_used() or arms, None),)
        return super().windows(arms)


class ChangeFromBaseline(FromBaseline):
    """The change from the arm's own rest: at a moment, or of the mean over a window."""

    kind: ClassVar[str] = "change_from_baseline"
    change_from_baseline: str
    as_: Form = Field("absolute", alias="as", description="In its unit, as a share, or as a fold")

    @property
    def measure(self) -> Measure:
        """The observable's unit, or none."""
        return super().measure if self.as_ == "absolute" else NUMBER


class FoldChange(FromBaseline):
    """How many times the arm's own rest: at a moment, or of the mean over a window."""

    kind: ClassVar[str] = "fold_change"
    fold_change: str

    @property
    def measure(self) -> Measure:
        """A ratio."""
        return NUMBER


class Change(Windowed):
    """The change between two moments, x(to) - x(from); its share or fold of x(from)."""

    kind: ClassVar[str] = "change"
    grid_min: ClassVar[float | None] = None
    change: str
    as_: Form = Field("absolute", alias="as", description="In its unit, as a share, or as a fold")

    @property
    def measure(self) -> Measure:
        """The observable's unit, or none."""
        return super().measure if self.as_ == "absolute" else NUMBER


class Slope(Windowed):
    """The straight line that fits best, per day."""

    kind: ClassVar[str] = "slope"
    grid_min: ClassVar[float | None] = 60.0
    slope: str

    @property
    def measure(self) -> Measure:
        """The observable's unit per day."""
        return Measure(f"{display_unit(self.slope)}/d", "")
