"""Pictures: what is in them, that labels stay apart, that the same picture is the same bytes."""

from __future__ import annotations

import dataclasses
import itertools
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.text import Text

from metabosim.output import Stamp
from metabosim.plots import draw, letters, png_and_svg
from metabosim.plots.picture import (
    Bar,
    BarPanel,
    Cell,
    Curve,
    CurvePanel,
    Difference,
    Event,
    Level,
    Line,
    LinePanel,
    Panel,
    Picture,
    Point,
    Range,
    TablePanel,
    Threshold,
    Window,
)
from metabosim.plots.style import CHECK, EXPECTED, NEUTRAL, arm_styles, shown_number
from metabosim.plots.time_axis import tick_text, ticks
from metabosim.plots.words import duration, verdict_words
from metabosim.units import best_unit

STAMP = Stamp("demo", "abc123", 7)
DAY = np.arange(0.0, 1441.0)


def course(arm: str, base: float, height: float) -> Line:
    """A meal at 8 h."""
    x = np.clip((DAY - 480) / 60, 0, None)
    return Line(arm, DAY, base + height * x * np.exp(1 - x))


def picture(*panels: Panel, arms: tuple[str, ...] = ("control", "treated")) -> Picture:
    """A picture of these panels."""
    return Picture(
        title="A title",
        claim="A claim in one sentence.",
        verdict="holds",
        margin="0.4 mmol/L to spare",
        arms=dict.fromkeys(arms, "lean-healthy"),
        panels=panels,
        footer=("In reality (contested): perhaps.", STAMP.line),
    )


GLUCOSE = LinePanel(
    "Plasma glucose",
    "mmol/L",
    (course("control", 5, 3), course("treated", 5, 2)),
    360,
    1440,
    (
        Window(480, 720),
        Threshold(3.9, "not below 3.9 mmol/L"),
        Range(4.5, 5.5, "within 0.5 mmol/L of the baseline"),
        Point("control", 540, 8),
        Point("treated", 540, 7),
        Level("treated", 480, 720, 6),
        Difference(600, 7, 8, "1 mmol/L\n(at least 0.3 mmol/L)"),
        Event(480, "meal"),
    ),
)
BARS = BarPanel(
    "Shares", "%", (Bar("secretion", 60), Bar("emptying", -4)), (Threshold(5, "at least 5 %"),)
)
CURVES = CurvePanel(
    "Insulin secretion",
    "pmol/min",
    (Curve("control", (3.5, 5, 10), (40, 80, 260)), Curve("treated", (3.5, 5, 10), (41, 130, 900))),
    "glucose held at",
    "mmol/L",
)
TABLE = TablePanel(
    "",
    ("glucose", "visceral fat"),
    ("semaglutide", "tesamorelin"),
    {
        ("glucose", "semaglutide"): Cell(-1, "−0.6 mmol/L", -1),
        ("glucose", "tesamorelin"): Cell(1, "+0.1 mmol/L", None),
        ("visceral fat", "tesamorelin"): Cell(0, "0 kg", -1, word="none", source_word="indirect"),
    },
)


def texts(figure: Figure) -> list[str]:
    """All that is written in a figure."""
    return [text.get_text() for text in figure.findobj(Text) if text.get_text()]


def inside(figure: Figure) -> bool:
    """Whether all that is drawn lies within the figure."""
    drawn = figure.get_tightbbox()
    width, height = figure.get_size_inches()
    return bool(drawn.x0 >= 0 and drawn.y0 >= 0 and drawn.x1 <= width and drawn.y1 <= height)


def test_a_picture_says_what_it_must() -> None:
    """Title, claim, verdict, margin, arms, units, checks, and the note are all written."""
    written = " ".join(texts(draw(picture(GLUCOSE))))
    for wanted in (
        "A title", "A claim in one sentence.", "HOLDS", "0.4 mmol/L to spare", "control", "treated",
        "Plasma glucose (mmol/L)", "time of day", "meal", "not below 3.9 mmol/L", "at least 0.3",
        "illustrative, not clinical", "abc123", "seed 7", "In reality (contested)",
    ):  # fmt: skip
        assert wanted in written


@pytest.mark.parametrize(
    "panels",
    [
        (GLUCOSE,),
        (GLUCOSE, GLUCOSE, GLUCOSE),
        (GLUCOSE, GLUCOSE, GLUCOSE, GLUCOSE, GLUCOSE),
        (BARS, CURVES),
        (TABLE,),
    ],
)
def test_nothing_is_clipped(panels: tuple[Panel, ...]) -> None:
    """Every text lies inside the picture, whatever is drawn and however many panels there are."""
    assert inside(draw(picture(*panels)))


def test_long_texts_are_wrapped_not_clipped() -> None:
    """A very long title, claim, note and arm name still fit."""
    long = " ".join(["somatotropic"] * 40)
    crowded = dataclasses.replace(
        picture(GLUCOSE), title=long, claim=long, footer=(long, long), caption=long
    )
    assert inside(draw(crowded))


def test_a_dollar_is_a_dollar() -> None:
    """Text from a scenario is never read as a formula."""
    plain = dataclasses.replace(picture(GLUCOSE), claim=r"$\frac{$ 5 $ and _this^")
    assert r"$\frac{$ 5 $ and _this^" in texts(draw(plain))


def test_lines_are_the_values() -> None:
    """The curves drawn are the values given, the control in black and solid."""
    axes = draw(picture(GLUCOSE)).axes[0]
    control, treated = axes.lines[:2]
    assert np.array_equal(control.get_ydata(), GLUCOSE.lines[0].values)
    assert np.array_equal(treated.get_ydata(), GLUCOSE.lines[1].values)
    assert control.get_color() == "#000000"
    assert control.get_linestyle() != treated.get_linestyle()


def test_nearly_flat_curves_look_flat() -> None:
    """A change of a thousandth does not fill the panel."""
    flat = Line("control", DAY, 5 + 0.001 * np.sin(DAY / 100))
    low, high = draw(picture(LinePanel("g", "mmol/L", (flat,), 0, 1440))).axes[0].get_ylim()
    assert high - low > 0.2


def test_arms_differ_without_colour() -> None:
    """Any two of many arms differ in line style or colour, the first seven in both."""
    styles = list(arm_styles(map(str, range(14))).values())
    assert len({(style.colour, str(style.dashes)) for style in styles}) == 14
    assert len({style.colour for style in styles[:7]}) == 7
    assert len({str(style.dashes) for style in styles[:7]}) == 7


def test_same_picture_same_bytes() -> None:
    """PNG and SVG repeat to the byte, and carry no date."""
    first = png_and_svg(picture(GLUCOSE, BARS), STAMP)
    assert png_and_svg(picture(GLUCOSE, BARS), STAMP) == first
    text = first[1].decode()
    assert "<dc:date>" not in text
    assert not re.search(r"20\d\d-\d\d-\d\d", text)


def test_pictures_are_stamped() -> None:
    """The files themselves say version, scenario, hash, seed and what they are not."""
    raster, vector = png_and_svg(picture(GLUCOSE), STAMP)
    assert STAMP.line.encode() in raster
    assert STAMP.line in vector.decode()


@given(
    st.lists(st.floats(0, 100), min_size=1, max_size=12),
    st.floats(0.5, 20),
)
def test_labels_stay_apart(wanted: list[float], gap: float) -> None:
    """Labels keep their order, their distance as far as there is room, and the limits."""
    places = letters.spread(wanted, gap, 0, 100)
    possible = min(gap, 100 / max(len(wanted) - 1, 1))
    assert all(-1e-6 <= place <= 100 + 1e-6 for place in places)
    for one, other in itertools.pairwise(sorted(places)):
        assert other - one >= possible - 1e-6
    order = sorted(range(len(wanted)), key=lambda n: wanted[n])
    assert all(places[a] <= places[b] + 1e-9 for a, b in itertools.pairwise(order))


def test_labels_with_room_stay_where_they_are() -> None:
    """A label moves only if it must."""
    assert letters.spread([10, 50, 90], 5, 0, 100) == [10, 50, 90]


def test_wrapped_lines_fit() -> None:
    """No line is wider than asked, and no word is lost."""
    text = "Slower emptying of the stomach makes the glucose peak lower and later"
    lines = letters.wrap(text, 14, 2.5)
    assert " ".join(lines) == text
    assert all(letters.width(line, 14) <= 2.5 for line in lines)


@pytest.mark.parametrize(
    ("minutes", "unit"),
    [(90, "min"), (1440, "h"), (7 * 1440, "d"), (26 * 10_080, "weeks"), (10 * 525_960, "years")],
)
def test_time_has_a_sensible_unit(minutes: float, unit: str) -> None:
    """An hour is not told in weeks, nor ten years in minutes; ticks are few and inside."""
    assert best_unit(0, minutes) == unit
    places = ticks(0, minutes, unit)
    assert 3 <= len(places) <= 9
    assert places[0] >= 0
    assert places[-1] <= minutes


def test_clock() -> None:
    """On a clock 8 h is 08:00, and midnight begins the next day."""
    assert tick_text(480, "h", True) == "08:00"
    assert tick_text(1440, "h", True) == "day 2"
    assert tick_text(480, "h", False) == "8"


def test_numbers_and_verdicts_in_words() -> None:
    """Sizes are told as one would say them."""
    assert shown_number(-0.12345) == "−0.123"
    assert duration(26 * 10_080) == "26 weeks"
    assert verdict_words("holds", 0.42, "mmol/L") == "0.42 mmol/L to spare"
    assert verdict_words("fails", -0.42, "mmol/L") == "0.42 mmol/L short"
    assert verdict_words("holds", 2880.0, "min") == "48 h to spare"
    assert verdict_words("vacuous", None, "") == "there was nothing to judge"
    assert "too close" in verdict_words("inconclusive", 0.001, "kg")


def test_table_agreement() -> None:
    """A cell agrees, differs, or has nothing to agree with, and the table says which."""
    assert Cell(1, "", 1).agrees is True
    assert Cell(1, "", 0).agrees is False
    assert Cell(1, "", None).agrees is None
    written = " ".join(texts(draw(picture(TABLE))))
    for wanted in ("article agrees: ▼", "article is silent", "article differs: indirect", "none"):
        assert wanted in written


def notes_of(figure: Figure) -> list[Text]:
    """The notes written into the first panel."""
    return [text for text in figure.axes[0].texts if text.get_color() == CHECK and text.get_text()]


def test_notes_cover_no_curve() -> None:
    """A note finds a free place, even where a curve runs through the place beside its mark."""
    time = np.linspace(0, 1440, 400)
    wave = Line("control", time, 5 + np.sin(time / 90))
    label = "1.5 mmol/L\n(at least 0.3 mmol/L)"
    marks = (Difference(700, 4.5, 6, label), Threshold(3.6, "not below 3.6 mmol/L"))
    figure = draw(picture(LinePanel("g", "mmol/L", (wave,), 0, 1440, marks), arms=("control",)))
    axes = figure.axes[0]
    curve = axes.transData.transform(np.column_stack([time, wave.values]))
    boxes = [note.get_window_extent() for note in notes_of(figure)]
    assert len(boxes) == 2
    for box in boxes:
        assert not box.count_contains(curve)
        assert axes.get_window_extent().x0 <= box.x0
        assert box.x1 <= axes.get_window_extent().x1
    assert not boxes[0].overlaps(boxes[1])


def test_levels_are_drawn_where_the_check_looks() -> None:
    """A threshold with a window is drawn over the window only."""
    level = Threshold(3.9, "not below", 480, 720)
    axes = draw(picture(dataclasses.replace(GLUCOSE, marks=(level,)))).axes[0]
    (dashes,) = [lines.get_segments()[0] for lines in axes.collections]
    assert dashes[:, 0].tolist() == [480, 720]


def test_no_triangle_without_a_name() -> None:
    """Where names have no room, their triangles are left out; a name known already may repeat."""
    close = tuple(Event(600 + n, f"something long that is done, number {n}") for n in range(3))
    again = (Event(600, "meal"), Event(900, "meal"))
    for events, triangles in ((close, 1), (again, 2)):
        axes = draw(picture(dataclasses.replace(GLUCOSE, marks=events))).axes[0]
        assert sum(line.get_marker() == "v" for line in axes.lines) == triangles


def test_wrapped_titles_make_room() -> None:
    """A title of two lines stands clear of the axis label of the row above."""
    long = dataclasses.replace(BARS, title="Half of the answer of the muscle to insulin " * 4)
    figure = draw(picture(GLUCOSE, long))
    figure.canvas.draw()
    above = figure.axes[0].xaxis.label.get_window_extent()
    (title,) = [text for text in figure.axes[1].texts if "Half of the answer" in text.get_text()]
    assert title.get_window_extent().y1 <= above.y0


def test_bars_of_no_arm_have_no_arms_colour() -> None:
    """A share or a path is grey, and what a null expects is a lighter grey."""
    bars = (Bar("a", 1, "treated"), Bar("path", 2), Bar("expected", 3, expected=True))
    axes = draw(picture(BarPanel("t", "kg", bars))).axes[0]
    colours = [to_hex(patch.get_facecolor()).upper() for patch in axes.patches[:3]]
    assert colours == [
        arm_styles(["control", "treated"])["treated"].colour,
        *map(str.upper, (NEUTRAL, EXPECTED)),
    ]
