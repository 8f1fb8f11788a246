"""What every engine can do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from benchmarks.cases import Floats, Problem

Run = Callable[[float], Floats]  # of a tolerance; gives the watched states (people, n, watched)


class Engine(Protocol):
    """A way of solving a problem.

    `package` is the distribution that has to be installed, `modules` are what is imported from it. An engine with
    a `tolerance` is measured at that one, any other at the loosest with which it is accurate enough. It is
    measured `alone` (one person), `together` (many people) or both; in runs of `least` days or more, with at most
    `most` people in a process, and `abreast` of them at once.
    """

    name: str
    title: str
    package: str
    modules: tuple[str, ...]
    tolerance: float | None
    alone: bool
    together: bool
    least: int
    most: int | None
    abreast: int
    note: str

    def prepare(self, problem: Problem) -> Run:
        """Build or load the model, once for many runs."""
        ...
