"""A small, strict YAML: what one wrote is what one meant, and every value knows its place.

Accepted: one UTF-8 document of mappings, lists, text, numbers, true/false and null, in block or
flow style. Refused, with line and column: duplicate keys, keys that are not text, anchors and
aliases, tags, directives, several documents, tabs and other control or direction-changing
characters, files above 64 kB, more than 3000 values, nesting deeper than 20. Numbers are decimal (`5`, `-0.3`, `1e-3`):
`0123`, `1_000`, `0x1F`, `12:30`, `no` and dates are text, so whoever wants a number says so.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeAlias

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, StreamMark, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    Event,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
)

from metabosim.errors import Fault, InputError

MAX_BYTES: Final = 64 * 1024
MAX_DEPTH: Final = 20
MAX_DIGITS: Final = 40
MAX_VALUES: Final = 3000  # the longest bundled scenario has 400
MAX_FAULTS: Final = 50  # nobody reads more at once

Path_: TypeAlias = tuple[str | int, ...]
_NUMBER: Final = re.compile(r"[-+]?(?:(?:0|[1-9][0-9]*)(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")
_NOT_FINITE: Final = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_CONSTANTS: Final[dict[str, bool | None]] = {
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
}
# C0 and C1 controls but for line ends; characters that reorder, hide or end lines unseen
_UNWANTED: Final = re.compile(
    "[\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff"
    "\ufff9-\ufffb\ufffe\uffff\ud800-\udfff]"
)


class Place(NamedTuple):
    """A position in a file, counted from 1."""

    line: int
    column: int


@dataclass(frozen=True)
class Document:
    """The content of a YAML file, and where each key and value of it stands.

    A path is a tuple of keys and indices: `("arms", "treated", "protocol", 0)`.
    """

    file: str
    data: Any
    _keys: dict[Path_, Place] = field(default_factory=dict, repr=False)
    _values: dict[Path_, Place] = field(default_factory=dict, repr=False)

    def place(self, path: Path_, *, key: bool = False) -> Place:
        """Where the value at `path` stands (its key, if asked); of a missing one, its parent."""
        table = self._keys if key and path in self._keys else self._values
        while path and path not in table:
            path, table = path[:-1], self._values
        return table.get(path, Place(1, 1))

    def fault(
        self, path: Path_, message: str, hint: str | None = None, *, key: bool = False
    ) -> Fault:
        """A fault about the value at `path`, or about its key."""
        place = self.place(path, key=key)
        return Fault(message, self.file, place.line, place.column, field_name(path) or None, hint)


def field_name(path: Path_) -> str:
    """A path as people write it: `arms.treated.protocol[0].dose`."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return text.removeprefix(".")


def load_yaml(path: str | Path, *, file: str | None = None) -> Document:
    """Read a YAML file; `file` is what messages call it. Raises InputError with all faults."""
    name = file or str(path)
    return parse_yaml(_decode(read_regular(Path(path), name), name), name)


def parse_yaml(text: str, file: str = "<text>") -> Document:
    """Parse YAML text; `file` is what messages call it. Raises InputError with all faults."""
    faults = [
        Fault(
            f"character U+{ord(match[0]):04X} is not allowed",
            file,
            *_line_and_column(text, match.start()),
            hint="indent with spaces" if match[0] == "\t" else "delete it: it is invisible",
        )
        for match in _UNWANTED.finditer(text)
    ]
    if faults:
        raise InputError(faults[:20])
    reader = _Reader(file)
    try:
        reader.read(YAML(typ="safe", pure=True).parse(text))
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        reader.fault(mark, _problem(error), "check indentation, quotes, colons and brackets")
    except (YAMLError, ValueError) as error:  # ruamel lets a few ValueErrors of its own through
        reader.fault(reader.mark, f"not YAML: {error}", "look at what follows")
    if reader.faults:
        raise InputError(first_faults(reader.faults))
    if not reader.started or reader.data is None:
        raise InputError(Fault("the file has no content", file, 1, 1))
    return Document(file, reader.data, reader.keys, reader.values)


def first_faults(faults: Sequence[Fault]) -> list[Fault]:
    """Faults as they are told: of very many the first, and that there are more."""
    if len(faults) <= MAX_FAULTS:
        return list(faults)
    more = replace(
        faults[MAX_FAULTS], message="and more faults from here on", field=None, hint=None
    )
    return [*faults[:MAX_FAULTS], more]


def read_regular(path: Path, name: str, most: int = MAX_BYTES, what: str = "a YAML file") -> bytes:
    """The bytes of a regular file of at most `most` bytes, never of a pipe or device; InputError with why not."""
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
        with os.fdopen(descriptor, "rb") as stream:
            if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
                raise InputError(Fault("not a regular file", name, hint=f"expected {what}"))
            content = stream.read(most + 1)
    except FileNotFoundError:
        raise InputError(Fault("no such file", name)) from None
    except IsADirectoryError:
        raise InputError(Fault(f"is a folder, expected {what}", name)) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise InputError(Fault(f"cannot be read: {reason}", name)) from None
    if len(content) > most:
        size = f"{most // 1024} kB" if most < 2**20 else f"{most // 2**20} MB"
        raise InputError(Fault(f"larger than {size}", name, hint=f"expected {what}"))
    return content


def _decode(content: bytes, name: str) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise InputError(Fault("is UTF-16, expected UTF-8", name, hint="save it as UTF-8"))
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        column = error.start - content.rfind(b"\n", 0, error.start)
        raise InputError(
            Fault("is not UTF-8", name, line, column, hint="save it as UTF-8")
        ) from None
    return text.removeprefix("\ufeff")


def _line_and_column(text: str, offset: int) -> tuple[int, int]:
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


def _problem(error: MarkedYAMLError) -> str:
    """The parser's complaint on one line."""
    parts = [str(part) for part in (error.context, error.problem) if part]
    return "not YAML: " + ", ".join(" ".join(part.split()) for part in parts)


@dataclass
class _Open:
    """A mapping or list being read."""

    path: Path_
    content: dict[str, Any] | list[Any]
    key: str | None = None  # the key whose value comes next


class _Reader:
    """Builds plain data from parser events, and notes positions and faults on the way."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.data: Any = None
        self.started = False
        self.keys: dict[Path_, Place] = {}
        self.values: dict[Path_, Place] = {}
        self.faults: list[Fault] = []
        self.open: list[_Open] = []
        self.mark: StreamMark | None = None  # where the last event began

    def fault(self, mark: StreamMark | None, message: str, hint: str | None = None) -> None:
        """Note a fault at a parser's mark; without one, at the beginning."""
        line, column = (mark.line + 1, mark.column + 1) if mark is not None else (1, 1)
        self.faults.append(Fault(message, self.file, line, column, hint=hint))

    def read(self, events: Iterator[Event]) -> None:
        """Read one document; stops early where going on makes no sense."""
        for event in events:
            self.mark = event.start_mark
            if isinstance(event, DocumentStartEvent):
                if self.started:
                    self.fault(event.start_mark, "a second document starts here", "keep one a file")
                    return
                self.started = True
                if event.version or event.tags:
                    self.fault(event.start_mark, "directives (%YAML, %TAG) are not allowed")
            elif isinstance(event, CollectionEndEvent):
                self.open.pop()
            elif isinstance(event, NodeEvent):
                self.node(event)
                if len(self.values) > MAX_VALUES:
                    self.fault(event.start_mark, f"more than {MAX_VALUES} values", "leave some out")
                    return
                if len(self.faults) > MAX_FAULTS:
                    return
                if len(self.open) > MAX_DEPTH:
                    self.fault(event.start_mark, f"nested deeper than {MAX_DEPTH} levels")
                    return

    def node(self, event: NodeEvent) -> None:
        """Take in a scalar or the start of a collection, as a key or as a value."""
        if isinstance(event, AliasEvent):
            self.fault(event.start_mark, f"alias '*{event.anchor}' is not allowed", "write it out")
        elif event.anchor is not None:
            self.fault(event.start_mark, f"anchor '&{event.anchor}' is not allowed", "write it out")
        if (tag := getattr(event, "ctag", None)) is not None:
            self.fault(event.start_mark, f"tag '{tag}' is not allowed", "delete it")
        parent = self.open[-1] if self.open else None
        if parent is not None and isinstance(parent.content, dict) and parent.key is None:
            self.take_key(event, parent)
            return
        path = self.next_path(parent)
        mark = event.start_mark
        nothing_written = isinstance(event, ScalarEvent) and not (event.value or event.style)
        self.values[path] = (
            self.keys[path]
            if nothing_written and path in self.keys
            else Place(mark.line + 1, mark.column + 1)
        )
        value: Any
        if isinstance(event, CollectionStartEvent):
            value = self.collection(event)
            self.open.append(_Open(path, value))
        else:
            value = self.scalar(event) if isinstance(event, ScalarEvent) else None
        if parent is None:
            self.data = value
        elif isinstance(parent.content, list):
            parent.content.append(value)
        else:
            assert parent.key is not None
            parent.content[parent.key] = value
            parent.key = None

    @staticmethod
    def collection(event: CollectionStartEvent) -> dict[str, Any] | list[Any]:
        """An empty one of the kind that starts."""
        return {} if isinstance(event, MappingStartEvent) else []

    def next_path(self, parent: _Open | None) -> Path_:
        """The path of the value that comes next."""
        if parent is None:
            return ()
        if isinstance(parent.content, list):
            return (*parent.path, len(parent.content))
        assert parent.key is not None
        return (*parent.path, parent.key)

    def take_key(self, event: NodeEvent, parent: _Open) -> None:
        """Remember the key whose value comes next; a bad one gets a name of its own."""
        mark = event.start_mark
        key = event.value if isinstance(event, ScalarEvent) else ""
        if isinstance(event, CollectionStartEvent):
            self.fault(mark, "a key must be text, not a mapping or a list")
            self.open.append(_Open(parent.path, self.collection(event)))
        elif isinstance(event, ScalarEvent) and not isinstance(self.scalar(event), str):
            self.fault(mark, f"key '{_short(key)}' must be text", "put it in quotes")
        path = (*parent.path, key)
        if key in parent.content:
            first = self.keys[path].line
            self.fault(mark, f"'{_short(key)}' is given twice, first on line {first}", "keep one")
        self.keys.setdefault(path, Place(mark.line + 1, mark.column + 1))
        parent.key = key

    def scalar(self, event: ScalarEvent) -> Any:
        """The value of a scalar: only a plain one can be anything but text."""
        text: str = event.value
        if hidden := _UNWANTED.search(text):  # written as an escape, or the file was refused
            self.fault(event.start_mark, f"character U+{ord(hidden[0]):04X} is not allowed in text")
        if event.style:
            return text
        if text in _CONSTANTS:
            return _CONSTANTS[text]
        if _NOT_FINITE.fullmatch(text):
            self.fault(event.start_mark, f"'{text}' must be finite", "give a number")
        elif _NUMBER.fullmatch(text):
            return self.number(text, event)
        return text

    def number(self, text: str, event: ScalarEvent) -> int | float:
        """A number as written; refuses what no quantity here can need."""
        if len(text) > MAX_DIGITS:
            self.fault(event.start_mark, f"a number of {len(text)} characters", "write it as 1e9")
            return 0
        if re.fullmatch(r"[-+]?[0-9]+", text):
            return int(text)
        number = float(text)
        if number in (float("inf"), float("-inf")):
            self.fault(event.start_mark, f"'{text}' must be finite", "give a smaller number")
        return number


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:37] + "..."
