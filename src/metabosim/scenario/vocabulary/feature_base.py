"""What every feature of one arm has: a window or a moment, a unit, the columns it reads.

Times that a feature returns are counted from the start of its window. Levels may be relative to
the arm's own rest ("120 % of baseline"); `baseline` says which number of the rest that is.
"""

from __future__ import annotations

from typing import ClassVar, Literal, TypeAlias

from pydantic import Field, model_validator

from metabosim.scenario.vocabulary.base import DAY, Span, Time, Vocabulary, Window, checked_order
from metabosim.scenario.vocabulary.quantities import MINUTES, Measure
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
