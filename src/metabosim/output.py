"""Writing results: whole or not at all, stamped, and never over somebody else's file.

Everything goes through an `OutputFolder`, which locks the folder for one run, sweeps what a killed
run left behind, and replaces files atomically. A file may be replaced without `force` only if it
carries metabosim's own stamp. Same scenario, seed and version: same bytes, so nothing here writes
a date.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import math
import os
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from metabosim.errors import Fault, InputError, SimulationError
from metabosim.version import NOTE, __version__

if TYPE_CHECKING:
    import numpy as np

    Column = np.ndarray[Any, np.dtype[np.float64]]
    Table = Mapping[str, Column]

GENERATOR = f"metabosim {__version__}"
TEMPORARY = ".metabosim-tmp"
LOCK = ".metabosim.lock"
# Every format we write names its generator within its first kilobytes.
OWN_MARK = re.compile(
    rb"\A# metabosim \d"  # CSV
    rb"|\A(?:%|//) metabosim \d"  # LaTeX; Antimony and JavaScript
    rb'|"generator": "metabosim \d'  # JSON
    rb"|Software\x00metabosim \d"  # PNG
    rb"|<dc:title>metabosim \d"  # SVG
    rb'|<meta name="generator" content="metabosim \d'  # HTML
    rb"|<p>metabosim \d"  # the notes of SBML
    rb"|\APK\x03\x04[\s\S]{26}manifest\.xml<\?xml[^>]*>\s*<!-- metabosim \d"  # a COMBINE archive
)
HEAD_BYTES = 4096
PARQUET, TAIL_BYTES = b"PAR1", 65536  # a Parquet file has its text at the end


@dataclass(frozen=True, slots=True)
class Stamp:
    """What every output says about where it came from; `hash` is the scenario's."""

    scenario: str
    hash: str
    seed: int | None = None
    version: str = __version__

    @property
    def line(self) -> str:
        """The stamp as one line of text."""
        seed = "none" if self.seed is None else self.seed
        return (
            f"metabosim {self.version}; scenario {self.scenario}; hash {self.hash}; "
            f"seed {seed}; {NOTE}"
        )

    def png(self) -> dict[str, str]:
        """Text chunks for a PNG."""
        return {
            "Software": f"metabosim {self.version}",
            "Title": self.scenario,
            "Comment": self.line,
        }

    def svg(self) -> dict[str, str | None]:
        """Dublin Core metadata for an SVG; the date is left out so that bytes repeat."""
        return {
            "Title": f"metabosim {self.version}: {self.scenario}",
            "Description": self.line,
            "Rights": NOTE,
            "Date": None,
        }


class OutputFolder:
    """A folder that one run may write to; use it as a context manager.

    Entering makes the folder, takes its lock and sweeps stale temporary files. InputError if the
    folder cannot be made or written, or if another run holds it.
    """

    def __init__(self, path: Path, *, force: bool = False) -> None:
        self.path = path
        self.force = force
        self._lock: IO[bytes] | None = None

    def __enter__(self) -> OutputFolder:
        with _told(self.path):
            self.path.mkdir(parents=True, exist_ok=True)
            self._lock = _lock(self.path / LOCK)
            for stale in [*self.path.glob(f".*{TEMPORARY}"), *self.path.glob(f"*/.*{TEMPORARY}")]:
                stale.unlink(missing_ok=True)
        return self

    def __exit__(self, *exception: object) -> None:
        if self._lock is not None:
            # removed while still held: whoever waits sees that the name is gone and starts anew
            with contextlib.suppress(OSError):
                (self.path / LOCK).unlink()
            self._lock.close()
            self._lock = None

    def check(self, *names: str) -> None:
        """Raise InputError, naming all of them, if any file `names` may not be replaced."""
        faults = [fault for name in names if (fault := self._refusal(self.path / name))]
        if faults:
            raise InputError(faults)

    def write(self, name: str, content: bytes | str) -> Path:
        """Put `content` at `name` (a relative path), whole or not at all; return its path."""
        path = self.path / name
        self.check(name)
        with _told(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            replace_whole(path, content.encode() if isinstance(content, str) else content)
        return path

    def _refusal(self, path: Path) -> Fault | None:
        if path.is_dir():
            return Fault("is a folder, expected a file or nothing", file=str(path))
        if self.force or not path.exists() or is_own(path):
            return None
        return Fault(
            "exists and was not written by metabosim",
            file=str(path),
            hint="choose another folder with --out, or replace it with --force",
        )


def is_own(path: Path) -> bool:
    """Whether metabosim wrote the file at `path`, by the stamp in it."""
    with _told(path), path.open("rb") as file:
        head = file.read(HEAD_BYTES)
        if head.startswith(PARQUET):
            file.seek(max(0, path.stat().st_size - TAIL_BYTES))
            return re.search(rb"generator.{1,9}metabosim \d", file.read(), re.DOTALL) is not None
    return OWN_MARK.search(head) is not None


def replace_whole(path: Path, content: bytes) -> None:
    """Put `content` at `path` in one step; a crash leaves the old file or the new, never a part."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}{TEMPORARY}")
    try:
        with temporary.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def policy_source(content: str) -> str:
    """What a page's content security policy calls a script or style sheet that it carries."""
    digest = hashlib.sha256(content.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def json_text(content: Mapping[str, Any]) -> str:
    """`content` as JSON that every reader accepts; SimulationError if a number is not finite."""
    place = _not_finite(content, "")
    if place:
        raise SimulationError(f"result '{place}' is not a finite number, so it cannot be written")
    return json.dumps(content, allow_nan=False, ensure_ascii=False, indent=2) + "\n"


def stamped_json(content: Mapping[str, Any]) -> str:
    """A JSON file of ours: `content` after the name of its generator and the note."""
    return json_text({"generator": GENERATOR, "note": NOTE, **content})


def trajectories_csv(
    arms: Mapping[str, Table], stamp: Stamp, windows: list[tuple[float, float]], us: bool
) -> str:
    """Tidy table `arm,time_min,<observables>` under two comment lines.

    `arms`: a table per arm, with `time_min`. Rows are every recorded minute within `windows` (min),
    hourly elsewhere. `us` gives mg/dL and its kin; the column names say so.
    """
    from metabosim.units import to_us

    tables = {}
    for name, table in arms.items():
        kept = rows_to_keep(table["time_min"], windows)
        columns = ((column, values[kept]) for column, values in table.items())
        tables[name] = dict(to_us(*one) if us else one for one in columns)
    header = list(dict.fromkeys(chain(["time_min"], *tables.values())))
    lines = [
        f"# {stamp.line}",
        "# time 0 is midnight of day 0; units are in the column names",
        ",".join(["arm", *header]),
    ]
    for name, table in tables.items():
        # whole rows at once: value by value takes several times as long, and so do pandas and csv
        form = ",".join("%.8g" if column in table else "" for column in header)
        values = [table[column].tolist() for column in header if column in table]
        lines += [f"{name},{form % row}" for row in zip(*values, strict=True)]
    return "\n".join(lines) + "\n"


def rows_to_keep(
    time_min: Column, windows: list[tuple[float, float]]
) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Which times to write: all within a window, whole hours elsewhere, the first and the last."""
    import numpy as np

    kept = [(time_min[0], time_min[0]), (time_min[-1], time_min[-1]), *windows]
    inside = [(time_min >= start) & (time_min <= stop) for start, stop in kept]
    keep: np.ndarray[Any, np.dtype[np.bool_]] = np.any([time_min % 60 == 0, *inside], axis=0)
    return keep


def _not_finite(value: object, place: str) -> str | None:
    """The dotted place of the first NaN or infinity in a JSON-like value."""
    if isinstance(value, float) and not math.isfinite(value):
        return place or "the result"
    if isinstance(value, Mapping):
        items: Iterator[tuple[object, object]] = iter(value.items())
    elif isinstance(value, (list, tuple)):
        items = iter(enumerate(value))
    else:
        return None
    inner = (_not_finite(item, f"{place}.{key}" if place else str(key)) for key, item in items)
    return next(filter(None, inner), None)


@contextlib.contextmanager
def _told(path: Path) -> Iterator[None]:
    """Turn what the operating system refuses into an InputError about `path`."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        hint = "choose a folder you may write to with --out, with enough space left"
        raise InputError(Fault(f"cannot be written: {reason}", file=str(path), hint=hint)) from None


def _lock(path: Path) -> IO[bytes]:
    """Open and lock `path`; the system lets go of it when the process ends, however it ends."""
    while True:
        file = path.open("ab")
        try:
            _hold(file)
        except OSError:
            file.close()
            fault = Fault(
                "another metabosim is writing to this folder",
                file=str(path.parent),
                hint="wait for it, or choose another folder with --out",
            )
            raise InputError(fault) from None
        # the holder before us may have removed the name between our opening and our locking
        with contextlib.suppress(FileNotFoundError):
            if os.path.samestat(os.fstat(file.fileno()), path.stat()):
                return file
        file.close()


if sys.platform == "win32":
    import msvcrt

    def _hold(file: IO[bytes]) -> None:
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _hold(file: IO[bytes]) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
