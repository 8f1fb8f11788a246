"""Cold starts: whole processes, from nothing to what they are started for, with their peak memory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from benchmarks.session import say

CURVE = "import metabosim as ms; ms.simulate('visceral-obese')['glucose_mmol_l']"
SCENARIO = "meal-homeostasis"


@dataclass
class Start:
    """A command: wall clock, s, and peak memory, MB, of each time it was run; `aim` in s, if there is one."""

    title: str
    aim: float | None = None
    seconds: list[float] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)
    failed: str = ""

    @property
    def median(self) -> float:
        """Wall clock, s."""
        return median(self.seconds)


def starts(repeats: int, whole: bool) -> list[Start]:
    """The commands, each `repeats` times in turn; once what is long, and only if `whole`."""
    metabosim = [sys.executable, "-m", "metabosim"]
    with tempfile.TemporaryDirectory() as folder:
        out = ["--force", "--out", str(Path(folder) / "out")]
        warm: list[tuple[Start, Sequence[str]]] = [
            (Start("python that does nothing"), [sys.executable, "-c", "pass"]),
            (Start("metabosim --help", 0.15), [*metabosim, "--help"]),
            (Start("import metabosim"), [sys.executable, "-c", "import metabosim"]),
            (Start("to the first day's curve", 1.5), [sys.executable, "-c", CURVE]),
            (Start("one scenario with its plot", 3.0), [*metabosim, "run", SCENARIO, *out]),
        ]
        say("  cold starts")
        for _, command in warm[3:]:  # so that what they compile is there
            _timed(Start("once"), command, {})
        for _ in range(repeats):
            for start, command in warm:
                _timed(start, command, {})
        found = [start for start, _ in warm]
        if whole:
            first = Start("to the first day's curve, first time ever (all is compiled)")
            scenario = Start("one scenario with its plot, first time ever")
            for start, command in ((first, warm[3][1]), (scenario, warm[4][1])):
                with tempfile.TemporaryDirectory() as empty:
                    _timed(start, command, _cache(empty))
            demo = Start("metabosim demo (every scenario, all claims)", 60.0)
            _timed(demo, [*metabosim, "demo", *out[1:2], str(Path(folder) / "demo")], {}, (0, 1))
            found += [first, scenario, demo]
    return found


def _cache(folder: str) -> dict[str, str]:
    """An empty folder for what is compiled, wherever this system looks for it."""
    return dict.fromkeys(("XDG_CACHE_HOME", "LOCALAPPDATA", "HOME"), folder)


# A process that begins small: one that this large one starts would count our memory as its own.
_STARTER = """
import json, os, sys, time
quiet = os.open(os.devnull, os.O_WRONLY)
before = time.perf_counter()
process = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ, file_actions=[(os.POSIX_SPAWN_DUP2, quiet, 1)])
_, status, usage = os.wait4(process, 0)
seconds = time.perf_counter() - before
print(json.dumps([seconds, usage.ru_maxrss, os.waitstatus_to_exitcode(status)]))
"""


def _timed(
    start: Start, command: Sequence[str], environment: dict[str, str], fine: tuple[int, ...] = (0,)
) -> None:
    """Run a command once more; exit codes other than `fine` are failures."""
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", _STARTER, *command],
        capture_output=True,
        text=True,
        env=os.environ | environment,
        check=True,
    )
    seconds, memory, code = json.loads(done.stdout)
    start.seconds.append(seconds)
    start.memory.append(memory / (1e6 if sys.platform == "darwin" else 1e3))
    if code not in fine:
        lines = done.stderr.strip().splitlines()
        start.failed = f"exit code {code}: {lines[-1] if lines else ''}"
