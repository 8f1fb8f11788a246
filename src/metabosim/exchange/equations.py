"""The body as rules: formulas in SBML's words, each with the unit of what it gives, under the names of `named()`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import sympy

from metabosim.body import INPUTS, OBSERVABLES, PARAMETERS, SIGNALS, STATES, vector
from metabosim.body.quantities import inside_factor, inside_unit
from metabosim.exchange.formulas import formula, number
from metabosim.exchange.named import named
from metabosim.exchange.names import constant_id, term_id
from metabosim.exchange.sbml_units import NONE, Unit
from metabosim.exchange.symbols import quantities


@dataclass(frozen=True)
class Rule:
    """A formula for a named quantity of a known unit."""

    name: str
    unit: Unit
    math: str
    text: str


@dataclass(frozen=True)
class Equations:
    """What is assigned at any moment, in an order in which it can be computed, then rates of change by state."""

    assigned: tuple[Rule, ...]
    rates: tuple[Rule, ...]


def constant_unit(block: str, name: str) -> Unit:
    """The unit that a constant is computed in; levers, variants and switches are plain numbers."""
    tables = {"parameter": PARAMETERS, "input": INPUTS, "held_at": SIGNALS}
    return Unit.parse(inside_unit(tables[block][name].unit)) if block in tables else NONE


@cache
def equations() -> Equations:
    """The body's equations. A signal that can be held is its own formula, or what it is held at."""
    body, known = named(), quantities()
    ids = {sympy.Symbol(name): name for name in STATES}
    ids |= {sympy.Symbol(".".join(key)): constant_id(*key) for key in vector.CONSTANT}
    ids |= {sympy.Symbol(name): term_id(name) for name in body.terms}
    rules = []
    for name, expression in body.terms.items():
        math = _math(expression, ids)
        if name in body.held:
            held, at = (constant_id(block, name) for block in ("held", "held_at"))
            math = f"({number(1.0)} - {held}) * {math} + {held} * {at}"
        rules.append(Rule(term_id(name), known[name].unit, math, known[name].text))
    for name, item in OBSERVABLES.items():
        unit, math = Unit.parse(item.unit), _math(body.readings[name], ids)
        if (factor := inside_factor(item.unit)) != 1.0:
            math = f"{number(1.0 / factor, unit / Unit.parse(inside_unit(item.unit)))} * {math}"
        rules.append(Rule(name, unit, math, item.text))
    changes = [
        Rule(name, Unit.parse(STATES[name].unit), _math(rate, ids), STATES[name].text)
        for name, rate in body.rates.items()
    ]
    return Equations(tuple(rules), tuple(changes))


def _math(expression: Any, ids: dict[Any, str]) -> str:
    """The expression as SBML writes it, its curve shapes spelt out."""
    return formula(expression.doit(), ids)
