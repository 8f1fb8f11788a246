"""The traced body as rules: formulas in SBML's words, each with the unit of what it gives."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import sympy

from metabosim.body import INPUTS, OBSERVABLES, PARAMETERS, SIGNALS, STATES, vector
from metabosim.body.quantities import inside_factor, inside_unit
from metabosim.exchange.formulas import formula, number
from metabosim.exchange.names import constant_id
from metabosim.exchange.sbml_units import NONE, Unit, unit_of
from metabosim.trace import traced

SMALL: Final = 3  # operations; a term with no more is written out wherever it is used


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
    """The body, with what several equations share computed once."""
    trace = traced()
    constants = list(zip(trace.constants, vector.CONSTANT, strict=True))
    names = {s: s.name for s in trace.states} | {s: constant_id(*key) for s, key in constants}
    units = {s: Unit.parse(STATES[s.name].unit) for s in trace.states}
    units |= {s: constant_unit(*key) for s, key in constants}
    shared, results = _shared([*trace.changes, *trace.readings_inside])
    rules = []
    for symbol, expression in shared:
        units[symbol], names[symbol] = unit_of(expression, units) or NONE, symbol.name
        math = formula(expression, names)
        rules.append(Rule(symbol.name, units[symbol], math, "A term that several equations share"))
    rates, readings = results[: len(STATES)], results[len(STATES) :]
    shown = [*OBSERVABLES.values(), *SIGNALS.values()]
    for item, reading in zip(shown, readings, strict=True):
        name = item.name if item.name in OBSERVABLES else f"signal_{item.name}"
        unit, math = Unit.parse(item.unit), formula(reading, names)
        if (factor := inside_factor(item.unit)) != 1.0:
            math = f"{number(1.0 / factor, unit / Unit.parse(inside_unit(item.unit)))} * {math}"
        rules.append(Rule(name, unit, math, item.text))
    per_state = zip(trace.states, rates, strict=True)
    changes = [Rule(s.name, units[s], formula(e, names), STATES[s.name].text) for s, e in per_state]
    return Equations(tuple(rules), tuple(changes))


def _shared(expressions: list[Any]) -> tuple[list[tuple[sympy.Symbol, Any]], list[Any]]:
    """What several expressions have in common, small matters left in place, and the expressions by it."""
    small: dict[sympy.Symbol, Any] = {}
    kept: list[tuple[sympy.Symbol, Any]] = []
    names = sympy.numbered_symbols("shared_", start=1)
    found, results = sympy.cse(expressions, order="none")
    for symbol, expression in found:
        within = expression.xreplace(small)
        small[symbol] = within if sympy.count_ops(within) <= SMALL else next(names)
        if small[symbol] is not within:
            kept.append((small[symbol], within))
    return kept, [result.xreplace(small) for result in results]
