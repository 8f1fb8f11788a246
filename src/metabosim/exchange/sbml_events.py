"""Happenings as SBML events.

Every event reads the state as it is when its turn comes, not when it was triggered, and simultaneous ones
take turns by priority: so a meal meets the appetite of its moment, and the stomach's content is noted
after the meal has reached it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from metabosim.body import INPUTS, SIGNALS, STATES, vector
from metabosim.engine import integrate as code
from metabosim.engine.plan import Plan
from metabosim.errors import InputError
from metabosim.exchange.formulas import number
from metabosim.exchange.happenings import Deed, Happening, Times, happenings
from metabosim.exchange.names import constant_id, pin_id
from metabosim.exchange.sbml_units import NONE, Unit

MINUTE = Unit.parse("min")
_STATES = list(STATES)
_CONSTANTS = list(vector.CONSTANT)


@dataclass(frozen=True)
class Event:
    """What is assigned at certain times: (target, formula) pairs, and the names that the formulas read."""

    times: Times
    assigned: tuple[tuple[str, str], ...]
    reads: frozenset[str]

    @property
    def targets(self) -> frozenset[str]:
        """What it changes."""
        return frozenset(target for target, _ in self.assigned)


def events(plan: Plan) -> list[Event]:
    """The plan's events; of simultaneous ones the earlier in the list is to be executed first.

    Raises InputError where something is held along a course, for which SBML has no short form.
    """
    found: list[Event] = []
    for happening in happenings(plan):
        event = _event(plan, happening)
        if not event.assigned:
            continue
        last = found[-1] if found else None
        touched = event.reads | event.targets
        if last and last.times == event.times and not (touched & last.targets):
            found[-1] = Event(last.times, last.assigned + event.assigned, last.reads | event.reads)
        else:
            found.append(event)
    return found


def _event(plan: Plan, happening: Happening) -> Event:
    kind, index, value = happening.deed
    if kind in (code.FOLLOW, code.LET_GO):
        assigned, reads = _holding(plan, happening.deed), frozenset[str]()
    elif kind == code.SET_CONSTANT:
        block, name = _CONSTANTS[index]
        assigned = ((constant_id(block, name), number(value, constant_unit(block, name))),)
        reads = frozenset()
    elif kind == code.MARK_MEAL:
        full = f"max(stomach, {number(1e-9, Unit.parse(STATES['stomach'].unit))})"
        assigned, reads = ((constant_id("input", "meal_size"), full),), frozenset({"stomach"})
    else:
        name = _STATES[index]
        amount, reads = number(value, Unit.parse(STATES[name].unit)), frozenset({name})
        if kind == code.ADD_MEAL:
            diet = constant_id("input", "diet")
            amount, reads = f"{amount} * appetite_index * {diet}", reads | {"appetite_index", diet}
        assigned = ((name, amount if kind == code.SET_STATE else f"{name} + {amount}"),)
    return Event(happening.times, assigned, reads)


def _holding(plan: Plan, deed: Deed) -> tuple[tuple[str, str], ...]:
    """What is assigned where something begins to be held, or is let go."""
    kind, index, _ = deed
    of_state, target, course = plan.tables[index]
    if len(set(course.values)) > 1:
        raise InputError("something is held along a course that SBML has no short form for")
    level = float(course.values[0])
    if of_state == 1:  # whether a signal is held is set by an event of its own
        block, name = _CONSTANTS[target]
        unit = constant_unit(block, name)
        return ((constant_id(block, name), number(level, unit)),) if kind == code.FOLLOW else ()
    name = _STATES[target]
    if kind == code.LET_GO:
        return ((pin_id(name), number(0.0)),)
    return (
        (name, number(level, Unit.parse(STATES[name].unit))),
        (pin_id(name), number(1.0)),
    )


def constant_unit(block: str, name: str) -> Unit:
    """The unit that a constant is computed in; parameters have theirs from the body's own table."""
    from metabosim.body import PARAMETERS
    from metabosim.body.quantities import inside_unit

    tables = {"parameter": PARAMETERS, "input": INPUTS, "held_at": SIGNALS}
    return Unit.parse(inside_unit(tables[block][name].unit)) if block in tables else NONE


def write_events(model: Any, found: Sequence[Event], set_math: Any) -> None:
    """Put the events into a libSBML model; `set_math(element, formula)` writes a formula."""
    for i, event in enumerate(found):
        times, turn = event.times, f"next_{i + 1}"
        when = number(times.first, MINUTE)
        assigned = list(event.assigned)
        if times.period is not None:
            _note_turn(model, turn, times.first)
            assigned.append((turn, f"{turn} + {number(times.period, MINUTE)}"))
            when = turn
        condition = f"time >= {when}"
        if times.last is not None:
            half = times.last + 0.5 * (times.period or 0.0)
            condition = f"({condition}) && ({turn} < {number(half, MINUTE)})"
        written = model.createEvent()
        written.setId(f"event_{i + 1}")
        written.setUseValuesFromTriggerTime(False)
        trigger = written.createTrigger()
        trigger.setInitialValue(False)
        trigger.setPersistent(True)
        set_math(trigger, condition)
        set_math(written.createPriority(), number(float(len(found) - i)))
        for target, text in assigned:
            assignment = written.createEventAssignment()
            assignment.setVariable(target)
            set_math(assignment, text)


def _note_turn(model: Any, name: str, first: float) -> None:
    """A parameter that remembers when a habit is due next."""
    turn = model.createParameter()
    turn.setId(name)
    turn.setValue(first)
    turn.setUnits(MINUTE.id)
    turn.setConstant(False)
