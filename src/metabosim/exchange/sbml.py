"""A body and what is done to it as one SBML document (Level 3 Version 2).

States are parameters with rate rules, observables parameters with assignment rules. There are no
compartments: the body has no sizes for most places, and none are invented. Everything is in the units
the body computes in (min, mmol/L, pmol/L, kg, MJ), observables in those they are declared in.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import libsbml
import sympy

from metabosim.body import OBSERVABLES, SIGNALS, STATES, vector
from metabosim.body.quantities import inside_factor, inside_unit
from metabosim.exchange.arms import Ready
from metabosim.exchange.formulas import formula, number
from metabosim.exchange.names import GLUCOSE, constant_id, drug_id, pin_id
from metabosim.exchange.sbml_events import constant_unit, events, write_events
from metabosim.exchange.sbml_units import NONE, Unit, declare, unit_of
from metabosim.trace import traced

SMALL = 3  # operations; a term with no more is written out wherever it is used


@dataclass(frozen=True)
class Rule:
    """A formula for a named quantity of a known unit."""

    name: str
    unit: Unit
    math: str


@dataclass(frozen=True)
class Equations:
    """The body as rules: what is assigned at any moment, then rates of change."""

    assigned: tuple[Rule, ...]
    rates: tuple[Rule, ...]


def equations() -> Equations:
    """The traced body, with what several equations share computed once."""
    trace = traced()
    names = {symbol: symbol.name for symbol in trace.states}
    names |= {
        symbol: constant_id(*key)
        for symbol, key in zip(trace.constants, vector.CONSTANT, strict=True)
    }
    units = {s: Unit.parse(STATES[s.name].unit) for s in trace.states}
    units |= {
        s: constant_unit(*key) for s, key in zip(trace.constants, vector.CONSTANT, strict=True)
    }
    shared, results = _shared([*trace.changes, *trace.readings_inside])
    rules = []
    for symbol, expression in shared:
        units[symbol] = unit_of(expression, units) or NONE
        names[symbol] = symbol.name
        rules.append(Rule(symbol.name, units[symbol], formula(expression, names)))
    rates, readings = results[: len(STATES)], results[len(STATES) :]
    shown = [(name, item.unit) for name, item in OBSERVABLES.items()]
    shown += [(f"signal_{name}", item.unit) for name, item in SIGNALS.items()]
    for (name, declared), reading in zip(shown, readings, strict=True):
        unit, math = Unit.parse(declared), formula(reading, names)
        if (factor := inside_factor(declared)) != 1.0:
            math = f"{number(1.0 / factor, unit / Unit.parse(inside_unit(declared)))} * {math}"
        rules.append(Rule(name, unit, math))
    return Equations(
        tuple(rules),
        tuple(
            Rule(s.name, units[s], formula(rate, names))
            for s, rate in zip(trace.states, rates, strict=True)
        ),
    )


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


def document(ready: Ready, name: str) -> str:
    """The SBML text of a body and its plan; `name` is the id of the model."""
    found = events(ready.plan)
    written = equations()
    document = libsbml.SBMLDocument(3, 2)
    model = document.createModel()
    model.setId(name.replace("-", "_"))
    model.setTimeUnits("min")
    changed = set().union(*(event.targets for event in found))
    units = {Unit.parse("min")}
    for rule, value in zip(written.rates, ready.y, strict=True):
        units.add(rule.unit)
        _parameter(model, rule.name, rule.unit, float(value), constant=False)
        rate = model.createRateRule()
        rate.setVariable(rule.name)
        pin = pin_id(rule.name)
        pinned = pin in changed and rule.name != GLUCOSE
        if pinned:
            _parameter(model, pin, NONE, 0.0, constant=False)
        _set_math(rate, f"({number(1.0)} - {pin}) * ({rule.math})" if pinned else rule.math)
    for key, value in zip(vector.CONSTANT, ready.c, strict=True):
        unit, identifier = constant_unit(*key), constant_id(*key)
        units.add(unit)
        _parameter(model, identifier, unit, float(value), constant=identifier not in changed)
    drugs = [
        Rule(drug_id(drug), Unit.parse("nmol/L"), f"drug{slot}_centre")
        for drug, slot in ready.drugs.items()
    ]
    for rule in (*written.assigned, *drugs):
        units.add(rule.unit)
        _parameter(model, rule.name, rule.unit, None, constant=False)
        assignment = model.createAssignmentRule()
        assignment.setVariable(rule.name)
        _set_math(assignment, rule.math)
    write_events(model, found, _set_math)
    units |= {Unit.parse("MJ/d") / Unit.parse("MJ/min"), Unit.parse("mL") / Unit.parse("L")}
    declare(model, units)
    return str(libsbml.writeSBMLToString(document))


def _parameter(model: Any, name: str, unit: Unit, value: float | None, *, constant: bool) -> Any:
    parameter = model.createParameter()
    parameter.setId(name)
    parameter.setUnits(unit.id)
    parameter.setConstant(constant)
    if value is not None:
        parameter.setValue(value)
    return parameter


def _set_math(element: Any, text: str) -> None:
    tree = libsbml.parseL3Formula(text)
    if tree is None:
        raise AssertionError(f"{libsbml.getLastParseL3Error()}\n{text}")
    element.setMath(tree)
