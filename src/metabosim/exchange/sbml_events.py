"""Happenings as SBML events.

Every event reads the state as it is when its turn comes, not when it was triggered, and simultaneous ones
take turns by priority: so a meal meets the appetite of its moment, and the stomach's content is noted
after the meal has reached it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from metabosim.body import STATES, vector
from metabosim.engine import integrate as code
from metabosim.engine.plan import Course, Plan
from metabosim.exchange.equations import constant_unit
from metabosim.exchange.formulas import number
from metabosim.exchange.happenings import Happening, Times, happenings
from metabosim.exchange.names import constant_id, pin_id
from metabosim.exchange.sbml_units import Unit
from metabosim.trace import traced

MINUTE = Unit.parse("min")
DIET, MEAL_SIZE = constant_id("input", "diet"), constant_id("input", "meal_size")
_STATES = list(STATES)
_CONSTANTS = list(vector.CONSTANT)


@dataclass(frozen=True)
class Event:
    """What is assigned at certain times: (target, formula) pairs, and the names that the formulas read."""

    times: Times
    assigned: tuple[tuple[str, str], ...]
    reads: frozenset[str] = frozenset()

    @property
    def targets(self) -> frozenset[str]:
        """What it changes."""
        return frozenset(target for target, _ in self.assigned)


def events(plan: Plan) -> list[Event]:
    """The plan's events; of simultaneous ones the earlier in the list is to be executed first.

    Deeds of the same times share an event, unless one needs what another has changed. Raises InputError
    where two holds of one quantity overlap.
    """
    found: list[Event] = []
    for happening in happenings(plan):
        event = _event(plan, happening)
        if not event.assigned:
            continue
        _join(found, event)
    return found


def _join(found: list[Event], event: Event) -> None:
    """Let an event share the last one of the same times, unless something that matters to it comes between."""
    for i in reversed(range(len(found))):
        other = found[i]
        if (event.reads | event.targets) & other.targets:
            break
        if other.times == event.times:
            assigned, reads = other.assigned + event.assigned, other.reads | event.reads
            found[i] = Event(event.times, assigned, reads)
            return
        if event.targets & other.reads:
            break
    found.append(event)


def _event(plan: Plan, happening: Happening) -> Event:
    kind, index, value = happening.deed
    times = happening.times
    name = _STATES[index] if kind in (code.ADD, code.ADD_MEAL, code.SET_STATE) else ""
    match kind:
        case code.ADD:
            return Event(times, ((name, f"{name} + {_of(name, value)}"),), frozenset({name}))
        case code.ADD_MEAL:
            eaten = f"{name} + {_of(name, value)} * appetite_index * {DIET}"
            return Event(times, ((name, eaten),), _heard_by_appetite() | {name, DIET})
        case code.SET_STATE:
            return Event(times, ((name, _of(name, value)),))
        case code.SET_CONSTANT:
            return Event(times, (_set_constant(index, value),))
        case code.MARK_MEAL:
            full = f"max(stomach, {_of('stomach', 1e-9)})"
            return Event(times, ((MEAL_SIZE, full),), frozenset({"stomach"}))
        case code.FOLLOW:
            return Event(times, _held(*plan.tables[index]))
        case code.LET_GO:
            return Event(times, _let_go(*plan.tables[index][:2]))
    raise AssertionError(f"an event of kind {kind} has no counterpart")


def _of(state: str, value: float) -> str:
    """An amount of a state, with its unit."""
    return number(value, Unit.parse(STATES[state].unit))


def _set_constant(index: int, value: float) -> tuple[str, str]:
    key = _CONSTANTS[index]
    return constant_id(*key), number(value, constant_unit(*key))


def _held(kind: int, index: int, course: Course) -> tuple[tuple[str, str], ...]:
    """What is assigned where something begins to be held; that a signal is, is set by an event of its own."""
    assert len(course.values) == 1, "arms.ready refuses what follows a course"
    level = float(course.values[0])
    if kind == 1:
        return (_set_constant(index, level),)
    name = _STATES[index]
    return ((name, _of(name, level)), (pin_id(name), number(1.0)))


def _let_go(kind: int, index: int) -> tuple[tuple[str, str], ...]:
    return () if kind == 1 else ((pin_id(_STATES[index]), number(0.0)),)


@cache
def _heard_by_appetite() -> frozenset[str]:
    """Every state and constant that appetite depends on, by way of whatever is assigned."""
    trace = traced()
    names = {s: s.name for s in trace.states}
    names |= {s: constant_id(*key) for s, key in zip(trace.constants, _CONSTANTS, strict=True)}
    appetite = trace.readings[vector.READING["appetite_index"]]
    return frozenset(names[symbol] for symbol in appetite.free_symbols)


def write_events(model: Any, found: Sequence[Event], set_math: Any) -> None:
    """Put the events into a libSBML model; `set_math(element, formula)` writes a formula."""
    for i, event in enumerate(found):
        times, turn = event.times, f"next_{i + 1}"
        assigned = list(event.assigned)
        condition = f"time >= {number(times.first, MINUTE)}"
        if times.period is not None:
            _note_turn(model, turn, times.first)
            assigned.append((turn, f"{turn} + {number(times.period, MINUTE)}"))
            condition = f"time >= {turn}"
        if times.period is not None and times.last is not None:
            over = times.last + 0.5 * times.period  # midway, so that no rounding matters
            condition = f"({condition}) && ({turn} < {number(over, MINUTE)})"
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
