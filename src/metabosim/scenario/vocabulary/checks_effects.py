"""Checks of effects: dose and response, up then down, interaction, synergy."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from pydantic import Field, model_validator

from metabosim.scenario.vocabulary.base import Amount, CheckBase, Share, Vocabulary
from metabosim.scenario.vocabulary.composites import Feature, same_unit
from metabosim.scenario.vocabulary.feature_base import FeatureBase
from metabosim.scenario.vocabulary.quantities import NUMBER, Measure


class Dose(Vocabulary):
    """A dose and where its effect is read."""

    dose: Amount
    arm: str | None = None
    feature: Feature | None = None

    @model_validator(mode="after")
    def _somewhere(self) -> Dose:
        if self.arm is None and self.feature is None:
            raise ValueError("give the 'arm' of this dose, or a 'feature' with its own")
        return self


class DoseResponse(CheckBase):
    """A feature rises (or falls) with every step of dose, and may level off.

    Worst step >= step_at_least x range, range >= minimum_effect; with `levels_off`, the last
    step's slope <= levels_off x the steepest step's.
    """

    kind: ClassVar[str] = "dose_response"
    feature: Feature | None = None
    doses: tuple[Dose, ...] = Field(min_length=3)
    unit: str = Field("1", description="The unit of the doses")
    direction: Literal["rises", "falls"] = "rises"
    minimum_effect: Amount = Field(description="From the lowest to the highest dose")
    step_at_least: Share = Field(0.0, ge=0, lt=1, description="Share of the range of every step")
    levels_off: Share | None = Field(None, gt=0, lt=1)

    @model_validator(mode="after")
    def _complete(self) -> DoseResponse:
        for dose in self.doses:
            if dose.feature is None and self.feature is None:
                raise ValueError("'feature' is missing: what should be read from the arms?")
        same_unit(tuple(f for f, _ in self.parts()), "a dose response")
        next(self.parts())[0].measure.checked_effect(self.minimum_effect)
        return self

    def named_arms(self) -> tuple[str, ...]:
        """Arms of the doses."""
        return tuple(dose.arm for dose in self.doses if dose.arm)

    def parts(self) -> Any:
        """Each dose."""
        for dose in self.doses:
            yield dose.feature or self.feature, ((dose.arm,) if dose.arm else ())

    def opposite(self) -> DoseResponse:
        """The other direction."""
        flipped = "falls" if self.direction == "rises" else "rises"
        return self.model_copy(update={"direction": flipped})


class Biphasic(CheckBase):
    """First one way, then the other: early effect >= early_by, late effect <= -late_by.

    Effects are against the arm's own rest, another arm, or a feature of its own (`since`).
    """

    kind: ClassVar[str] = "biphasic"
    early: Feature
    late: Feature
    first: Literal["rises", "falls"] = "rises"
    early_by: Amount
    late_by: Amount = Field(description="0 for 'back to where it was'")
    versus: str = Field("baseline", description="The arm's own rest, or another arm")
    since: Feature | None = Field(None, description="Or this feature of the arm")
    arm: str | None = None

    @model_validator(mode="after")
    def _sizes(self) -> Biphasic:
        same_unit((self.early, self.late), "early and late")
        self.early.measure.checked_effect(self.early_by)
        self.late.measure.checked_effect(self.late_by, zero=True)
        return self

    def named_arms(self) -> tuple[str, ...]:
        """Arm and reference."""
        versus = self.versus if self.versus != "baseline" else None
        return tuple(name for name in (self.arm, versus) if name)

    def parts(self) -> Any:
        """Early and late."""
        for feature in (self.early, self.late, *((self.since,) if self.since else ())):
            yield feature, self.named_arms()

    def opposite(self) -> Biphasic:
        """The other way round."""
        return self.model_copy(update={"first": "falls" if self.first == "rises" else "rises"})


class Setting(Vocabulary):
    """A pair of arms (or moments) between which an effect is read."""

    treated: str | None = None
    control: str | None = None
    feature: Feature | None = Field(None, description="Where it differs from the check's")


class DependsOn(CheckBase):
    """An effect is larger in one setting than in another (effect modification).

    effect(high) >= minimum_effect and effect(high) >= times x effect(low) (or >= effect(low) +
    more_by), where effect is treated - control, or treated / control - 1 with `as: fold`.
    """

    kind: ClassVar[str] = "depends_on"
    feature: Feature | None = None
    high: Setting
    low: Setting
    as_: Literal["difference", "fold"] = Field("difference", alias="as")
    direction: Literal["rises", "falls"] = "rises"
    minimum_effect: Amount = Field(description="Of the effect in `high`; as: fold wants a number")
    times: float | None = Field(None, gt=1)
    more_by: Amount | None = None

    @model_validator(mode="after")
    def _complete(self) -> DependsOn:
        if (self.times is None) == (self.more_by is None):
            raise ValueError("give 'times' or 'more_by', one of the two")
        for setting in (self.high, self.low):
            if setting.feature is None and self.feature is None:
                raise ValueError("'feature' is missing: what should be read from the arms?")
        self.effect_measure.checked_effect(self.minimum_effect)
        if self.more_by is not None:
            self.effect_measure.checked_effect(self.more_by)
        return self

    @property
    def effect_measure(self) -> Measure:
        """The unit of an effect."""
        return NUMBER if self.as_ == "fold" else self.reads(self.high).measure

    def reads(self, setting: Setting) -> FeatureBase:
        """The feature read in a setting."""
        feature = setting.feature or self.feature
        assert feature is not None
        return feature

    def named_arms(self) -> tuple[str, ...]:
        """Up to four arms."""
        names = [x for s in (self.high, self.low) for x in (s.treated, s.control)]
        return tuple(dict.fromkeys(name for name in names if name))

    def parts(self) -> Any:
        """Both settings."""
        for s in (self.high, self.low):
            yield self.reads(s), tuple(name for name in (s.treated, s.control) if name)

    def opposite(self) -> DependsOn:
        """The effect is larger in the other setting."""
        return self.model_copy(update={"high": self.low, "low": self.high})


class Advantage(Vocabulary):
    """One arm does better than another."""

    feature: Feature
    better: str
    worse: str
    which_is: Literal["higher", "lower"]
    by_at_least: Amount

    @model_validator(mode="after")
    def _size(self) -> Advantage:
        self.feature.measure.checked_effect(self.by_at_least)
        return self


class CrossingInteraction(CheckBase):
    """What is better for one is worse for another: the advantages point opposite ways.

    Every advantage listed holds by its minimum effect.
    """

    kind: ClassVar[str] = "crossing_interaction"
    advantages: tuple[Advantage, ...] = Field(min_length=2)

    def named_arms(self) -> tuple[str, ...]:
        """All arms."""
        return tuple(dict.fromkeys(x for a in self.advantages for x in (a.better, a.worse)))

    def parts(self) -> Any:
        """Each advantage."""
        for advantage in self.advantages:
            yield advantage.feature, (advantage.better, advantage.worse)

    def opposite(self) -> CrossingInteraction:
        """Every advantage the other way."""
        flipped = tuple(
            a.model_copy(update={"better": a.worse, "worse": a.better}) for a in self.advantages
        )
        return self.model_copy(update={"advantages": flipped})


class Synergy(CheckBase):
    """Two together do more than a named null expects: effect(both) - null(a, b) >= by_at_least.

    Nulls: highest_single_agent max(a, b); additive a + b; bliss a + b - a b / full, where `full`
    is the largest possible effect. Effects are against the arm with none.
    """

    kind: ClassVar[str] = "synergy"
    feature: Feature
    none: str
    a: str
    b: str
    both: str
    null_model: Literal["highest_single_agent", "additive", "bliss"]
    by_at_least: Amount = Field(description="Or % of what the null expects")
    direction: Literal["rises", "falls"] = "rises"
    full: Amount | None = Field(None, description="For bliss: the largest possible effect")
    inert_below: Amount = Field("1 %", description="Void if a or b alone does less (% of both)")
    allow_inert: bool = False

    @model_validator(mode="after")
    def _sizes(self) -> Synergy:
        measure = self.feature.measure
        measure.checked_effect(self.by_at_least)
        measure.checked_effect(self.inert_below, zero=True)
        if (self.full is None) == (self.null_model == "bliss"):
            raise ValueError("'full' goes with the null model 'bliss', and only with it")
        if self.full is not None:
            measure.checked_effect(self.full, what="'full'")
        return self

    def named_arms(self) -> tuple[str, ...]:
        """Four arms."""
        return (self.none, self.a, self.b, self.both)

    def parts(self) -> Any:
        """The feature in four arms."""
        yield self.feature, self.named_arms()


EFFECTS: tuple[type[CheckBase], ...] = (
    DoseResponse, Biphasic, DependsOn, CrossingInteraction, Synergy,
)  # fmt: skip
