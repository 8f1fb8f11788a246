"""From named organs to flat vectors and back: the one place that knows the order.

The body's equations read names; solvers and compiled kernels want one vector of states `y` and one of
constants `c` (parameters in inside units, levers, variants, inputs, which signals are held, and at what).
"""

from collections.abc import Callable, Sequence
from typing import Any

from metabosim.body import (
    INPUTS,
    LEVERS,
    OBSERVABLES,
    PARAMETERS,
    SIGNALS,
    STATES,
    VARIANTS,
    anatomy,
    observe,
    wiring,
)
from metabosim.body.quantities import inside_factor
from metabosim.body.shapes import Functions, Number

STATE = {name: i for i, name in enumerate(STATES)}
READING = {name: i for i, name in enumerate((*OBSERVABLES, *SIGNALS))}  # what a run records

_SHOWN = [inside_factor(item.unit) for item in (*OBSERVABLES.values(), *SIGNALS.values())]
_BLOCKS = (
    ("parameter", PARAMETERS),
    ("lever", LEVERS),
    ("variant", VARIANTS),
    ("input", INPUTS),
    ("held", SIGNALS),
    ("held_at", SIGNALS),
)
CONSTANT = {
    key: i for i, key in enumerate((block, name) for block, table in _BLOCKS for name in table)
}
_START = {block: CONSTANT[block, next(iter(table))] for block, table in _BLOCKS}


def _grouped(group: type[Any], values: Sequence[Number], start: int = 0) -> Any:
    """A group of organs (NamedTuple of NamedTuples) filled from a flat vector."""
    organs, at = [], start
    for table in group.__annotations__.values():
        size = len(table._fields)
        organs.append(table(*values[at : at + size]))
        at += size
    return group(*organs)


def _flat(group: Any) -> list[Number]:
    return [value for organ in group for value in organ]


def evaluate(
    f: Functions, y: Sequence[Number], c: Sequence[Number]
) -> tuple[list[Number], list[Number]]:
    """Rates of change, and readings (observables, then signals), at state `y` under constants `c`, in inside units.

    `y` and `c` may hold floats, arrays, symbols or quantities; `f` brings the matching functions.
    """
    inputs = anatomy.Inputs(*c[_START["input"] : _START["held"]])
    states = _grouped(anatomy.States, y)
    parameters = _grouped(anatomy.Parameters, c, _START["parameter"])
    reading = observe.Parameters(
        *c[_START["lever"] - len(observe.Parameters._fields) : _START["lever"]]
    )
    held = c[_START["held"] : _START["held_at"]]
    held_at = c[_START["held_at"] :]
    tap, said = _holding(held, held_at)
    changes, signals = wiring.body(
        f,
        states,
        parameters,
        _grouped(anatomy.Levers, c, _START["lever"]),
        _grouped(anatomy.Variants, c, _START["variant"]),
        inputs,
        tap,
    )
    seen = observe.observables(f, states, parameters, reading, inputs, signals)
    return _flat(changes), [*seen, *(said[name] for name in SIGNALS)]


def shown(readings: Sequence[Number]) -> list[Number]:
    """Readings from inside units into the units they are declared in."""
    return [
        value / factor if factor != 1.0 else value
        for value, factor in zip(readings, _SHOWN, strict=True)
    ]


def _holding(
    held: Sequence[Number], held_at: Sequence[Number]
) -> tuple[Callable[[str, Number], Number], dict[str, Number]]:
    """The tap of the wiring, and what it said: a held signal gives its held value, any other itself, exactly."""
    order = {name: i for i, name in enumerate(SIGNALS)}
    said: dict[str, Number] = {}

    def tap(name: str, value: Number) -> Number:
        i = order[name]
        said[name] = value * (1.0 - held[i]) + held[i] * held_at[i]
        return said[name]

    return tap, said
