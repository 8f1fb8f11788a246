"""How the body declares what it is made of: states, parameters, levers, variants, signals.

A declaration is an annotation on a field of a NamedTuple, so that a quantity is written once, beside
the equation that uses it, and read by name everywhere else:

    class Parameters(NamedTuple):
        emptying: Annotated[float, Parameter("1/min", 0.015, 0.06, "Stomach empties", "Elashoff 1982")] = 0.03

Values are declared in the unit a reader thinks in (days, MJ/d) and used in the inside units
(min, mmol/L, pmol/L, nmol/L, ug/L, kg, MJ, L), which are coherent in time.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, get_args, get_origin, get_type_hints

# What a declared unit's parts become inside; every other part is inside already.
_INSIDE = {"h": ("min", 60.0), "d": ("min", 1440.0), "mL": ("L", 1e-3)}


def inside_unit(unit: str) -> str:
    """The coherent unit that a declared unit is computed in: `MJ/d` becomes `MJ/min`."""
    return "/".join(_INSIDE.get(part, (part, 1.0))[0] for part in unit.split("/"))


@cache
def inside_factor(unit: str) -> float:
    """What a value in the declared unit is multiplied with to be in the inside unit."""
    first, *below = (_INSIDE.get(part, (part, 1.0))[1] for part in unit.split("/"))
    return first / math.prod(below)


@dataclass(frozen=True, slots=True)
class State:
    """Something an organ remembers. `scale` is a typical size, for tolerances.

    `lasting` is False for what is zero until a drug is given, and so at every rest.
    """

    unit: str
    scale: float
    text: str
    lasting: bool = True


@dataclass(frozen=True, slots=True)
class Parameter:
    """A number of a body: unit, plausible range, what it is, and where it is from.

    `source` names authors and year (`seen` when the abstract or paper was read, `memory` when not) or
    starts with the word "assumption".
    """

    unit: str
    low: float
    high: float
    text: str
    source: str


@dataclass(frozen=True, slots=True)
class Lever:
    """A dimensionless gain on one mechanism: 1 as in the reference person, 0 knocked out."""

    text: str
    edge: str


@dataclass(frozen=True, slots=True)
class Variant:
    """A small rewiring, 0 as in the body, 1 rewired."""

    text: str


@dataclass(frozen=True, slots=True)
class Signal:
    """What one organ tells another and a protocol may hold."""

    unit: str
    text: str


@dataclass(frozen=True, slots=True)
class Observable:
    """What can be read from a run."""

    unit: str
    text: str


@dataclass(frozen=True, slots=True)
class Input:
    """What a protocol does to the body between two events."""

    unit: str
    text: str


@dataclass(frozen=True, slots=True)
class Declared:
    """One declaration as found: its place, its name, and what was said of it."""

    organ: str
    name: str
    kind: Any
    default: float | None

    @property
    def unit(self) -> str:
        """The declared unit; a lever or variant is a plain number."""
        return str(getattr(self.kind, "unit", "1"))

    @property
    def text(self) -> str:
        """What it is, in words."""
        return str(self.kind.text)


def declared(organ: str, table: type) -> Iterator[Declared]:
    """The declarations of a NamedTuple class, in field order.

    Raises TypeError for a field without a declaration: nothing enters the body unannounced.
    """
    defaults: dict[str, float] = getattr(table, "_field_defaults", {})
    for name, hint in get_type_hints(table, include_extras=True).items():
        if get_origin(hint) is not Annotated:
            raise TypeError(f"{organ}.{table.__name__}.{name} is not declared: annotate it")
        yield Declared(organ, name, get_args(hint)[1], defaults.get(name))
