"""Runs killed at random moments: no file is torn, and the next run completes what was left."""

from __future__ import annotations

import json
import random
import sys
from pathlib import Path

import pytest

from kill_runs import KEPT, SHORT, WHOM, Trial, torn, writers_hash


@pytest.mark.skipif(sys.platform != "linux", reason="workers are found where Linux lists them")
def test_killed_at_random_moments(tmp_path: Path) -> None:
    """`run` over earlier results, killed three times: every file is the old one or the new one; a rerun ends well."""
    seed = random.SystemRandom().randrange(10**6)
    print(f"seed {seed}")
    trial = Trial(["-m", "metabosim", "run", "--force", *SHORT], tmp_path, seed)
    number = 0
    while (
        trial.counts["kills"] < 3
    ):  # some runs end, or have no worker yet, before the moment comes
        trial.one(number)
        number += 1
    trial.rerun()
    assert not trial.wrong, (seed, trial.wrong)


def test_a_torn_file_would_be_seen() -> None:
    """A part of a file, a file that is gone and one that nobody wrote are torn; old and new are not."""
    whole = {"si": {"a": b"old", "b": b"old"}, "us": {"a": b"new", "b": b"new"}}
    assert torn({"a": b"old", "b": b"new"}, whole) == []
    assert torn({"a": b"ol", "b": b"new"}, whole) == ["a"]
    assert torn({"a": b"new"}, whole) == ["b"]
    assert torn({"a": b"new", "b": b"new", "c": b""}, whole) == ["c"]


def test_a_hundred_kills_tore_nothing() -> None:
    """What was counted is of the sources that write as they are: else `python tools/kill_runs.py --write`."""
    counted = json.loads(KEPT.read_text(encoding="utf-8"))
    assert counted["writers"] == writers_hash()
    assert counted["kills"] >= 100
    assert all(counted[f"kills of {whom}"] > 0 for whom in WHOM)
    assert counted["kills with some files new and some old"] > 0
    assert (counted["torn files"], counted["wrong"]) == (0, [])
