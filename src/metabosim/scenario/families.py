"""The bundled scenarios in their families: what they are about, and in which order to teach them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from metabosim.yamlfile import load_yaml

TABLE: Final = Path(__file__).with_name("families.yaml")


@dataclass(frozen=True, slots=True)
class Family:
    """Scenarios on one subject: `claims` are their ids, in an order in which they can be taught."""

    id: str
    title: str
    claims: tuple[str, ...]


OWN: Final = Family("own", "Scenarios of your own", ())


@cache
def families() -> tuple[Family, ...]:
    """All families, in their order."""
    return tuple(
        Family(one["id"], one["title"], tuple(one["claims"])) for one in _table()["families"]
    )


def family_of(scenario: str) -> Family:
    """The family of a bundled scenario's id; `OWN` for any other."""
    return next((family for family in families() if scenario in family.claims), OWN)


def article_is_silent(scenario: str) -> bool:
    """Whether a bundled scenario is about something that the article does not say."""
    return scenario in _table()["silent"]


@cache
def _table() -> dict[str, Any]:
    table: dict[str, Any] = load_yaml(TABLE).data
    return table
