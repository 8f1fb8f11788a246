"""Work spread over processes: one that the system kills is told in words."""

import os

import pytest

from metabosim.errors import SimulationError
from metabosim.processes import processes


def test_a_killed_worker_is_told() -> None:
    """A worker that is gone ends the work with what may have happened, and with advice."""
    with (
        pytest.raises(
            SimulationError, match=r"worker process was killed, .* memory ran out; use one"
        ),
        processes(1, "use one") as pool,
    ):
        pool.submit(os._exit, 1).result()
