"""Tables of effects, each cell computed from runs."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from metabosim.scenario.vocabulary.base import Amount, CheckBase, Share, Vocabulary
from metabosim.scenario.vocabulary.composites import Feature


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
