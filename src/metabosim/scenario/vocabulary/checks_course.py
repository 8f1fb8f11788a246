"""Checks on the course of one arm in time: stays, when-then, returns, order of events, slopes."""

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
from metabosim.scenario.vocabulary.features import BASELINE_TEXT, Baseline, Daily
from metabosim.scenario.vocabulary.operands import OneCourse, Stretch
from metabosim.scenario.vocabulary.quantities import Measure
from metabosim.units import display_unit


def measure_of(observable: str) -> Measure:
    """Unit and column of an observable."""
    return Measure(display_unit(observable), observable)


def course_grid(daily: str | None) -> float:
    """How fine the output must be, in min."""
    return 1.0 if daily is None else 60.0 if daily == "fasting" else 15.0


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


COURSE: tuple[type[CheckBase], ...] = (
    StaysAbove, StaysBelow, StaysBetween, WhenThen, ReturnsWithin, Order, Precedes, LagCheck,
    Steeper,
)  # fmt: skip
