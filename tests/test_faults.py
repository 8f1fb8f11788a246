"""The corpus of faulty inputs beside the scenarios, a sample of thousands of broken ones, and what was measured."""

from __future__ import annotations

import json
import random
import re
import shutil
from itertools import islice
from pathlib import Path

import pytest

from broken_documents import MEASURED, corpus_hash, source_hash
from broken_inputs import (
    FAULTS,
    MAKERS,
    SHARES,
    VALID,
    Input,
    Loaded,
    document,
    documents,
    inputs,
    put,
    read,
)
from metabosim import cli
from metabosim.errors import Fault, InputError
from metabosim.scenario import parse_scenario
from metabosim.yamlfile import MAX_FAULTS, MAX_VALUES, load_yaml, parse_yaml
from mutator_text import MUTATIONS

FOLDERS = ("subjects", "therapies", "samplers", "reports", "overlays", "archives", "settings")
CORPUS = {
    (folder, name): fragments
    for folder in FOLDERS
    for name, fragments in load_yaml(FAULTS / folder / "expected.yaml").data.items()
}


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, which is the current one."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def of_corpus(folder: str, name: str) -> Input:
    """A file of the corpus, and the command that reads it."""
    if folder == "settings":
        return Input("--set", "", {}, ("run", str(VALID), f"--set={name}"))
    (path,) = (path for path in (FAULTS / folder).glob(f"{name}.*") if path.stem == name)
    files = {path.name: path.read_bytes()}
    if folder == "therapies":
        step = f"{{dose: {{therapy: {path.name}, start: 8 h, amount: 1 nmol}}}}"
        files["valid.yaml"] = VALID.read_text().replace("[{meal:", f"[{step}, {{meal:", 1).encode()
    return Input(folder, "", files, {
        "subjects": ("run", str(VALID), "--subject", path.name),
        "therapies": ("run", "valid.yaml"),
        "samplers": ("population", str(VALID), "--sampler", path.name),
        "reports": ("report", str(VALID), "--against", path.name),
        "overlays": ("run", str(VALID), "--overlay", path.name),
        "archives": ("run", path.name),
    }[folder])  # fmt: skip


@pytest.mark.parametrize(("folder", "name"), CORPUS)
def test_fault(folder: str, name: str, elsewhere: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each is refused with exit code 2, its place, what was expected; nothing is written."""
    given = of_corpus(folder, name)
    put(given, elsewhere)
    assert read(given, cli.execute) == 2
    out, said = capsys.readouterr()
    assert out == ""
    assert [text for text in CORPUS[folder, name] if text not in said] == [], said
    assert "Traceback" not in said
    assert all(len(line) < 1000 for line in said.splitlines())
    assert {path.name for path in elsewhere.iterdir()} == set(given.files)


def test_every_file_has_its_expectation() -> None:
    """No file of the corpus is left out."""
    files = {
        (folder, path.stem)
        for folder in FOLDERS
        for path in (FAULTS / folder).iterdir()
        if path.name != "expected.yaml"
    }
    assert files == {key for key in CORPUS if key[0] != "settings"}


@pytest.mark.parametrize("kind", SHARES)
def test_whole_documents_are_accepted(
    kind: str, elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is broken below is right before: one document of each kind, through the same commands."""
    monkeypatch.setattr(
        "broken_inputs.broken",
        lambda text, *_: type("Whole", (), {"mutation": "", "content": text.encode()}),
    )
    given = document(kind, random.Random(1))
    put(given, elsewhere)
    with pytest.raises(Loaded):
        read(given, cli.execute)


# the file's name, or that of the file in the archive, or the option
PLACED = re.compile(
    r"(warning: )?(error: )?[\w./-]+(:\d+:\d+)?: |error: --set|Usage: |Try '|$|Error: "
)


@pytest.mark.parametrize("number", range(10))
def test_broken_documents_at_the_command_line(
    number: int, elsewhere: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each is accepted, or refused with exit code 2 and lines that begin with a place; never a fault of ours."""
    kinds = {**SHARES, **dict.fromkeys(set(MAKERS) - set(SHARES), 10)}
    for given in islice(inputs(dict(sorted(kinds.items())), 1000 + number), 30):
        folder = elsewhere / "one"
        folder.mkdir()
        put(given, folder)
        try:
            code = read(given, cli.execute)
        except Loaded:
            code = 2
        said = capsys.readouterr().err
        assert code == 2, (given.arguments, said)
        assert "Traceback" not in said
        assert all(PLACED.match(line) for line in said.splitlines()), said
        shutil.rmtree(folder)


def test_the_same_seed_breaks_alike() -> None:
    """So that what was found can be found again."""
    one, other = (list(islice(inputs(SHARES, 5), 30)) for _ in range(2))
    assert one == other
    assert len({given.files[next(iter(given.files))] for given in one}) > 25


def test_the_measurement_is_of_this_loader() -> None:
    """Counts of an older loader say nothing; `python tools/broken_documents.py --write` counts anew."""
    measured = json.loads(MEASURED.read_text())
    assert (measured["loader"], measured["corpus"]) == (source_hash(), corpus_hash())
    assert measured["violations"] == 0
    assert measured["documents"] >= 10_000
    assert set(measured["breaks"]) == set(MUTATIONS)
    assert set(measured["inputs"]) == set(MAKERS)


# --- what such documents once did -----------------------------------------------------------------


def faults_of(text: str) -> tuple[Fault, ...]:
    """What a scenario's text is refused with."""
    with pytest.raises(InputError) as caught:
        parse_scenario(text, "valid.yaml")
    return caught.value.faults


def test_thousands_of_names_in_one_check() -> None:
    """Each was once looked for among all of them, for a minute and a half."""
    start = VALID.read_text().index("      feature:")
    end = VALID.read_text().index("positive_control")
    for entry in ("a{}", "{{peak: insulin_pmol_l, from: {} d}}"):
        entries = ", ".join(entry.format(n) for n in range(2800 if entry == "a{}" else 900))
        check = f"      feature: {{peak: insulin_pmol_l}}\n      by_at_least: 1 pmol/L\n      order: [{entries}]\n"
        faults = faults_of(VALID.read_text()[:start] + check + VALID.read_text()[end:])
        assert len(faults) == MAX_FAULTS + 1
        assert faults[-1].message == "and more faults from here on"
        assert len({fault.column for fault in faults}) > MAX_FAULTS - 1


def test_values_are_counted() -> None:
    """As many as are allowed are read, one more is not."""
    assert len(parse_yaml(f"[{'1,' * (MAX_VALUES - 1)}]").data) == MAX_VALUES - 1
    with pytest.raises(InputError, match="more than 3000 values"):
        parse_yaml(f"[{'1,' * MAX_VALUES}]")


def test_what_is_said_is_one_plain_line() -> None:
    """Control characters are written out, long texts lose their middle, other scripts and spaces stay."""
    said = str(
        Fault("a\x1b[2J\nb\u202e\udcff é µ\u00a05" + "x" * 9000, "f\x07.yaml", 1, 2, "y" * 9000)
    )
    assert said.startswith("f\\x07.yaml:1:2: yyy")
    assert "a\\x1b[2J\\nb\\u202e\\udcff é µ\u00a05xxx" in said
    assert len(said) < 700


@pytest.mark.parametrize("kind", SHARES)
def test_there_are_documents_to_break(kind: str) -> None:
    """Every kind has some, and all of them can be read."""
    assert documents()[kind]
    for name, text in documents()[kind].items():
        assert parse_yaml(text, name).data["id"]
