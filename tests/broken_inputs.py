"""Inputs of every kind that the program takes, broken on purpose, and what becomes of each when it is read.

`inputs(draw)` makes them without end; `read` gives one to the command that takes it, which stops before anything
is simulated.
"""

from __future__ import annotations

import os
import random
import warnings
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any
from unittest import mock

import click

from broken_input import FAULTS, VALID, Input
from broken_others import archive, earlier, overlay, setting
from metabosim import cli
from metabosim.cli import judge, people, report
from metabosim.errors import InputError
from metabosim.population import sampler
from metabosim.scenario import list_scenarios, template
from metabosim.scenario.load import scenario_folder
from metabosim.subjects import FOLDER as SUBJECTS
from metabosim.therapies import FOLDER as THERAPIES
from mutator_text import broken


class Loaded(BaseException):
    """Everything was read and found right; from here on the program would simulate and write."""


def _loaded(*_: Any, **__: Any) -> None:
    raise Loaded


def read(given: Input, command: Callable[[list[str]], Any]) -> Any:
    """What a command makes of an input whose files stand in the current folder; Loaded if it was accepted."""
    with (
        mock.patch.object(judge, "OutputFolder", _loaded),
        mock.patch.object(people, "OutputFolder", _loaded),
        mock.patch.object(report, "OutputFolder", _loaded),
        warnings.catch_warnings(),
    ):
        warnings.simplefilter("ignore")
        return command(list(given.arguments))


def told(given: Input) -> list[str] | None:
    """What is wrong with the way an input was refused, if anything; None if it was accepted."""
    try:
        with mock.patch("metabosim.cli.screen.tell"):  # remarks about archives
            read(given, lambda given: cli.cli.main(given, "metabosim", standalone_mode=False))
    except Loaded:
        return None
    except InputError as error:
        return [wrong for fault in error.faults if (wrong := _badly_told(fault, given))]
    except click.ClickException as error:
        return [] if error.exit_code == 2 and error.message else ["a refusal without words"]
    return ["ended neither accepted nor refused"]


# of these there is no line to name: the file was not read as text, or not at all
WITHOUT_PLACE = ("is UTF-16", "larger than", "no such file", "is a folder", "not a regular file", "cannot be read",
                 "is empty", "has no number but times", "and more", "the plot of")  # fmt: skip


def _badly_told(fault: Any, given: Input) -> str | None:
    """What a fault lacks: words, a file, a line; or what it has too much of."""
    text = str(fault)
    if not fault.message.strip():
        return "no words"
    if not text.replace("\xa0", " ").isprintable():
        return f"not printable: {text!a}"
    if len(text) > 1000:
        return f"{len(text)} characters: {text[:200]}"
    if given.kind in ("--set", "archive"):
        return None if fault.file or fault.field else f"no file: {text}"
    if fault.file is None or not (fault.line and fault.column):
        placeless = fault.file and fault.message.startswith(WITHOUT_PLACE)
        if given.kind == "report":  # what is no JSON has a line, what is no report a field
            placeless = placeless or (fault.file and fault.field)
        if given.kind == "overlay":  # held against the scenario, after it was read
            placeless = placeless or fault.field == "arm"
        return None if placeless else f"no place: {text}"
    return None


# --- documents ------------------------------------------------------------------------------------


@cache
def documents() -> dict[str, dict[str, str]]:
    """kind -> name -> text of every valid YAML document that there is."""
    scenarios = {
        name: (scenario_folder() / f"{name}.yaml").read_text() for name in list_scenarios()
    }
    scenarios["my-claim"] = template("my-claim")
    scenarios |= {
        name: (FAULTS / f"{name}.yaml").read_text() for name in ("valid", "valid-all-checks")
    }

    def folder(path: Path) -> dict[str, str]:
        return {file.stem: file.read_text() for file in sorted(path.glob("*.yaml"))}

    return {
        "scenario": scenarios,
        "therapy": folder(THERAPIES) | folder(scenario_folder() / "therapies"),
        "subject": folder(SUBJECTS),
        "sampler": folder(sampler.FOLDER),
    }


def _beside(path: str) -> dict[str, bytes]:
    """The therapies of their own that bundled scenarios name."""
    return {
        f"therapies/{file.name}": file.read_bytes()
        for file in (scenario_folder() / path).glob("*.yaml")
    }


def document(kind: str, draw: random.Random, mutation: str | None = None) -> Input:
    """A broken YAML document of a kind, and the command that reads it."""
    name, text = draw.choice(sorted(documents()[kind].items()))
    made = broken(text, draw, mutation)
    file = f"{name}.yaml"
    files = {file: made.content}
    if kind == "scenario":
        files |= _beside("therapies")
        arguments: tuple[str, ...] = ("run", file)
    elif kind == "subject":
        arguments = ("run", str(VALID), "--subject", file)
    elif kind == "sampler":
        arguments = ("population", str(VALID), "--sampler", file)
    else:
        step = f"{{dose: {{therapy: {file}, start: 8 h, amount: 1 nmol}}}}"
        files["valid.yaml"] = VALID.read_text().replace("[{meal:", f"[{step}, {{meal:", 1).encode()
        arguments = ("run", "valid.yaml")
    return Input(kind, made.mutation, files, arguments)


MAKERS: dict[str, Callable[[random.Random], Input]] = {
    **{kind: (lambda draw, kind=kind: document(kind, draw)) for kind in ("scenario", "therapy", "subject", "sampler")},
    "--set": setting,
    "archive": archive,
    "report": earlier,
    "overlay": overlay,
}  # fmt: skip
SHARES = {"scenario": 60, "therapy": 16, "subject": 14, "sampler": 10}


def inputs(kinds: dict[str, int], seed: int) -> Iterator[Input]:
    """Broken inputs without end, of the kinds given, as often as they say."""
    number = 0
    while True:
        draw = random.Random(f"{seed}.{number}")
        (kind,) = draw.choices(list(kinds), list(kinds.values()))
        yield MAKERS[kind](draw)
        number += 1


def put(given: Input, folder: Path) -> None:
    """Write an input's files into a folder."""
    for name, content in given.files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    os.chdir(folder)
