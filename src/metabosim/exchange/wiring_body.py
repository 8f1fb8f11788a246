"""The whole body as one picture: organs in two columns, and between them, as in the blood, what they tell each other.

Every quantity that another organ hears has a line of its own down the middle. It joins that line at a dot, and
from there a branch goes to whoever hears it. What an organ tells itself runs along the outer side of it. Lines cross
at right angles only, and every branch is named where it arrives.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from metabosim.exchange import svg
from metabosim.exchange.symbols import ORGANS
from metabosim.exchange.wiring_data import shown
from metabosim.exchange.wiring_graph import Arrow, Graph, graph
from metabosim.output import Stamp
from metabosim.version import NOTE

PITCH: Final = 13.5  # from one branch to the next
WIDE: Final = 136.0  # a quantity's box
NAMES: Final = 112.0  # room for what is heard, beside the boxes
LANE: Final = 9.0  # from one line down the middle to the next
OUTER: Final = 7.5  # the same on the outer side of an organ
GAP: Final = 9.0  # between boxes
ROOM: Final = 14.0  # between organs
TOP: Final = 86.0
MARGIN: Final = 12.0


@dataclass
class _Box:
    """A quantity: where it is, and the heights at which wires meet it, by the other end; its own by its name."""

    id: str
    side: int  # 0 left, 1 right
    y: float = 0.0
    height: float = 0.0
    inner: dict[str, float] = field(default_factory=dict)
    outer: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class _Bus:
    """A line that one quantity speaks on: who hears, and from which height to which it goes."""

    source: str
    targets: tuple[str, ...]
    low: float
    high: float


def picture(stamp: Stamp) -> str:
    """The SVG of the whole body."""
    whole = graph()
    arrows = {step: arrow for step, arrow in whole.arrows.items() if not arrow.weak}
    organ_of = {name: node.organ for name, node in shown().nodes.items()}
    across = {s: a for s, a in arrows.items() if organ_of[s[0]] != organ_of[s[1]]}
    within = {s: a for s, a in arrows.items() if s not in across}
    boxes, rooms, height = _stacked(organ_of, across, within)
    middle = _packed(sorted(_buses(across, boxes), key=lambda bus: _leaning(bus, boxes)))
    outside = {organ: _packed(list(_outer(within, boxes, organ, organ_of))) for organ in ORGANS}
    margins = []
    for column in shown().columns:
        used = [lane for organ in column for lane in outside[organ].values()]
        margins.append(MARGIN + OUTER * (3 + max(used, default=-1)))
    lanes = 1 + max(middle.values())
    first = margins[0] + WIDE + NAMES
    edges = (margins[0] + WIDE, first + LANE * (lanes + 1) + NAMES)  # inner edges of both columns
    width = edges[1] + WIDE + margins[1]
    draw = _Pen(boxes, organ_of, arrows, edges, first)
    parts = [
        *_heading(width, stamp),
        *(draw.room(organ, y0, y1) for organ, (y0, y1) in rooms.items()),
        *(part for bus, lane in middle.items() for part in draw.across(bus, lane)),
        *(part for organ in ORGANS for bus, lane in outside[organ].items() for part in draw.within(bus, lane)),
        *map(draw.box, boxes.values()),
    ]  # fmt: skip
    return svg.document(
        width, height + MARGIN, "Who acts on whom in the body", _told(whole), parts, stamp
    )


def _stacked(
    organ_of: dict[str, str],
    across: dict[tuple[str, str], Arrow],
    within: dict[tuple[str, str], Arrow],
) -> tuple[dict[str, _Box], dict[str, tuple[float, float]], float]:
    """Boxes one below the other in both columns, the organs' rooms, and how far down it all goes."""
    boxes: dict[str, _Box] = {}
    rooms: dict[str, tuple[float, float]] = {}
    lowest = 0.0
    for side, column in enumerate(shown().columns):
        y = TOP
        for organ in column:
            start, y = y, y + 20.0
            for name in (name for name, own in organ_of.items() if own == organ):
                box = _Box(name, side, y)
                inner = [s for s, t in across if t == name]
                outer = [s for s, t in within if t == name]
                inner = [*([name] if any(s == name for s, _ in across) else []), *inner]
                outer = [*([name] if any(s == name for s, _ in within) else []), *outer]
                box.height = max(22.0, PITCH * max(len(inner), len(outer)) + 4.0)
                for ports, names in ((box.inner, inner), (box.outer, outer)):
                    top = y + (box.height - PITCH * (len(names) - 1)) / 2
                    ports.update({other: top + PITCH * i for i, other in enumerate(names)})
                boxes[name] = box
                y += box.height + GAP
            rooms[organ] = (start, y - 2.0)
            y += ROOM
        lowest = max(lowest, y)
    return boxes, rooms, lowest


def _buses(across: dict[tuple[str, str], Arrow], boxes: dict[str, _Box]) -> Iterator[_Bus]:
    """A line for every quantity that is heard in another organ."""
    for source, box in boxes.items():
        targets = tuple(t for s, t in across if s == source)
        if targets:
            heights = [box.inner[source], *(boxes[t].inner[source] for t in targets)]
            yield _Bus(source, targets, min(heights), max(heights))


def _outer(
    within: dict[tuple[str, str], Arrow],
    boxes: dict[str, _Box],
    organ: str,
    organ_of: dict[str, str],
) -> Iterator[_Bus]:
    """The same for what an organ tells itself, the shortest first, so that they lie nearest."""
    found = []
    for source, box in boxes.items():
        targets = tuple(t for s, t in within if s == source)
        if targets and organ_of[source] == organ:
            heights = [box.outer[source], *(boxes[t].outer[source] for t in targets)]
            found.append(_Bus(source, targets, min(heights), max(heights)))
    yield from sorted(found, key=lambda bus: bus.high - bus.low)


def _leaning(bus: _Bus, boxes: dict[str, _Box]) -> tuple[float, float]:
    """How far to the right a line belongs: by the sides of those that it joins, then by where it begins."""
    sides = [boxes[name].side for name in (bus.source, *bus.targets)]
    return sum(sides) / len(sides), bus.low


def _packed(buses: list[_Bus]) -> dict[_Bus, int]:
    """A lane for each line, none of which touches another in its lane."""
    lanes: list[list[_Bus]] = []
    placed = {}
    for bus in buses:
        free = (
            n
            for n, lane in enumerate(lanes)
            if all(bus.high + 4 < other.low or bus.low - 4 > other.high for other in lane)
        )
        lane = next(free, len(lanes))
        if lane == len(lanes):
            lanes.append([])
        lanes[lane].append(bus)
        placed[bus] = lane
    return placed


class _Pen:
    """Draws what has been placed. `edges` are the inner edges of the columns, `first` the middle's left end."""

    def __init__(
        self,
        boxes: dict[str, _Box],
        organ_of: dict[str, str],
        arrows: dict[tuple[str, str], Arrow],
        edges: tuple[float, float],
        first: float,
    ) -> None:
        self.boxes, self.organ_of, self.arrows = boxes, organ_of, arrows
        self.edges, self.first = edges, first

    def room(self, organ: str, top: float, bottom: float) -> str:
        """An organ: its name, and a frame around its boxes."""
        side = next(n for n, column in enumerate(shown().columns) if organ in column)
        left = self.edges[0] - WIDE if side == 0 else self.edges[1]
        name = svg.words(left, top + 13, ORGANS[organ], "name")
        return svg.group([svg.box(left - 5, top, WIDE + 10, bottom - top, "room"), name], organ)

    def box(self, box: _Box) -> str:
        """A quantity."""
        left = self.edges[0] - WIDE if box.side == 0 else self.edges[1]
        text = svg.words(
            left + WIDE / 2,
            box.y + box.height / 2 + 4,
            shown().nodes[box.id].label,
            "name",
            "middle",
        )
        parts = [svg.box(left, box.y, WIDE, box.height, radius=4.0), text]
        return svg.group(parts, f"{self.organ_of[box.id]} small", node=box.id)

    def across(self, bus: _Bus, lane: int) -> Iterator[str]:
        """A line down the middle, with a branch to everyone who hears."""
        x = self.first + LANE * (lane + 1)
        source = self.boxes[bus.source]
        y = source.inner[bus.source]
        yield svg.group(
            [
                svg.wire([(self.edges[source.side], y), (x, y)]),
                svg.wire([(x, bus.low), (x, bus.high)]),
                svg.dot(x, y),
            ],
            f"trunk thin {self.organ_of[bus.source]}",
            shown().nodes[bus.source].label,
            source=bus.source,
        )
        for target in bus.targets:
            box = self.boxes[target]
            edge, level = self.edges[box.side], box.inner[bus.source]
            inward = 1.0 if box.side == 0 else -1.0
            label = shown().nodes[bus.source].label
            arrow = self.arrows[bus.source, target]
            sign = svg.SIGNS[arrow.sign]
            name = f"{sign} {label}" if box.side == 0 else f"{label} {sign}"
            yield self._branch(
                arrow, [(x, level), (edge, level)],
                svg.words(edge + inward * 12, level - 2.8, name, "heard", "start" if box.side == 0 else "end"),
                svg.dot(x, level),
            )  # fmt: skip

    def within(self, bus: _Bus, lane: int) -> Iterator[str]:
        """The same along the outer side of an organ."""
        source = self.boxes[bus.source]
        outward = -1.0 if source.side == 0 else 1.0
        edge = self.edges[source.side] + outward * WIDE
        x = edge + outward * OUTER * (lane + 2)
        y = source.outer[bus.source]
        yield svg.group(
            [svg.wire([(edge, y), (x, y)]), svg.wire([(x, bus.low), (x, bus.high)])],
            f"trunk thin {self.organ_of[bus.source]}",
            shown().nodes[bus.source].label,
            source=bus.source,
        )
        for target in bus.targets:
            level = self.boxes[target].outer[bus.source]
            yield self._branch(self.arrows[bus.source, target], [(x, level), (edge, level)])

    def _branch(self, arrow: Arrow, points: list[tuple[float, float]], *more: str) -> str:
        nodes = shown().nodes
        levers = f"; cut by {', '.join(arrow.levers)}" if arrow.levers else ""
        title = f"{nodes[arrow.source].label} {svg.WORDS[arrow.sign]} {nodes[arrow.target].label}{levers}"
        classes = f"arrow thin {self.organ_of[arrow.source]}{' meal' if arrow.meal else ''}"
        parts = [svg.wire(points), svg.head(points[0], points[1], arrow.sign), *more]
        return svg.group(
            parts,
            classes,
            title,
            source=arrow.source,
            target=arrow.target,
            levers=" ".join(arrow.levers),
        )


def _heading(width: float, stamp: Stamp) -> Iterable[str]:
    lines = (
        "point, +: raises · bar, −: lowers · diamond, ±: either, as the state has it · dashed: at meals",
        "In the middle, what organs tell each other; outside, what they tell themselves. Without the weakest.",
        f"metabosim {stamp.version} · {NOTE}",
    )
    yield svg.words(width / 2, MARGIN + 12, "Who acts on whom in the body", "title", "middle")
    for n, line in enumerate(lines):
        yield svg.words(width / 2, MARGIN + 30 + 15 * n, line, "quiet", "middle")


def _told(whole: Graph) -> str:
    """All arrows in words."""
    nodes = shown().nodes
    return (
        "; ".join(
            f"{nodes[a.source].label} {svg.WORDS[a.sign]} {nodes[a.target].label}"
            for a in whole.arrows.values()
        )
        + "."
    )
