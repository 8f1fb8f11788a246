"""Plots for a page: all that is drawn, in attributes a strict policy shows, and text as text."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import numpy as np
import pytest

from metabosim.plots import draw
from metabosim.plots.exhibit import dash_array, exhibit_of
from metabosim.plots.inline_svg import inline_svg
from metabosim.plots.picture import (
    Bar,
    BarPanel,
    Cell,
    Difference,
    Line,
    LinePanel,
    Picture,
    TablePanel,
    Threshold,
    Window,
)

HOSTILE = "<script>alert(1)</script> & \"'"
TIME = np.arange(0.0, 1441.0)


def picture(*more: TablePanel) -> Picture:
    """Two arms with marks, and bars."""
    lines = tuple(
        Line(arm, TIME, 5 + np.sin(TIME / slow)) for arm, slow in (("control", 90), ("drug", 110))
    )
    marks = (
        Window(300, 500),
        Difference(700, 4.2, 5.8, "much\n(at least 1)"),
        Threshold(6.1, HOSTILE),
    )
    bars = BarPanel("Shares", "%", (Bar("one", 20, "control"), Bar("two", -30)))
    panels = (LinePanel(f"Glucose {HOSTILE}", "mmol/L", lines, 0, 1440, marks), bars, *more)
    arms = {"control": "nothing", "drug": "daily"}
    return Picture("Title", "claim", "holds", "1 to spare", arms, panels, ("foot",))


@pytest.fixture(scope="module")
def svg() -> ElementTree.Element:
    """The picture's panels as an element."""
    return ElementTree.fromstring(exhibit_of(picture(), "mine").svg)


def test_text_is_text(svg: ElementTree.Element) -> None:
    """Labels can be searched and are nothing but text; title and claim are the page's to say."""
    said = " ".join(element.text or "" for element in svg.iter("text"))
    assert said.count(HOSTILE) >= 1
    assert "(at least 1)" in said
    assert "Title" not in said
    assert "foot" not in said
    assert {element.tag for element in svg.iter()} <= {
        "svg",
        "g",
        "path",
        "text",
        "use",
        "defs",
        "clipPath",
        "rect",
    }


def test_nothing_is_styled_but_by_attributes(svg: ElementTree.Element) -> None:
    """No style, no class, no handler; ids begin with the name, and each is referred to."""
    names = {name for element in svg.iter() for name in element.attrib}
    assert not {
        name for name in names if name in ("style", "class") or name.startswith(("on", "{"))
    }
    ids = [element.attrib["id"] for element in svg.iter() if "id" in element.attrib]
    text = ElementTree.tostring(svg, encoding="unicode")
    assert len(ids) == len(set(ids))
    assert all(name.startswith("mine-") and f"#{name}" in text for name in ids)


def test_the_courses_are_all_there(svg: ElementTree.Element) -> None:
    """Each arm's line is drawn in its colour, from one edge of the panel to the other, with its extremes."""
    lines = {
        element.attrib["stroke"]: np.array(re.findall(r"-?\d+\.?\d*", element.attrib["d"]), float).reshape(-1, 2)
        for element in svg.iter("path")
        if len(element.attrib["d"]) > 500
    }  # fmt: skip
    assert set(lines) == {"#000000", "#d55e00"}
    first, second = lines.values()
    assert first[0, 0] == second[0, 0] < first[-1, 0] == second[-1, 0]
    for line in lines.values():
        assert np.all(np.diff(line[:, 0]) >= 0)
    heights = [np.ptp(line[:, 1]) for line in lines.values()]
    assert heights[0] == pytest.approx(heights[1], abs=0.5)  # both swing by 2 mmol/L


def test_tables_are_for_the_page(svg: ElementTree.Element) -> None:
    """A table is handed on as such; a plot of nothing else has no drawing."""
    table = TablePanel("", ("row",), ("column",), {("row", "column"): Cell(1, "+1", 1)})
    exhibit = exhibit_of(picture(table), "mine")
    assert exhibit.tables == (table,)
    assert exhibit.titles[1] == "Shares"
    alone = Picture("t", "c", "holds", "", {"a": "", "b": ""}, (table,), ())
    assert (exhibit_of(alone, "x").svg, exhibit_of(alone, "x").key) == ("", ())


def test_the_key_says_how_arms_are_drawn() -> None:
    """Colours and dashes of the key are those of the lines."""
    control, drug = exhibit_of(picture(), "mine").key
    assert (control.name, control.words, control.dashes) == ("control", "nothing", "")
    text = exhibit_of(picture(), "mine").svg
    assert f'stroke="{drug.colour.lower()}"' in text
    drawn = re.search(
        r'stroke-dasharray="([\d.,]+)"[^>]*stroke="#d55e00"|stroke="#d55e00"[^>]*stroke-dasharray="([\d.,]+)"',
        text,
    )
    assert drawn
    dashes = [float(number) for number in (drawn[1] or drawn[2]).split(",")]
    assert dashes == pytest.approx([float(number) for number in drug.dashes.split()], rel=0.02)
    assert dash_array((0, (2, 1))) == "5.2 2.6"


def test_the_same_picture_gives_the_same_text() -> None:
    """No date, no number of the process."""
    assert exhibit_of(picture(), "mine") == exhibit_of(picture(), "mine")


def test_a_path_keeps_its_points() -> None:
    """Shorter paths mean the same: letters that go without saying, curves untouched."""
    head = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10.55 20">'
    text = inline_svg(
        f'{head}<path d="M 1.0004 2 \nL 3 -0.001 \nL 5 6 \nz\nM 1 1 \nC 1 2 3 4 5 6 \nL 7 8 \n" '
        'style="fill: #ff0000; stroke-linejoin: miter"/></svg>',
        "x",
    )
    path = ElementTree.fromstring(text)[0]
    assert path.attrib == {
        "d": "M1 2 3 0 5 6zM1 1C1 2 3 4 5 6L7 8",
        "fill": "#ff0000",
        "stroke-linejoin": "miter",
    }


@pytest.mark.parametrize("width", [None, 8.0])
def test_sizes_at_the_ends_of_bars_cover_no_name(width: float | None) -> None:
    """Long units beside bars that go both ways stay within the axes, on a page as on a slide."""
    bars = (
        Bar("whole effect", -0.105),
        Bar("through visceral fat and lean mass", 0.163),
        Bar("past it", -0.268),
    )
    panel = BarPanel(
        "M", "mg/kg/min", bars, (Threshold(-0.2, "early: 0.1 mg/kg/min down, as asked for"),)
    )
    shown = Picture(
        "t", "c", "holds", "", {"control": "", "drug": ""}, (*picture().panels, panel), ()
    )
    figure = draw(shown, width=width)
    figure.canvas.draw()
    axes = figure.axes[-1]
    sizes = [text for text in axes.texts if text.get_text().endswith("kg/min")]
    assert len(sizes) == len(bars)
    for text in sizes:
        box = text.get_window_extent()
        assert axes.bbox.x0 <= box.x0 < box.x1 <= axes.bbox.x1 + 1
