"""Features made of features: ratios, differences, sums, shares lost, doses of half effect.

The arms named inside win over the arm the check asks for, so a composite can span arms.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from pydantic import Field, model_validator

from metabosim.scenario.vocabulary.base import Amount, Share, Vocabulary, Window, union
from metabosim.scenario.vocabulary.features import SINGLE, FeatureBase
from metabosim.scenario.vocabulary.quantities import NUMBER, Measure


class Composite(FeatureBase):
    """A number computed from other features."""

    @property
    def observable(self) -> str:
        """None of its own."""
        return ""

    def parts(self) -> tuple[FeatureBase, ...]:
        """The features it is made of."""
        raise NotImplementedError

    def named_arms(self) -> tuple[str, ...]:
        """The arms it names itself, in which its parts are looked at."""
        return (self.arm,) if self.arm else ()

    def arms_used(self) -> tuple[str, ...]:
        """Arms named here and in the parts."""
        inner = [name for part in self.parts() for name in part.arms_used()]
        return tuple(dict.fromkeys([*self.named_arms(), *inner]))

    def observables_used(self) -> tuple[str, ...]:
        """Columns the parts read."""
        return tuple(dict.fromkeys(name for p in self.parts() for name in p.observables_used()))

    def windows(self, arms: tuple[str, ...] = ()) -> tuple[Window, ...]:
        """Windows of the parts."""
        return tuple(w for part in self.parts() for w in part.windows(self.named_arms() or arms))


class Pair(Vocabulary):
    """Two features: `of` and `to`."""

    of: Feature
    to: Feature


class Ratio(Composite):
    """One feature over another: of / to."""

    kind: ClassVar[str] = "ratio"
    ratio: Pair

    @property
    def measure(self) -> Measure:
        """A plain number."""
        return NUMBER

    def parts(self) -> tuple[FeatureBase, ...]:
        """Numerator and denominator."""
        return (self.ratio.of, self.ratio.to)


class Minus(Vocabulary):
    """Two features: `of` less `minus`."""

    of: Feature
    minus: Feature


class Difference(Composite):
    """One feature less another: of - minus."""

    kind: ClassVar[str] = "difference"
    difference: Minus

    @model_validator(mode="after")
    def _same_unit(self) -> Difference:
        same_unit((self.difference.of, self.difference.minus), "a difference")
        return self

    @property
    def measure(self) -> Measure:
        """The unit of its two features."""
        return self.difference.of.measure

    def parts(self) -> tuple[FeatureBase, ...]:
        """Both features."""
        return (self.difference.of, self.difference.minus)


class Sum(Composite):
    """Features added up."""

    kind: ClassVar[str] = "sum"
    sum: tuple[Feature, ...] = Field(min_length=2)

    @model_validator(mode="after")
    def _same_unit(self) -> Sum:
        same_unit(self.sum, "a sum")
        return self

    @property
    def measure(self) -> Measure:
        """The unit of its features."""
        return self.sum[0].measure

    def parts(self) -> tuple[FeatureBase, ...]:
        """All features."""
        return self.sum


class Factor(Vocabulary):
    """A feature and the number it is multiplied by."""

    of: Feature
    by: float
    unit: str | None = Field(None, description="The unit of the product, if it is another one")


class Times(Composite):
    """A feature times a number, such as kg of fat times 39.5 MJ/kg."""

    kind: ClassVar[str] = "times"
    times: Factor

    @property
    def measure(self) -> Measure:
        """The feature's unit, or the one named."""
        return Measure(self.times.unit) if self.times.unit else self.times.of.measure

    def parts(self) -> tuple[FeatureBase, ...]:
        """The feature."""
        return (self.times.of,)


class Lost(Vocabulary):
    """An effect, and the same effect with something blocked."""

    feature: Feature
    treated: str
    control: str
    blocked: str = Field(description="The treated arm with something blocked")
    blocked_control: str | None = Field(None, description="Its own control, if it has one")


class ShareLost(Composite):
    """The share of an effect that a block takes away: 1 - effect(blocked) / effect(treated)."""

    kind: ClassVar[str] = "share_lost"
    share_lost: Lost

    @property
    def measure(self) -> Measure:
        """A share."""
        return NUMBER

    def named_arms(self) -> tuple[str, ...]:
        """Three or four arms."""
        lost = self.share_lost
        names = (lost.treated, lost.control, lost.blocked, lost.blocked_control)
        return tuple(dict.fromkeys(name for name in names if name))

    def parts(self) -> tuple[FeatureBase, ...]:
        """The feature that shows the effect."""
        return (self.share_lost.feature,)


class Doses(Vocabulary):
    """A feature over arms that differ in dose."""

    feature: Feature
    doses: dict[str, Amount] = Field(min_length=3, description="arm: dose, all in one unit")
    unit: str = Field("1", description="The unit of the doses")
    share: Share = Field(0.5, gt=0, lt=1, description="How much of the full range counts")


class HalfEffectDose(Composite):
    """The dose at which a feature has gone half of its range (ED50), by straight lines between."""

    kind: ClassVar[str] = "half_effect_dose"
    half_effect_dose: Doses

    @property
    def measure(self) -> Measure:
        """The unit of the doses."""
        return Measure(self.half_effect_dose.unit)

    def named_arms(self) -> tuple[str, ...]:
        """The arms of all doses."""
        return tuple(self.half_effect_dose.doses)

    def parts(self) -> tuple[FeatureBase, ...]:
        """The feature that shows the effect."""
        return (self.half_effect_dose.feature,)


def same_unit(features: tuple[FeatureBase, ...], what: str) -> None:
    """Features that are added or compared must be in one unit."""
    units = list(dict.fromkeys(feature.measure.unit for feature in features))
    if len(units) > 1:
        raise ValueError(f"{what} needs one unit, got {' and '.join(units)}")


COMPOSITE: tuple[type[Composite], ...] = (Ratio, Difference, Sum, Times, ShareLost, HalfEffectDose)
FEATURES: dict[str, type[FeatureBase]] = {model.kind: model for model in (*SINGLE, *COMPOSITE)}

if TYPE_CHECKING:
    Feature = FeatureBase
else:  # pydantic sees the union, chosen by the key that names the kind
    Feature = union(FEATURES, "feature")
    for _model in (Pair, Minus, Factor, Lost, Doses, *COMPOSITE):
        _model.model_rebuild()
