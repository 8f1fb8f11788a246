"""Poor machines: without a display, a home, a network or space; and two runs at once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from metabosim.cli.jobs import FILES
from metabosim.output import LOCK, TEMPORARY, OutputFolder

ROOT = Path(__file__).resolve().parents[1]
QUICK = ("pka-epac2-synergy", "meal-homeostasis")
pytestmark = pytest.mark.skipif(os.name == "nt", reason="these machines are made the Unix way")


def metabosim(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """The command line in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "metabosim", *arguments],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT / "src")} | environment,
        capture_output=True,
        text=True,
    )


def test_without_display_or_home(tmp_path: Path) -> None:
    """Nothing is shown and nothing can be kept, not even by root: a run writes its files all the same."""
    done = metabosim("run", QUICK[0], "--out", str(tmp_path), HOME="/dev/null")
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    assert sorted(path.name for path in (tmp_path / QUICK[0]).iterdir()) == sorted(FILES)


# Python runs it before anything else, in workers too: whoever makes a socket or looks for a host ends the process.
WATCH = """
import os, sys
def watch(event, given):
    if event.startswith("socket."):
        os.write(2, f"reached for a network: {event}\\n".encode())
        os._exit(97)
sys.addaudithook(watch)
"""
OFFLINE = {
    "run": ("run", *QUICK, "--out", "out"),
    "check": ("check", QUICK[0]),
    "report": ("report", QUICK[0], "--out", "out"),
    "lab": ("lab", "--out", "lab.html"),
    "export": ("export", "--format", "sbml", "--out", "body.xml"),
    "archive": ("export", "--format", "omex", QUICK[0], "--out", "claim.omex"),
    "explain": ("explain", "glucose_gating"),
    "new": ("new", "claim.yaml"),
}  # fmt: skip


def watched(folder: Path) -> dict[str, str]:
    """The environment in which nobody may connect."""
    (folder / "sitecustomize.py").write_text(WATCH)
    paths = [str(folder), str(ROOT / "src")]
    return dict(os.environ) | {"PYTHONPATH": os.pathsep.join(paths)}


def test_the_watch_sees_a_socket(tmp_path: Path) -> None:
    """Else what follows would say nothing."""
    ask = [sys.executable, "-c", "import socket; socket.socket()"]
    assert subprocess.run(ask, env=watched(tmp_path), capture_output=True).returncode == 97


@pytest.mark.parametrize("name", OFFLINE)
def test_nobody_reaches_for_a_network(name: str, tmp_path: Path) -> None:
    """Every kind of command runs where no socket can be made."""
    done = subprocess.run(
        [sys.executable, "-m", "metabosim", *OFFLINE[name]],
        cwd=tmp_path, env=watched(tmp_path), capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "network" not in done.stderr


SMALL = """
import resource, signal, sys
from metabosim import cli
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]),) * 2)
cli.main(sys.argv[2:])
"""


def test_no_space_for_a_file(tmp_path: Path) -> None:
    """A file that does not fit is told with its name; earlier results stay, and with space a rerun completes."""
    out = tmp_path / "out"
    ask = ["run", QUICK[0], "--out", str(out)]
    assert metabosim(*ask, **os.environ).returncode == 0
    before = {path.name: path.read_bytes() for path in (out / QUICK[0]).iterdir()}
    full = subprocess.run(
        [sys.executable, "-c", SMALL, "20000", *ask, "--units", "us"],
        env=os.environ | {"PYTHONPATH": str(ROOT / "src")}, capture_output=True, text=True,
    )  # fmt: skip
    assert full.returncode == 2
    assert "plot.png: cannot be written: File too large" in full.stderr
    assert "with enough space left" in full.stderr
    assert {path.name: path.read_bytes() for path in (out / QUICK[0]).iterdir()} == before
    assert not list(out.rglob(f"*{TEMPORARY}"))
    assert not (out / LOCK).exists()
    assert metabosim(*ask, "--units", "us", **os.environ).returncode == 0
    assert (out / QUICK[0] / "plot.png").read_bytes() != before["plot.png"]


@pytest.mark.skipif(
    sys.platform != "linux", reason="only Linux has a folder in which nobody can write"
)
def test_a_folder_in_which_nobody_can_write() -> None:
    """Not even root can make a folder below /proc: it is told before anything is computed."""
    done = metabosim("run", QUICK[0], "--out", "/proc/results", **os.environ)
    assert done.returncode == 2
    assert "/proc/results: cannot be written: " in done.stderr
    assert "choose a folder you may write to with --out" in done.stderr
    assert "Traceback" not in done.stderr


def test_two_runs_in_one_folder(tmp_path: Path) -> None:
    """The second is told to wait, touches nothing, and runs once the first is done."""
    ask = ["run", QUICK[0], "--out", str(tmp_path)]
    with OutputFolder(tmp_path):
        second = metabosim(*ask, **os.environ)
        assert second.returncode == 2
        assert "another metabosim is writing to this folder; wait for it" in second.stderr
        assert [path.name for path in tmp_path.iterdir()] == [LOCK]
    assert metabosim(*ask, **os.environ).returncode == 0
    assert json.loads((tmp_path / QUICK[0] / "verdict.json").read_text())["claims"]
