"""The wiring diagrams show what acts on what in the equations, with the right sign, and can be read."""

import json
import re
from collections import defaultdict
from itertools import combinations
from xml.etree import ElementTree

import numpy as np
import pytest

import metabosim as ms
import wiring as tool
from metabosim import cli
from metabosim.body import LEVERS, OBSERVABLES, STATES, vector
from metabosim.exchange.symbols import ORGANS
from metabosim.exchange.wiring import GRAPH, graph_data, pictures
from metabosim.exchange.wiring_data import shown
from metabosim.exchange.wiring_graph import effects_of, graph, local_slopes, looked_at, values
from metabosim.output import OWN_MARK
from metabosim.version import NOTE
from plain import MathFunctions

SVG = "{http://www.w3.org/2000/svg}"
DRAWN = pictures()
SIZES = {
    "title": 17,
    "kind": 13,
    "quiet": 11,
    "lever": 10.5,
    "organ": 10,
    "name": 12.5,
    "sign": 13,
    "heard": 10,
}
PATHS = {path.id: path for path in shown().paths}


def rates(y, c):
    """Rates of change by the plain interpreter."""
    return np.array(vector.evaluate(MathFunctions(), y, c)[0])


def slopes_at(y, c):
    """The slope of every arrow at one state, one number for the terms of a node that is several."""
    known = values(y[None], c[None])
    effects = effects_of(local_slopes()[0], known)
    sizes = {
        node.id: sum(abs(float(known[term][0])) for term in node.terms)
        for node in shown().nodes.values()
    }
    return {step: float(effect[0]) / sizes[step[0]] for step, effect in effects.items()}


def pushed(slopes, start):
    """How every node that is no state, and every state's rate, answers to one state, along all arrows."""
    answer = {start: 1.0}
    waiting = [name for name in shown().nodes if name not in STATES]
    into = defaultdict(list)
    for (source, target), slope in slopes.items():
        into[target].append((source, slope))
    while waiting:  # in an order in which everything that acts on a node comes before it
        node = next(n for n in waiting if not {s for s, _ in into[n]} & set(waiting))
        answer[node] = sum(slope * answer.get(source, 0.0) for source, slope in into[node])
        waiting.remove(node)
    return {
        name: sum(slope * answer.get(source, 0.0) for source, slope in into[name])
        for name in STATES
    }


LOOKED = [0, 40, 90, 130, 200, 333, 480, 600, 700]  # rows: some at rest, the rest random


@pytest.mark.parametrize("row", LOOKED)
def test_arrows_carry_the_jacobian(row):
    """Followed along all arrows, a push on one state changes the others' rates as a finite difference says."""
    states, constants, _ = looked_at()
    y, c = states[row], constants[row]
    slopes = slopes_at(y, c)
    merged = {node.id for node in shown().nodes.values() if len(node.terms) > 1}
    # what takes only a part of a node that is several terms cannot be told by one slope
    apart = {target for source, target in slopes if source in merged and target != "glucose"}
    for source in (name for name in STATES if not name.startswith("drug2")):
        j = vector.STATE[source]
        step = 1e-5 * abs(y[j])
        up, down = y.copy(), y.copy()
        up[j], down[j] = y[j] + step, y[j] - step
        wanted = (rates(up, c) - rates(down, c)) / (2 * step)
        noise = 1e-12 * np.abs(rates(y, c)) / step + 1e-9 * np.abs(wanted).max()
        found = pushed(slopes, source)
        for target in set(STATES) - {source} - apart:
            i = vector.STATE[target]
            assert found[target] == pytest.approx(wanted[i], rel=1e-4, abs=noise[i]), (
                source,
                target,
            )


@pytest.mark.parametrize("row", LOOKED)
def test_signs_are_those_of_the_slopes(row):
    """An arrow's sign is its slope's, wherever one looks, unless it is said to depend on the state."""
    states, constants, rest = looked_at()
    slopes = slopes_at(states[row], constants[row])
    seen = 0
    for step, arrow in graph().arrows.items():
        sign = arrow.at_rest if row < rest else arrow.sign
        if not arrow.meal and sign != "±" and abs(slopes[step]) > 1e-12:
            assert (slopes[step] > 0.0) == (sign == "+"), step
            seen += 1
    assert seen > 100


def test_every_lever_cuts_an_arrow_or_acts_on_a_node():
    """And the arrow it cuts carries nothing when it is 0: a lever is on no arrow by mistake."""
    on_arrows = {lever for arrow in graph().arrows.values() for lever in arrow.levers}
    assert on_arrows | set(graph().loose_levers) == set(LEVERS)
    assert all(graph().loose_levers.values())
    known = {
        "vat_inflammation": ("vat", "inflammation"),
        "ffa_resistance": ("ffa", "signalling"),
        "glp1_appetite": ("glp1_drive", "appetite"),
        "igf1_feedback": ("igf1", "wiring.released"),
        "glucose_gating": ("calcium", "islet.gate"),
        "gh_vat_lipolysis": ("gh_late", "vat"),
    }
    for lever, step in known.items():
        assert lever in graph().arrows[step].levers
        cut = [s for s, arrow in graph().arrows.items() if lever in arrow.levers]
        assert cut == [step], lever


def test_every_lever_is_on_a_named_path():
    """Whatever can be cut has a picture, but for what cuts no arrow."""
    on_paths = {lever for path in PATHS.values() for lever in graph().levers(path)}
    assert on_paths | set(graph().loose_levers) == set(LEVERS)


@pytest.mark.parametrize("path", PATHS.values(), ids=PATHS)
def test_a_named_path_is_in_the_equations(path):
    """Every arrow of it is there, no node comes twice, and its sign at rest is certain."""
    assert len(set(path.nodes)) == len(path.nodes)
    assert len(graph().along(path)) == len(path.steps)
    assert graph().sign(path) in "+-"


@pytest.mark.parametrize(
    ("loop", "sign"),
    [
        ("belly-and-inflammation", "+"),
        ("belly-and-gh", "+"),
        ("fatty-acids", "+"),
        ("hunger-amid-plenty", "+"),
        ("meal-and-insulin", "-"),
        ("counterregulation", "-"),
        ("gh-and-igf1", "-"),
        ("fat-stores", "-"),
        ("incretin", "-"),
    ],
)
def test_loops_do_what_physiology_says(loop, sign):
    """The vicious circles feed themselves, the regulations steady; incretins lower glucose."""
    assert graph().sign(PATHS[loop]) == sign


def test_meals_carry_appetite():
    """The one arrow that is no equation: appetite held higher, and more is in the stomach after breakfast."""
    runs = [
        ms.simulate("lean-healthy", [ms.Hold("appetite_index", size)], duration="10 h")
        for size in (1.0, 1.2)
    ]
    for _, state in shown().meals:
        low, high = (run[state][485] for run in runs)
        assert high > 1.05 * low


def test_the_graph_for_pages():
    """Nodes, arrows and paths refer to one another, and every name is one that a page has elsewhere."""
    data = graph_data()
    assert json.loads(DRAWN[GRAPH])["arrows"] == data["arrows"]
    nodes = {node["id"] for node in data["nodes"]}
    steps = {(arrow["from"], arrow["to"]): arrow for arrow in data["arrows"]}
    assert len(steps) == len(data["arrows"])
    for node in data["nodes"]:
        assert node["organ"] in ORGANS
        assert node["text"]
        assert node["observable"] is None or node["observable"] in OBSERVABLES
    for arrow in data["arrows"]:
        assert {arrow["from"], arrow["to"]} <= nodes
        assert set(arrow["levers"]) <= set(LEVERS)
    for path in data["paths"]:
        for step in PATHS[path["id"]].steps:
            assert path["id"] in steps[step]["paths"]
    observed = {node["observable"] for node in data["nodes"]}
    assert {"glucose_mmol_l", "glucose_production_mmol_min", "vat_kg"} <= observed
    assert set(STATES) - nodes == {"drug2_depot", "drug2_centre", "drug2_effect"}


@pytest.mark.parametrize("name", DRAWN)
def test_a_picture_is_fresh(name):
    """What stands in docs/img/wiring is what would be drawn now: python tools/wiring.py."""
    assert (tool.FOLDER / name).read_text(encoding="utf-8") == DRAWN[name]


def test_no_picture_is_left_over():
    """Nothing else lies there."""
    assert {path.name for path in tool.FOLDER.iterdir()} == set(DRAWN)


def texts(root):
    """Every text of a picture as a box: left, top, right, bottom; as wide as it may be set."""
    for element in root.iter(f"{SVG}text"):
        kind = element.get("class")
        size = SIZES[kind]
        width = len(element.text) * size * (0.61 if kind == "lever" else 0.56)
        x, y = float(element.get("x")), float(element.get("y"))
        shift = {"start": 0.0, "middle": -width / 2, "end": -width}[element.get("text-anchor")]
        yield element.text, (x + shift, y - 0.75 * size, x + shift + width, y + 0.2 * size)


@pytest.mark.parametrize("name", [name for name in DRAWN if name.endswith(".svg")])
def test_a_picture_can_be_read(name):
    """Valid XML that says what it is; no text on another, none cut off, none outside its box, no two wires as one."""
    text = DRAWN[name]
    root = ElementTree.fromstring(text)
    assert OWN_MARK.search(text.encode()[:4096])
    assert NOTE in text
    assert "prefers-color-scheme:dark" in text
    assert root.get("role") == "img"
    _, _, width, height = map(float, root.get("viewBox").split())
    assert width <= 900.0  # GitHub shows it as large as it is
    placed = list(texts(root))
    for said, (left, top, right, bottom) in placed:
        assert left >= 0.0, said
        assert right <= width, said
        assert top >= 0.0, said
        assert bottom <= height, said
    for (a, one), (b, other) in combinations(placed, 2):
        apart = one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
        assert apart, (a, b)
    for group in root.iter(f"{SVG}g"):
        if group.get("data-node"):
            room = float(group.find(f"{SVG}rect").get("width"))
            assert all(right - left < room for _, (left, _, right, _) in texts(group))
    assert not list(_lying_on_each_other(root))


def _lying_on_each_other(root):
    """Level or upright wires of two sources that share more than a point."""
    lines = defaultdict(list)
    for group in root.iter(f"{SVG}g"):
        for wire in group.findall(f"{SVG}polyline"):
            (x1, y1), (x2, y2) = (map(float, p.split(",")) for p in wire.get("points").split())
            source = group.get("data-source")
            if abs(y1 - y2) < 0.01:
                lines["level", round(y1)].append((min(x1, x2), max(x1, x2), source))
            elif abs(x1 - x2) < 0.01:
                lines["upright", round(x1)].append((min(y1, y2), max(y1, y2), source))
    for place, found in lines.items():
        for (a, b, one), (c, d, other) in combinations(found, 2):
            if one != other and min(b, d) - max(a, c) > 1.0:
                yield place, one, other


def test_every_arrow_is_drawn_with_its_sign():
    """In the picture of the body: each arrow but the weakest once, ending in the shape of its sign."""
    root = ElementTree.fromstring(DRAWN["body.svg"])
    drawn = {}
    for group in root.iter(f"{SVG}g"):
        if "arrow" in group.get("class").split():
            step = group.get("data-source"), group.get("data-target")
            assert step not in drawn
            ends = [e.get("class") for e in group if e.tag in (f"{SVG}polygon", f"{SVG}line")]
            drawn[step] = {"head": "+", "bar": "-", "open": "±"}[ends[0]]
    wanted = {step: a.sign for step, a in graph().arrows.items() if not a.weak}
    assert drawn == wanted
    assert sum(arrow.weak for arrow in graph().arrows.values()) < 3


def test_the_command_writes_them(tmp_path, monkeypatch):
    """All pictures and the graph, into a folder, and again over itself."""
    monkeypatch.chdir(tmp_path)
    for _ in range(2):
        assert cli.execute(["export", "--format", "wiring", "--out", "diagrams"]) == 0
    assert {path.name for path in (tmp_path / "diagrams").iterdir()} == set(DRAWN)
    assert not re.search(r"\d{4}-\d\d-\d\d", DRAWN["body.svg"])  # no date: the same bytes again
