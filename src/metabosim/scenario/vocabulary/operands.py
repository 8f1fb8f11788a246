"""What checks share: an operand (an arm, or a feature that names its own), a setting, mixins."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Discriminator, Field, Tag, model_validator

from metabosim.scenario.vocabulary.base import CheckBase, Span, Time, Vocabulary, checked_order
from metabosim.scenario.vocabulary.composites import Feature
from metabosim.scenario.vocabulary.features import (
    BASELINE_TEXT,
    Baseline,
    ChangeFromBaseline,
    Daily,
    FeatureBase,
)
from metabosim.scenario.vocabulary.quantities import Measure
from metabosim.units import display_unit


def _operand_tag(value: Any) -> str:
    return "(arm)" if isinstance(value, str) else "(feature)"


if TYPE_CHECKING:
    Operand = str | FeatureBase
else:  # the name of an arm, or a feature with its own arm and window
    Operand = Annotated[
        Annotated[str, Tag("(arm)")] | Annotated[Feature, Tag("(feature)")],
        Discriminator(_operand_tag),
    ]

Part = tuple[FeatureBase, tuple[str, ...]]


def operand_parts(feature: FeatureBase | None, *operands: str | FeatureBase) -> list[Part]:
    """Each operand as a feature and its arms; an arm alone is read by `feature`."""
    parts: list[Part] = []
    for operand in operands:
        if not isinstance(operand, str):
            parts.append((operand, ()))
        elif feature is not None:
            parts.append((feature, (operand,)))
    return parts


def need_feature(feature: FeatureBase | None, *operands: str | FeatureBase) -> None:
    """An operand that is only an arm needs the check's `feature`."""
    if feature is None and any(isinstance(operand, str) for operand in operands):
        raise ValueError("'feature' is missing: what should be read from the arms?")


def first_measured(feature: FeatureBase | None, *operands: str | FeatureBase) -> FeatureBase:
    """The feature that gives a comparison its unit."""
    for operand in operands:
        if not isinstance(operand, str):
            return operand
    if feature is None:
        raise ValueError("'feature' is missing: what should be read from the arms?")
    return feature


class TwoArms(CheckBase):
    """A check on a treated arm against a control."""

    treated: str | None = Field(None, description="The only arm beside the control unless given")
    control: str | None = Field(None, description="The scenario's control unless given")

    def named_arms(self) -> tuple[str, ...]:
        """Those of the two that are given."""
        return tuple(name for name in (self.treated, self.control) if name)


class Observing(CheckBase):
    """A check on one number of an arm: a feature, or shorthand for an observable's change."""

    observable: str | None = Field(None, description="Shorthand: its change from baseline")
    feature: Feature | None = Field(None, description="Or any feature")
    start: Time | None = Field(None, alias="from", description="With `observable`: mean from here")
    stop: Time | None = Field(None, alias="to", description="With `observable`: mean up to here")
    at: Time | None = Field(None, description="With `observable`: its value at this moment")
    baseline: Baseline = Field("mean", description=BASELINE_TEXT)
    arm: str | None = Field(None, description="The only arm beside the control unless given")
    versus: str = Field("baseline", description="The arm's own rest, or another arm")

    @model_validator(mode="after")
    def _one_of_the_two(self) -> Observing:
        if (self.observable is None) == (self.feature is None):
            raise ValueError("give an 'observable' or a 'feature', one of the two")
        if self.feature is not None and not (self.start is self.stop is self.at is None):
            raise ValueError("give the window inside the 'feature'")
        checked_order(self.start, self.stop)
        return self

    @property
    def what(self) -> FeatureBase:
        """The feature that is read from the arm (for an observable: mean, value or final)."""
        if self.feature is not None:
            return self.feature
        return ChangeFromBaseline.model_validate(
            {
                "change_from_baseline": self.observable,
                "from": self.start,
                "to": self.stop,
                "at": self.at,
                "baseline": self.baseline,
            }
        )

    def parts(self) -> Any:
        """The feature, in its arm and in the arm it is compared with."""
        arms = (self.arm,) if self.arm else ()
        yield self.what, arms
        if self.versus != "baseline":
            yield self.what, (self.versus,)

    def named_arms(self) -> tuple[str, ...]:
        """Arm and reference."""
        versus = self.versus if self.versus != "baseline" else None
        return tuple(name for name in (self.arm, versus) if name)


class Stretch(Vocabulary):
    """A stretch of time."""

    start: Time = Field(alias="from")
    stop: Time = Field(alias="to")

    @model_validator(mode="after")
    def _forward(self) -> Stretch:
        checked_order(self.start, self.stop)
        return self


class OneCourse(CheckBase):
    """A check on the course of an observable in one arm or several."""

    observable: str
    arm: str | None = Field(None, description="The only arm beside the control unless given")
    arms: tuple[str, ...] = Field((), description="Or several, in all of which it must be so")
    start: Time | None = Field(None, alias="from", description="Start of the window")
    stop: Time | None = Field(None, alias="to", description="End of the window")
    daily: Daily | None = Field(None, description="Look at one number a day instead")
    period: Span = Field(1440.0, description="What counts as a day for `daily`")
    baseline: Baseline = Field("fasting", description=BASELINE_TEXT)

    @model_validator(mode="after")
    def _arms_and_window(self) -> OneCourse:
        if self.arm and self.arms:
            raise ValueError("give 'arm' or 'arms', not both")
        checked_order(self.start, self.stop)
        return self

    def named_arms(self) -> tuple[str, ...]:
        """The arms given."""
        return self.arms or ((self.arm,) if self.arm else ())

    def observables_used(self) -> tuple[str, ...]:
        """The observable."""
        return (self.observable,)


def measure_of(observable: str) -> Measure:
    """Unit and column of an observable."""
    return Measure(display_unit(observable), observable)


def course_grid(daily: str | None) -> float:
    """How fine the output must be, in min."""
    return 1.0 if daily is None else 60.0 if daily == "fasting" else 15.0
