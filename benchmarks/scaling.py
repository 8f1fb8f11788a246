"""What a run costs against its days, and against people: one engine after the other, each as far as it gets in time."""

from __future__ import annotations

import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from math import ceil
from statistics import median

from benchmarks.measure import LEAST_TIME
from benchmarks.session import Player, Session, cores, divided, say
from benchmarks.worker import EngineFailed, Task, Worker

DAYS = (1, 3, 7, 14, 28, 56, 91, 182, 365, 730, 1825, 3650)
PEOPLE = (1, 2, 4, 8, 16, 32, 64, 128)  # in each process
BY_DAYS = ("scalar", "averaged", "odeint", "roadrunner", "heyoka")
BY_PEOPLE = ("lanes", "odeint", "roadrunner", "heyoka", "diffrax")


@dataclass
class Curve:
    """Seconds of an engine at growing numbers of days or people."""

    engine: str
    at: list[int] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)


def by_days(session: Session, longest: float, last: int) -> list[Curve]:
    """Runs of one person with a weekly drug, up to `last` days or until one takes `longest` s."""
    found = []
    for name in BY_DAYS:
        if (player := session.players.get(name)) is None:
            continue
        curve = Curve(name)
        for days in DAYS:
            if player.engine.least <= days <= last and not _goes_on(
                player, curve, days, Task("weekly", days), longest
            ):
                break
        found.append(curve)
    return found


def by_people(session: Session, longest: float, last: int, stack: ExitStack) -> list[Curve]:
    """Days of up to `last` people in each of the processes."""
    found = []
    for name in BY_PEOPLE:
        if (player := session.players.get(name)) is None:
            continue
        curve = Curve(name)
        divided(player, stack)
        for people in PEOPLE:
            task = Task("day-1000", 1, people)
            at = people * cores()
            most = min(last, player.engine.most or last)
            if people > most or not _goes_on(player, curve, at, task, longest):
                break
        found.append(curve)
    return found


def _goes_on(player: Player, curve: Curve, at: int, task: Task, longest: float) -> bool:
    """Measure one more point; whether the next one may be tried."""
    workers = player.workers if task.people else player.workers[:1]
    try:
        for worker in workers:
            worker.prepare(task)
        _once(player, workers, 1)
        times = max(1, ceil(LEAST_TIME / _once(player, workers, 1)))
        curve.seconds.append(median(_once(player, workers, times) for _ in range(3)))
    except EngineFailed as error:
        say(f"  {player.engine.title}, {at}: {error}")
        return False
    curve.at.append(at)
    return curve.seconds[-1] * 2.0 <= longest


def _once(player: Player, workers: list[Worker], times: int) -> float:
    before = time.perf_counter()
    for worker in workers:
        worker.start(player.tolerance, times)
    for worker in workers:
        worker.finish()
    return (time.perf_counter() - before) / times
