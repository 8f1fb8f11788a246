"""Subjects: named sets of parameter values, one data file each, copyable by users."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from metabosim import datafile

FOLDER: Final = Path(__file__).parent


@dataclass(frozen=True)
class Subject(datafile.DataFile):
    """A person: what differs from the reference person, in the units the body declares."""


def list_subjects() -> list[str]:
    """The ids of the bundled subjects, sorted."""
    return datafile.bundled(FOLDER)


def load_subject(name_or_path: str | Path) -> Subject:
    """A bundled subject by id, or one of your own by the path of its .yaml file."""
    path = datafile.find(name_or_path, FOLDER, "subject")
    return _read_bundled(path) if path.parent == FOLDER else _read(path)


def settable_parameters() -> dict[str, Any]:
    """The parameters a subject may set, as the body declares them: unit, low, high."""
    from metabosim.body import PARAMETERS

    return {
        name: item.kind for name, item in PARAMETERS.items() if not item.organ.startswith("drug")
    }


def _read(path: Path) -> Subject:
    return Subject(**datafile.read(path, settable_parameters()))


_read_bundled = lru_cache(_read)  # one's own file may be edited while Python runs
