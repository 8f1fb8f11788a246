"""Features that are shapes: pulses, ripple, first and second phase."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from metabosim.scenario.vocabulary.base import Amount, Span
from metabosim.scenario.vocabulary.feature_base import BASELINE_TEXT, Baseline, Windowed
from metabosim.scenario.vocabulary.features_values import integrated
from metabosim.scenario.vocabulary.quantities import NUMBER, Measure
from metabosim.units import display_unit


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
