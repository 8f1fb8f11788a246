"""Breaks of a document's text and bytes; `broken` in the end makes all kinds of breaks, by a seeded draw."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import NamedTuple

from metabosim.yamlfile import MAX_BYTES, parse_yaml
from mutator import TREE, tree, written


class Broken(NamedTuple):
    """What came of a document, and what was done to it first."""

    mutation: str
    content: bytes


def _lines(text: str, draw: random.Random, least: int = 1) -> tuple[list[str], int]:
    lines = text.splitlines(keepends=True) or [""]
    return lines, draw.randrange(len(lines))


def _tab(text: str, draw: random.Random) -> str:
    lines, i = _lines(text, draw)
    lines[i] = draw.choice(["\t" + lines[i].lstrip(" "), lines[i].replace(" ", "\t", 1)])
    return "".join(lines)


def _indented(text: str, draw: random.Random) -> str:
    lines, i = _lines(text, draw)
    for n in range(i, min(i + draw.choice([1, 1, 3]), len(lines))):
        lines[n] = draw.choice([" " + lines[n], "   " + lines[n], lines[n][1:], lines[n].lstrip()])
    return "".join(lines)


def _truncated(text: str, draw: random.Random) -> str:
    return text[: draw.randrange(len(text) + 1)]


def _shuffled(text: str, draw: random.Random) -> str:
    lines, i = _lines(text, draw)
    j = draw.randrange(len(lines))
    if draw.random() < 0.2:
        draw.shuffle(lines)
    lines[i], lines[j] = lines[j], lines[i]
    return "".join(lines)


def _lost_or_doubled(text: str, draw: random.Random) -> str:
    lines, i = _lines(text, draw)
    lines[i] = draw.choice(["", lines[i] * 2, lines[i].rstrip("\n")])
    return "".join(lines)


def _sign(text: str, draw: random.Random) -> str:
    i = draw.randrange(len(text) + 1)
    sign = draw.choice("{}[]:,&*!|>'\"%@#-?`~<= \n\\")
    return text[:i] + sign + text[i + draw.choice([0, 1]) :]


def _control(text: str, draw: random.Random) -> str:
    i = draw.randrange(len(text) + 1)
    return (
        text[:i]
        + draw.choice("\x00\x07\x1b\x7f\x85\u2028\u202e\u2066\u200b\ufeff\ufffe\U0010ffff")
        + text[i:]
    )


def _property(before: Callable[[random.Random], str]) -> Callable[[str, random.Random], str]:
    def mutation(text: str, draw: random.Random) -> str:
        places = [i + 2 for i in range(len(text) - 1) if text[i : i + 2] in (": ", "- ")] or [0]
        i = draw.choice(places)
        return text[:i] + before(draw) + text[i:]

    return mutation


_anchor = _property(lambda draw: draw.choice(["&a ", "*a ", "&a [*a] ", "&" + "b" * 5000 + " "]))
_tag = _property(
    lambda draw: draw.choice(
        ["!!int ", "!!python/object/apply:os.system ", "!x ", "! ", "!!binary ", "!<", "!!set "]
    )
)


def _documents(text: str, draw: random.Random) -> str:
    return draw.choice([f"{text}\n---\n{text}", f"{text}\n...\n{text}", f"---\n---\n{text}", f"%YAML 1.1\n---\n{text}",
                        f"%TAG ! x\n---\n{text}", f"{text}...\n%", f"--- {text}"])  # fmt: skip


def _line_ends(text: str, draw: random.Random) -> str:
    end = draw.choice(["\r\n", "\r", "\x85", "\u2028", "\n\n", "\v"])
    return text.replace("\n", end, draw.choice([-1, 1]))


def _long(text: str, draw: random.Random) -> str:
    lines, i = _lines(text, draw)
    lines[i] = (
        lines[i].rstrip("\n") + draw.choice("x 9#'\\é") * draw.choice([300, 5000, MAX_BYTES]) + "\n"
    )
    return "".join(lines)


def _flood(text: str, draw: random.Random) -> str:
    """One fragment to the end of what is allowed, alone or in the middle of a document."""
    fragment = draw.choice(["[", "{", "- ", "? ", "a: ", "[[],", "{a: ", "&a ", "!!a ", "*a ", "'", '"', "\n", " \n",
                            "#\n", "- \n", "a\n", "|\n", "x,", "? a\n", "'a' ", "%a\n", "---\n", "{},",
                            "\\", '"a":', "a:\n"])  # fmt: skip
    rows = "".join(f"k{n}: {n}\n" for n in range(5500))
    block = draw.choice([fragment * ((MAX_BYTES - 1) // len(fragment)), rows])
    i = draw.randrange(len(text))
    return draw.choice(
        [block, "[" + block, text[:i] + block[: max(0, MAX_BYTES - 1 - len(text))] + text[i:]]
    )


TEXT: dict[str, Callable[[str, random.Random], str]] = {
    "tab": _tab,
    "indentation": _indented,
    "truncated": _truncated,
    "lines shuffled": _shuffled,
    "line lost or doubled": _lost_or_doubled,
    "sign": _sign,
    "control character": _control,
    "anchor or alias": _anchor,
    "tag": _tag,
    "several documents": _documents,
    "line ends": _line_ends,
    "long line": _long,
    "flood": _flood,
}


def flipped(content: bytes, draw: random.Random) -> bytes:
    """A few bytes changed, lost or added."""
    changed = bytearray(content or b" ")
    for _ in range(draw.choice([1, 1, 2, 8])):
        i = draw.randrange(len(changed))
        action = draw.choice(["bit", "byte", "lost", "added"])
        if action == "bit":
            changed[i] ^= 1 << draw.randrange(8)
        elif action == "byte":
            changed[i] = draw.randrange(256)
        elif action == "lost" and len(changed) > 1:
            del changed[i]
        else:
            changed.insert(i, draw.randrange(256))
    return bytes(changed)


def encoded(text: str, draw: random.Random) -> bytes:
    """A text as another program might have saved it."""
    codec = draw.choice(
        ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "latin-1", "utf-7"]
    )
    return text.encode(codec, "replace")


BYTES = {
    "bytes flipped": lambda text, draw: flipped(text.encode(), draw),
    "another encoding": encoded,
}
MUTATIONS = (*TREE, *TEXT, *BYTES)


def broken(
    text: str, draw: random.Random, mutation: str | None = None, *, flow: bool | None = None
) -> Broken:
    """A valid document's text broken in one way, drawn unless given; one time in four in another way too.

    A break of the tree writes the document anew, in block or in flow style; `flow` keeps to one of them.
    """
    name = mutation or draw.choice(MUTATIONS)
    again = draw.choice(MUTATIONS) if draw.random() < 0.25 else None
    changes = [one for one in (name, again) if one is not None]
    if any(one in TREE for one in changes):
        root = tree(parse_yaml(text).data)
        for one in changes:
            for _ in range(draw.choice([1, 1, 1, 3]) if one in TREE else 0):
                try:
                    TREE[one](root, draw)
                except (IndexError, ValueError):  # an earlier break left nothing of the kind
                    break
        text = written(root, flow=draw.random() < 0.5 if flow is None else flow) + "\n"
    for one in changes:
        if one in TEXT:
            text = TEXT[one](text, draw)
    content = next((BYTES[one](text, draw) for one in changes if one in BYTES), None)
    return Broken(name, text.encode("utf-8", "surrogatepass") if content is None else content)
