"""Checks that compare arms: rises and falls, order of sizes, equivalence, dose, interaction."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from pydantic import Field, model_validator

from metabosim.scenario.vocabulary.base import Amount, CheckBase, Share, Vocabulary
from metabosim.scenario.vocabulary.composites import Feature, same_unit
from metabosim.scenario.vocabulary.features import FeatureBase
from metabosim.scenario.vocabulary.operands import (
    Observing,
    Operand,
    first_measured,
    need_feature,
    operand_parts,
)


class _Moves(Observing):
    at_least: Amount = Field(description="The minimum effect, or % of the reference")
    at_most: Amount | None = Field(None, description="And no more than this")

    @model_validator(mode="after")
    def _sizes(self) -> _Moves:
        least = self.what.measure.checked_effect(self.at_least)
        if self.at_most is not None:
            most = self.what.measure.checked_effect(self.at_most, what="'at_most'")
            if most.relative == least.relative and not least.value < most.value:
                raise ValueError("'at_least' must be below 'at_most'")
        return self


class Rises(_Moves):
    """It is up from baseline (or on another arm) by a minimum effect: x - ref >= at_least."""

    kind: ClassVar[str] = "rises"

    def opposite(self) -> Falls:
        """It falls."""
        return Falls.model_validate(self.model_dump(by_alias=True, exclude_none=True))


class Falls(_Moves):
    """It is down from baseline (or on another arm) by a minimum effect: ref - x >= at_least."""

    kind: ClassVar[str] = "falls"

    def opposite(self) -> Rises:
        """It rises."""
        return Rises.model_validate(self.model_dump(by_alias=True, exclude_none=True))


class Compare(CheckBase):
    """A feature is higher in one arm than in another, by a difference or a fold.

    f(higher) - f(lower) >= by_at_least, and f(higher) / f(lower) >= by_fold. A percentage is one
    of the lower value. With `order`, every neighbouring pair of the list, highest first.
    """

    kind: ClassVar[str] = "compare"
    feature: Feature | None = None
    higher: Operand | None = None
    lower: Operand | None = None
    order: tuple[Operand, ...] = Field((), description="Instead: arms, highest first")
    by_at_least: Amount | None = None
    by_fold: float | None = Field(None, gt=1)

    @model_validator(mode="after")
    def _complete(self) -> Compare:
        if bool(self.order) == (self.higher is not None or self.lower is not None):
            raise ValueError("give 'higher' and 'lower', or 'order'")
        if not self.order and (self.higher is None or self.lower is None):
            raise ValueError("'higher' and 'lower' go together")
        if self.order and len(self.order) < 2:
            raise ValueError("'order' needs at least two arms")
        if self.by_at_least is None and self.by_fold is None:
            raise ValueError("a minimum effect is missing: give 'by_at_least' or 'by_fold'")
        need_feature(self.feature, *self.ranked)
        same_unit(tuple(f for f, _ in self.parts()), "a comparison")
        if self.by_at_least is not None:
            self.what.measure.checked_effect(self.by_at_least)
        return self

    @property
    def ranked(self) -> tuple[str | FeatureBase, ...]:
        """The operands, highest first."""
        return self.order or tuple(x for x in (self.higher, self.lower) if x is not None)

    @property
    def what(self) -> FeatureBase:
        """The feature that gives the unit."""
        return first_measured(self.feature, *self.ranked)

    def named_arms(self) -> tuple[str, ...]:
        """Operands that are arms."""
        return tuple(x for x in self.ranked if isinstance(x, str))

    def parts(self) -> Any:
        """Each operand."""
        yield from operand_parts(self.feature, *self.ranked)

    def opposite(self) -> Compare:
        """The order reversed."""
        if self.order:
            return self.model_copy(update={"order": self.order[::-1]})
        return self.model_copy(update={"higher": self.lower, "lower": self.higher})


class LiesBetween(CheckBase):
    """A number lies in a range: at_least <= f <= at_most (one bound may be left out)."""

    kind: ClassVar[str] = "lies_between"
    feature: Feature
    arm: str | None = None
    at_least: Amount | None = None
    at_most: Amount | None = None

    @model_validator(mode="after")
    def _bounds(self) -> LiesBetween:
        if self.at_least is None and self.at_most is None:
            raise ValueError("give 'at_least', 'at_most' or both")
        bounds = [
            self.feature.measure.checked_threshold(bound)
            for bound in (self.at_least, self.at_most)
            if bound is not None
        ]
        if any(bound.needs_baseline for bound in bounds) and not self.feature.observable:
            raise ValueError(f"'{self.feature.kind}' has no baseline: give a number")
        low, high = bounds[0], bounds[-1]
        if len(bounds) == 2 and low.times == high.times and not low.value < high.value:
            raise ValueError("'at_least' must be below 'at_most'")
        return self

    def named_arms(self) -> tuple[str, ...]:
        """The arm, if given."""
        return (self.arm,) if self.arm else ()

    def parts(self) -> Any:
        """The feature."""
        yield self.feature, self.named_arms()


class Unchanged(CheckBase):
    """Two numbers are equal within a margin (equivalence, TOST form): |f(A) - f(B)| <= within.

    A percentage is one of the second. Without `between`: the treated arm against the control.
    """

    kind: ClassVar[str] = "unchanged"
    feature: Feature | None = None
    between: tuple[Operand, Operand] | None = None
    arm: str | None = Field(None, description="Instead of `between`: this arm...")
    versus: str | None = Field(None, description="...against this one, or `baseline`")
    within: Amount

    @model_validator(mode="after")
    def _complete(self) -> Unchanged:
        if self.between and (self.arm or self.versus):
            raise ValueError("give 'between', or 'arm' and 'versus'")
        need_feature(self.feature, *(self.between or ("",)))
        self.what.measure.checked_effect(self.within, what="'within'")
        same_unit(tuple(f for f, _ in self.parts()), "a comparison")
        return self

    @property
    def what(self) -> FeatureBase:
        """The feature that gives the unit."""
        return first_measured(self.feature, *(self.between or ()))

    def named_arms(self) -> tuple[str, ...]:
        """Operands that are arms."""
        names = self.between or (self.arm, self.versus)
        return tuple(x for x in names if isinstance(x, str) and x != "baseline")

    def parts(self) -> Any:
        """Each operand."""
        if self.between:
            yield from operand_parts(self.feature, *self.between)
        elif self.feature is not None:
            yield self.feature, self.named_arms()


class Conserved(CheckBase):
    """Two sides of a balance agree: |left - right| <= within x |right|."""

    kind: ClassVar[str] = "conserved"
    left: Feature
    right: Feature | Amount = Field(union_mode="left_to_right")
    within: Share = Field(gt=0)
    arm: str | None = None

    @model_validator(mode="after")
    def _same_unit(self) -> Conserved:
        if isinstance(self.right, FeatureBase):
            same_unit((self.left, self.right), "a balance")
        else:
            self.left.measure.checked_effect(self.right, what="the other side")
        return self

    def named_arms(self) -> tuple[str, ...]:
        """The arm, if given."""
        return (self.arm,) if self.arm else ()

    def parts(self) -> Any:
        """Both sides."""
        yield self.left, self.named_arms()
        if isinstance(self.right, FeatureBase):
            yield self.right, self.named_arms()


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
    def effect_measure(self) -> Any:
        """The unit of an effect."""
        from metabosim.scenario.vocabulary.quantities import NUMBER

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


ARMS: tuple[type[CheckBase], ...] = (
    Rises, Falls, Compare, LiesBetween, Unchanged, Conserved, DoseResponse, Biphasic, DependsOn,
    CrossingInteraction, Synergy,
)  # fmt: skip
