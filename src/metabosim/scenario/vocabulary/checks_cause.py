"""Checks of cause: mediation, shares of mechanisms, loops, a virtual trial."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from pydantic import Field, model_validator

from metabosim.scenario.vocabulary.base import Amount, CheckBase, Share, Vocabulary, Window
from metabosim.scenario.vocabulary.composites import Feature
from metabosim.scenario.vocabulary.operands import TwoArms

PathSign = Literal["positive", "negative", "none", "not positive", "not negative"]


class Paths(Vocabulary):
    """The sign each path of an effect should have; "none" is smaller than the minimum effect."""

    through: PathSign | None = Field(None, description="The part through the mediator (TNIE)")
    direct: PathSign | None = Field(None, description="The part past it (PNDE)")


class MediatedBy(TwoArms):
    """An effect goes through a mediator: four runs, two with the mediator of the other arm.

    TE = Y(1,M1) - Y(0,M0) = PNDE + TNIE, with PNDE = Y(1,M0) - Y(0,M0) and
    TNIE = Y(1,M1) - Y(1,M0). |TE| >= minimum_effect, else void; TNIE / TE >= through_at_least;
    the paths have the signs expected.
    """

    kind: ClassVar[str] = "mediated_by"
    feature: Feature
    mediator: str | tuple[str, ...] = Field(union_mode="left_to_right")
    minimum_effect: Amount
    through_at_least: Share | None = Field(None, gt=0)
    expect: Paths | None = None

    @model_validator(mode="after")
    def _complete(self) -> MediatedBy:
        if self.through_at_least is None and self.expect is None:
            raise ValueError("give 'through_at_least', 'expect' or both")
        self.feature.measure.checked_effect(self.minimum_effect)
        same = set(self.mediators) & set(self.feature.observables_used())
        if same:
            raise ValueError(f"'{min(same)}' is both mediator and outcome")
        return self

    @property
    def mediators(self) -> tuple[str, ...]:
        """Names of what is held."""
        return (self.mediator,) if isinstance(self.mediator, str) else self.mediator

    def parts(self) -> Any:
        """The outcome in both arms."""
        yield self.feature, self.named_arms()

    def windows(self) -> tuple[Window, ...]:
        """The outcome's, and the whole run for the mediator's course."""
        return (*super().windows(), Window(None, None, self.named_arms(), 15.0))


class ShareOf(TwoArms):
    """Several mechanisms share an effect (Shapley values over levers; 2^n pairs of runs).

    share_i = phi_i / effect(all), phi_i the mean gain from mechanism i over all orders. Levers
    outside a set are 0 in both arms. |effect| >= minimum_effect, else void.
    """

    kind: ClassVar[str] = "share_of"
    feature: Feature
    levers: tuple[str, ...] = Field(min_length=2, max_length=6)
    minimum_effect: Amount
    at_least: Share | dict[str, Share] = Field(
        union_mode="left_to_right", description="Of each lever, or per lever"
    )
    all_beat_any_less_one_by: Amount | None = Field(
        None, description="All together do more than all but any one, by this"
    )

    @model_validator(mode="after")
    def _sizes(self) -> ShareOf:
        self.feature.measure.checked_effect(self.minimum_effect)
        if self.all_beat_any_less_one_by is not None:
            self.feature.measure.checked_effect(self.all_beat_any_less_one_by)
        shares = self.shares
        unknown = set(shares) - set(self.levers)
        if unknown:
            raise ValueError(f"'{min(unknown)}' is not among the levers")
        if not shares or min(shares.values()) <= 0:
            raise ValueError("'at_least' must be above 0")
        return self

    @property
    def shares(self) -> dict[str, float]:
        """The share that each lever must have."""
        if isinstance(self.at_least, dict):
            return self.at_least
        return dict.fromkeys(self.levers, self.at_least)

    def parts(self) -> Any:
        """The outcome in both arms."""
        yield self.feature, self.named_arms()


class _Loop(CheckBase):
    feature: Feature
    closed: str = Field(description="The arm pushed, with the loop whole")
    control: str | None = Field(None, description="The arm without the push; else its own rest")

    def named_arms(self) -> tuple[str, ...]:
        """The arms named here."""
        return tuple(name for name in (self.closed, self.control, *self.more_arms()) if name)

    def more_arms(self) -> tuple[str, ...]:
        """Arms with the loop open."""
        return ()

    def parts(self) -> Any:
        """The feature in every arm."""
        yield self.feature, self.named_arms()


class SelfReinforcing(_Loop):
    """Opening the loop at any one link leaves less of the push: 1 - dev(open) / dev(closed).

    dev is f(arm) - f(control), or f(arm) - rest. Each reduction >= by_at_least, and the closed
    loop's deviation >= minimum_effect, else void.
    """

    kind: ClassVar[str] = "self_reinforcing"
    opened: tuple[str, ...] = Field(min_length=1, description="Arms, each with a link held")
    by_at_least: Share = Field(gt=0, lt=1)
    minimum_effect: Amount

    @model_validator(mode="after")
    def _size(self) -> SelfReinforcing:
        self.feature.measure.checked_effect(self.minimum_effect)
        return self

    def more_arms(self) -> tuple[str, ...]:
        """The opened ones."""
        return self.opened


class LoopGain(_Loop):
    """The loop's gain, 1 - dev(open) / dev(closed) with every link held, lies in a range."""

    kind: ClassVar[str] = "loop_gain"
    open: str = Field(description="The arm pushed, with every link held")
    at_least: Share = Field(gt=0, lt=1)
    at_most: Share = Field(gt=0, lt=1)
    minimum_effect: Amount

    @model_validator(mode="after")
    def _range(self) -> LoopGain:
        self.feature.measure.checked_effect(self.minimum_effect)
        if not self.at_least < self.at_most:
            raise ValueError("'at_least' must be below 'at_most'")
        return self

    def more_arms(self) -> tuple[str, ...]:
        """The open one."""
        return (self.open,)


class Trial(Vocabulary):
    """Virtual subjects: the arm's subject with some parameters spread log-normally."""

    n: int = Field(ge=20, le=5000)
    seed: int = Field(ge=0, strict=True)
    spread: dict[str, float] = Field(min_length=1, description="parameter: log standard deviation")

    @model_validator(mode="after")
    def _spreads(self) -> Trial:
        for name, log_sd in self.spread.items():
            if not 0 < log_sd <= 2:
                raise ValueError(f"the log-SD of '{name}' must be above 0 and at most 2")
        return self


class Blocking(Vocabulary):
    """How a path is blocked: levers set, or a mediator held at the control's course."""

    levers: dict[str, float] = Field(default_factory=dict)
    hold: tuple[str, ...] = ()
    carried_at_least: Share = Field(gt=0, description="Share of the association it carries")

    @model_validator(mode="after")
    def _something(self) -> Blocking:
        if not self.levers and not self.hold:
            raise ValueError("give 'levers' or 'hold'")
        return self


class Correlates(TwoArms):
    """Over a virtual trial, who changes more in x changes more in y.

    Spearman rho of the subjects' changes (treated - control): its lower bootstrap bound is at
    least rho_at_least. With `through`, so that it is mediation and not only correlation:
    cov(x, y - y_blocked) / cov(x, y) >= carried_at_least.
    """

    kind: ClassVar[str] = "correlates"
    x: Feature
    y: Feature
    rho_at_least: float = Field(gt=0, lt=1)
    confidence: Share = Field(0.95, gt=0.5, lt=1)
    bootstrap: int = Field(2000, ge=200, le=20000)
    trial: Trial
    through: Blocking | None = None
    of: Literal["difference", "treated"] = Field(
        "difference", description="Change against the subject's own control run, or as it is"
    )

    def parts(self) -> Any:
        """Both features in both arms."""
        yield self.x, self.named_arms()
        yield self.y, self.named_arms()


CAUSE: tuple[type[CheckBase], ...] = (MediatedBy, ShareOf, SelfReinforcing, LoopGain, Correlates)
