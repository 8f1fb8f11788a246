"""Checks of cause: mediation, shares of mechanisms, loops, a virtual trial, tables, refutation."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from metabosim.scenario.vocabulary.base import (
    Amount,
    CheckBase,
    Share,
    Vocabulary,
    Window,
    union,
)
from metabosim.scenario.vocabulary.checks_arms import ARMS
from metabosim.scenario.vocabulary.checks_course import COURSE
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


class Column(Vocabulary):
    """A column of a table: what is read, and the least that counts as an effect."""

    feature: Feature
    minimum: Amount

    @model_validator(mode="after")
    def _size(self) -> Column:
        self.feature.measure.checked_effect(self.minimum)
        return self


def _as_text(value: Any) -> Any:
    return "0" if value == 0 and not isinstance(value, bool) else value  # YAML reads 0 as a number


Sign = Annotated[
    Literal["+", "-", "0", "direct", "indirect", "none"],
    BeforeValidator(_as_text),
    WithJsonSchema({"enum": ["+", "-", "0", 0, "direct", "indirect", "none"]}),
]


class Row(Vocabulary):
    """A row of a table: the arms it is computed from, the signs the article and we expect."""

    treated: str
    control: str | None = None
    cut_treated: str | None = Field(None, description="Both arms with the indirect path cut:")
    cut_control: str | None = Field(None, description="the row then says direct/indirect/none")
    expect: dict[str, Sign] = Field(description="column: what the model shows")
    article: dict[str, str] = Field(default_factory=dict, description="column: what was claimed")

    @model_validator(mode="after")
    def _one_kind_of_sign(self) -> Row:
        paths = {"direct", "indirect", "none"}
        wanted = paths if self.cut_treated else {"+", "-", "0"}
        for column, sign in self.expect.items():
            if sign not in wanted:
                raise ValueError(
                    f"'{column}' expects '{sign}', but this row says {' or '.join(sorted(wanted))}"
                )
        return self


class Table(CheckBase):
    """A table of effects computed from runs; every cell shows the sign (or path) expected.

    Cell: effect = f(treated) - f(control); "+" if effect >= minimum, "-" if <= -minimum, else "0".
    With the indirect path cut as well: "none" if |effect| < minimum, "direct" if the cut leaves at
    least `direct_from` of it, else "indirect".
    """

    kind: ClassVar[str] = "table"
    columns: dict[str, Column] = Field(min_length=1)
    rows: dict[str, Row] = Field(min_length=1)
    direct_from: Share = Field(0.5, gt=0, lt=1)

    @model_validator(mode="after")
    def _cells(self) -> Table:
        for name, row in self.rows.items():
            for column in (*row.expect, *row.article):
                if column not in self.columns:
                    raise ValueError(f"row '{name}' speaks of '{column}', which is no column")
            if not row.expect:
                raise ValueError(f"row '{name}' expects nothing")
        return self

    def named_arms(self) -> tuple[str, ...]:
        """Arms of all rows."""
        names = [
            name
            for row in self.rows.values()
            for name in (row.treated, row.control, row.cut_treated, row.cut_control)
        ]
        return tuple(dict.fromkeys(name for name in names if name))

    def parts(self) -> Any:
        """Every cell."""
        for row in self.rows.values():
            arms = (row.treated, row.control, row.cut_treated, row.cut_control)
            for column in row.expect:
                yield self.columns[column].feature, tuple(name for name in arms if name)


class Refuted(CheckBase):
    """A statement that must turn out false here, such as the article's own wording.

    Holds where the inner check fails; the margin is its margin with the sign turned.
    """

    kind: ClassVar[str] = "refuted"
    check: Check

    def named_arms(self) -> tuple[str, ...]:
        """Those of the inner check."""
        return self.check.named_arms()

    def parts(self) -> Iterator[Any]:
        """Those of the inner check."""
        yield from self.check.parts()

    def windows(self) -> tuple[Window, ...]:
        """Those of the inner check."""
        return self.check.windows()

    def arms_used(self) -> tuple[str, ...]:
        """Those of the inner check."""
        return self.check.arms_used()

    def observables_used(self) -> tuple[str, ...]:
        """Those of the inner check."""
        return self.check.observables_used()


CAUSE: tuple[type[CheckBase], ...] = (
    MediatedBy, ShareOf, SelfReinforcing, LoopGain, Correlates, Table, Refuted,
)  # fmt: skip
CHECKS: dict[str, type[CheckBase]] = {model.kind: model for model in (*COURSE, *ARMS, *CAUSE)}


def _dump(check: CheckBase) -> dict[str, Any]:
    return {check.kind: check.model_dump(mode="json", by_alias=True, exclude_none=True)}


if TYPE_CHECKING:
    Check = CheckBase
else:
    from pydantic import AfterValidator, create_model

    # one key, the check's name, around its fields; what comes out is the check itself
    _entries = {
        name: create_model(f"{model.__name__}Entry", __base__=Vocabulary, **{name: (model, ...)})
        for name, model in CHECKS.items()
        if name != "refuted"
    }

    def _unwrap(entry: Any) -> Any:
        name = next(iter(type(entry).model_fields))
        return getattr(entry, name)

    class RefutedEntry(Vocabulary):
        """Wraps a refuted check."""

        refuted: Refuted

    _entries["refuted"] = RefutedEntry
    Check = union(_entries, "check", wrapped=True, after=AfterValidator(_unwrap), dump=_dump)
    Refuted.model_rebuild()
    RefutedEntry.model_rebuild()
