"""Checks on the course of one arm: it stays, it answers, it comes back."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field, model_validator

from metabosim.scenario.vocabulary.base import (
    Amount,
    CheckBase,
    Span,
    Time,
    Vocabulary,
    Window,
    checked_order,
)
from metabosim.scenario.vocabulary.feature_base import BASELINE_TEXT, Baseline, Daily
from metabosim.scenario.vocabulary.operands import OneCourse, course_grid, measure_of


class _Stays(OneCourse):
    noise: Amount = Field("0.5 %", description="Void unless it moves at least this much")

    def windows(self) -> tuple[Window, ...]:
        """The window in every arm."""
        return (Window(self.start, self.stop, self.named_arms(), course_grid(self.daily)),)

    @model_validator(mode="after")
    def _noise_is_a_size(self) -> _Stays:
        measure_of(self.observable).checked_effect(self.noise, zero=True, what="noise")
        return self


class StaysAbove(_Stays):
    """It never falls below a level. STL: G[from,to] x >= level."""

    kind: ClassVar[str] = "stays_above"
    level: Amount

    @model_validator(mode="after")
    def _level_is_one(self) -> StaysAbove:
        measure_of(self.observable).checked_threshold(self.level)
        return self

    def opposite(self) -> StaysBelow:
        """It stays below the level."""
        return StaysBelow.model_validate(self.model_dump(by_alias=True))


class StaysBelow(_Stays):
    """It never rises above a level. STL: G[from,to] x <= level."""

    kind: ClassVar[str] = "stays_below"
    level: Amount

    @model_validator(mode="after")
    def _level_is_one(self) -> StaysBelow:
        measure_of(self.observable).checked_threshold(self.level)
        return self

    def opposite(self) -> StaysAbove:
        """It stays above the level."""
        return StaysAbove.model_validate(self.model_dump(by_alias=True))


class StaysBetween(_Stays):
    """It never leaves a band. STL: G[from,to] (x >= low and x <= high)."""

    kind: ClassVar[str] = "stays_between"
    low: Amount
    high: Amount

    @model_validator(mode="after")
    def _levels_are_ordered(self) -> StaysBetween:
        measure = measure_of(self.observable)
        low, high = measure.checked_threshold(self.low), measure.checked_threshold(self.high)
        if low.times == high.times and not low.value < high.value:
            raise ValueError(f"'low' must be below 'high', got {self.low} and {self.high}")
        return self


class Condition(Vocabulary):
    """An observable above or below a level."""

    observable: str
    above: Amount | None = None
    below: Amount | None = None
    baseline: Baseline = Field("fasting", description=BASELINE_TEXT)

    @model_validator(mode="after")
    def _one_level(self) -> Condition:
        if (self.above is None) == (self.below is None):
            raise ValueError("give 'above' or 'below', one of the two")
        measure_of(self.observable).checked_threshold(self.level)
        return self

    @property
    def level(self) -> str | float:
        """The level, whichever side it bounds."""
        level = self.above if self.above is not None else self.below
        assert level is not None
        return level


class WhenThen(CheckBase):
    """Whenever one thing is so, another is, at once or `within` a time.

    STL: G[from,to] (when -> F[0,within] then). The margin is the worst response while the
    condition is active, in the response's unit.
    """

    kind: ClassVar[str] = "when_then"
    when: Condition
    then: Condition
    within: Span | None = None
    active_at_least: Span = Field(1.0, description="Void if the condition is active for less")
    arm: str | None = None
    start: Time | None = Field(None, alias="from")
    stop: Time | None = Field(None, alias="to")

    @model_validator(mode="after")
    def _forward(self) -> WhenThen:
        checked_order(self.start, self.stop)
        return self

    def named_arms(self) -> tuple[str, ...]:
        """The arm, if given."""
        return (self.arm,) if self.arm else ()

    def observables_used(self) -> tuple[str, ...]:
        """Condition and response."""
        return tuple(dict.fromkeys((self.when.observable, self.then.observable)))

    def windows(self) -> tuple[Window, ...]:
        """The window and the time allowed after it."""
        stop = None if self.stop is None else self.stop + (self.within or 0.0)
        return (Window(self.start, stop, self.named_arms(), 1.0),)


class ReturnsWithin(CheckBase):
    """Having left a band around its baseline, it comes back in time and stays a while.

    STL: F[left, after+within] G[0,and_stays] |x - baseline| <= band, where `left` is the moment
    it first leaves the band after `after`. The margin is the band less the best deviation.
    """

    kind: ClassVar[str] = "returns_within"
    observable: str
    of_baseline: Amount = Field(description="Half width of the band, or % of the baseline")
    within: Span
    and_stays: Span = 30.0
    after: Time = 0.0
    arm: str | None = None
    baseline: Baseline = Field("fasting", description=BASELINE_TEXT)
    daily: Daily | None = None
    period: Span = 1440.0

    @model_validator(mode="after")
    def _band_is_a_size(self) -> ReturnsWithin:
        measure_of(self.observable).checked_effect(self.of_baseline, what="the band")
        return self

    def named_arms(self) -> tuple[str, ...]:
        """The arm, if given."""
        return (self.arm,) if self.arm else ()

    def observables_used(self) -> tuple[str, ...]:
        """The observable."""
        return (self.observable,)

    def windows(self) -> tuple[Window, ...]:
        """From `after` until the last moment it may still be staying."""
        stop = self.after + self.within + self.and_stays
        return (Window(self.after, stop, self.named_arms(), course_grid(self.daily)),)


COURSE: tuple[type[CheckBase], ...] = (
    StaysAbove, StaysBelow, StaysBetween, WhenThen, ReturnsWithin,
)  # fmt: skip
