"""Valid YAML documents, broken on purpose: `broken(text, draw)` gives bytes and says in which way.

A break is made in the tree (a key dropped, a unit changed, a window reversed) or in the text (a tab, a torn line,
a flipped bit); now and then one follows the other. All chance comes from the `random.Random` given.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from typing import Any

LONG = 5000  # characters; more than any honest text or number has


class Raw(str):
    """Text that is written as it is, without quotes."""


class Fields(list[list[Any]]):
    """A mapping as a list of [key, value], so that a key may stand there twice."""


def tree(data: Any) -> Any:
    """Parsed data with its mappings as Fields, all of it new."""
    if isinstance(data, dict):
        return Fields([key, tree(value)] for key, value in data.items())
    return [tree(item) for item in data] if isinstance(data, list) else data


def copied(node: Any) -> Any:
    """A tree again, sharing nothing with the first."""
    return type(node)(map(copied, node)) if isinstance(node, list) else node


def slots(node: Any) -> Iterator[tuple[list[Any], int]]:
    """Where every value below a node stands: (list, index)."""
    for i, item in enumerate(node if isinstance(node, list) else ()):
        place = (item, 1) if isinstance(node, Fields) else (node, i)
        yield place
        yield from slots(place[0][place[1]])


def written(node: Any, *, flow: bool, indent: str = "") -> str:
    """A tree as YAML; in flow style as JSON, but for what is raw."""
    if isinstance(node, list) and node:
        deeper = indent + "  "
        if flow:
            items = (
                f"{_scalar(item[0])}: {written(item[1], flow=True, indent=deeper)}"
                if isinstance(node, Fields)
                else written(item, flow=True, indent=deeper)
                for item in node
            )
            left, right = "{}" if isinstance(node, Fields) else "[]"
            return f"{left}\n{deeper}" + f",\n{deeper}".join(items) + f"\n{indent}{right}"
        lines = []
        for item in node:
            head, value = (
                (f"{_scalar(item[0])}:", item[1]) if isinstance(node, Fields) else ("-", item)
            )
            inner = written(value, flow=False, indent=deeper)
            nested = isinstance(value, list) and value
            lines.append(f"{indent}{head}\n{inner}" if nested else f"{indent}{head} {inner}")
        return "\n".join(lines)
    if isinstance(node, list):
        return "{}" if isinstance(node, Fields) else "[]"
    return _scalar(node)


def _scalar(value: Any) -> str:
    return str(value) if isinstance(value, Raw) else json.dumps(value, ensure_ascii=False)


# --- breaks of the tree: each changes it in place -------------------------------------------------

HOSTILE = [
    *map(Raw, (".nan", "-.inf", "1e400", "-1e400", "1e-400", "9" * LONG, "0o17", "0x1F", "0b1", "0123", "1_000")),
    *map(Raw, ("12:30", "2001-01-01", "2001-01-01T00:00:00Z", "no", "yes", "on", "~", "", "=", "<<", "1e-3", "-0")),
    *map(Raw, ("0,5", "1.", ".5", "+1", "1e", "--1", "5 %", "٣", "½", "1e9 years", "1e300 d", "1e308 h", "-1 d")),
    *map(Raw, ("!!int 5", "!mine x", "*a", "&a 5", "? x", "@x", "`x", "%x", "|\n", "[", "}", "'", '"\\q"')),
    "", " ", "\x00", "\x1b[2J", "\u202e", "\u200b", "\ufeff", "a\nb", "\t", "é" * LONG, "a" * 60_000,
    "../../etc/passwd", "/etc/passwd.yaml", "~/x.yaml", "a\x00.yaml", "con.yaml", "baseline",
    "m_value", "5 mg/dL",
    None, True, False, 0, -1, 1, 10**39, 1e308, 5e-324, 1.5,
]  # fmt: skip
UNITS = ["mg/dL", "mmol/L", "kg", "h", "months", "h/h", "U/kg/min", "grams", "%", "% of baseline", "mmol/L*min", "/",
         "//", "1/", "h" * LONG, "µ", "kg/kg/kg/kg", "d d"]  # fmt: skip


def _pairs(root: Any) -> list[tuple[Fields, int]]:
    """Every key there is: (fields, index)."""
    nodes = [root, *(place[i] for place, i in slots(root))]
    return [(node, i) for node in nodes if isinstance(node, Fields) for i in range(len(node))]


def _of_kind(root: Any, *kinds: type) -> list[tuple[list[Any], int]]:
    found = [(place, i) for place, i in slots(root) if isinstance(place[i], kinds)]
    return found or list(slots(root))


def _drop(root: Any, draw: random.Random) -> None:
    fields, i = draw.choice(_pairs(root))
    del fields[i]


def _twice(root: Any, draw: random.Random) -> None:
    fields, i = draw.choice(_pairs(root))
    fields.insert(draw.randint(0, len(fields)), copied(fields[i]))


def _rename(root: Any, draw: random.Random) -> None:
    fields, i = draw.choice(_pairs(root))
    key = str(fields[i][0])
    j = draw.randrange(len(key) + 1)
    other = draw.choice(_pairs(root))
    near = [key[:j] + key[j + 1 :], f"{key}s", key.upper(), key.replace("_", "-"), key[::-1]]
    fields[i][0] = draw.choice([*near, other[0][other[1]][0], "x", "feature", "from", "levers"])


def _hostile_key(root: Any, draw: random.Random) -> None:
    fields, i = draw.choice(_pairs(root))
    fields[i][0] = draw.choice(HOSTILE)


def _stranger(root: Any, draw: random.Random) -> None:
    fields, i = draw.choice(_pairs(root))
    fields.insert(
        i, [draw.choice(["x", "author", "a.b[0]", "arms", "0", "\\"]), draw.choice(HOSTILE)]
    )


def _hostile_scalar(root: Any, draw: random.Random) -> None:
    place, i = draw.choice(_of_kind(root, str, int, float, bool))
    place[i] = draw.choice(HOSTILE)


def _wrong_kind(root: Any, draw: random.Random) -> None:
    place, i = draw.choice(list(slots(root)))
    place[i] = draw.choice(
        [None, True, 0, -3, 1.5, "x", [], Fields(), [[]], [None], Fields([["x", 1]]), [1, "x"]]
    )


def _wrong_unit(root: Any, draw: random.Random) -> None:
    places = [
        (place, i) for place, i in slots(root)
        if isinstance(place[i], int | float) or (isinstance(place[i], str) and place[i][:1].isdigit())
    ]  # fmt: skip
    place, i = draw.choice(places or list(slots(root)))
    number = str(place[i]).split(" ")[0]
    place[i] = draw.choice(
        [
            f"{number} {draw.choice(UNITS)}",
            number,
            f"-{number} h",
            number.replace(".", ",") + ",5 h",
        ]
    )


def _unknown_name(root: Any, draw: random.Random) -> None:
    place, i = draw.choice(_of_kind(root, str))
    other, j = draw.choice(_of_kind(root, str))
    text = str(place[i])
    place[i] = draw.choice(
        [text[:-1], f"{text}x", text.upper(), other[j], "nobody", f"{text}.yaml"]
    )


def _reversed(root: Any, draw: random.Random) -> None:
    """Two values of one mapping change places; a window, if there is one."""
    nodes = [node for node, _ in _pairs(root) if len(node) > 1] or [root]
    windows = [node for node in nodes if {"from", "start"} & {str(key) for key, _ in node}]
    node = draw.choice(windows or nodes)
    timed = [pair for pair in node if pair[0] in ("from", "to", "start", "stop")]
    one, other = draw.sample(timed if len(timed) > 1 else [*node, *node], 2)
    one[1], other[1] = other[1], one[1]


def _nested(root: Any, draw: random.Random) -> None:
    place, i = draw.choice(list(slots(root)))
    for _ in range(draw.choice([1, 2, 10, 25, 60])):
        place[i] = draw.choice([[place[i]], Fields([["x", place[i]]])])


def _other_collection(root: Any, draw: random.Random) -> None:
    place, i = draw.choice(_of_kind(root, list))
    node = place[i]
    if isinstance(node, Fields):
        place[i] = draw.choice([[value for _, value in node], [Fields([pair]) for pair in node]])
    else:
        place[i] = Fields(
            [str(n), item] for n, item in enumerate(node if isinstance(node, list) else [node])
        )


def _exchange(root: Any, draw: random.Random) -> None:
    places = list(slots(root))
    place, i = draw.choice(places)
    other, j = draw.choice(places)
    place[i] = copied(other[j])


def _many(root: Any, draw: random.Random) -> None:
    """One entry some hundred times over, under as many names."""
    place, i = draw.choice(_of_kind(root, list))
    node = place[i]
    if not isinstance(node, list) or not node:
        return
    item = draw.choice(node)
    room = max(1, min(draw.choice([50, 500, 5000]), 60_000 // len(written(item, flow=True))))
    for n in range(room):
        node.append(
            [f"{item[0]}{n}", copied(item[1])] if isinstance(node, Fields) else copied(item)
        )


TREE: dict[str, Callable[[Any, random.Random], None]] = {
    "key dropped": _drop,
    "key twice": _twice,
    "key renamed": _rename,
    "hostile key": _hostile_key,
    "unknown key": _stranger,
    "hostile scalar": _hostile_scalar,
    "wrong kind": _wrong_kind,
    "wrong unit": _wrong_unit,
    "unknown name": _unknown_name,
    "reversed window": _reversed,
    "nested": _nested,
    "list for mapping": _other_collection,
    "exchanged": _exchange,
    "many": _many,
}
