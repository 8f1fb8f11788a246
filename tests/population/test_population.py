"""Populations: the same people whoever lives them, stopped or not, here or on a cluster; and honest sums."""

import errno
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from metabosim.cli import execute
from metabosim.engine import make_body, simulate
from metabosim.engine.averaging import Averaged
from metabosim.engine.run import FASTING, parameters_of
from metabosim.errors import InputError
from metabosim.output import TEMPORARY, OutputFolder, Stamp
from metabosim.population import load_sampler
from metabosim.population.store import Store
from metabosim.population.study import MEASURES, Study, live
from metabosim.population.summary import summarised
from metabosim.population.workers import on_cluster, on_this_machine
from metabosim.scenario import load_scenario

STAMP = Stamp("meal", "0" * 12, 1)
SCENARIO = "effects-from-the-first-meal"


def study_of(scenario="incretin-effect", subjects=10, **options):
    """A small study, in pieces of four people."""
    loaded = load_scenario(scenario)
    options = {"piece_size": 4, "seed": 5, "observables": ("glucose_mmol_l", "weight_kg")} | options
    return Study(loaded.arms, loaded.control, load_sampler(), subjects=subjects, **options)


def days_study(subjects=10, **options):
    """Three days on tesamorelin or off it."""
    study = study_of("benefit-follows-vat-loss", subjects, **options)
    return replace(study, arms={n: replace(a, duration=4320.0) for n, a in study.arms.items()})


@pytest.fixture(scope="module")
def small():
    """A study and its pieces, as bytes."""
    study = days_study()
    return study, dict(on_this_machine(study, STAMP, range(study.pieces), workers=1))


def test_everybody_is_there_once_in_each_arm(small):
    """Every subject and arm has one row, measures that agree with each other, and parameters of its own."""
    study, _ = small
    frame = pd.concat([live(study, piece) for piece in range(study.pieces)])
    assert sorted(zip(frame["subject"], frame["arm"], strict=True)) == [
        (n, arm) for n in range(study.subjects) for arm in sorted(study.arms)
    ]
    assert (frame["failed"] == "").all()
    for name in study.observables:
        start, end, mean, low, high = (frame[f"{name}.{measure}"] for measure in MEASURES)
        assert ((low <= end) & (end <= high) & (low <= mean) & (mean <= high) & (start > 0)).all()
    assert frame.groupby("subject")["parameter.lipolysis"].nunique().eq(1).all()
    assert frame["parameter.lipolysis"].nunique() == study.subjects


def test_a_row_is_a_run(small):
    """What a row says is what a run of that person alone says, to the tolerance of a population."""
    study, _ = small
    row = live(study, 1).query("arm == 'tesamorelin'").iloc[2]
    arm = study.arms["tesamorelin"]
    own = {k.removeprefix("parameter."): v for k, v in row.items() if k.startswith("parameter.")}
    run = simulate(arm.subject, arm.protocol, duration=arm.duration, parameters=own)
    day = run.time_min >= arm.duration - 1440.0
    for name in study.observables:
        assert row[f"{name}.start"] == pytest.approx(run.baseline(name), rel=1e-4)
        mean = np.trapezoid(run[name][day], run.time_min[day]) / 1440.0
        assert row[f"{name}.end"] == pytest.approx(
            mean, rel=1e-3
        )  # every 10 minutes, not every one
        assert row[f"{name}.highest"] == pytest.approx(np.max(run[name]), rel=0.03)


def test_who_cannot_be_trusted_averaged_is_run_in_full(monkeypatch):
    """Where the estimate is beyond its bounds, a row is that of a full run; elsewhere only near it."""
    months = days_study(4)
    months = replace(
        months, arms={n: replace(a, duration=42 * 1440.0) for n, a in months.arms.items()}
    )
    full, averaged = live(replace(months, resolution="full"), 0), live(months, 0)
    monkeypatch.setattr(Averaged, "is_trusted", lambda self, readings: False)
    fallen_back = live(months, 0)
    name = "glucose_mmol_l.mean"
    np.testing.assert_array_equal(fallen_back[name], full[name])
    np.testing.assert_allclose(averaged[name], full[name], rtol=1e-2)
    assert (averaged[name] != full[name]).any()


def test_people_are_near_the_subject(small):
    """Who is drawn has at rest what the sampler bounds, and the refused are counted."""
    study, _ = small
    arm = study.arms[study.control]
    own = make_body(arm.subject)
    frame = live(study, 0)
    assert (frame["refused"] >= 0).all()
    for _, row in frame.drop_duplicates("subject").iterrows():
        factors = {k: v for k, v in row.items() if k.startswith("parameter.")}
        body = make_body(arm.subject, parameters={k[10:]: v for k, v in factors.items()})
        for name, (low, high) in study.sampler.plausible.items():
            ratio = body.at_clock(name, FASTING) / own.at_clock(name, FASTING)
            assert low * 0.999 <= ratio <= high * 1.001


def test_workers_change_no_bit(small):
    """Two processes give the bytes that one gives."""
    study, bytes_of = small
    again = dict(on_this_machine(study, STAMP, range(study.pieces), workers=2))
    assert again == bytes_of


def test_a_longer_study_begins_with_the_same_people(small):
    """More subjects are more subjects: the first ones stay who they were."""
    study, _ = small
    longer = replace(study, subjects=study.subjects + 6)
    pd.testing.assert_frame_equal(live(longer, 0), live(study, 0))


def test_cluster_with_a_worker_killed_gives_the_same_bytes(small):
    """Two worker processes, one of them killed after the first piece: another lives its pieces again."""
    distributed = pytest.importorskip("distributed")
    study, bytes_of = small
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=None, silence_logs=50
    ) as cluster:
        found = {}
        pieces = on_cluster(study, STAMP, range(study.pieces), cluster.scheduler_address)
        for piece, content in pieces:
            if not found:
                victim = next(iter(cluster.workers.values()))
                os.kill(victim.pid, signal.SIGKILL)
            found[piece] = content
    assert found == bytes_of


def test_nobody_at_the_address_is_told(small):
    """A dead scheduler is an error in words within seconds."""
    pytest.importorskip("distributed")
    study, _ = small
    with pytest.raises(InputError, match="no cluster answers"):
        next(on_cluster(study, STAMP, [0], "tcp://127.0.0.1:9"))


def test_arms_that_hold_something_are_lived_alone():
    """A scenario whose arms replay others still has a row for everybody."""
    study = study_of("incretin-effect", subjects=2, piece_size=2)
    frame = live(study, 0)
    assert len(frame) == 2 * len(study.arms)
    assert (frame["failed"] == "").all()


def test_one_who_fails_is_listed(small):
    """A person whose run fails has an empty row that says why; the others keep theirs."""
    study, _ = small
    broken = replace(study.arms["tesamorelin"], parameters={"gh_clearance": 1e9})
    frame = live(replace(study, subjects=2, arms=study.arms | {"broken": broken}), 0)
    lost = frame[frame["arm"] == "broken"]
    assert (lost["failed"] != "").all()
    assert lost["glucose_mmol_l.end"].isna().all()
    assert (frame[frame["arm"] != "broken"]["failed"] == "").all()


def test_a_sampler_that_fits_nobody_is_told(monkeypatch):
    """When every draw is implausible the subject, the seed and the sampler are named; nothing goes on for ever."""
    monkeypatch.setattr("metabosim.population.study.TRIES", 2)
    study = study_of(subjects=1)
    nobody = replace(study.sampler, plausible={"glucose_mmol_l": (2.0, 3.0)})
    with pytest.raises(
        InputError, match=r"after 2 draws nobody .* subject 0 of seed 5; .* sampler 'adults'"
    ):
        live(replace(study, sampler=nobody), 0)


def test_randomisation_is_balanced_and_covers_everybody():
    """In a trial each subject is in one arm, and every few people each arm has one."""
    study = days_study(subjects=40, randomised=True)
    arms = [study.arm_of(n) for n in range(40)]
    assert {name: arms.count(name) for name in study.arms} == dict.fromkeys(study.arms, 20)
    assert all(set(arms[n : n + 2]) == set(study.arms) for n in range(0, 40, 2))
    assert arms != [study.arm_of(n) for n in range(40, 80)]
    frame = live(replace(study, subjects=4), 0)
    assert frame["arm"].tolist() == arms[:4]


@pytest.fixture
def store(tmp_path, small):
    """The small study on disk."""
    study, bytes_of = small
    with OutputFolder(tmp_path / "study") as folder:
        store = Store(folder, study, STAMP)
        assert store.begin() == list(range(study.pieces))
        for piece, content in bytes_of.items():
            store.put(piece, content)
        yield store


def test_summary_counts_and_compares(store):
    """Means, changes and differences are those of the table; people are compared with themselves."""
    summary = summarised(store)
    assert (summary.subjects, summary.failed) == (10, 0)
    table = store.columns(["subject", "arm", "weight_kg.start", "weight_kg.end"])
    change = (table["weight_kg.end"] - table["weight_kg.start"]).groupby(table["arm"]).mean()
    rows = {(row.arm, row.observable): row for row in summary.rows}
    treated = rows["tesamorelin", "weight_kg"]
    assert treated.change == pytest.approx(change["tesamorelin"], rel=1e-9)
    assert treated.change_low < treated.change < treated.change_high
    difference = change["tesamorelin"] - change["untreated"]
    assert treated.versus_control == pytest.approx(difference, rel=1e-9)
    assert rows["untreated", "weight_kg"].versus_control is None


def test_a_store_goes_on_and_refuses_another_study(store, small):
    """What is there is not lived again; another study in its place is refused by name."""
    study, _ = small
    assert store.begin() == []
    (store.folder.path / "pieces/000001.parquet").unlink()
    assert store.begin() == [1]
    other = Store(store.folder, replace(study, seed=6), replace(STAMP, seed=6))
    with pytest.raises(InputError, match="holds another study: seed differ"):
        other.begin()


def command(out: Path, *more: str) -> list[str]:
    """What is typed: two pieces of people, one after the other."""
    return [
        "population", SCENARIO, "--subjects", "256", "--workers", "1", "--seed", "2", "--out", str(out), *more,
    ]  # fmt: skip


def test_killed_at_any_moment_it_ends_with_the_same_bytes(tmp_path):
    """Killed after a first piece, the same command goes on, and every file is as if nothing had happened."""
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    assert execute(command(whole)) == 0
    process = subprocess.Popen(
        [sys.executable, "-m", "metabosim", *command(cut)],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    until = time.monotonic() + 240.0
    while not list(cut.glob("*/pieces/*.parquet")) and time.monotonic() < until:
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    assert not list(cut.glob("*/summary.json"))
    assert execute(command(cut)) == 0
    names = {path.relative_to(whole) for path in whole.rglob("*") if path.is_file()}
    assert len(names) == 2 + 5
    for name in names:
        assert (cut / name).read_bytes() == (whole / name).read_bytes(), name


def test_a_full_disk_keeps_what_was_written(tmp_path, monkeypatch, capsys):
    """With room for one piece the command says what happened; given room, it goes on to the same bytes."""
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    assert execute(command(whole)) == 0
    synced, written = os.fsync, []

    def full(file: int) -> None:
        written.append(file)
        if len(written) > 2:  # what the study is, and a piece
            raise OSError(errno.ENOSPC, "No space left on device")
        synced(file)

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        assert execute(command(cut)) == 2
    assert "No space left on device" in capsys.readouterr().err
    kept = {path.name for path in cut.rglob("*.parquet")}
    assert kept == {"000000.parquet"}
    assert not [*cut.rglob(f".*{TEMPORARY}"), *cut.rglob("summary.json")]
    assert execute(command(cut)) == 0
    for path in whole.rglob("*"):
        if path.is_file():
            assert (cut / path.relative_to(whole)).read_bytes() == path.read_bytes()


def test_the_command_line_says_what_is_wrong(tmp_path, capsys):
    """Impossible populations, unknown outcomes and a dead cluster end with exit code 2, in words."""
    out = ["--out", str(tmp_path)]
    for arguments, words in (
        (["--subjects", "0"], "not in the range"),
        (["--subjects", "1000000000000"], "not in the range"),
        (["--seed", "-1"], "not in the range"),
        (["--outcome", "glucose"], "unknown observable 'glucose'"),
        (["--sampler", "nobody"], "unknown sampler 'nobody'"),
        (["--cluster", "tcp://127.0.0.1:9"], "no cluster answers"),
    ):
        assert execute(["population", SCENARIO, *out, *arguments]) == 2
        assert words in capsys.readouterr().err
    assert execute(["population", "no-such-scenario", *out]) == 2


def test_json_says_what_the_table_says(tmp_path, capsys):
    """`--json` prints the summary; the file carries the note."""
    arguments = ["trial", SCENARIO, "--subjects", "6", "--out", str(tmp_path), "--json"]
    assert execute(arguments) == 0
    printed = json.loads(capsys.readouterr().out)
    kept = json.loads((tmp_path / f"{SCENARIO}-trial/summary.json").read_text())
    assert printed.items() <= kept.items()
    assert "not clinical" in kept["note"]
    assert sum(r["n"] for r in printed["rows"] if r["observable"] == "glucose_mmol_l") == 6


def test_parameters_of_a_subject_are_complete():
    """Whatever a sampler may spread, a subject has a value of its own for it."""
    assert set(load_sampler().names) <= set(parameters_of(load_scenario(SCENARIO).arms[
        load_scenario(SCENARIO).control].subject))  # fmt: skip
