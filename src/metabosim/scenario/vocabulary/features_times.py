"""Features that are times, counted from the start of the window."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from metabosim.scenario.vocabulary.base import DAY, Amount, Share, Span, Window
from metabosim.scenario.vocabulary.feature_base import BASELINE_TEXT, Baseline, Timed


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


class TimeToPeak(Timed):
    """When the highest value comes (Tmax)."""

    kind: ClassVar[str] = "time_to_peak"
    time_to_peak: str


class TimeToTrough(Timed):
    """When the lowest value comes."""

    kind: ClassVar[str] = "time_to_trough"
    time_to_trough: str
