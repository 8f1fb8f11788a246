"""Work spread over processes of this machine: started, interrupted and lost in the same way everywhere."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import connection
from pathlib import Path
from typing import Final

from metabosim.errors import SimulationError

LOOK: Final = 0.5  # s between looks at the workers
PATIENCE: Final = 2.0  # s for the pool to see by itself that one is gone


@contextmanager
def processes(workers: int, advice: str) -> Iterator[ProcessPoolExecutor]:
    """A pool of `workers` processes, ended at once by any error, by Ctrl-C, and by the end of whoever started it.

    SimulationError with `advice` if the system kills one of them.
    """
    # spawned, not forked: the same on every system, and safe beside the thread of a progress bar
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, context, initializer=_begin) as pool:
        over = threading.Event()
        if sys.platform != "win32":  # where an answer is whole or not there
            threading.Thread(target=_watch, args=(pool, over), daemon=True).start()
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
        finally:
            over.set()


def _watch(pool: ProcessPoolExecutor, over: threading.Event) -> None:
    """Let go of half an answer, for the rest of which a pool waits for ever when a worker was killed while it wrote it.

    The pool would end with the first worker anyway. Its pipe ends once nobody can write there.
    """
    while not over.is_set():
        workers = list((pool._processes or {}).values())
        if not workers:
            over.wait(LOOK)
        elif connection.wait([one.sentinel for one in workers], LOOK) and not over.wait(PATIENCE):
            for one in workers:
                one.kill()
            # not closed, since the pool itself will close it
            with Path(os.devnull).open("wb") as nothing:
                os.dup2(nothing.fileno(), pool._result_queue._writer.fileno())  # type: ignore[attr-defined]
            return


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
