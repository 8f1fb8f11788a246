"""Checks on when things happen: order of events, precedence, lag, steepening."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

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
from metabosim.scenario.vocabulary.composites import Feature
from metabosim.scenario.vocabulary.feature_base import BASELINE_TEXT, Baseline, Daily
from metabosim.scenario.vocabulary.operands import Stretch, course_grid, measure_of


class Event(Vocabulary):
    """A moment: an observable has risen (or fallen) by so much, from its rest or its extreme."""

    rises: str | None = None
    falls: str | None = None
    by: Amount
    since: Literal["baseline", "start", "highest", "lowest"] = Field(
        "baseline", description="From its rest, the window's start, or its extreme so far"
    )
    after_previous: bool = Field(False, description="Start looking at the event before")
    arm: str | None = None
    daily: Daily | None = None
    period: Span = 1440.0
    baseline: Baseline = Field("mean", description=BASELINE_TEXT)

    @model_validator(mode="after")
    def _one_direction(self) -> Event:
        if (self.rises is None) == (self.falls is None):
            raise ValueError("give 'rises' or 'falls', one of the two")
        measure_of(self.observable).checked_effect(self.by)
        return self

    @property
    def observable(self) -> str:
        """What rises or falls."""
        return self.rises or self.falls or ""


class Order(CheckBase):
    """Events come one after another, each at least so much later. t1 + d <= t2, t2 + d <= t3...

    An event that does not come makes the check fail by what is missing of it.
    """

    kind: ClassVar[str] = "order"
    events: tuple[Event, ...] = Field(min_length=2)
    apart_at_least: Span
    arm: str | None = None
    start: Time | None = Field(None, alias="from")
    stop: Time | None = Field(None, alias="to")

    @model_validator(mode="after")
    def _forward(self) -> Order:
        checked_order(self.start, self.stop)
        return self

    def named_arms(self) -> tuple[str, ...]:
        """Arms of the check and of its events."""
        names = [self.arm, *(event.arm for event in self.events)]
        return tuple(dict.fromkeys(name for name in names if name))

    def observables_used(self) -> tuple[str, ...]:
        """Those of the events."""
        return tuple(dict.fromkeys(event.observable for event in self.events))

    def windows(self) -> tuple[Window, ...]:
        """The window, as fine as each event needs."""
        return tuple(
            Window(
                self.start,
                self.stop,
                tuple(name for name in (event.arm or self.arm,) if name),
                course_grid(event.daily),
            )
            for event in self.events
        )

    def opposite(self) -> Order | None:
        """The events in the reverse order, where each can be looked for alone."""
        if any(event.after_previous for event in self.events):
            return None
        return self.model_copy(update={"events": self.events[::-1]})


class Precedes(CheckBase):
    """One thing happens before another: t(then) - t(first) >= by_at_least."""

    kind: ClassVar[str] = "precedes"
    first: Feature = Field(description="A feature that is a time, such as half_effect_time")
    then: Feature = Field(description="A feature that is a time")
    by_at_least: Span

    @model_validator(mode="after")
    def _both_are_times(self) -> Precedes:
        for feature in (self.first, self.then):
            if feature.measure.unit != "min":
                raise ValueError(
                    f"'{feature.kind}' is no time, but a number in {feature.measure.unit}"
                )
        return self

    def parts(self) -> Any:
        """Both."""
        yield self.first, ()
        yield self.then, ()

    def opposite(self) -> Precedes:
        """The other one first."""
        return self.model_copy(update={"first": self.then, "then": self.first})


class LagCheck(CheckBase):
    """One observable follows another, so much later: at_least <= lag <= at_most."""

    kind: ClassVar[str] = "lag"
    follower: str
    leader: str
    at_least: Span
    at_most: Span
    by: Literal["half_effect", "best_shift"] = "half_effect"
    arm: str | None = None
    start: Time | None = Field(None, alias="from")
    stop: Time | None = Field(None, alias="to")
    daily: Daily | None = None
    period: Span = 1440.0

    @model_validator(mode="after")
    def _ordered(self) -> LagCheck:
        checked_order(self.start, self.stop)
        if not self.at_least < self.at_most:
            raise ValueError("'at_least' must be below 'at_most'")
        return self

    def named_arms(self) -> tuple[str, ...]:
        """The arm, if given."""
        return (self.arm,) if self.arm else ()

    def observables_used(self) -> tuple[str, ...]:
        """Both."""
        return (self.follower, self.leader)

    def windows(self) -> tuple[Window, ...]:
        """The window."""
        return (Window(self.start, self.stop, self.named_arms(), course_grid(self.daily)),)

    def opposite(self) -> LagCheck:
        """The follower leads."""
        return self.model_copy(update={"follower": self.leader, "leader": self.follower})


class Steeper(CheckBase):
    """The slope of one stretch is at least so many times that of an earlier one.

    slope(late) >= times x |slope(early)|, in the direction stated, and the change over the late
    stretch is at least `minimum_change`.
    """

    kind: ClassVar[str] = "steeper"
    observable: str
    early: Stretch
    late: Stretch
    times: float = Field(gt=1)
    minimum_change: Amount
    direction: Literal["rises", "falls"] = "rises"
    arm: str | None = None
    daily: Daily | None = None
    period: Span = 1440.0

    @model_validator(mode="after")
    def _minimum(self) -> Steeper:
        measure_of(self.observable).checked_effect(self.minimum_change)
        return self

    def named_arms(self) -> tuple[str, ...]:
        """The arm, if given."""
        return (self.arm,) if self.arm else ()

    def observables_used(self) -> tuple[str, ...]:
        """The observable."""
        return (self.observable,)

    def windows(self) -> tuple[Window, ...]:
        """Both stretches."""
        grid = 60.0 if self.daily is None else course_grid(self.daily)
        return tuple(
            Window(s.start, s.stop, self.named_arms(), grid) for s in (self.early, self.late)
        )

    def opposite(self) -> Steeper:
        """The early stretch is the steeper one."""
        return self.model_copy(update={"early": self.late, "late": self.early})


EVENTS: tuple[type[CheckBase], ...] = (Order, Precedes, LagCheck, Steeper)
