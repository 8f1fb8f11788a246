"""The command line: exit codes, messages, files, and no traceback for anything a user types."""

from __future__ import annotations

import dataclasses
import errno
import json
import os
import signal
import subprocess
import sys
import time
import warnings
from pathlib import Path

import jsonschema
import pytest

from metabosim import cli
from metabosim.cli import catalogue, judge, options
from metabosim.cli.jobs import FILES
from metabosim.errors import ImplausibleWarning, InputError, SolverFailed
from metabosim.scenario import template
from metabosim.version import NOTE, __version__

ROOT = Path(__file__).resolve().parent.parent
HEAVY = {"matplotlib", "numba", "numpy", "pandas", "pydantic", "rich", "ruamel", "scipy"}


def metabosim(*arguments: str, cwd: Path | None = None, **env: str) -> subprocess.CompletedProcess:
    """Run the program as a user does."""
    return subprocess.run(
        [sys.executable, "-m", "metabosim", *arguments],
        cwd=cwd,
        env=os.environ | {"PYTHONPATH": str(ROOT / "src"), **env},
        capture_output=True,
        text=True,
        timeout=300,
    )


@pytest.fixture
def scenario(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A scenario file of one's own, in an empty folder that is the current one."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "my-claim.yaml"
    path.write_text(template("my-claim"))
    return path


# --- help -------------------------------------------------------------------------------------


def test_help_is_light() -> None:
    """`--help` imports nothing heavy, which keeps it quick on any machine."""
    code = (
        "import sys; from metabosim import cli\n"
        "code = cli.execute(['--help'])\n"
        f"print(sorted({HEAVY!r} & set(sys.modules)), file=sys.stderr)\n"
        "sys.exit(code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0
    assert done.stderr.strip() == "[]"
    assert "Exit codes: 0 all claims held" in done.stdout


@pytest.mark.parametrize("command", sorted(cli.cli.commands))
def test_every_command_has_help(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Each command explains itself."""
    assert cli.execute([command, "--help"]) == 0
    assert "Usage: metabosim" in capsys.readouterr().out


def test_commands_are_those_promised() -> None:
    """The commands and the `--json` of those that report are an interface."""
    assert set(cli.cli.commands) == {
        "demo", "run", "check", "bands", "list", "explain", "validate", "schema", "new",
        "export", "population", "trial", "sensitivity", "falsify", "report", "lab",
    }  # fmt: skip
    for name in set(cli.cli.commands) - {"schema", "new", "export", "lab"}:
        flags = {flag for option in cli.cli.commands[name].params for flag in option.opts}
        assert "--json" in flags, name


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    """The version comes with the note."""
    assert cli.execute(["--version"]) == 0
    assert capsys.readouterr().out.strip() == f"metabosim {__version__} ({NOTE})"


# --- bad input --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "wanted"),
    [
        (["rnu"], "Did you mean 'run'?"),
        (["run", "no-such-claim"], "unknown scenario 'no-such-claim'"),
        (["run", "missing.yaml"], "missing.yaml"),
        (["run", "--set", "lever.gsh=1"], "unknown lever 'gsh'"),
        (["run", "--set", "lever.glucose_gatng=1"], "did you mean 'glucose_gating'?"),
        (["run", "--set", "glucose_gating=1"], "expected lever.NAME=NUMBER"),
        (["run", "--set", "lever.glucose_gating=x"], "expected lever.NAME=NUMBER"),
        (["run", "--set", "lever.glucose_gating=nan"], "must be a number from 0 to 3"),
        (["run", "--set", "lever.glucose_gating=9"], "must be a number from 0 to 3"),
        (["run", "--subject", "lean-helthy"], "did you mean 'lean-healthy'?"),
        (["run", "--units", "imperial"], "'imperial' is not one of"),
        (["explain", "glucose_gaitng"], "did you mean 'glucose_gating'?"),
        (["list", "organs"], "'organs' is not one of"),
        (["validate"], "Missing argument"),
        (["validate", "."], "."),
        (["new", "claim.txt"], "try 'claim.txt.yaml'"),
        (["new", "My Claim.yaml"], "try 'my-claim.yaml'"),
        (["new", "nowhere/claim.yaml"], "cannot be written"),
    ],
)
def test_bad_input(
    arguments: list[str], wanted: str, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    """Whatever is wrong with what was typed gives exit 2 and a message that helps."""
    monkeypatch.chdir(tmp_path)
    assert cli.execute(arguments) == 2
    told = capsys.readouterr()
    assert wanted in told.err
    assert told.out == ""
    assert "Traceback" not in told.err
    assert not list(tmp_path.iterdir())


def test_all_faults_of_all_files_at_once(
    scenario: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Two broken files give all their faults together, each line beginning with its place."""
    text = scenario.read_text()
    scenario.write_text(text.replace("insulin_secretion: 0", "insulin_secretoin: 0"))
    other = scenario.with_name("other.yaml")
    other.write_text(template("other").replace("subject: lean-healthy", "subject: lean-helthy"))
    assert cli.execute(["run", scenario.name, other.name]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert lines[0].startswith("my-claim.yaml:")
    assert "did you mean 'insulin_secretion'?" in lines[0]
    assert lines[1].startswith("other.yaml:")
    assert "did you mean 'lean-healthy'?" in lines[1]


def test_implausible_values_are_warnings_in_words(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A warning is one line for the user, without our source code."""

    def odd() -> None:
        warnings.warn("body weight 900 kg is implausible", ImplausibleWarning, stacklevel=1)

    monkeypatch.setattr(catalogue, "KINDS", {"levers": lambda: odd()})
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        cli.execute(["list", "levers"])
    assert capsys.readouterr().err.splitlines()[0] == "warning: body weight 900 kg is implausible"


# --- other ends -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raised", "code", "wanted"),
    [
        (InputError("wrong"), 2, "wrong"),
        (SolverFailed("glucose", 3, "step"), 3, "stuck on 'glucose'"),
        (KeyboardInterrupt(), 130, "interrupted"),
        (BrokenPipeError(errno.EPIPE, "gone"), 141, ""),
        (ZeroDivisionError("oops"), 3, "This is a fault of metabosim"),
    ],
)
def test_every_end_has_its_code(
    raised: BaseException, code: int, wanted: str,
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    """Each way a command can end gives its exit code, and words instead of a traceback."""

    def ends() -> None:
        raise raised

    monkeypatch.setattr(catalogue, "KINDS", {"levers": ends})
    monkeypatch.setattr(sys, "stdout", sys.stdout)  # click puts a quiet one in its place
    assert cli.execute(["list", "levers"]) == code
    told = capsys.readouterr().err
    assert wanted in told
    assert "Traceback" not in told


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such pipes on Windows")
def test_a_reader_that_leaves() -> None:
    """`metabosim list parameters | head -1` ends quietly."""
    done = subprocess.run(
        f"{sys.executable} -m metabosim list parameters | head -1; echo ${{PIPESTATUS[0]}}",
        shell=True,
        executable="/bin/bash",
        env=os.environ | {"PYTHONPATH": str(ROOT / "src"), "PYTHONUNBUFFERED": "1"},
        capture_output=True,
        text=True,
    )
    assert done.stderr == ""
    assert done.stdout.splitlines()[-1] in ("0", "141")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT to send")
def test_interrupted_from_outside(tmp_path: Path) -> None:
    """Ctrl-C ends a run of many scenarios with 130, without a traceback or a left-over lock."""
    names = []
    for n in range(6):
        names.append(f"claim-{n}.yaml")
        (tmp_path / names[-1]).write_text(template(f"claim-{n}"))
    child = subprocess.Popen(
        [sys.executable, "-m", "metabosim", "run", *names, "--out", "out"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT / "src")},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        # who runs the tests in the background may have it ignored, and a child ignores what its parent does
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        text=True,
    )
    with child:
        deadline = time.monotonic() + 60
        while not (tmp_path / "out").exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        time.sleep(0.5)
        child.send_signal(signal.SIGINT)
        _, told = child.communicate(timeout=60)
    assert child.returncode == 130, told
    assert "interrupted" in told
    assert "Traceback" not in told
    assert not list((tmp_path / "out").rglob("*.metabosim-tmp"))
    assert not (tmp_path / "out" / ".metabosim.lock").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT to send")
def test_interrupted_while_text_runs_as_code(tmp_path: Path) -> None:
    """Ctrl-C in the middle of an import that makes code of text ends with 130 too, not by the signal."""
    (tmp_path / "held.py").write_text(
        "from metabosim import cli\n"
        "cli.cli.main = lambda *a, **k: exec('raise KeyboardInterrupt')\n"
        "cli.main(['demo'])\n"
    )
    done = subprocess.run(
        [sys.executable, "-m", "held"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 130, done.stderr
    assert "interrupted" in done.stderr


def test_no_colour_in_a_pipe() -> None:
    """Output that is not a terminal has no colours and no progress bar."""
    done = metabosim("list", "nothing")
    assert done.returncode == 2
    assert "\x1b" not in done.stderr + done.stdout


# --- list, explain, schema, new, validate -----------------------------------------------------


@pytest.mark.parametrize("kind", sorted(catalogue.KINDS))
def test_list_and_explain(kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Every kind can be listed, as text and as JSON, and its first name explained."""
    assert cli.execute(["list", kind, "--json"]) == 0
    entries = json.loads(capsys.readouterr().out)[kind]
    assert entries
    assert all(entry["name"] and entry["text"] for entry in entries)
    assert cli.execute(["list", kind]) == 0
    assert len(capsys.readouterr().out.splitlines()) == len(entries)
    name = entries[0]["name"]
    assert cli.execute(["explain", name]) == 0
    assert f"{name} ({kind})" in capsys.readouterr().out
    assert cli.execute(["explain", name, "--json"]) == 0
    assert kind in {found["kind"] for found in json.loads(capsys.readouterr().out)["found"]}


def test_explain_says_what_moves_a_quantity(capsys: pytest.CaptureFixture[str]) -> None:
    """What it is comes first, then the parameters that move it most in the subject asked for."""
    assert cli.execute(["explain", "homa_b", "--subject", "type-2-diabetes"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "homa_b (observables)"
    assert any("type-2-diabetes" in line for line in lines)
    assert any(line.startswith("trigger_glucose ") and " %" in line for line in lines)
    assert cli.execute(["explain", "homa_b", "--json"]) == 0
    moved = json.loads(capsys.readouterr().out)["moved_by"]
    assert moved["subject"] == "lean-healthy"
    sizes = [max(abs(one["at_rest"]), abs(one["after_glucose"])) for one in moved["parameters"]]
    assert sizes == sorted(sizes, reverse=True)
    by_name = {one["parameter"]: one for one in moved["parameters"]}
    assert by_name["homa_insulin"]["at_rest"] == pytest.approx(-1.0)  # it is divided by it


def test_a_subject_moves_no_lever(capsys: pytest.CaptureFixture[str]) -> None:
    """A subject where it means nothing is told rather than ignored."""
    assert cli.execute(["explain", "insulin_action", "--subject", "lean-healthy"]) == 2
    assert "--subject" in capsys.readouterr().err


def test_schema_is_one(capsys: pytest.CaptureFixture[str]) -> None:
    """The schema printed is a valid JSON Schema."""
    assert cli.execute(["schema"]) == 0
    jsonschema.Draft202012Validator.check_schema(json.loads(capsys.readouterr().out))


def test_new_then_validate(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A new scenario is valid as it is, and is not replaced without --force."""
    monkeypatch.chdir(tmp_path)
    assert cli.execute(["new", "my-claim.yaml"]) == 0
    assert cli.execute(["validate", "my-claim.yaml"]) == 0
    assert "my-claim.yaml: valid" in capsys.readouterr().out
    (tmp_path / "my-claim.yaml").write_text("mine")
    assert cli.execute(["new", "my-claim.yaml"]) == 2
    assert (tmp_path / "my-claim.yaml").read_text() == "mine"
    assert cli.execute(["new", "my-claim.yaml", "--force"]) == 0


def test_validate_as_json(scenario: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Faults come as JSON too, with exit 2."""
    scenario.write_text("schema: 1\n")
    assert cli.execute(["validate", scenario.name, "--json"]) == 2
    (file,) = json.loads(capsys.readouterr().out)["files"]
    assert not file["valid"]
    assert file["faults"]


# --- run and check ----------------------------------------------------------------------------


def test_run_writes_four_files(scenario: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A run writes plot, trajectories and verdict, prints a table, and says where they are."""
    assert cli.execute(["run", scenario.name, "--out", "out"]) == 0
    out = capsys.readouterr().out
    assert "my-claim" in out
    assert "holds" in out
    folder = scenario.parent / "out" / "my-claim"
    assert sorted(path.name for path in folder.iterdir()) == sorted(FILES)
    content = json.loads((folder / "verdict.json").read_text())
    assert {"scenario", "version", "hash", "seed", "claims"} <= set(content)
    (claim,) = content["claims"]
    assert {"id", "statement", "verdict", "margin", "unit", "evidence", "must_fail_when"} <= set(
        claim
    )
    header = (folder / "trajectories.csv").read_text().splitlines()[:3]
    assert NOTE in header[0]
    assert header[2].startswith("arm,time_min,glucose_mmol_l")


def test_same_run_same_bytes(scenario: Path) -> None:
    """The same scenario and version give the same bytes, over earlier results."""
    folder = scenario.parent / "metabosim-out" / "my-claim"
    assert cli.execute(["run", scenario.name]) == 0
    first = {name: (folder / name).read_bytes() for name in FILES}
    assert cli.execute(["run", scenario.name]) == 0
    assert {name: (folder / name).read_bytes() for name in FILES} == first


def test_a_users_file_in_the_way(scenario: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A file that is not ours is refused before anything is run, and stays."""
    mine = scenario.parent / "out" / "my-claim" / "plot.png"
    mine.parent.mkdir(parents=True)
    mine.write_text("mine")
    assert cli.execute(["run", scenario.name, "--out", "out"]) == 2
    assert "--force" in capsys.readouterr().err
    assert mine.read_text() == "mine"
    assert [path.name for path in mine.parent.iterdir()] == ["plot.png"]


def test_a_lever_breaks_the_claim(scenario: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With its mechanism set to nothing the claim does not hold: exit 1; the hash says so."""
    plain = ["run", scenario.name, "--json"]
    assert cli.execute(plain) == 0
    (before,) = json.loads(capsys.readouterr().out)["scenarios"]
    assert cli.execute([*plain, "--set", "lever.insulin_secretion=0"]) == 1
    (after,) = json.loads(capsys.readouterr().out)["scenarios"]
    assert after["claims"][0]["verdict"] != "holds"
    assert before["hash"] != after["hash"]


def test_us_units(scenario: Path) -> None:
    """`--units us` gives mg/dL in the table, under a name that says so."""
    assert cli.execute(["run", scenario.name, "--units", "us"]) == 0
    path = scenario.parent / "metabosim-out" / "my-claim" / "trajectories.csv"
    columns = path.read_text().splitlines()[2].split(",")
    assert "glucose_mg_dl" in columns
    assert "glucose_mmol_l" not in columns


def test_order_is_that_asked_for(scenario: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """However many cores are at work, results come in the order of the arguments."""
    names = []
    for name in ("zebra", "apple"):
        Path(f"{name}.yaml").write_text(template(name))
        names.append(f"{name}.yaml")
    assert cli.execute(["run", *names, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)["scenarios"]
    assert [content["scenario"] for content in found] == ["zebra", "apple"]


def test_two_scenarios_of_one_name(scenario: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Two files with one id would write to one folder, so they are refused."""
    other = scenario.parent / "sub" / scenario.name
    other.parent.mkdir()
    other.write_text(scenario.read_text())
    assert cli.execute(["run", scenario.name, str(other)]) == 2
    assert "same id" in capsys.readouterr().err


def test_partial_results_are_marked(
    scenario: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What was finished before an interrupt is shown, and says that it is not all."""

    def interrupted(jobs: object, done: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(judge, "run_all", interrupted)
    assert cli.execute(["run", scenario.name, "--json"]) == 130
    assert json.loads(capsys.readouterr().out) == {"partial": True, "scenarios": []}


def test_check(scenario: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`check` tells the verdict of every knock-out."""
    assert cli.execute(["check", scenario.name, "--json"]) == 0
    (content,) = json.loads(capsys.readouterr().out)["scenarios"]
    (claim,) = content["claims"]
    assert {"name": "no-secretion", "verdict": "fails"} in [
        {key: item[key] for key in ("name", "verdict")} for item in claim["must_fail_when"]
    ]
    assert cli.execute(["check", scenario.name]) == 0
    assert "no-secretion" in capsys.readouterr().out


def test_options_are_shared() -> None:
    """`run` and `check` change a simulation by the same options."""
    for command in (judge.run, judge.check):
        flags = {flag for option in command.params for flag in option.opts}
        assert {"--set", "--subject", "--resolution", "--json"} <= flags
    assert options.parse_levers(None, None, ()) == {}  # type: ignore[arg-type]


def test_bands(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Rows come as a table and as JSON; a value that does not exist is null, and out."""
    from metabosim import bands

    texts = {"kind": "predicted", "subject": "lean-healthy", "published": "", "note": ""}
    row = bands.BandRow(
        id="A1", observable="peak", value=7.0, unit="mmol/L", low=6, high=9, **texts
    )
    rows = (row, dataclasses.replace(row, id="A2", value=float("nan"), note="never comes"))
    monkeypatch.setattr(bands, "compute", lambda: rows)
    assert cli.execute(["bands", "--json"]) == 0
    first, second = json.loads(capsys.readouterr().out)["bands"]
    assert {"id", "observable", "value", "unit", "low", "high", "inside"} <= set(first)
    assert (first["value"], first["inside"]) == (7.0, True)
    assert (second["value"], second["inside"]) == (None, False)
    assert cli.execute(["bands"]) == 0
    out = capsys.readouterr().out
    assert "1 of 2 inside" in out
    assert "A2: never comes" in out
