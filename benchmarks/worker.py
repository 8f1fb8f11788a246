"""An engine in a process of its own: it does not see the others' libraries, and its memory can be told apart.

(Two of them bring an LLVM of their own; in one process they crash.)
"""

from __future__ import annotations

import contextlib
import importlib
import multiprocessing
import os
import time
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.cases import CASES, Floats, problem_of

KEPT = 4  # people whose states are handed back
PATIENCE = 900.0  # s for one answer
ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


class EngineFailed(Exception):
    """An engine could not do what was asked; the message says why."""


@dataclass(frozen=True)
class Task:
    """A case by name, shortened to `days`, for people from number `first` on (0 people: the subject)."""

    case: str
    days: int
    people: int = 0
    first: int = 0


@dataclass(frozen=True)
class Timed:
    """Wall clock and processor time of one run, s; the mean of `times` runs in a row."""

    wall: float
    cpu: float
    times: int


class Worker:
    """A process that runs one engine."""

    def __init__(self, engine: str) -> None:
        for name in ONE_THREAD:
            os.environ[name] = "1"
        # jax would otherwise take both cores for one person, as no other engine does
        os.environ["XLA_FLAGS"] = (
            "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
        )
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(engine, theirs), daemon=True)
        self._process.start()
        theirs.close()

    def __enter__(self) -> Worker:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def load(self) -> float:
        """Import the engine's library; s."""
        return float(self._asked("load"))

    def prepare(self, task: Task) -> float:
        """Build the engine's model of a problem; s, without making the problem."""
        return float(self._asked("prepare", task))

    def states(self, tolerance: float) -> tuple[Floats, float]:
        """Run once, for the watched states of the first KEPT people (people, n, watched), and how long it took, s."""
        states, seconds = self._asked("states", tolerance)
        return np.asarray(states), float(seconds)

    def timed(self, tolerance: float, times: int = 1) -> Timed:
        """Run `times` times."""
        self.start(tolerance, times)
        return self.finish()

    def start(self, tolerance: float, times: int = 1) -> None:
        """Begin a timed run; `finish` waits for it."""
        self._send("timed", tolerance, times)

    def finish(self) -> Timed:
        """The run that was begun."""
        found = self._answer()
        assert isinstance(found, Timed)
        return found

    def memory(self) -> float:
        """By how much the peak of the process is above what it was before its library was loaded, MB."""
        return float(self._asked("memory"))

    def counted(self) -> int:
        """How often rates were evaluated in the last run, where the engine says; else 0."""
        return int(self._asked("counted"))

    def close(self) -> None:
        """End the process."""
        if self._process.is_alive():
            self._process.terminate()
        self._process.join()
        self._pipe.close()

    def _asked(self, what: str, *arguments: Any) -> Any:
        self._send(what, *arguments)
        return self._answer()

    def _send(self, what: str, *arguments: Any) -> None:
        try:
            self._pipe.send((what, arguments))
        except OSError:
            raise EngineFailed(self._ended()) from None

    def _answer(self) -> Any:
        try:
            if not self._pipe.poll(PATIENCE):
                self._process.kill()
                raise EngineFailed(f"no answer within {PATIENCE:g} s")
            answer = self._pipe.recv()
        except (EOFError, OSError):
            raise EngineFailed(self._ended()) from None
        if isinstance(answer, EngineFailed):
            raise answer
        return answer

    def _ended(self) -> str:
        self._process.join(5.0)
        return f"its process ended with exit code {self._process.exitcode}"


class _Server:
    """What goes on in the process."""

    def __init__(self, engine: str) -> None:
        from benchmarks.engines import ENGINES

        self.engine = ENGINES[engine]
        self.run: Any = None
        self.before = 0.0

    def load(self) -> float:
        problem_of(CASES["day"], 1)  # what all need is there before the engine's own is measured
        self.before = _forgotten_peak()
        before = time.perf_counter()
        for module in self.engine.modules:
            importlib.import_module(module)
        return time.perf_counter() - before

    def prepare(self, task: Task) -> float:
        self.run = None
        problem = problem_of(CASES[task.case], task.days, task.people, task.first)
        before = time.perf_counter()
        self.run = self.engine.prepare(problem)
        return time.perf_counter() - before

    def states(self, tolerance: float) -> tuple[Floats, float]:
        before = time.perf_counter()
        found = self.run(tolerance)
        return np.asarray(found[:KEPT]), time.perf_counter() - before

    def timed(self, tolerance: float, times: int) -> Timed:
        wall, cpu = time.perf_counter(), time.process_time()
        for _ in range(times):
            self.run(tolerance)
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        return Timed(wall / times, cpu / times, times)

    def memory(self) -> float:
        return peak_memory() - self.before

    def counted(self) -> int:
        return int(getattr(self.engine, "evaluations", 0))


def peak_memory() -> float:
    """The most memory this process had since `_forgotten_peak`, MB; 0 where the system does not say."""
    try:
        status = Path("/proc/self/status").read_text(encoding="utf-8")
    except OSError:
        return 0.0
    return next(float(line.split()[1]) / 1e3 for line in status.splitlines() if "VmHWM" in line)


def _forgotten_peak() -> float:
    """Begin anew to look for the most memory; what it is now, MB."""
    with contextlib.suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5", encoding="utf-8")
    return peak_memory()


def _serve(engine: str, pipe: Connection) -> None:
    server = _Server(engine)
    while True:
        try:
            what, arguments = pipe.recv()
        except (EOFError, KeyboardInterrupt):
            return
        try:
            pipe.send(getattr(server, what)(*arguments))
        except Exception as error:
            pipe.send(EngineFailed(f"{type(error).__name__}: {error}".splitlines()[0]))
