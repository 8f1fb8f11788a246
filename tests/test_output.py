"""Outputs: atomic, stamped, locked, and never over somebody else's file."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from metabosim import output
from metabosim.errors import InputError, SimulationError
from metabosim.output import OutputFolder, Stamp, is_own, json_text, stamped_json, trajectories_csv
from metabosim.version import NOTE, __version__

STAMP = Stamp(scenario="meal", hash="abc123", seed=7)
MINUTES = np.arange(0.0, 1441.0)


def table(**columns: np.ndarray) -> dict[str, np.ndarray]:
    """A day of minutes."""
    return {"time_min": MINUTES, **columns}


def test_written_files_can_be_written_again(tmp_path: Path) -> None:
    """A file with our stamp is replaced without asking."""
    with OutputFolder(tmp_path) as folder:
        folder.write("a/verdict.json", stamped_json({"n": 1}))
        path = folder.write("a/verdict.json", stamped_json({"n": 2}))
    assert json.loads(path.read_text())["n"] == 2
    assert sorted(p.name for p in tmp_path.rglob("*")) == ["a", "verdict.json"]


def test_a_users_file_is_refused_and_left_alone(tmp_path: Path) -> None:
    """A file without our stamp stays as it is, and the message says how to go on."""
    mine = tmp_path / "verdict.json"
    mine.write_text('{"precious": true}')
    with OutputFolder(tmp_path) as folder, pytest.raises(InputError, match="--force"):
        folder.write("verdict.json", stamped_json({}))
    assert mine.read_text() == '{"precious": true}'


def test_force_replaces_a_users_file(tmp_path: Path) -> None:
    """With force, the user has said so."""
    (tmp_path / "verdict.json").write_text("mine")
    with OutputFolder(tmp_path, force=True) as folder:
        path = folder.write("verdict.json", stamped_json({}))
    assert is_own(path)


def test_all_refusals_come_at_once(tmp_path: Path) -> None:
    """`check` names every file in the way before any work is done."""
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_text("mine")
    with OutputFolder(tmp_path) as folder, pytest.raises(InputError) as caught:
        folder.check("a.csv", "b.csv", "c.csv")
    assert len(caught.value.faults) == 2


def test_a_folder_in_the_way_is_refused_even_with_force(tmp_path: Path) -> None:
    """A folder is never replaced by a file."""
    (tmp_path / "plot.png").mkdir()
    with OutputFolder(tmp_path, force=True) as folder, pytest.raises(InputError, match="folder"):
        folder.write("plot.png", b"")


def test_out_is_a_file(tmp_path: Path) -> None:
    """An output folder that is a file is the user's fault, not a crash."""
    (tmp_path / "out").write_text("")
    with pytest.raises(InputError, match="cannot be written"), OutputFolder(tmp_path / "out"):
        pass


def test_one_run_at_a_time(tmp_path: Path) -> None:
    """A second run to the same folder is told to wait; afterwards the folder is free."""
    with (
        OutputFolder(tmp_path),
        pytest.raises(InputError, match="another metabosim"),
        OutputFolder(tmp_path),
    ):
        pass
    with OutputFolder(tmp_path):
        pass
    assert not list(tmp_path.iterdir())


def test_stale_temporary_files_are_swept(tmp_path: Path) -> None:
    """What a killed run left behind goes when the next one starts; other files stay."""
    (tmp_path / "meal").mkdir()
    (tmp_path / "meal" / f".plot.png.123{output.TEMPORARY}").write_text("torn")
    (tmp_path / "notes.tmp").write_text("mine")
    with OutputFolder(tmp_path):
        pass
    assert sorted(p.name for p in tmp_path.rglob("*") if p.is_file()) == ["notes.tmp"]


KILLED = """
import sys
from pathlib import Path
from metabosim.output import OutputFolder, stamped_json
with OutputFolder(Path(sys.argv[1])) as folder:
    print("ready", flush=True)
    while True:
        for n in range(2):
            folder.write("big.json", stamped_json({"n": [n] * 200_000}))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_killed_while_writing(tmp_path: Path) -> None:
    """A run killed at any moment leaves a whole file, and a folder that can be used again."""
    for delay in (0.05, 0.12, 0.2):
        child = subprocess.Popen(
            [sys.executable, "-c", KILLED, str(tmp_path)], stdout=subprocess.PIPE, text=True
        )
        with child:
            assert child.stdout is not None
            child.stdout.readline()
            time.sleep(delay)
            os.kill(child.pid, signal.SIGKILL)
        if (tmp_path / "big.json").exists():
            assert len(json.loads((tmp_path / "big.json").read_text())["n"]) == 200_000
        with OutputFolder(tmp_path) as folder:
            folder.check("big.json")
    assert not list(tmp_path.glob(f".*{output.TEMPORARY}"))


def test_a_failed_write_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the disk is full the old file stays whole and the message says why."""

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    with OutputFolder(tmp_path) as folder:
        path = folder.write("v.json", stamped_json({"n": 1}))
        monkeypatch.setattr(os, "fsync", full)
        with pytest.raises(InputError, match="No space left"):
            folder.write("v.json", stamped_json({"n": 2}))
        assert json.loads(path.read_text())["n"] == 1
        assert not list(tmp_path.glob(f".*{output.TEMPORARY}"))


@pytest.mark.parametrize("reason", ["Permission denied", "Read-only file system"])
def test_a_folder_that_cannot_be_written_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reason: str
) -> None:
    """It is told with the system's reason and what to do, and nothing is left there."""

    def refused(*_: object, **__: object) -> None:
        raise OSError(13, reason)

    monkeypatch.setattr(Path, "mkdir", refused)
    with (
        pytest.raises(InputError, match=f"{reason}; choose a folder you may write to"),
        OutputFolder(tmp_path / "x"),
    ):
        pass
    assert not list(tmp_path.iterdir())


def test_json_refuses_numbers_that_are_not(tmp_path: Path) -> None:
    """A NaN or infinity is an error that names its place, never a file other readers choke on."""
    with pytest.raises(SimulationError, match=r"'claims\.0\.margin'"):
        json_text({"claims": [{"margin": float("nan")}]})
    assert json.loads(json_text({"a": 1.5, "b": None})) == {"a": 1.5, "b": None}


def test_json_is_stamped() -> None:
    """Our JSON says who made it and what it is not."""
    content = json.loads(stamped_json({"scenario": "meal"}))
    assert content["generator"] == f"metabosim {__version__}"
    assert content["note"] == NOTE


def test_csv_is_tidy_and_stamped() -> None:
    """One row per arm and time, the stamp in comment lines, every arm's columns in one header."""
    arms = {
        "control": table(glucose_mmol_l=5 + MINUTES / 1440),
        "treated": table(glucose_mmol_l=5 - MINUTES / 1440, drug_semaglutide_nmol_l=MINUTES),
    }
    text = trajectories_csv(arms, STAMP, [(480, 600)], us=False)
    assert text.startswith(f"# metabosim {__version__}; scenario meal; hash abc123; seed 7; {NOTE}")
    rows = pd.read_csv(pd.io.common.StringIO(text), comment="#")
    assert list(rows.columns) == ["arm", "time_min", "glucose_mmol_l", "drug_semaglutide_nmol_l"]
    control = rows[rows.arm == "control"]
    assert len(control) == 25 - 3 + 121
    assert control.time_min.iloc[-1] == 1440
    assert control.glucose_mmol_l.iloc[-1] == 6
    assert control.drug_semaglutide_nmol_l.isna().all()
    assert trajectories_csv(arms, STAMP, [(480, 600)], us=False) == text


def test_csv_keeps_columns_apart_that_arms_have_in_another_order() -> None:
    """A value is under its own name, in whatever order an arm's drugs are."""
    one, two = MINUTES * 0 + 1, MINUTES * 0 + 2
    arms = {"a": table(drug_a_nmol_l=one), "b": table(drug_b_nmol_l=two, drug_a_nmol_l=one)}
    rows = pd.read_csv(
        pd.io.common.StringIO(trajectories_csv(arms, STAMP, [], us=False)), comment="#"
    )
    assert set(rows.drug_a_nmol_l) == {1}
    assert set(rows[rows.arm == "b"].drug_b_nmol_l) == {2}
    assert rows[rows.arm == "a"].drug_b_nmol_l.isna().all()


def test_csv_in_us_units_renames_its_columns() -> None:
    """A column in mg/dL never keeps a name that says mmol/L."""
    text = trajectories_csv({"a": table(glucose_mmol_l=MINUTES * 0 + 5)}, STAMP, [], us=True)
    rows = pd.read_csv(pd.io.common.StringIO(text), comment="#")
    assert list(rows.columns) == ["arm", "time_min", "glucose_mg_dl"]
    assert rows.glucose_mg_dl.to_numpy() == pytest.approx(90.078, abs=1e-3)


@pytest.mark.parametrize(
    "head",
    [
        "",
        "arm,time_min\n",
        '{"note": "metabosim"}',
        "# my notes\n# metabosim\n",
        "# metabosim notes",
    ],
)
def test_what_is_not_ours(tmp_path: Path, head: str) -> None:
    """Naming metabosim is not enough: only the stamp makes a file ours."""
    path = tmp_path / "file"
    path.write_text(head)
    assert not is_own(path)
