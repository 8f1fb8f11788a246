"""Work spread over processes of this machine: started, interrupted and lost in the same way everywhere."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager

from metabosim.errors import SimulationError


@contextmanager
def processes(workers: int, advice: str) -> Iterator[ProcessPoolExecutor]:
    """A pool of `workers` processes, ended at once by any error, by Ctrl-C, and by the end of whoever started it.

    SimulationError with `advice` if the system kills one of them.
    """
    # spawned, not forked: the same on every system, and safe beside the thread of a progress bar
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, context, initializer=_begin) as pool:
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


def _begin() -> None:
    """What a worker does before its first work."""
    # Ctrl-C reaches every process of the terminal; the one that started the workers answers it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """So that nobody waits for work for ever, or writes beside the next run, after a process that was killed."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
