"""A body and what is done to it as one SBML document (Level 3 Version 2).

States are parameters with rate rules, observables parameters with assignment rules. There are no
compartments: the body has no sizes for most places, and none are invented; where a state is, its
annotation says. Everything is in the units the body computes in (min, mmol/L, pmol/L, kg, MJ),
observables in those they are declared in.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import libsbml

from metabosim.body import vector
from metabosim.exchange.annotations import (
    DISCLAIMER,
    HUMAN,
    READING,
    about_constant,
    annotate,
    note,
    terms,
)
from metabosim.exchange.arms import Ready
from metabosim.exchange.equations import Rule, constant_unit, equations
from metabosim.exchange.formulas import number
from metabosim.exchange.names import GLUCOSE, constant_id, drug_id, drug_text, pin_id
from metabosim.exchange.sbml_events import events, write_events
from metabosim.exchange.sbml_units import NONE, Unit, declare
from metabosim.output import Stamp

MINUTE = Unit.parse("min")
TRACE = 1e-15  # nmol, less than a molecule


def document(ready: Ready, stamp: Stamp, title: str) -> str:
    """The SBML text of a body and its plan. Raises InputError for what SBML has no short form for."""
    happenings = events(ready.plan)
    written = equations()
    drugs = [
        Rule(drug_id(drug), Unit.parse("nmol/L"), f"drug{slot}_centre", drug_text(drug))
        for drug, slot in ready.drugs.items()
    ]
    moved = frozenset[str]().union(*(event.targets for event in happenings))

    document = libsbml.SBMLDocument(3, 2)
    model = document.createModel()
    model.setId("body")
    model.setTimeUnits(MINUTE.id)
    subject = ready.body.subject
    clock = "07:00, after a night without food" if ready.fasting else "midnight"
    note(
        model,
        stamp.line,
        DISCLAIMER,
        f"{title}. Subject: {subject.id}, {subject.title}. Time 0 is {clock}.",
        READING,
        "Sources of the subject: " + "; ".join(subject.sources),
    )
    annotate(model, "hasTaxon", [HUMAN])

    depots = {f"drug{slot}_depot": f"drug{slot}_absorption" for slot in ready.drugs.values()}
    for rule, value in zip(written.rates, ready.y, strict=True):
        if rule.name in depots:
            rule = _never_empty(rule, depots[rule.name])
        _state(model, rule, float(value), moved)
    for key, value in zip(vector.CONSTANT, ready.c, strict=True):
        name = constant_id(*key)
        text = about_constant(*key, float(value))
        _parameter(model, name, constant_unit(*key), text, float(value), constant=name not in moved)
    for rule in (*written.assigned, *drugs):
        _parameter(model, rule.name, rule.unit, rule.text, None, constant=False)
        assignment = model.createAssignmentRule()
        assignment.setVariable(rule.name)
        _set_math(assignment, rule.math)
    write_events(model, happenings, _set_math)
    for state, qualifier, term, _ in terms():
        annotate(model.getParameter(state), qualifier, [term])

    used = {rule.unit for rule in (*written.rates, *written.assigned, *drugs)}
    used |= {constant_unit(*key) for key in vector.CONSTANT}
    used |= {MINUTE, Unit.parse("MJ/d") / Unit.parse("MJ/min"), Unit.parse("mL") / Unit.parse("L")}
    declare(model, used)
    return str(libsbml.writeSBMLToString(document))


def _never_empty(rule: Rule, absorption: str) -> Rule:
    """The rate of change of a depot in which a molecule is left for ever.

    Days after a single dose a depot that is a mere exponential holds less than a float can tell from
    nothing, and solvers that want every state exact in proportion, as libRoadRunner's does, give up.
    """
    return replace(rule, math=f"({rule.math} + {absorption} * {number(TRACE, rule.unit)})")


def _state(model: Any, rule: Rule, value: float, moved: frozenset[str]) -> None:
    """A state and its rate of change, which is zero while a protocol holds it."""
    _parameter(model, rule.name, rule.unit, rule.text, value, constant=False)
    math, pin = rule.math, pin_id(rule.name)
    if pin in moved and rule.name != GLUCOSE:  # the body's own equations know of clamped glucose
        _parameter(model, pin, NONE, f"1 while this is held: {rule.text}", 0.0, constant=False)
        math = f"({number(1.0)} - {pin}) * {math}"
    rate = model.createRateRule()
    rate.setVariable(rule.name)
    _set_math(rate, math)


def _parameter(
    model: Any, name: str, unit: Unit, text: str, value: float | None, *, constant: bool
) -> None:
    parameter = model.createParameter()
    parameter.setId(name)
    parameter.setUnits(unit.id)
    parameter.setConstant(constant)
    if value is not None:
        parameter.setValue(value)
    note(parameter, text)


def _set_math(element: Any, text: str) -> None:
    """Give an element a formula; AssertionError if we wrote what libSBML cannot read."""
    tree = libsbml.parseL3Formula(text)
    assert tree is not None, f"{libsbml.getLastParseL3Error()}\n{text}"
    element.setMath(tree)
