"""sympy expressions as SBML Level 3 formulas, every number with its unit.

SBML tells a plain number from one whose unit nobody gave, so that each is written `1.0 dimensionless`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sympy

from metabosim.exchange.sbml_units import NONE, Unit


def number(value: float, unit: Unit = NONE) -> str:
    """A number with its unit."""
    return f"({float(value)!r} {unit.id})"


def formula(expression: Any, names: Mapping[sympy.Symbol, str]) -> str:
    """The expression as text, symbols by their `names`; TypeError for a function SBML would not know."""
    if expression.is_Symbol:
        return names[expression]
    if expression.is_number:
        return number(float(expression))
    if expression.is_Add:
        return "(" + " + ".join(formula(part, names) for part in expression.args) + ")"
    if expression.is_Mul:
        return _product(expression, names)
    if expression.is_Pow:
        return _power(expression, names)
    (argument,) = expression.args
    called = {sympy.exp: "exp", sympy.log: "ln"}.get(expression.func)
    if called is None:
        raise TypeError(f"{expression.func} has no counterpart in SBML")
    return f"{called}({formula(argument, names)})"


def _product(expression: Any, names: Mapping[sympy.Symbol, str]) -> str:
    """Factors over divisors, so that no power of -1 is left."""
    above, below = [], []
    for part in expression.args:
        if part.is_Pow and part.exp.is_Rational and part.exp < 0:
            below.append(formula(1 / part, names))
        else:
            above.append(formula(part, names))
    over = " * ".join(above) if above else number(1.0)
    return f"({over} / ({' * '.join(below)}))" if below else f"({over})"


def _power(expression: Any, names: Mapping[sympy.Symbol, str]) -> str:
    base, exponent = expression.as_base_exp()
    if exponent.is_Rational and exponent < 0:
        return f"({number(1.0)} / {formula(base**-exponent, names)})"
    if exponent == sympy.Rational(1, 2):
        return f"sqrt({formula(base, names)})"
    return f"({formula(base, names)} ^ {number(float(exponent))})"
