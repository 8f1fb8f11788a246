"""Wrong bodies that differ from the body in one place: mutmut's mutations of its code, and its couplings changed."""

from __future__ import annotations

import contextlib
import random
import textwrap
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from metabosim.body import LEVERS, SIGNALS

BODY = Path(__file__).resolve().parents[1] / "src" / "metabosim" / "body"
FACTORS = {"dropped": 0.0, "flipped": -1.0, "tenfold": 10.0}
LONGEST = 200  # of a piece of code that is shown

# Appended to wiring.py.
CHANGED = '''

_body_as_it_is = body


def body(f, s, p, lever, variant, u, tap):
    """The body with one coupling changed."""
    {change}
    return _body_as_it_is(f, s, p, lever, variant, u, tap)
'''
OF_LEVER = (
    "lever = lever._replace({organ}=lever.{organ}._replace({name}={factor} * lever.{organ}.{name}))"
)
OF_SIGNAL = 'said = tap; tap = lambda name, value: said(name, {factor} * value if name == "{name}" else value)'


@dataclass(frozen=True)
class Mutant:
    """One of them: where it differs, how, and the text of the file of `body/` that makes it so."""

    id: str
    kind: str  # code or coupling
    words: str  # what is changed; empty where the code says it
    file: str
    text: Callable[[], str]

    def what(self) -> str:
        """What is changed, in words or as code before and after."""
        return self.words or _change((BODY / self.file).read_text(encoding="utf-8"), self.text())


def couplings() -> list[Mutant]:
    """Every lever's mechanism and every signal between organs dropped, its sign flipped, and ten times as strong."""
    wiring = (BODY / "wiring.py").read_text(encoding="utf-8")

    def changed(what: str, name: str, text: str, template: str, organ: str) -> Iterator[Mutant]:
        for how, factor in FACTORS.items():
            change = template.format(organ=organ, name=name, factor=factor)
            whole = wiring + CHANGED.format(change=change)
            yield Mutant(
                f"{what}.{name}:{how}", "coupling", f"{text}: {how}", "wiring.py",
                lambda whole=whole: whole,
            )  # fmt: skip

    found: list[Mutant] = []
    for name, item in LEVERS.items():
        found += changed("lever", name, item.kind.edge, OF_LEVER, item.organ)
    for name, item in SIGNALS.items():
        found += changed("signal", name, item.text, OF_SIGNAL, "")
    return found


def of_code(seed: int) -> list[Mutant]:
    """What mutmut makes of the functions of the body, in a random order; texts are left as they are."""
    with contextlib.chdir(BODY.parents[2]):  # where mutmut looks for its settings
        found = [mutant for path in sorted(BODY.glob("*.py")) for mutant in _of_file(path)]
    random.Random(seed).shuffle(found)
    return found


def _of_file(path: Path) -> Iterator[Mutant]:
    import libcst
    from mutmut.mutation.file_mutation import create_mutations, deep_replace

    module, mutations, *_ = create_mutations(str(path), path.read_text(encoding="utf-8"))
    count: Counter[str] = Counter()
    for one in mutations:
        inside = one.contained_by_top_level_function
        # outside of functions are declarations, which mutmut leaves alone as well
        if not isinstance(inside, libcst.FunctionDef) or isinstance(
            one.original_node, libcst.BaseString
        ):
            continue
        name = f"{path.stem}.{inside.name.value}"
        count[name] += 1

        def text(one: Any = one) -> str:
            return deep_replace(module, one.original_node, one.mutated_node).code

        yield Mutant(f"{name}:{count[name]}", "code", "", path.name, text)


def _change(before: str, after: str) -> str:
    """The lines in which two texts differ, each of them in one line."""
    start = _alike(before, after)
    same = _alike(before[start:][::-1], after[start:][::-1])
    first = before.rfind("\n", 0, start) + 1

    def shown(text: str) -> str:
        last = text.find("\n", len(text) - same)
        return textwrap.shorten(text[first:last], LONGEST, placeholder=" …")

    return f"{shown(before)}  ->  {shown(after)}"


def _alike(one: str, other: str) -> int:
    """How long two texts are the same."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((i for i, (a, b) in pairs if a != b), min(len(one), len(other)))
