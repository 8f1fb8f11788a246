"""All checks, and the union that reads any of them from a scenario file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import AfterValidator, create_model

from metabosim.scenario.vocabulary.base import CheckBase, Vocabulary, Window, union
from metabosim.scenario.vocabulary.checks_arms import ARMS
from metabosim.scenario.vocabulary.checks_cause import CAUSE
from metabosim.scenario.vocabulary.checks_course import COURSE
from metabosim.scenario.vocabulary.checks_effects import EFFECTS
from metabosim.scenario.vocabulary.checks_events import EVENTS
from metabosim.scenario.vocabulary.checks_table import Table


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


_ALL: tuple[type[CheckBase], ...] = (*COURSE, *EVENTS, *ARMS, *EFFECTS, *CAUSE, Table, Refuted)
CHECKS: dict[str, type[CheckBase]] = {model.kind: model for model in _ALL}


def _dump(check: CheckBase) -> dict[str, Any]:
    return {check.kind: check.model_dump(mode="json", by_alias=True, exclude_none=True)}


if TYPE_CHECKING:
    Check = CheckBase
else:
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
