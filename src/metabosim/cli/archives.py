"""COMBINE archives among the scenarios that a command is given."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from metabosim.cli import screen
from metabosim.errors import Fault, InputError

SUFFIX: Final = ".omex"


@contextmanager
def unpacked(scenarios: Sequence[str]) -> Iterator[list[str]]:
    """The same scenarios, with the path of the one in it for each archive, as long as the context lasts.

    The scenario of an archive and the files that it names are put into a temporary folder; what is wrong
    with them is told as of files in the archive. InputError for an archive that cannot be read.
    """
    if not any(name.lower().endswith(SUFFIX) for name in scenarios):
        yield list(scenarios)
        return
    with TemporaryDirectory(prefix="metabosim-") as folder:
        paths, homes = [], {}
        for i, name in enumerate(scenarios):
            if not name.lower().endswith(SUFFIX):
                paths.append(name)
                continue
            home = Path(folder, f"{i:06d}")
            paths.append(_unpack(Path(name), home))
            homes[str(home)] = name
        try:
            yield paths
        except InputError as error:
            raise InputError(_as_in_archive(fault, homes) for fault in error.faults) from None


def _unpack(archive: Path, home: Path) -> str:
    """Write an archive's YAML files below `home`; say what there is to say; return the scenario's path."""
    from metabosim.exchange.omex_reading import open_archive

    opened = open_archive(archive)
    for remark in opened.remarks:
        screen.tell(f"{archive}: {remark}")
    try:
        for place, content in opened.files.items():
            file = home / place
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
    except OSError as error:
        hint = "make room in the folder for temporary files, or name another in TMPDIR"
        fault = Fault(f"cannot be unpacked: {error.strerror}", file=str(archive), hint=hint)
        raise InputError(fault) from None
    return str(home / opened.scenario)


def _as_in_archive(fault: Fault, homes: dict[str, str]) -> Fault:
    """A fault of an unpacked file as one of the file in the archive."""
    for home, archive in homes.items():
        if fault.file and fault.file.startswith(home):
            return replace(fault, file=archive + fault.file.removeprefix(home))
    return fault
