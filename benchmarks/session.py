"""Engines in their processes: started, given a tolerance, and kept from case to case."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

from benchmarks.accuracy import errors
from benchmarks.engines import ENGINES, Engine
from benchmarks.machine import installed
from benchmarks.worker import EngineFailed, Task, Worker

TARGET = 1e-5  # largest relative error of a watched state with which an engine is accurate enough
LADDER = tuple(10 ** -(3.0 + 0.5 * k) for k in range(15))  # tolerances, loosest first
TRIAL = Task("weekly", 7)  # with which tolerances are chosen


@dataclass
class Player:
    """An engine at its tolerance, in one process and, once people are divided, in one for each core."""

    engine: Engine
    workers: list[Worker]
    tolerance: float = 0.0
    importing: float = 0.0  # s
    building: float = 0.0  # s, of the first model
    first: float = 0.0  # s, of the first run of a day
    per_day: float = 0.0  # s, of a person
    memory: float = 0.0  # MB, of its first process

    @property
    def worker(self) -> Worker:
        """The first process."""
        return self.workers[0]


@dataclass
class Session:
    """The engines that take part, and why the others do not."""

    players: dict[str, Player] = field(default_factory=dict)
    absent: dict[str, str] = field(default_factory=dict)


_BEGUN = time.monotonic()


def say(text: str) -> None:
    """What is going on and since when, for whoever waits."""
    print(f"{time.monotonic() - _BEGUN:4.0f} s  {text}", file=sys.stderr, flush=True)


def cores() -> int:
    """Processes that share the work of many people."""
    return os.cpu_count() or 1


@contextmanager
def session(names: Iterable[str]) -> Iterator[Session]:
    """Start engines, and end them with the block."""
    found = Session()
    with ExitStack() as stack:
        for name in names:
            engine = ENGINES[name]
            if installed(engine.package) is None:
                found.absent[name] = f"not installed ({engine.package})"
                say(f"{engine.title}: {found.absent[name]}")
                continue
            try:
                found.players[name] = _ready(engine, stack)
            except EngineFailed as error:
                found.absent[name] = str(error)
                say(f"{engine.title}: {error}")
        yield found


def divided(player: Player, stack: ExitStack) -> None:
    """Give an engine a process for each core."""
    while len(player.workers) < cores():
        more = stack.enter_context(Worker(player.engine.name))
        more.load()
        player.workers.append(more)


def _ready(engine: Engine, stack: ExitStack) -> Player:
    worker = stack.enter_context(Worker(engine.name))
    player = Player(engine, [worker], importing=worker.load())
    if engine.least > 0 or not (engine.alone or engine.tolerance is None):
        player.tolerance = engine.tolerance or TARGET
        return player  # nothing to be learnt from a week
    if engine.alone:
        player.building = worker.prepare(Task("day", 1))
        player.first = worker.timed(engine.tolerance or TARGET).wall
    player.building = player.building or worker.prepare(TRIAL)
    worker.prepare(TRIAL)
    player.tolerance = engine.tolerance or _loosest(worker)
    worker.timed(player.tolerance)  # whoever compiles for a tolerance does it now
    player.per_day = worker.timed(player.tolerance).wall / TRIAL.days
    say(f"{engine.title}: tolerance {player.tolerance:.1e}, {1e3 * player.per_day:.3g} ms a day")
    return player


def _loosest(worker: Worker) -> float:
    """The loosest tolerance with which an engine is accurate enough; EngineFailed if none is."""
    low, high = 0, len(LADDER)  # all before `low` are too loose, `high` is not, if there is one
    while low < high:
        middle = (low + high) // 2
        if errors(worker.states(LADDER[middle])[0], TRIAL).worst <= TARGET:
            high = middle
        else:
            low = middle + 1
    if low == len(LADDER):
        raise EngineFailed(f"it is never within {TARGET:g} of the reference")
    return LADDER[low]
