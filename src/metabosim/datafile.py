"""What subject and therapy files share: a name, a story, named numbers and their sources."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, NamedTuple, Protocol

from metabosim.errors import Fault, ImplausibleWarning, InputError, did_you_mean
from metabosim.yamlfile import MAX_FAULTS, Document, first_faults, load_yaml

ID: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


class Ranged(Protocol):
    """A number that a file may set: unit and plausible range, as the body declares them."""

    unit: str
    low: float
    high: float


@dataclass(frozen=True)
class DataFile:
    """The fields that subjects and therapies share.

    `parameters` are in the unit the body declares for each; `sources` are citations or the word
    "assumption" with a reason.
    """

    id: str
    title: str
    text: str
    sources: tuple[str, ...]
    parameters: dict[str, float] = field(hash=False)


def is_number(value: object) -> bool:
    """A number and not true or false."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def bundled(folder: Path) -> list[str]:
    """The ids of the files that come with the package, sorted."""
    return sorted(file.stem for file in folder.glob("*.yaml"))


def find(name_or_path: str | Path, folder: Path, what: str) -> Path:
    """The file of a bundled id, or the path of a .yaml file; InputError if it is neither."""
    text = str(name_or_path)
    if text in (names := bundled(folder)):
        return folder / f"{text}.yaml"
    if isinstance(name_or_path, Path) or text.endswith((".yaml", ".yml")):
        return Path(name_or_path)
    raise InputError(
        f"unknown {what} '{text}'",
        hint=did_you_mean(text, names)
        or f"one of {', '.join(names)}, or the path of a .yaml file of your own",
    )


def read(
    path: Path, known: Mapping[str, Ranged], extra: Mapping[str, type] = MappingProxyType({})
) -> dict[str, Any]:
    """The fields of a data file, checked; `known` are the parameters it may set.

    Every field of DataFile must be there, and those of `extra`, which are text (str) or numbers
    above zero (float). Raises InputError with all faults; a value outside its plausible range is
    an ImplausibleWarning.
    """
    document = load_yaml(path)
    data = document.data
    if not isinstance(data, dict):
        raise InputError(document.fault((), "expected fields such as 'id: ...' at the top"))
    kinds = {"title": str, "text": str, **extra}
    wanted = ["id", "parameters", "sources", *kinds]
    faults = [
        document.fault((name,), f"unknown field '{name}'", did_you_mean(name, wanted), key=True)
        for name in data
        if name not in wanted
    ]
    faults += [document.fault((), f"'{name}' is missing") for name in wanted if name not in data]
    for name, kind in kinds.items():
        value = data.get(name, 1.0)
        if kind is float and not (is_number(value) and value > 0):
            faults.append(document.fault((name,), "expected a number above 0"))
    faults += text_faults(document, [name for name, kind in kinds.items() if kind is str])
    faults += identity_faults(document, path)
    values = data.get("parameters", {})
    if not isinstance(values, dict):
        faults.append(document.fault(("parameters",), "expected names and numbers"))
    else:
        found = parameter_faults(values, known)
        faults += [_placed(document, fault) for fault in found.wrong]
        for fault in found.implausible:
            warnings.warn(str(_placed(document, fault)), ImplausibleWarning, stacklevel=2)
    if faults:
        raise InputError(first_faults(faults))
    return {**data, "sources": tuple(data["sources"])}


def _placed(document: Document, fault: Fault) -> Fault:
    """A fault about a parameter, with its place."""
    path = ("parameters", str(fault.field))
    is_about_key = fault.message.startswith("unknown")
    return document.fault(path, fault.message, fault.hint, key=is_about_key)


def text_faults(document: Document, names: Iterable[str]) -> Iterator[Fault]:
    """Fields that are there and are no text."""
    for name in names:
        value = document.data.get(name, "-")
        if not (isinstance(value, str) and value.strip()):
            yield document.fault((name,), "expected some text")


def identity_faults(document: Document, path: Path) -> Iterator[Fault]:
    """An id that is none or not the file's name, and sources that are no list of citations."""
    yield from _id_faults(document, path)
    yield from _source_faults(document)


def _id_faults(document: Document, path: Path) -> Iterator[Fault]:
    name = document.data.get("id")
    if name is not None and (not isinstance(name, str) or not ID.fullmatch(name)):
        yield document.fault(("id",), "expected lower-case words joined by '-'")
    elif name is not None and name != path.stem:
        yield document.fault(
            ("id",), f"'{name}' is not the file's name", f"write '{path.stem}' or rename the file"
        )


def _source_faults(document: Document) -> Iterator[Fault]:
    sources = document.data.get("sources", ["-"])
    if not (
        isinstance(sources, list)
        and sources
        and all(isinstance(source, str) and source.strip() for source in sources)
    ):
        yield document.fault(
            ("sources",), "expected a list of citations", "or say 'assumption: ' and why"
        )


class ParameterFaults(NamedTuple):
    """What is wrong with parameters, and what is legal but implausible; `field` is the name."""

    wrong: list[Fault]
    implausible: list[Fault]


def parameter_faults(values: Mapping[str, Any], known: Mapping[str, Ranged]) -> ParameterFaults:
    """Hold parameter values against the ranges that the body declares."""
    wrong: list[Fault] = []
    implausible: list[Fault] = []
    for name, value in values.items():
        if name not in known:
            # what is nearest is looked for as long as somebody will be told
            near = did_you_mean(name, known) if len(wrong) < MAX_FAULTS else None
            hint = near or "see 'metabosim list parameters'"
            wrong.append(Fault(f"unknown parameter '{name}'", field=name, hint=hint))
            continue
        info = known[name]
        unit = "" if info.unit == "1" else f" {info.unit}"
        plausible = f"plausible: {info.low:g} to {info.high:g}{unit}"
        if not is_number(value):
            expected = f"expected a number{unit and f' in{unit}'}, without its unit"
            comma = isinstance(value, str) and re.fullmatch(r"[+-]?\d+,\d+", value)
            point = f"use a point, as in {str(value).replace(',', '.')}" if comma else None
            wrong.append(Fault(expected, field=name, hint=point))
        elif value < 0 <= info.low or value <= 0 < info.low:
            least = "above" if info.low > 0 else "at least"
            wrong.append(Fault(f"must be {least} 0, got {value:g}", field=name, hint=plausible))
        elif not info.low <= value <= info.high:
            implausible.append(Fault(f"{value:g} is implausible", field=name, hint=plausible))
    return ParameterFaults(wrong, implausible)
