"""Work spread over processes of this machine: started, interrupted and lost in the same way everywhere."""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager

from metabosim.errors import SimulationError


@contextmanager
def processes(workers: int, advice: str) -> Iterator[ProcessPoolExecutor]:
    """A pool of `workers` processes, ended at once by any error or Ctrl-C.

    SimulationError with `advice` if the system kills one of them.
    """
    # spawned, not forked: the same on every system, and safe beside the thread of a progress bar
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, context, initializer=_leave_interrupts) as pool:
        try:
            yield pool
        except BrokenProcessPool:
            raise SimulationError(
                f"a worker process was killed, perhaps because memory ran out; {advice}"
            ) from None
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            for child in multiprocessing.active_children():
                child.terminate()
            raise


def _leave_interrupts() -> None:
    """Ctrl-C reaches every process of the terminal; the one that started the workers answers it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
