"""The page in a browser, opened from disk without a network: at three widths, light and dark."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from metabosim.report import report_page

WIDTHS = {"phone": 375, "tablet": 800, "projector": 1280}


@pytest.fixture(scope="module")
def file(everything: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of every bundled claim, on disk."""
    path = tmp_path_factory.mktemp("page") / "report.html"
    path.write_text(report_page(*everything), encoding="utf-8")
    return path


@pytest.fixture(params=["light", "dark"])
def scheme(request: pytest.FixtureRequest) -> str:
    """What the reader prefers."""
    return str(request.param)


@pytest.fixture
def page(browser: Any, file: Path, scheme: str) -> Iterator[Any]:
    """The page opened; whatever it asks for beside itself, and whatever the console says, is an error."""
    context = browser.new_context(offline=True, color_scheme=scheme, bypass_csp=False)
    opened = context.new_page()
    wrong: list[str] = []
    opened.on("console", lambda message: wrong.append(message.text))
    opened.on("pageerror", lambda error: wrong.append(str(error)))
    opened.on(
        "request",
        lambda request: request.url.startswith(("file:", "data:")) or wrong.append(request.url),
    )
    opened.goto(file.as_uri())
    yield opened
    context.close()
    assert wrong == []


@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS)
def test_it_fits(page: Any, width: int) -> None:
    """The page is never wider than the window; what is wider scrolls in its own box."""
    page.set_viewport_size({"width": width, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_it_can_be_read_with_the_letters_twice_as_large(page: Any) -> None:
    """At 200 % zoom a laptop's window is 640 pixels wide; nothing is cut off."""
    page.set_viewport_size({"width": 640, "height": 400})
    assert page.evaluate("document.documentElement.scrollWidth") <= 640


def test_plots_are_drawn_in_the_colours_of_the_page(page: Any, scheme: str) -> None:
    """Colours of plots follow what the reader prefers, policy or no policy."""
    stroke = "getComputedStyle(document.querySelector('div.plot path[stroke]')).stroke"
    wanted = {"light": "rgb(0, 114, 178)", "dark": "rgb(86, 180, 233)"}
    assert page.evaluate(stroke) == wanted[scheme]


def test_axe_finds_nothing(page: Any) -> None:
    """No rule of axe-core is broken, with everything unfolded."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    page.set_viewport_size({"width": 375, "height": 800})
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
    found = axe.Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def test_the_keyboard_reaches_what_scrolls(page: Any) -> None:
    """Whatever scrolls sideways can be focused, and the first stop skips to the overview."""
    page.set_viewport_size({"width": 375, "height": 800})
    unreachable = page.evaluate(
        """[...document.querySelectorAll('*')].filter(one => one.scrollWidth > one.clientWidth + 1
            && ['auto', 'scroll'].includes(getComputedStyle(one).overflowX) && one.tabIndex < 0).length"""
    )
    assert unreachable == 0
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#overview"


def test_on_paper_nothing_is_folded_away(page: Any) -> None:
    """Printed, the checks are there and the contents are not; paper is white whatever the screen is."""
    page.emulate_media(media="print")
    height = page.evaluate("document.querySelector('details table').getBoundingClientRect().height")
    assert height > 20
    assert page.evaluate("getComputedStyle(document.querySelector('nav')).display") == "none"
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
