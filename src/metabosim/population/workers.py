"""Who lives the pieces of a study: this process, processes of this machine, or a cluster that exists."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import contextmanager
from typing import Any

import numpy as np

from metabosim.engine.integrate import TOLERANCE
from metabosim.engine.lanes import alike, run_abreast
from metabosim.engine.plan import Plan
from metabosim.engine.rest import SCALE
from metabosim.errors import InputError
from metabosim.extras import needed
from metabosim.levers import constants
from metabosim.output import Stamp
from metabosim.population.store import parquet
from metabosim.population.study import Study, live
from metabosim.processes import processes

AHEAD = 3  # pieces waiting for each worker; more would only fill memory
PATIENCE = "10s"  # for a scheduler to answer
RETRIES = 5  # of a piece whose worker was lost

Lived = tuple[int, bytes]


def lived(study: Study, stamp: Stamp, piece: int) -> Lived:
    """A piece and its Parquet file."""
    return piece, parquet(live(study, piece), stamp)


def on_this_machine(
    study: Study, stamp: Stamp, pieces: Sequence[int], workers: int | None = None
) -> Iterator[Lived]:
    """The pieces as they are done, by `workers` processes (all cores if None)."""
    cores = os.cpu_count() or 1
    busy = min(workers if workers is not None else cores, len(pieces))
    if busy < 2:
        for piece in pieces:
            yield lived(study, stamp, piece)
        return
    compile_lanes()
    kept = "the pieces that were done are kept: run the same command again, with fewer --workers"
    with processes(busy, kept) as pool:
        left = iter(pieces)
        running: set[Future[Lived]] = set()
        while True:
            while len(running) < AHEAD * busy and (following := next(left, None)) is not None:
                running.add(pool.submit(lived, study, stamp, following))
            if not running:
                return
            done, running = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                yield future.result()


def compile_lanes() -> None:
    """Compile what runs people abreast if it is not yet kept, so that not every worker has to."""
    c = constants({})
    if minute := alike([Plan(1.0)]):
        run_abreast(minute, SCALE[None, :], c[None, :], np.array([1.0]), TOLERANCE, 1000)


def on_cluster(study: Study, stamp: Stamp, pieces: Sequence[int], address: str) -> Iterator[Lived]:
    """The pieces as they are done, by the workers of a dask cluster; `local` starts one on this machine.

    A piece whose worker is lost is lived again by another. InputError if nobody answers at the address.
    """
    dask = needed("distributed", "cluster", "a cluster needs dask's distributed")
    with _client(dask, address) as client:
        shared = client.scatter(study, broadcast=True)
        busy = max(1, len(client.scheduler_info()["workers"]))
        left = iter(pieces)

        def submitted(piece: int) -> Any:
            return client.submit(lived, shared, stamp, piece, pure=False, retries=RETRIES)

        first = [submitted(piece) for _, piece in zip(range(AHEAD * busy), left, strict=False)]
        running = dask.as_completed(first, with_results=False)
        for future in running:
            yield future.result()
            future.release()
            if (following := next(left, None)) is not None:
                running.add(submitted(following))


@contextmanager
def _client(dask: Any, address: str) -> Iterator[Any]:
    if address == "local":
        cores = os.cpu_count() or 1
        with (
            dask.LocalCluster(
                n_workers=cores, threads_per_worker=1, dashboard_address=None
            ) as cluster,
            dask.Client(cluster) as client,
        ):
            yield client
        return
    try:
        client = dask.Client(address, timeout=PATIENCE)
    except (OSError, ValueError, TimeoutError) as error:
        raise InputError(
            f"no cluster answers at '{address}': {error}",
            hint="start one with 'dask scheduler' and 'dask worker', or give --cluster local",
        ) from None
    with client:
        yield client
