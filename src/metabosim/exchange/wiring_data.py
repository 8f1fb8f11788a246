"""wiring.yaml: what the diagrams show, and how loops and ways are called."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files
from itertools import pairwise

from metabosim.exchange.symbols import quantities
from metabosim.yamlfile import load_yaml


@dataclass(frozen=True)
class Node:
    """Something that is shown: a state or term of the body, or several terms as one."""

    id: str
    label: str
    terms: tuple[str, ...]

    @property
    def organ(self) -> str:
        """The organ that it is shown in."""
        return quantities()[self.terms[0]].organ


@dataclass(frozen=True)
class Path:
    """A named loop, or a way from one end to the other."""

    id: str
    title: str
    nodes: tuple[str, ...]
    closed: bool

    @property
    def steps(self) -> tuple[tuple[str, str], ...]:
        """Its arrows, from and to."""
        return tuple(pairwise((*self.nodes, self.nodes[0]) if self.closed else self.nodes))


@dataclass(frozen=True)
class Shown:
    """The whole file; `columns` are organs, `meals` pairs of nodes."""

    nodes: dict[str, Node]
    meals: tuple[tuple[str, str], ...]
    columns: tuple[tuple[str, ...], ...]
    paths: tuple[Path, ...]


@cache
def shown() -> Shown:
    """The file as it is in the package; KeyError if it names what the body does not have."""
    with as_file(files("metabosim.exchange").joinpath("wiring.yaml")) as path:
        data = load_yaml(path).data
    nodes = {}
    for name, entry in data["nodes"].items():
        several = isinstance(entry, dict)
        terms = tuple(entry["terms"]) if several else (name,)
        nodes[name] = Node(name, entry["label"] if several else entry, terms)
    paths = [
        Path(item["id"], item["title"], tuple(item["path"]), closed)
        for closed, kind in ((True, "loops"), (False, "ways"))
        for item in data[kind]
    ]
    meals = tuple((source, target) for source, target in data["meals"])
    return Shown(nodes, meals, tuple(map(tuple, data["columns"])), tuple(paths))
