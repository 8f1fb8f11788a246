"""Work spread over processes: one that the system kills is told in words, and none outlives who started it."""

import os
import subprocess
import sys
import time

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


HALF_AN_ANSWER = """
import os, signal
from multiprocessing.connection import Connection
def send(self, content):
    os.write(self.fileno(), content[: len(content) // 2])
    os.kill(os.getpid(), signal.SIGKILL)
Connection._send = send
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
def test_a_worker_killed_while_it_answers_is_told() -> None:
    """Half an answer is not waited on for ever, though another worker is at work."""

    def asked() -> None:
        with processes(2, "use one") as pool:
            busy = pool.submit(time.sleep, 60)
            while not busy.running():
                time.sleep(0.01)
            pool.submit(exec, HALF_AN_ANSWER, {}).result(timeout=30)

    with pytest.raises(SimulationError, match="a worker process was killed"):
        asked()


STARTER = """
import time
from metabosim.processes import processes
with processes(2, "") as pool:
    sleeping = [pool.submit(time.sleep, 60) for _ in range(2)]
    while not all(one.running() for one in sleeping):
        time.sleep(0.01)
    print("at work", flush=True)
    sleeping[0].result()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
def test_workers_end_with_who_started_them() -> None:
    """Killed without a word, it leaves no worker that computes on, or waits for work for ever."""
    with subprocess.Popen(
        [sys.executable, "-c", STARTER], stdout=subprocess.PIPE, text=True
    ) as starter:
        assert starter.stdout is not None
        assert starter.stdout.readline() == "at work\n"
        starter.kill()
        starter.communicate(timeout=30)  # until everybody who could write there is gone
