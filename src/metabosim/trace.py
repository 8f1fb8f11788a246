"""The equations as expressions: the body run once with symbols instead of numbers.

Needs sympy (extra `dev`); only whoever changes equations or exports them needs this module.
"""

from dataclasses import dataclass
from functools import cache
from typing import Any

import sympy

from metabosim.body import STATES, vector


@dataclass(frozen=True)
class Traced:
    """States, constants, rates of change and readings as sympy expressions, in declared order.

    `readings` are in the units they are declared in, `readings_inside` in inside units.
    """

    states: tuple[sympy.Symbol, ...]
    constants: tuple[sympy.Symbol, ...]
    changes: tuple[sympy.Expr, ...]
    readings: tuple[sympy.Expr, ...]
    readings_inside: tuple[sympy.Expr, ...]


class Symbolic:
    """sympy's functions under the names the equations use."""

    exp = staticmethod(sympy.exp)
    log = staticmethod(sympy.log)
    sqrt = staticmethod(sympy.sqrt)


@cache
def traced() -> Traced:
    """Run the body on symbols. They are real, not positive: a comparison in the equations raises."""
    y = tuple(sympy.Symbol(name, real=True) for name in STATES)
    c = tuple(sympy.Symbol(f"{block}.{name}", real=True) for block, name in vector.CONSTANT)
    functions: Any = Symbolic()
    changes, seen = vector.evaluate(functions, y, c)
    assert (len(changes), len(seen)) == (len(STATES), len(vector.READING))
    parts = (changes, vector.shown(seen), seen)
    return Traced(y, c, *(tuple(map(sympy.sympify, part)) for part in parts))
