"""How far off an engine is, against metabosim's own integrator at a tolerance that no rival is run at."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import cache

import numpy as np

from benchmarks.cases import CASES, WATCHED, Floats, Problem, problem_of
from benchmarks.engines.metabosim import Scalar
from benchmarks.engines.scipy import Dop853
from benchmarks.worker import KEPT, Task
from metabosim.protocol.meals import DAY

REFERENCE, CHECK = 1e-10, 1e-11  # tolerances of the reference, and of the independent check on it
AVERAGED = 28  # days from which on daily means are compared


@dataclass(frozen=True)
class Errors:
    """Largest relative errors over the run, |theirs / reference - 1|, of the most wrong person.

    `slow` is the worst of the slow states, `daily_glucose` of each day's mean (None in short runs).
    """

    glucose: float
    insulin: float
    slow: float
    daily_glucose: float | None = None

    @property
    def worst(self) -> float:
        """What an engine is chosen a tolerance by."""
        return max(self.glucose, self.insulin, self.slow)

    def as_dict(self) -> dict[str, float | None]:
        """For JSON."""
        return asdict(self)


def reference(task: Task) -> Floats:
    """The watched states (people, n, watched) of the people whose states are handed back."""
    whole = _reference(task.case, bool(task.people), task.first)
    return whole[: max(1, task.people), : _looks(task)]


@cache
def _reference(case: str, people: bool, first: int) -> Floats:
    """The reference for the whole length of a case."""
    days = CASES[case].days
    return Scalar().prepare(_problem(Task(case, days, KEPT if people else 0, first)))(REFERENCE)


def _problem(task: Task) -> Problem:
    return problem_of(CASES[task.case], task.days, min(task.people, KEPT), task.first)


def _looks(task: Task) -> int:
    """How often a problem is looked at."""
    return round(task.days * DAY / CASES[task.case].minutes) + 1


def checked(task: Task) -> Errors:
    """How far SciPy's DOP853, between the same events, is from the reference."""
    return errors(Dop853().prepare(_problem(task))(CHECK), task)


def errors(found: Floats, task: Task) -> Errors:
    """How far off the states of the first people are."""
    truth = reference(task)
    people = min(len(found), len(truth))
    found, truth = found[:people], truth[:people]
    worst = dict(zip(WATCHED, np.max(np.abs(found / truth - 1.0), axis=(0, 1)), strict=True))
    glucose, insulin = (float(worst.pop(name)) for name in ("glucose", "insulin"))
    daily = None
    if task.days >= AVERAGED:
        means = [_daily(states[:, :, 0], CASES[task.case].minutes) for states in (found, truth)]
        daily = float(np.max(np.abs(means[0] / means[1] - 1.0)))
    return Errors(glucose, insulin, float(max(worst.values())), daily)


def _daily(values: Floats, minutes: float) -> Floats:
    """Daily means (people, days) of values (people, n)."""
    a_day = round(DAY / minutes)
    days = (values.shape[1] - 1) // a_day
    return values[:, : days * a_day].reshape(len(values), days, a_day).mean(axis=2)
