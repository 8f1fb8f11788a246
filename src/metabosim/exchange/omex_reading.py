"""Reading a COMBINE archive back: the scenario in it, and what was changed since it was written.

An archive may come from anybody. Nothing is unpacked here, and nothing read before the whole list of
contents is found harmless: no name that leads out of the archive, no link, nothing encrypted, and neither
more nor larger files, nor better packed ones, than any scenario needs.
"""

from __future__ import annotations

import hashlib
import stat
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NoReturn

from metabosim.errors import Fault, InputError
from metabosim.exchange.omex_parts import MANIFEST, METADATA, SCENARIO, Told, contents, told
from metabosim.version import __version__

MEGABYTE: Final = 2**20
MAX_PACKED: Final = 16 * MEGABYTE  # a list of contents as long is read within seconds
MAX_UNPACKED: Final = 128 * MEGABYTE
MAX_FILES: Final = 500
MAX_LIST: Final = (
    MEGABYTE  # of the manifest, of the metadata: they are held in memory whole, and taken apart
)
MAX_RATIO: Final = 100  # XML of ours is packed to a fourteenth
SMALL: Final = 64 * 1024  # bytes; however well packed, they do no harm
ANEW: Final = "write it anew with: metabosim export --format omex SCENARIO --out FILE.omex"
_YAML: Final = (".yaml", ".yml")
# what zipfile raises for a file that is not what it says
_BROKEN: Final = (
    zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError,
)  # fmt: skip


@dataclass(frozen=True)
class Opened:
    """The scenario's place in the archive, all YAML files by their places, and remarks for the user."""

    scenario: str
    files: Mapping[str, bytes]
    remarks: tuple[str, ...]


def open_archive(path: Path) -> Opened:
    """What `metabosim run` needs of an archive; InputError if it is broken, harmful or has not one scenario."""
    _regular(path)
    try:
        with zipfile.ZipFile(path) as file:
            sizes = _harmless(file, path)
            if MANIFEST not in sizes:
                _refuse(path, f"has no {MANIFEST}, so it is no COMBINE archive")
            unpacked = {name: file.read(name) for name in sizes if not name.endswith("/")}
    except _BROKEN as error:
        _refuse(path, f"is no ZIP file, or a broken one: {error}")
    scenario = _scenario(path, unpacked)
    yaml = {name: content for name, content in unpacked.items() if name.endswith(_YAML)}
    return Opened(scenario, yaml, tuple(_remarks(unpacked, scenario)))


def _refuse(path: Path, message: str, hint: str = ANEW) -> NoReturn:
    raise InputError(Fault(message, file=str(path), hint=hint))


def _regular(path: Path) -> None:
    """Refuse what is no file of a sensible size."""
    try:
        found = path.stat()
    except FileNotFoundError:
        raise InputError(Fault("no such file", str(path))) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise InputError(Fault(f"cannot be read: {reason}", str(path))) from None
    if not stat.S_ISREG(found.st_mode):
        _refuse(path, "is not a regular file, expected a COMBINE archive")
    if found.st_size > MAX_PACKED:
        _refuse(path, f"is larger than {MAX_PACKED // MEGABYTE} MB")


def _harmless(file: zipfile.ZipFile, path: Path) -> dict[str, int]:
    """name -> size of everything in it; InputError with all that is wrong with the list."""
    listed = file.infolist()
    packed = path.stat().st_size
    faults = [Fault(found, file=str(path), hint=ANEW) for found in _harm(listed, packed)]
    if faults:
        raise InputError(faults[:20])
    return {info.filename: info.file_size for info in listed}


def _harm(listed: list[zipfile.ZipInfo], packed: int) -> Iterator[str]:
    """What speaks against unpacking these from an archive of `packed` bytes."""
    if len(listed) > MAX_FILES:
        yield f"holds {len(listed)} files, expected at most {MAX_FILES}"
        return
    if (total := sum(info.file_size for info in listed)) > MAX_UNPACKED:
        most = MAX_UNPACKED // MEGABYTE
        yield f"would be {total // MEGABYTE} MB when unpacked, expected at most {most} MB"
    seen: set[str] = set()
    for info in listed:
        name = info.orig_filename
        shown = ascii(name if len(name) <= 80 else name[:77] + "...")
        kind = stat.S_IFMT(info.external_attr >> 16)
        if _leads_out(name):
            yield f"holds {shown}, a name that leads out of the archive or is not plain"
        if info.compress_size > packed:
            yield f"holds {shown}, which would be longer than the archive"
        if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
            yield f"holds {shown}, which is a link or no file"
        if info.flag_bits & 1:
            yield f"holds {shown}, which is encrypted"
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            yield f"holds {shown}, packed in a way that no archive of ours is"
        if info.file_size > max(SMALL, MAX_RATIO * info.compress_size):
            yield f"holds {shown}, packed to less than 1/{MAX_RATIO} of its size: a ZIP bomb?"
        if name in (MANIFEST, METADATA) and info.file_size > MAX_LIST:
            yield f"holds {shown}, larger than {MAX_LIST // MEGABYTE} MB"
        if name.casefold() in seen:
            yield f"holds {shown} twice"
        seen.add(name.casefold())


def _leads_out(name: str) -> bool:
    """Whether a name is anything but a plain relative path with forward slashes."""
    parts = name.removesuffix("/").split("/")
    strange = any(character in '\\:*?"<>|' or not character.isprintable() for character in name)
    return strange or any(part in ("", ".", "..") for part in parts)


def _scenario(path: Path, unpacked: Mapping[str, bytes]) -> str:
    """The one file that the manifest says is the scenario."""
    try:
        listed = contents(unpacked[MANIFEST])
    except ValueError as error:
        _refuse(path, f"{MANIFEST} cannot be read: {error}")
    scenarios = [place for place, format_ in listed.items() if format_ == SCENARIO]
    unlisted = [place for place in unpacked if place.endswith(_YAML) and place not in listed]
    if not scenarios:
        _refuse(path, f"has no scenario: {MANIFEST} lists no file of the format {SCENARIO}")
    if len(scenarios) > 1 or unlisted:
        names = ", ".join(ascii(place) for place in [*scenarios, *unlisted])
        hint = f"keep one, and list every other YAML file in {MANIFEST}"
        _refuse(path, f"several files may be the scenario, expected one: {names}", hint)
    (scenario,) = scenarios
    if scenario not in unpacked:
        _refuse(path, f"has no '{scenario}', the scenario that {MANIFEST} lists")
    if not scenario.endswith(_YAML):
        _refuse(path, f"the scenario is called '{scenario}', expected a name that ends in .yaml")
    return scenario


def _remarks(unpacked: Mapping[str, bytes], scenario: str) -> Iterator[str]:
    """What whoever runs the scenario should know of the archive's history."""
    try:
        known = told(unpacked.get(METADATA, b""))
    except ValueError:
        known = Told(None, {})
    if not known.hashes:
        yield f"its {METADATA} has no hashes of metabosim's: whether it was changed cannot be told"
        return
    if known.version != __version__:
        yield f"it was written by metabosim {known.version}, and is run by {__version__}"
    for place in sorted({*known.hashes, *unpacked} - {MANIFEST, METADATA}):
        if place not in unpacked:
            what = "is missing"
        elif place not in known.hashes:
            what = "was added since"
        elif hashlib.sha256(unpacked[place]).hexdigest() != known.hashes[place]:
            what = "was changed since"
        else:
            continue
        used = place == scenario or place.endswith(_YAML)
        yield f"{place!a} {what} it was written" + ("" if used else "; the run does not use it")
