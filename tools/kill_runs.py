"""Kills `metabosim demo` at random moments and looks at what it leaves: `python tools/kill_runs.py --write`.

    python tools/kill_runs.py [--kills 100] [--seed 1] [--write]

A demo takes minutes, most of them for claims about years that write what short ones write. So the demo that is killed
is of a few claims about hours (SHORT), otherwise as it is. It runs in a folder that has results already, by turns in
the one and the other units, so that old files differ from new ones. Killed is, by chance, the process that was
started, or all of its processes at once, or only one of its workers. After every kill each file has to be, byte for
byte, the old one or the new one, and the next demo begins in what was left; every twentieth runs to its end, and then
all files are the new ones and nothing else is there. `--write` keeps the counts in tests/faults/kills.json; a test
tells when they are of other sources.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
KEPT = ROOT / "tests" / "faults" / "kills.json"
WRITERS = ("output.py", "processes.py", "cli/jobs.py")  # who puts files where they belong
SHORT = ("meal-homeostasis", "pka-epac2-synergy")
UNITS = ("si", "us")
WHOM = ("the process", "all of its processes", "a worker")
# `demo` of some claims instead of all
FEW = """
import sys
from metabosim import cli, scenario
scenario.list_scenarios = lambda: sys.argv[1].split(",")
cli.main(sys.argv[2:])
"""
TEMPORARY, LOCK = ".metabosim-tmp", ".metabosim.lock"
PATIENCE = 300.0  # s until everybody is gone, on a busy machine too

Files = dict[str, bytes]


def writers_hash() -> str:
    """SHA-256 of the sources that write results."""
    found = hashlib.sha256()
    for name in WRITERS:
        found.update((ROOT / "src" / "metabosim" / name).read_bytes())
    return found.hexdigest()[:16]


def start(arguments: list[str]) -> subprocess.Popen[str]:
    """A program in a group of its own, all of whose processes hold the end of a pipe."""
    return subprocess.Popen(
        [sys.executable, *arguments],
        env=os.environ | {"PYTHONPATH": str(ROOT / "src")},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def files_of(folder: Path) -> Files:
    """Every file there, by its path, but for what the next run sweeps away."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != LOCK and not path.name.endswith(TEMPORARY)
    }


def left_over(folder: Path) -> list[str]:
    """What a whole run leaves nothing of."""
    return [path.name for path in folder.rglob(".metabosim*")] + [
        path.name for path in folder.rglob(f"*{TEMPORARY}")
    ]


def torn(found: Files, whole: dict[str, Files]) -> list[str]:
    """The files that are neither as one whole run wrote them nor as the other did, and those that are gone."""
    every = {name for files in whole.values() for name in files}
    return sorted(
        name
        for name in every | set(found)
        if found.get(name) not in [files[name] for files in whole.values() if name in files]
    )


def workers_of(process: int) -> list[int]:
    """The worker processes of a process (not the one that counts semaphores)."""
    listed = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    found = [int(word) for word in listed]
    return [one for one in found if b"spawn_main" in Path(f"/proc/{one}/cmdline").read_bytes()]


def kill(process: subprocess.Popen[str], whom: str, rng: random.Random) -> bool:
    """Kill whoever is meant; whether there was somebody to kill."""
    try:
        if whom == "all of its processes":
            os.killpg(process.pid, signal.SIGKILL)
        elif whom == "a worker":
            os.kill(rng.choice(workers_of(process.pid)), signal.SIGKILL)
        else:
            process.kill()
    except (ProcessLookupError, FileNotFoundError, IndexError):
        return False
    return True


def group(leader: int) -> str:
    """Who is left of a group of processes, and what each waits for."""
    columns = "pid,ppid,pgid,stat,etime,time,wchan:30,args"
    listed = subprocess.run(["ps", "-e", "-o", columns], capture_output=True, text=True).stdout
    return "\n".join(one[:160] for one in listed.splitlines() if str(leader) in one.split()[:3])


class Trial:
    """Runs of one command in one folder, killed again and again. `command` takes the folder and the units."""

    def __init__(self, command: list[str], folder: Path, seed: int) -> None:
        self.command, self.rng = command, random.Random(seed)
        self.folder = folder / "killed"
        self.whole: dict[str, Files] = {}
        self.counts = Counter[str]()
        self.wrong: list[str] = []  # also shown as it is found
        self.length = 0.0
        for units in reversed(UNITS):
            begun = time.monotonic()
            self.finish(self.arguments(folder / units, units))
            self.length = time.monotonic() - begun
            self.whole[units] = files_of(folder / units)
        assert set(self.whole["si"]) == set(self.whole["us"])
        assert self.whole["si"] != self.whole["us"]
        self.finish(self.arguments(self.folder, "si"))

    def arguments(self, folder: Path, units: str) -> list[str]:
        """The command line of a run."""
        return [*self.command, "--out", str(folder), "--units", units]

    def fault(self, what: str) -> None:
        """Something that must not be."""
        self.wrong.append(what)
        print(what, file=sys.stderr, flush=True)

    def finish(self, arguments: list[str]) -> None:
        """A run that nobody disturbs; it has to end well."""
        process = start(arguments)
        told, _ = process.communicate(timeout=600)
        assert process.returncode == 0, told

    def one(self, number: int) -> None:
        """One kill, and what it leaves."""
        units = UNITS[(number + 1) % 2]
        whom, moment = self.rng.choice(WHOM), self.rng.uniform(0.0, 1.05 * self.length)
        process = start(self.arguments(self.folder, units))
        time.sleep(moment)
        struck = process.poll() is None and kill(process, whom, self.rng)
        try:
            told, _ = process.communicate(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            ended = "it has ended" if process.poll() is not None else "it has not"
            self.fault(
                f"{whom} after {moment:.2f} s: somebody runs on; {ended}\n{group(process.pid)}"
            )
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            told, _ = process.communicate()
        self.counts["kills" if struck else "nobody to kill"] += 1
        if struck:
            self.counts[f"kills of {whom}"] += 1
            found = files_of(self.folder)
            new = sum(found.get(name) == one for name, one in self.whole[units].items())
            self.counts["kills with some files new and some old"] += 0 < new < len(found)
            self.counts["kills that left a part of a file under another name"] += bool(
                [*self.folder.rglob(f"*{TEMPORARY}")]
            )
        said = f"{whom} after {moment:.2f} s"
        if whom == "a worker" and struck and process.returncode not in (0, 3):
            self.fault(f"{said}: it ended with {process.returncode}: {told[-1500:]}")
        if "Traceback" in told and whom == "a worker":
            self.fault(f"{said}: {told[-1500:]}")
        if broken := torn(files_of(self.folder), self.whole):
            self.counts["torn files"] += len(broken)
            self.fault(f"{said}: {', '.join(broken)}")

    def rerun(self) -> None:
        """An undisturbed run in what was left has to write everything, and leaves nothing else."""
        self.counts["reruns"] += 1
        self.finish(self.arguments(self.folder, "us"))
        if files_of(self.folder) != self.whole["us"] or left_over(self.folder):
            self.fault(f"a rerun did not complete; it left {left_over(self.folder)}")


def main() -> int:
    """Kill and count; 1 if a file was torn or a rerun did not complete."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--write", action="store_true", help="keep the counts")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        trial = Trial(["-c", FEW, ",".join(SHORT), "demo"], Path(folder), given.seed)
        number = 0
        while trial.counts["kills"] < given.kills:
            trial.one(number)
            number += 1
            if number % 20 == 0:
                trial.rerun()
                print(f"{trial.counts['kills']} kills, {len(trial.wrong)} wrong", flush=True)
        trial.rerun()
    found: dict[str, Any] = {
        "command": "metabosim demo",
        "scenarios": list(SHORT),
        "seed": given.seed,
        "length_s": round(trial.length, 1),
        "torn files": 0,
        **dict(sorted(trial.counts.items())),
        "files": len(trial.whole["si"]),
        "wrong": trial.wrong,
        "writers": writers_hash(),
    }
    text = json.dumps(found, indent=1) + "\n"
    print(text, end="")
    if given.write:
        KEPT.write_text(text, encoding="utf-8")
    return 1 if trial.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
