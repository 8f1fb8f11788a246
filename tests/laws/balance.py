"""What flowed in a run, integrated exactly: the ledger behind the balance laws.

Between two events everything is smooth, so a run is recorded at Gauss nodes there, and every flow of
the body is computed anew from the recorded states by the plain equations, run on arrays.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from metabosim.body import anatomy, wiring
from metabosim.body.vector import CONSTANT, READING, STATE
from metabosim.engine import Body, Run
from metabosim.engine import integrate as code
from metabosim.engine.run import simulate_from
from metabosim.protocol import ProtocolStep

GAUSS, WEIGHT = np.polynomial.legendre.leggauss(6)
PIECE = 4.0  # min: the amplifiers shut, and the alarm wakes, within minutes
LAYERS = np.array([0.1, 0.4, 1.2, 4.0])  # min after an event: a dose of GLP-1 acts within seconds
GLUCOSE = STATE["glucose"]


class ArrayFunctions:
    """numpy's functions, for the equations to run on whole trajectories."""

    exp = staticmethod(np.exp)
    log = staticmethod(np.log)
    sqrt = staticmethod(np.sqrt)


@dataclass(frozen=True)
class Ledger:
    """A run with all its flows.

    `first`, `last` (m, s): states just after and just before the events that bound each of the m
    smooth stretches. `nodes` (n,): minutes; `weights` (n,): of the quadrature; `signals`: every flow at
    the nodes, by dotted name; `run`: the run, recorded at the nodes and at both ends.
    """

    run: Run
    first: np.ndarray
    last: np.ndarray
    nodes: np.ndarray
    weights: np.ndarray
    at_nodes: np.ndarray
    signals: dict[str, np.ndarray]

    def __getitem__(self, name: str) -> np.ndarray:
        """A state, observable or signal at the nodes."""
        return self.run[name][self.at_nodes]

    def integral(self, flow: np.ndarray) -> float:
        """A flow over the whole run."""
        return float(self.weights @ flow)

    def gained(self, name: str) -> float:
        """What a state gained by flows, the jumps at events left out."""
        return float((self.last - self.first)[:, STATE[name]].sum())

    def jumped(self, name: str) -> float:
        """What a state gained at the events after the start."""
        return float((self.first[1:] - self.last[:-1])[:, STATE[name]].sum())


def ledger(
    body: Body,
    protocol: Sequence[ProtocolStep],
    duration: float,
    *,
    meals: bool = True,
    start: int = 0,
    y: np.ndarray | None = None,
    tolerance: float = 1e-7,
) -> Ledger:
    """Live through a protocol and write down what flowed.

    `start` is the minute of the habitual day at which it begins; `y` the state then, if not the
    resting one.
    """
    if y is None:
        y = body.rest.states[body.rest.minute[start]]

    def live(output: np.ndarray) -> Run:
        return simulate_from(
            body,
            y,
            protocol,
            float(start),
            duration,
            meals=meals,
            output=output,
            tolerance=tolerance,
        )

    events = [event[0] for event in live(np.array([duration])).plan.timeline()]
    bounds = np.unique([0.0, *events, duration])
    left, right, nodes, weights = [], [], [], []
    for a, b in pairwise(bounds):
        near = a + LAYERS[b - a > LAYERS]
        begin = near[-1] if near.size else a
        rest = np.linspace(begin, b, int(np.ceil((b - begin) / PIECE)) + 1)
        edges = np.concatenate([[a], near[:-1], rest]) if near.size else rest
        half = np.diff(edges)[:, None] / 2.0
        nodes.append(((edges[:-1, None] + half) + half * GAUSS).ravel())
        weights.append((half * WEIGHT).ravel())
        left.append(a)
        right.append(np.nextafter(b, a))
    at, share = np.concatenate(nodes), np.concatenate(weights)
    times = np.concatenate([left, right, at])
    order = np.argsort(times, kind="stable")
    back = np.empty_like(order)
    back[order] = np.arange(order.size)
    run = live(times[order])
    m = len(left)
    at_nodes = back[2 * m :]
    return Ledger(
        run, run.states[back[:m]], run.states[back[m : 2 * m]], at, share, at_nodes,
        _flows(run, at, at_nodes),
    )  # fmt: skip


def _flows(run: Run, nodes: np.ndarray, at_nodes: np.ndarray) -> dict[str, np.ndarray]:
    """Every signal of the wiring at the nodes, by the plain equations."""
    c: list[Any] = list(run.c)

    def switch(index: int, since: float, value: float) -> None:
        if np.ndim(c[index]) == 0:
            c[index] = np.full(nodes.size, c[index])
        c[index] = np.where(nodes > since, value, c[index])

    for time, kind, index, value in run.plan.timeline():
        if kind == code.SET_CONSTANT:
            switch(index, time, value)
        elif kind in (code.FOLLOW, code.LET_GO) and run.plan.tables[index][:2] == (0, GLUCOSE):
            switch(code.GLUCOSE_HELD, time, float(kind == code.FOLLOW))
    held = {name: c[CONSTANT["held", name]] for name in anatomy.Held._fields}
    states = run.states[at_nodes].T

    def tap(name: str, value: Any) -> Any:
        recorded = run.readings[at_nodes, READING[name]]
        return np.where(held[name] > 0.0, recorded, value)

    _, signals = wiring.body(
        ArrayFunctions,  # type: ignore[arg-type]
        _grouped(anatomy.States, list(states), 0),
        _grouped(
            anatomy.Parameters, c, CONSTANT["parameter", next(iter(_names(anatomy.Parameters)))]
        ),
        _grouped(anatomy.Levers, c, CONSTANT["lever", next(iter(_names(anatomy.Levers)))]),
        _grouped(anatomy.Variants, c, CONSTANT["variant", next(iter(_names(anatomy.Variants)))]),
        anatomy.Inputs(*(c[CONSTANT["input", name]] for name in anatomy.Inputs._fields)),
        tap,
    )
    return dict(_leaves(signals, nodes.size))


def _names(group: type) -> Iterator[str]:
    for table in group.__annotations__.values():
        yield from table._fields


def _grouped(group: type, values: Sequence[Any], at: int) -> Any:
    organs = []
    for table in group.__annotations__.values():
        organs.append(table(*values[at : at + len(table._fields)]))
        at += len(table._fields)
    return group(*organs)


def _leaves(value: Any, size: int, name: str = "") -> Iterator[tuple[str, np.ndarray]]:
    if hasattr(value, "_fields"):
        for field in value._fields:
            yield from _leaves(getattr(value, field), size, f"{name}.{field}" if name else field)
    else:
        yield name, np.broadcast_to(value, (size,))
