"""What a readable form of the body says, section by section, whatever it is written in.

Organ by organ in the order of physiology: the equations of its named terms in an order in which they can be computed,
then the rates of change of its states; after them the readings; then the constants, with their values in one body.
Nothing here is about a protocol: what is done to the body moves the inputs, and is no part of its equations.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final

from metabosim.body import LEVERS, PARAMETERS
from metabosim.body.quantities import Parameter
from metabosim.exchange.annotations import DISCLAIMER
from metabosim.exchange.named import named
from metabosim.exchange.sbml_units import Unit
from metabosim.exchange.symbols import ORGANS, Quantity, quantities
from metabosim.output import Stamp
from metabosim.scenario.model import Arm

_READING: Final = (
    "A symbol stands for a number with its unit, so that the equations hold in any units; time is t. "
    "Terms are named where the program names them, in the order in which they can be computed. "
    "A quantity that can be held is what its equation gives until a protocol holds it at something else."
)


@dataclass(frozen=True)
class Section:
    """An organ's equations."""

    organ: str
    title: str
    equations: tuple[Quantity, ...]


@dataclass(frozen=True)
class Constant:
    """A constant's value in this body, in its declared unit, with what its declaration says of it.

    `plausible` and `source` are a parameter's; of a lever the source is the edge that it acts on.
    """

    quantity: Quantity
    value: float | None
    unit: Unit
    plausible: str
    source: str


@dataclass(frozen=True)
class Readable:
    """Everything that a readable form of one body says."""

    title: str
    stamp: Stamp
    about: tuple[str, ...]
    sections: tuple[Section, ...]
    constants: tuple[tuple[str, tuple[Constant, ...]], ...]


def readable(arm: Arm, stamp: Stamp, title: str) -> Readable:
    """The body of an arm, its values filled in."""
    values = {**arm.subject.parameters, **arm.parameters}
    for slot, drug in enumerate(arm.therapies(), start=1):
        values |= {f"drug{slot}_{name}": value for name, value in drug.parameters.items()}
    levers = {**arm.lifelong, **arm.levers}
    about = (
        DISCLAIMER,
        f"{title}. Subject: {arm.subject.id}, {arm.subject.title}.",
        _READING,
        "Sources of the subject: " + "; ".join(arm.subject.sources),
    )
    found = [
        *(
            (f"Parameters: {title.lower()}", _parameters(organ, values))
            for organ, title in ORGANS.items()
        ),
        ("Levers", _plain("lever", {**dict.fromkeys(LEVERS, 1.0), **levers})),
        ("Variants", _plain("variant", dict.fromkeys(arm.variants, 1.0), 0.0)),
        ("Inputs", _plain("input", {})),
    ]
    return Readable(title, stamp, about, sections(), tuple(found))


@cache
def sections() -> tuple[Section, ...]:
    """Every organ's equations, and then those readings that are not a quantity of the body already."""
    equations, table = named(), quantities()
    found = []
    for organ, title in ORGANS.items():
        own = [table[name] for name in equations.terms if table[name].organ == organ]
        own += [table[name] for name in equations.rates if table[name].organ == organ]
        if organ == "observe":
            read = equations.readings.items()
            own += [table[name] for name, expression in read if not expression.is_Symbol]
        found.append(Section(organ, title, tuple(own)))
    return tuple(found)


def about_equation(quantity: Quantity) -> str:
    """What an equation gives, in words."""
    marks = {"state": " (rate of change)", "signal": " (can be held)"}
    return quantity.text + marks.get(quantity.kind, "")


def _parameters(organ: str, values: dict[str, float]) -> tuple[Constant, ...]:
    found = []
    for name, item in PARAMETERS.items():
        quantity = quantities()[f"parameter.{name}"]
        if quantity.organ != organ:
            continue
        kind: Parameter = item.kind
        plausible = f"{kind.low:g} to {kind.high:g}" if kind.low < kind.high else "fixed"
        value = values.get(name, item.default)
        found.append(Constant(quantity, value, Unit.parse(item.unit), plausible, kind.source))
    return tuple(found)


def _plain(
    block: str, values: dict[str, float], default: float | None = None
) -> tuple[Constant, ...]:
    """Levers, variants or inputs."""
    known = {name.replace("-", "_"): value for name, value in values.items()}
    found = []
    for quantity in quantities().values():
        if quantity.kind == block and quantity.declared:
            item = quantity.declared
            edge = str(getattr(item.kind, "edge", "")).replace("->", "→")
            value = known.get(item.name, default)
            found.append(Constant(quantity, value, Unit.parse(item.unit), "", edge))
    return tuple(found)
