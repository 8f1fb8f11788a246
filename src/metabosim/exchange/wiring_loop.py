"""A loop, or a way from one end to another, as a picture: its quantities in boxes, its arrows with sign and levers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from metabosim.exchange import svg
from metabosim.exchange.symbols import ORGANS
from metabosim.exchange.wiring_data import Path, shown
from metabosim.exchange.wiring_graph import Arrow, graph
from metabosim.output import Stamp
from metabosim.version import NOTE

WIDE, HIGH = 136.0, 42.0  # a box
ACROSS, DOWN = 204.0, 118.0  # from one box to the next
LINE: Final = 14.0  # from one line of text to the next
SIDE: Final = 205.0  # room for a lever's name beside the boxes
MARGIN: Final = 14.0
SMALL: Final = 4  # boxes; in a loop of no more, levers stand outside
KINDS: Final = {
    "+": ("feeds itself (+)", "a push comes back as it went"),
    "-": ("steadies (−)", "a push comes back turned round"),
    "±": ("either (±)", "it depends on the state of the body"),
}


class _Spot(NamedTuple):
    """Where a box is (its middle), and the side on which the arrow from it has its levers."""

    x: float
    y: float
    side: str


def picture(path: Path, stamp: Stamp) -> str:
    """The SVG of a loop or a way."""
    arrows = graph().along(path)
    spots = _round(len(path.nodes)) if path.closed else _along(len(path.nodes))
    left = MARGIN + (SIDE if len(path.nodes) <= SMALL else 6.0)
    deepest = max(len(arrow.levers) + arrow.meal for arrow in arrows) * LINE
    top = MARGIN + (52.0 if path.closed else 26.0) + deepest + 8.0
    width = 2 * left + max(spot.x for spot in spots) + WIDE
    placed = [_Spot(left + WIDE / 2 + spot.x, top + HIGH / 2 + spot.y, spot.side) for spot in spots]
    bottom = max(spot.y for spot in placed) + HIGH / 2 + (deepest if path.closed else 0.0)
    parts = [
        *(part for i, arrow in enumerate(arrows) for part in _arrow(arrow, placed, i)),
        *(part for name, spot in zip(path.nodes, placed, strict=True) for part in _box(name, spot)),
        *_heading(path, width),
        *(
            svg.words(width / 2, bottom + 28 + 16 * n, text, "quiet", "middle")
            for n, text in enumerate(_foot(stamp))
        ),
    ]
    return svg.document(width, bottom + 72, path.title, told(path), parts, stamp)


def told(path: Path) -> str:
    """The loop or way in words, arrow by arrow."""
    nodes = shown().nodes
    steps = "; ".join(
        f"{nodes[arrow.source].label} {svg.WORDS[arrow.at_rest]} {nodes[arrow.target].label}"
        for arrow in graph().along(path)
    )
    return (
        f"{path.title}, {KINDS[graph().sign(path)][0]}: {steps}."
        if path.closed
        else f"{path.title}: {steps}."
    )


def _foot(stamp: Stamp) -> tuple[str, ...]:
    """What the signs mean, and where the picture is from."""
    signs = "point: raises · bar: lowers · diamond: either, as the state has it"
    return (
        signs,
        "a name in this type: the lever that cuts the arrow",
        f"metabosim {stamp.version} · {NOTE}",
    )


def _round(n: int) -> list[_Spot]:
    """Boxes on the edge of a rectangle, clockwise from its upper left corner."""
    if n == 2:
        return [_Spot(0.0, 0.0, "up"), _Spot(ACROSS, 0.0, "down")]
    sides = 0 if n <= 8 else (n - 7) // 2
    above = (n - 2 * sides + 1) // 2
    below = n - 2 * sides - above
    width = ACROSS * (above - 1)
    gap = width / (below - 1) if below > 1 else 0.0
    start = width if below > 1 else width / 2
    down = [DOWN * (i + 1) for i in range(sides)]
    return [
        *(_Spot(ACROSS * i, 0.0, "up" if i < above - 1 else "right") for i in range(above)),
        *(_Spot(width, y, "right") for y in down),
        *(
            _Spot(start - gap * i, DOWN * (sides + 1), "down" if i < below - 1 else "left")
            for i in range(below)
        ),
        *(_Spot(0.0, y, "left") for y in reversed(down)),
    ]


def _along(n: int) -> list[_Spot]:
    """Boxes in lines, one to the right, the next back to the left."""
    per_line = 4 if n % 4 != 1 else 3
    spots = []
    for i in range(n):
        line, place = divmod(i, per_line)
        column = place if line % 2 == 0 else per_line - 1 - place
        turns = place == per_line - 1 and i < n - 1
        side = ("right" if line % 2 == 0 else "left") if turns else "up"
        spots.append(_Spot(ACROSS * column, DOWN * line, side))
    return spots


def _box(name: str, spot: _Spot) -> Iterator[str]:
    node = shown().nodes[name]
    corner = (spot.x - WIDE / 2, spot.y - HIGH / 2)
    yield svg.group(
        [
            svg.box(*corner, WIDE, HIGH),
            svg.words(spot.x, spot.y - 5, ORGANS[node.organ], "organ", "middle"),
            svg.words(spot.x, spot.y + 11, node.label, "name", "middle"),
        ],
        node.organ,
        node=name,
    )


def _arrow(arrow: Arrow, spots: list[_Spot], i: int) -> Iterator[str]:
    """The arrow from the i-th box to the next, its sign beside it, its levers on the outer side."""
    start, stop = spots[i], spots[(i + 1) % len(spots)]
    a, b = _edge(start, stop), _edge(stop, start)
    lift = 0.0
    if len(spots) == 2:  # there and back
        lift = -9.0 if i == 0 else 9.0
    a, b = (a[0], a[1] + lift), (b[0], b[1] + lift)
    x, y = (a[0] + b[0]) / 2, (a[1] + b[1]) / 2
    level = abs(a[1] - b[1]) < 1.0
    away = 12.0 if (start.side == "left") == (len(spots) <= SMALL) else -12.0
    dx, dy = (away, 4.0) if not level else (0.0, 16.0 if start.side == "up" else -8.0)
    if len(spots) == 2:
        dx, dy = (-14.0, 13.0) if i == 0 else (14.0, -4.0)
    parts = [
        svg.wire([a, b]),
        svg.head(a, b, arrow.at_rest),
        svg.words(x + dx, y + dy, svg.SIGNS[arrow.at_rest], "sign", "middle"),
    ]
    organ = shown().nodes[arrow.source].organ
    classes = f"arrow {organ}{' meal' if arrow.meal else ''}"
    yield svg.group(
        parts,
        classes,
        f"{arrow.source} {svg.WORDS[arrow.at_rest]} {arrow.target}",
        source=arrow.source,
        target=arrow.target,
    )
    names = [*arrow.levers, *(["at meals"] if arrow.meal else [])]
    if start.side in ("up", "down") and names:
        up = start.side == "up"
        first = start.y - HIGH / 2 - 8 - LINE * (len(names) - 1) if up else start.y + HIGH / 2 + 16
        edge = first + LINE * (len(names) - 1) + 3 if up else first - 11
        from_wire = y - 2 if up else y + 3
        yield f'<line class="leader" x1="{x:g}" y1="{from_wire:g}" x2="{x:g}" y2="{edge:g}"/>'
        for line, name in enumerate(names):
            yield svg.words(x, first + LINE * line, name, "lever", "middle")
    else:
        right = (start.side == "right") == (len(spots) <= SMALL)
        anchor, aside = ("start", 10.0) if right else ("end", -10.0)
        for line, name in enumerate(names):
            height = y + 4 + LINE * (line - (len(names) - 1) / 2)
            yield svg.words(x + aside, height, name, "lever", anchor)


def _edge(of: _Spot, towards: _Spot) -> tuple[float, float]:
    """Where the line from the middle of one box to that of another leaves the first, and a little further."""
    dx, dy = towards.x - of.x, towards.y - of.y
    scale = min(
        (WIDE / 2 + 3) / abs(dx) if dx else float("inf"),
        (HIGH / 2 + 3) / abs(dy) if dy else float("inf"),
    )
    return of.x + dx * scale, of.y + dy * scale


def _heading(path: Path, width: float) -> Iterator[str]:
    yield svg.words(width / 2, MARGIN + 12, path.title, "title", "middle")
    if path.closed:
        yield svg.words(
            width / 2, MARGIN + 31, ": ".join(KINDS[graph().sign(path)]), "kind", "middle"
        )
