"""A scenario as a COMBINE archive, which other programs run as it is and metabosim reads back.

In it are an SBML file for each arm, SED-ML that runs and draws them, the scenario itself with the files of
one's own that it names, metadata and a manifest. It is written with the standard library: libCOMBINE
notes the time of writing, and the same input is to give the same bytes.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Final

from metabosim.errors import Fault, InputError
from metabosim.exchange import arms, omex_parts, sbml, sedml
from metabosim.exchange.annotations import DISCLAIMER
from metabosim.exchange.courses import courses
from metabosim.exchange.omex_parts import About, Entry
from metabosim.output import Stamp
from metabosim.scenario import find_scenario, list_scenarios
from metabosim.scenario.model import Scenario

EPOCH: Final = (1980, 1, 1, 0, 0, 0)  # the first moment that a ZIP file can tell
PERMISSIONS: Final = 0o100644 << 16


@dataclass(frozen=True)
class Archive:
    """The archive's bytes, and for each arm that is not in it, why."""

    content: bytes
    left_out: Mapping[str, str]


def archive(scenario: Scenario, stamp: Stamp) -> Archive:
    """The archive of a scenario as it is written; InputError if none of its arms can be exported."""
    models: dict[str, Entry] = {}
    refused: dict[str, InputError] = {}
    for name, arm in scenario.arms.items():
        try:
            text = sbml.document(arms.ready(arm), stamp, f"{scenario.title}: arm {name}")
        except InputError as error:
            refused[name] = error.within(f"arms.{name}")
        else:
            models[name] = Entry(f"models/{name}.xml", omex_parts.SBML, text.encode())
    if not models:
        raise InputError(fault for error in refused.values() for fault in error.faults)
    left_out = {
        name: "; ".join(dict.fromkeys(fault.message for fault in error.faults))
        for name, error in refused.items()
    }
    missing = [f"Not in this archive: arm {name}, which {why}." for name, why in left_out.items()]
    experiment = sedml.document(
        {name: entry.place for name, entry in models.items()},
        list(courses(scenario, models)),
        [stamp.line, DISCLAIMER, f"{scenario.title}. {scenario.claim}", *missing],
    )
    entries = [
        Entry(f"{scenario.id}.sedml", omex_parts.SEDML, experiment.encode(), master=True),
        *models.values(),
        *_own(scenario),
    ]
    about = About(
        title=scenario.title,
        description=" ".join([scenario.claim, DISCLAIMER, stamp.line + ".", *missing]),
        version=stamp.version,
        sources=_sources(scenario),
        licensed=_is_bundled(scenario),
    )
    described = Entry(
        omex_parts.METADATA, omex_parts.OMEX_METADATA, omex_parts.metadata(entries, about)
    )
    return Archive(_zipped([*entries, described], stamp), left_out)


def _own(scenario: Scenario) -> Iterable[Entry]:
    """The scenario as it is written, and the files that it names, where it expects them."""
    file = Path(scenario.file)
    yield Entry(f"{scenario.id}.yaml", omex_parts.SCENARIO, _read(file))
    for path in scenario.own_files:
        yield Entry(path.as_posix(), omex_parts.YAML, _read(file.parent / path))


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:  # it was there when the scenario was read
        raise InputError(Fault(f"cannot be read: {error.strerror}", file=str(path))) from None


def _is_bundled(scenario: Scenario) -> bool:
    """Whether it is one of ours, and not a file of somebody else's."""
    file = Path(scenario.file)
    return scenario.id in list_scenarios() and find_scenario(scenario.id).samefile(file)


def _sources(scenario: Scenario) -> tuple[str, ...]:
    """The publications that it cites, as addresses."""
    found = []
    for citation in scenario.in_reality.citations:
        if citation.doi:
            found.append(f"https://doi.org/{citation.doi}")
        elif citation.pmid:
            found.append(f"https://identifiers.org/pubmed:{citation.pmid}")
    return tuple(dict.fromkeys(found))


def _zipped(entries: Iterable[Entry], stamp: Stamp) -> bytes:
    """The ZIP file, the manifest first and uncompressed, so that its stamp can be read from outside."""
    entries = list(entries)
    listed = omex_parts.manifest(entries, stamp.line)
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        _put(file, omex_parts.MANIFEST, listed, zipfile.ZIP_STORED)
        for entry in entries:
            _put(file, entry.place, entry.content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def _put(file: zipfile.ZipFile, place: str, content: bytes, compression: int) -> None:
    """One file, with neither the time of day nor anything of this machine in it."""
    info = zipfile.ZipInfo(place, EPOCH)
    info.compress_type = compression
    info.external_attr = PERMISSIONS
    info.create_system = 3
    file.writestr(info, content)
