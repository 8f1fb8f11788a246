"""Units as SBML wants them: declared, composed of its base units, and inferred for every shared term.

A `Unit` is a product of powers of the few units that the body counts in. All numbers in the body's
equations are plain, so that the unit of a term follows from the symbols in it; a term whose parts do
not fit raises TypeError, since that is a fault of the body and not of the user.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

import sympy

# name -> (SBML's base unit, its power of ten, its multiplier)
ATOMS: Final = {
    "mmol": ("mole", -3, 1.0),
    "nmol": ("mole", -9, 1.0),
    "pmol": ("mole", -12, 1.0),
    "ug": ("gram", -6, 1.0),
    "kg": ("kilogram", 0, 1.0),
    "MJ": ("joule", 6, 1.0),
    "L": ("litre", 0, 1.0),
    "mL": ("litre", -3, 1.0),
    "min": ("second", 0, 60.0),
    "h": ("second", 0, 3600.0),
    "d": ("second", 0, 86400.0),
}


@dataclass(frozen=True)
class Unit:
    """A product of powers; `powers` follow the order of ATOMS, none of them zero."""

    powers: tuple[tuple[str, Fraction], ...] = ()

    @classmethod
    def of(cls, powers: Mapping[str, Fraction]) -> Unit:
        """The unit with these powers; KeyError for a unit that ATOMS does not know."""
        order = {name: i for i, name in enumerate(ATOMS)}
        kept = ((name, power) for name, power in powers.items() if power)
        return cls(tuple(sorted(kept, key=lambda item: order[item[0]])))

    @classmethod
    def parse(cls, text: str) -> Unit:
        """A declared unit, such as `1`, `1/min` or `mmol/L/min`."""
        first, *below = text.split("/")
        unit = cls() if first == "1" else cls.of({first: Fraction(1)})
        for part in below:
            unit /= cls.of({part: Fraction(1)})
        return unit

    def __mul__(self, other: Unit) -> Unit:
        powers = dict(self.powers)
        for name, power in other.powers:
            powers[name] = powers.get(name, Fraction(0)) + power
        return Unit.of(powers)

    def __truediv__(self, other: Unit) -> Unit:
        return self * other ** Fraction(-1)

    def __pow__(self, exponent: Fraction) -> Unit:
        return Unit.of({name: power * exponent for name, power in self.powers})

    @property
    def id(self) -> str:
        """Its name in the document: `mmol_per_L`; SBML's own name where there is no unit."""
        above = [_power(name, power) for name, power in self.powers if power > 0]
        below = [_power(name, -power) for name, power in self.powers if power < 0]
        return "_per_".join(["_".join(above) or "one", *below]) if self.powers else "dimensionless"


NONE: Final = Unit()


def _power(name: str, power: Fraction) -> str:
    return name if power == 1 else f"{name}{power}"


def unit_of(expression: Any, known: Mapping[sympy.Symbol, Unit]) -> Unit | None:
    """The unit of a sympy expression over symbols of `known` units; None for zero, which fits any."""
    if expression.is_Symbol:
        return known[expression]
    if expression.is_number:
        return None if expression == 0 else NONE
    parts = [unit_of(part, known) for part in expression.args]
    if expression.is_Add:
        units = {unit for unit in parts if unit is not None}
        if len(units) != 1:
            raise TypeError(f"adds {sorted(u.id for u in units)}: {expression}")
        return units.pop()
    if expression.is_Mul:
        product = NONE
        for unit in parts:
            product *= unit or NONE
        return product
    if expression.is_Pow and expression.exp.is_Rational:
        power = Fraction(int(expression.exp.p), int(expression.exp.q))
        return (parts[0] or NONE) ** power
    if set(parts) - {NONE, None}:  # exp, log, and powers that are no fixed numbers
        raise TypeError(f"{expression.func} of something with a unit: {expression}")
    return NONE


def declare(model: Any, units: set[Unit]) -> None:
    """Put the definitions of `units` into a libSBML model."""
    for unit in sorted(units - {NONE}, key=lambda unit: unit.id):
        definition = model.createUnitDefinition()
        definition.setId(unit.id)
        for name, power in unit.powers:
            kind, scale, multiplier = ATOMS[name]
            part = definition.createUnit()
            part.setKind(_kind(kind))
            part.setScale(scale)
            part.setMultiplier(multiplier)
            part.setExponent(float(power))


def _kind(name: str) -> int:
    import libsbml

    return int(libsbml.UnitKind_forName(name))
