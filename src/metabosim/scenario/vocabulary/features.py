"""Features of one arm: a number read from a run, as data.

Times that a feature returns are counted from the start of its window. Levels may be relative to
the arm's own rest ("120 % of baseline"); `baseline` says which number of the rest that is.
"""

from __future__ import annotations

from typing import ClassVar, Literal, TypeAlias

from pydantic import Field, model_validator

from metabosim.scenario.vocabulary.base import (
    DAY,
    Amount,
    Share,
    Span,
    Time,
    Vocabulary,
    Window,
    checked_order,
)
from metabosim.scenario.vocabulary.quantities import MINUTES, NUMBER, Measure
from metabosim.units import display_unit

Baseline: TypeAlias = Literal["mean", "fasting", "clock", "start"]
Daily: TypeAlias = Literal["mean", "max", "min", "fasting"]
BASELINE_TEXT = (
    "mean of the habitual day, its 07:00 value, its value at the same clock time, "
    "or the value at the window's start"
)


class FeatureBase(Vocabulary):
    """A number from one arm."""

    kind: ClassVar[str] = ""
    # how far apart, in min, the output may be inside the window; None: only its edges are read
    grid_min: ClassVar[float | None] = 1.0

    arm: str | None = Field(None, description="Take it from this arm, whatever the check says")

    @property
    def observable(self) -> str:
        """The column it reads; "" if none."""
        value = getattr(self, self.kind, "")
        return value if isinstance(value, str) else ""

    @property
    def measure(self) -> Measure:
        """Unit and column of the number."""
        return Measure(display_unit(self.observable), self.observable)

    def arms_used(self) -> tuple[str, ...]:
        """Arms named inside the feature."""
        return (self.arm,) if self.arm else ()

    def observables_used(self) -> tuple[str, ...]:
        """Columns of the run it reads."""
        return (self.observable,) if self.observable else ()

    def windows(self, arms: tuple[str, ...] = ()) -> tuple[Window, ...]:
        """The stretches of the run it reads."""
        return (Window(None, None, self.arms_used() or arms, self.grid_min),)


class Windowed(FeatureBase):
    """A feature of an observable over a window, which is the whole run unless given."""

    start: Time | None = Field(None, alias="from", description="Start of the window")
    stop: Time | None = Field(None, alias="to", description="End of the window")
    daily: Daily | None = Field(
        None, description="Look at one number a day (or a period) instead of the course itself"
    )
    period: Span = Field(DAY, description="What counts as a day for `daily`, such as 1 week")

    @model_validator(mode="after")
    def _window_runs_forward(self) -> Windowed:
        checked_order(self.start, self.stop)
        return self

    def windows(self, arms: tuple[str, ...] = ()) -> tuple[Window, ...]:
        """One window, on a grid as fine as the feature needs."""
        grid = self.grid_min
        if self.daily is not None:
            grid = 60.0 if self.daily == "fasting" else 15.0
        return (Window(self.start, self.stop, self.arms_used() or arms, grid),)


class Timed(Windowed):
    """A feature whose number is a time, counted from the start of the window."""

    @property
    def measure(self) -> Measure:
        """Minutes."""
        return MINUTES


class Moment(FeatureBase):
    """A feature of an observable at one moment."""

    grid_min: ClassVar[float | None] = None

    at: Time | None = Field(None, description="When; the end of the run unless given")

    def windows(self, arms: tuple[str, ...] = ()) -> tuple[Window, ...]:
        """A window of no length."""
        return (Window(self.at, self.at, self.arms_used() or arms, None),)


class Peak(Windowed):
    """The highest value (Cmax): max x(t)."""

    kind: ClassVar[str] = "peak"
    peak: str


class Trough(Windowed):
    """The lowest value (nadir): min x(t)."""

    kind: ClassVar[str] = "trough"
    trough: str


class TimeToPeak(Timed):
    """When the highest value comes (Tmax)."""

    kind: ClassVar[str] = "time_to_peak"
    time_to_peak: str


class TimeToTrough(Timed):
    """When the lowest value comes."""

    kind: ClassVar[str] = "time_to_trough"
    time_to_trough: str


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


class SettlingTime(Timed):
    """When it last enters a band around its final value, or its baseline, and stays."""

    kind: ClassVar[str] = "settling_time"
    settling_time: str
    band: Amount = Field("10 %", description="Half width of the band; % of the settled value")
    around: Literal["final", "baseline"] = "final"
    baseline: Baseline = Field("fasting", description=BASELINE_TEXT)


class TimeInRange(Timed):
    """How long it is between two levels (TIR: glucose 3.9 to 10 mmol/L)."""

    kind: ClassVar[str] = "time_in_range"
    time_in_range: str
    low: Amount
    high: Amount
    baseline: Baseline = Field("mean", description=BASELINE_TEXT)


class TimeBelow(Timed):
    """How long it is below a level."""

    kind: ClassVar[str] = "time_below"
    time_below: str
    level: Amount
    baseline: Baseline = Field("mean", description=BASELINE_TEXT)


class TimeAbove(Timed):
    """How long it is above a level."""

    kind: ClassVar[str] = "time_above"
    time_above: str
    level: Amount
    baseline: Baseline = Field("mean", description=BASELINE_TEXT)


class HalfEffectTime(Timed):
    """When the change from baseline (or from another arm) first reaches half of its final size."""

    kind: ClassVar[str] = "half_effect_time"
    half_effect_time: str = Field(description="An observable, or m_value (see `every`)")
    versus: str | None = Field(None, description="Measure the effect against this arm")
    share: Share = Field(0.5, gt=0, lt=1, description="How much of the final change counts")
    baseline: Baseline = Field("mean", description=BASELINE_TEXT)
    every: Span = Field(14 * DAY, description="How often m_value is measured")

    def arms_used(self) -> tuple[str, ...]:
        """Its own arm and the one it is compared with."""
        return tuple(name for name in (self.arm, self.versus) if name)

    def observables_used(self) -> tuple[str, ...]:
        """Nothing if it measures M by clamps."""
        return () if self.half_effect_time == "m_value" else super().observables_used()

    def windows(self, arms: tuple[str, ...] = ()) -> tuple[Window, ...]:
        """Its window, in its arm and in the one it is compared with."""
        mine = (self.arm,) if self.arm else arms
        extra = (self.versus,) if self.versus else ()
        return tuple(w._replace(arms=(*mine, *extra)) for w in super().windows(arms))


class HalfLife(Timed):
    """The terminal half-life: ln 2 over the slope of ln x, from the peak (or `from`) on."""

    kind: ClassVar[str] = "half_life"
    half_life: str


class Lag(Timed):
    """How long one observable (`lag`) runs behind another (`behind`)."""

    kind: ClassVar[str] = "lag"
    lag: str = Field(description="The one that follows")
    behind: str = Field(description="The one that leads")
    by: Literal["half_effect", "best_shift"] = Field(
        "half_effect", description="Difference of half-effect times, or the best-fitting shift"
    )

    def observables_used(self) -> tuple[str, ...]:
        """Both."""
        return (self.lag, self.behind)


class PulseCount(Windowed):
    """How many pulses rise by at least `rise` and fall by it again."""

    kind: ClassVar[str] = "pulse_count"
    pulse_count: str
    rise: Amount = Field(description="How far a pulse stands out on both sides")

    @property
    def measure(self) -> Measure:
        """A number of pulses."""
        return NUMBER


class PulseMass(Windowed):
    """The mean area of the pulses above the line between their two feet."""

    kind: ClassVar[str] = "pulse_mass"
    pulse_mass: str
    rise: Amount = Field(description="How far a pulse stands out on both sides")

    @property
    def measure(self) -> Measure:
        """The observable's unit times time."""
        return Measure(integrated(display_unit(self.pulse_mass)), self.pulse_mass)


class Slope(Windowed):
    """The straight line that fits best, per day."""

    kind: ClassVar[str] = "slope"
    grid_min: ClassVar[float | None] = 60.0
    slope: str

    @property
    def measure(self) -> Measure:
        """The observable's unit per day."""
        return Measure(f"{display_unit(self.slope)}/d", "")


class PeakToTrough(Windowed):
    """Highest less lowest value."""

    kind: ClassVar[str] = "peak_to_trough"
    peak_to_trough: str


class Ripple(Windowed):
    """The largest step back: a fall before the peak, or a rise after it. 0 for a single peak."""

    kind: ClassVar[str] = "ripple"
    ripple: str


class FirstToSecondPhase(Windowed):
    """First-phase over second-phase response above baseline, each the mean of its part."""

    kind: ClassVar[str] = "first_to_second_phase"
    first_to_second_phase: str
    split: Span = Field(10.0, description="How long the first phase lasts")
    baseline: Baseline = Field("start", description=BASELINE_TEXT)

    @property
    def measure(self) -> Measure:
        """A ratio."""
        return NUMBER


class Infusion(Windowed):
    """The mean glucose infusion rate over a window, per kg of body weight (a clamp's M)."""

    kind: ClassVar[str] = "infusion"
    infusion: Literal[True] = True

    @property
    def measure(self) -> Measure:
        """mg of glucose per kg and min."""
        return Measure("mg/kg/min", "glucose")

    def observables_used(self) -> tuple[str, ...]:
        """The infusion and the body weight."""
        return ("glucose_infusion_mmol_min", "weight_kg")


class HalfEffectLevel(Windowed):
    """The level of `of` at which the observable has gone half of its way over the window."""

    kind: ClassVar[str] = "half_effect_level"
    half_effect_level: str
    of: str = Field(description="What drives it, such as insulin_pmol_l in a stepped clamp")

    @property
    def measure(self) -> Measure:
        """The driver's unit."""
        return Measure(display_unit(self.of), self.of)

    def observables_used(self) -> tuple[str, ...]:
        """Both."""
        return (self.half_effect_level, self.of)


class Fasted(FeatureBase):
    """A fasting index, read at 07:00 of a day."""

    grid_min: ClassVar[float | None] = None
    day: int = Field(0, ge=0, description="Which morning; the first is day 0")

    @property
    def measure(self) -> Measure:
        """An index."""
        return NUMBER

    def windows(self, arms: tuple[str, ...] = ()) -> tuple[Window, ...]:
        """The day's start: on its clock, or (a run that starts fasting) the morning itself."""
        at = self.day * DAY
        return (Window(at, at, self.arms_used() or arms, None),)

    def observables_used(self) -> tuple[str, ...]:
        """Glucose and insulin."""
        return ("glucose_mmol_l", "insulin_pmol_l")


class HomaIr(Fasted):
    """HOMA-IR: fasting glucose (mmol/L) x fasting insulin (uU/mL) / 22.5."""

    kind: ClassVar[str] = "homa_ir"
    homa_ir: Literal[True] = True


class Clamped(FeatureBase):
    """A hyperinsulinaemic euglycaemic clamp done to a copy of the body at a moment."""

    grid_min: ClassVar[float | None] = None
    at: Time | None = Field(None, description="When; the end of the run unless given")
    insulin_rate: Amount = "1 mU/kg/min"
    washout: Time = Field(0.0, ge=0, description="Drugs are stopped this long before the clamp")

    def windows(self, arms: tuple[str, ...] = ()) -> tuple[Window, ...]:
        """The moment."""
        return (Window(self.at, self.at, self.arms_used() or arms, None),)


class MValue(Clamped):
    """The clamp's M value: glucose infused at steady state, mg/kg/min."""

    kind: ClassVar[str] = "m_value"
    m_value: Literal[True] = True

    @property
    def measure(self) -> Measure:
        """mg of glucose per kg and min."""
        return Measure("mg/kg/min", "glucose")


class InsulinSensitivity(Clamped):
    """M over the clamp's insulin (M/I), mg/kg/min per 100 pmol/L."""

    kind: ClassVar[str] = "insulin_sensitivity"
    insulin_sensitivity: Literal[True] = True

    @property
    def measure(self) -> Measure:
        """An index."""
        return NUMBER


class ClampMean(Clamped):
    """An observable at the steady state of such a clamp (mean of its last 30 min)."""

    kind: ClassVar[str] = "clamp_mean"
    clamp_mean: str


SINGLE: tuple[type[FeatureBase], ...] = (
    Peak, TimeToPeak, Trough, TimeToTrough, Mean, Auc, Iauc, Value, FinalValue, Fasting, AtRest,
    ChangeFromBaseline, FoldChange, Change, SettlingTime, TimeInRange, TimeBelow, TimeAbove,
    HalfEffectTime, HalfLife, Lag, PulseCount, PulseMass, Slope, PeakToTrough, Ripple,
    FirstToSecondPhase, Infusion, HalfEffectLevel, HomaIr, MValue, InsulinSensitivity, ClampMean,
)  # fmt: skip
