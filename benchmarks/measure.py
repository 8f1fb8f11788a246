"""Times engines side by side: in every repeat each has its turn, so that other load of the machine hits all alike."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from math import ceil
from statistics import median

from benchmarks.accuracy import Errors, errors
from benchmarks.cases import Case
from benchmarks.engines import ENGINES
from benchmarks.session import Player, Session, cores, divided, say
from benchmarks.worker import EngineFailed, Task

LEAST_TIME = 0.05  # s; shorter runs are repeated until they take so long
WEEK = 7


@dataclass(frozen=True)
class Effort:
    """How much is measured: repeats, and the longest that one run may take, s, and people in each process at most."""

    repeats: int
    longest: float
    people: int


@dataclass
class Measured:
    """One engine in one case. `seconds` are samples of wall clock for the whole case, one for each repeat.

    They are `scale` times what was measured, which were `days` of `people`; `failed` says why there is nothing.
    """

    engine: str
    case: str
    tolerance: float = 0.0
    days: int = 0
    people: int = 0
    scale: float = 1.0
    evaluations: int = 0  # of rates, of what was measured; 0 where the engine does not say
    seconds: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    errors: Errors | None = None
    failed: str = ""

    @property
    def median(self) -> float:
        """Wall clock of the whole case, s."""
        return median(self.seconds)

    @property
    def extrapolated(self) -> bool:
        """Whether it was measured in part."""
        return abs(self.scale - 1.0) > 1e-9


def ratio(slow: Measured, fast: Measured) -> float:
    """How many times faster `fast` is: the median of the repeats' ratios."""
    return median(a / b for a, b in zip(slow.seconds, fast.seconds, strict=False))


def alone(session: Session, case: Case, effort: Effort) -> list[Measured]:
    """Every engine on one person."""
    found = _entered(session, case, "alone")
    playing: dict[str, tuple[Player, Measured, int]] = {}
    for name, player in session.players.items():
        if (row := found.get(name)) is None or row.failed:
            continue
        row.days = _days(player, case, effort.longest)
        row.scale = case.days / row.days
        task = Task(case.name, row.days)
        with _noted(player, row):
            player.worker.prepare(task)
            states, once = player.worker.states(player.tolerance)
            row.errors, row.evaluations = errors(states, task), player.worker.counted()
            if once < LEAST_TIME:
                once = player.worker.timed(player.tolerance).wall
            playing[name] = player, row, max(1, ceil(LEAST_TIME / once))
    for repeat in range(effort.repeats):
        for player, row, times in _turned(list(playing.values()), repeat):
            with _noted(player, row):
                timed = player.worker.timed(player.tolerance, times)
                row.seconds.append(timed.wall * row.scale)
                row.cpu.append(timed.cpu * row.scale)
    for player, row, _ in playing.values():
        with _noted(player, row):
            player.memory = max(player.memory, player.worker.memory())
    return list(found.values())


def together(session: Session, case: Case, effort: Effort, stack: ExitStack) -> list[Measured]:
    """Every engine on many people, a process for each core."""
    found = _entered(session, case, "together")
    playing: list[tuple[Player, Measured, int]] = []
    for name, player in session.players.items():
        if (row := found.get(name)) is None or row.failed:
            continue
        with _noted(player, row):
            divided(player, stack)
            _share(player, row, case, effort)
            playing.append((player, row, 1))
    for repeat in range(effort.repeats):
        for player, row, _ in _turned(playing, repeat):
            with _noted(player, row):
                before = time.perf_counter()
                for worker in player.workers:
                    worker.start(player.tolerance)
                timed = [worker.finish() for worker in player.workers]
                row.seconds.append((time.perf_counter() - before) * row.scale)
                row.cpu.append(sum(one.cpu for one in timed) * row.scale)
    return list(found.values())


@contextmanager
def _noted(player: Player, row: Measured) -> Iterator[None]:
    """An engine that fails has the reason in its row; the others go on."""
    try:
        yield
    except EngineFailed as error:
        row.failed = row.failed or str(error)
        say(f"  {player.engine.title}: {error}")


def _entered(session: Session, case: Case, how: str) -> dict[str, Measured]:
    """A row for each engine that the case is for, those that are absent too."""
    found = {}
    for name in (*session.players, *session.absent):
        engine = ENGINES[name]
        if getattr(engine, how) and case.days >= engine.least:
            found[name] = Measured(name, case.name, failed=session.absent.get(name, ""))
            if name in session.players:
                found[name].tolerance = session.players[name].tolerance
                found[name].people = 1
                found[name].days = case.days
    order = list(ENGINES)
    return dict(sorted(found.items(), key=lambda item: order.index(item[0])))


def _turned(
    playing: list[tuple[Player, Measured, int]], repeat: int
) -> list[tuple[Player, Measured, int]]:
    """Another engine begins in each repeat."""
    first = repeat % max(1, len(playing))
    return playing[first:] + playing[:first]


def _days(player: Player, case: Case, longest: float) -> int:
    """All days, or as many whole weeks as may be measured."""
    if player.per_day * case.days <= longest or case.days <= 2 * WEEK:
        return case.days
    return int(max(2 * WEEK, WEEK * (longest / player.per_day // WEEK)))


def _share(player: Player, row: Measured, case: Case, effort: Effort) -> None:
    """Give each process as many people as may be measured; EngineFailed."""
    most = min(player.engine.most or effort.people, effort.people, ceil(case.people / cores()))
    abreast = player.engine.abreast
    trial = max(abreast, min(most, 2))
    task = Task(case.name, case.days, trial)
    player.worker.prepare(task)
    found, _ = player.worker.states(player.tolerance)
    row.errors = errors(found, task) if found.size else None
    each = player.worker.timed(player.tolerance).wall / trial
    # no vector is left half empty
    share = max(abreast, int(min(most, effort.longest / each)) // abreast * abreast)
    for number, worker in enumerate(player.workers):
        if number or share != trial:  # the first process has the trial's problem still
            worker.prepare(replace(task, people=share, first=number * case.people))
        worker.start(player.tolerance)
    for worker in player.workers:
        worker.finish()
    row.evaluations = player.worker.counted()  # of one process; they work at the same time
    row.people, row.days = share * len(player.workers), case.days
    row.scale = case.people / row.people
