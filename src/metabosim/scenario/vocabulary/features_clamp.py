"""Features of clamps and of fasting."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from metabosim.scenario.vocabulary.base import DAY, Amount, Time, Window
from metabosim.scenario.vocabulary.feature_base import FeatureBase, Windowed
from metabosim.scenario.vocabulary.quantities import NUMBER, Measure
from metabosim.units import display_unit


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
