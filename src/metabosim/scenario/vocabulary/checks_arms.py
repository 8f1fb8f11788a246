"""Checks that compare numbers: rises and falls, order of sizes, ranges, equivalence, balances."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import Field, model_validator

from metabosim.scenario.vocabulary.base import Amount, CheckBase, Share
from metabosim.scenario.vocabulary.composites import Feature, same_unit
from metabosim.scenario.vocabulary.feature_base import FeatureBase
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


ARMS: tuple[type[CheckBase], ...] = (Rises, Falls, Compare, LiesBetween, Unchanged, Conserved)
