"""The page for everybody: axe-core finds nothing, nothing overflows, in light and dark, on a phone and at 200 %."""

from pathlib import Path

import pytest

from lab.conftest import opened

axe = pytest.importorskip("axe_playwright_python", reason="axe-playwright-python is not installed")
AXE = (Path(axe.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
VIEWS = {
    "home": "",
    "question": "view=scenario&scenario=meal-homeostasis",
    "curves": "view=scenario&scenario=glucose-dependent-secretion&seen=1&answer=0&without=no-glucose-gate",
    "bars": "view=scenario&scenario=combo-synergy&seen=1&levers=ghrp_drive:2&lang=de",
    "cycle": "view=cycle&held=insulin_storage",
    "two": "view=compare&weeks=4",
}


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("view", list(VIEWS))
def test_axe_finds_nothing(browser, lab_file, view, theme):
    """No rule of axe-core is broken, with everything that can be opened open."""
    context, lab = opened(
        browser, lab_file, color_scheme=theme, viewport={"width": 1280, "height": 900}
    )
    page = lab.go(VIEWS[view])
    page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
    page.wait_for_timeout(300)
    page.evaluate(AXE)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    context.close()
    assert [
        (rule["id"], [node["target"] for node in rule["nodes"]][:4]) for rule in found["violations"]
    ] == []


@pytest.mark.parametrize("view", list(VIEWS))
@pytest.mark.parametrize(("width", "scale"), [(375, 1), (768, 1), (640, 2), (1600, 1)])
def test_nothing_overflows(browser, lab_file, view, width, scale):
    """The page is never wider than the window: a phone, a tablet, a laptop at 200 %, a projector."""
    viewport = {"width": width, "height": 720}
    context, lab = opened(browser, lab_file, viewport=viewport, device_scale_factor=scale)
    page = lab.go(VIEWS[view])
    page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
    page.wait_for_timeout(200)
    wide = page.evaluate("document.documentElement.scrollWidth")
    context.close()
    assert wide <= width


def test_tab_reaches_everything(lab):
    """Walking with Tab alone meets every control that is shown, and each shows that it has the focus."""
    page = lab.go("view=scenario&scenario=meal-homeostasis&seen=1", main=".see .verdict")
    selector = "a[href], button, input, select, summary, [tabindex='0']"
    wanted = page.evaluate(
        """selector => [...document.querySelectorAll(selector)]
            .filter(one => one.checkVisibility() && !one.disabled && one.tabIndex >= 0).length""",
        selector,
    )
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("Tab")
    for _ in range(wanted + 5):
        page.evaluate("document.activeElement.dataset.met = 'yes'")
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement === document.body"):
            break
    assert page.locator("[data-met]").count() >= wanted - 1


def test_graphs_speak(lab):
    """A graph has a summary with numbers, walks along its curves by arrow keys, and has a table."""
    page = lab.go("view=scenario&scenario=meal-homeostasis&seen=1", main=".see .verdict")
    chart = page.locator(".see .chart").first
    assert "usual: starts at 5" in chart.get_attribute("aria-label")
    chart.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("PageUp")
    assert "mmol/L" in page.locator(".see .readout").first.inner_text()
    page.locator(".see .data-table summary").first.click()
    table = page.locator(".see .data-table table").first
    table.locator("tbody tr").first.wait_for()
    assert table.locator("tbody tr").count() >= 6
    assert table.locator("thead th").all_inner_texts()[1:] == ["small", "usual", "large"]


def test_little_motion_is_respected(browser, lab_file):
    """Who wants little motion sees the cycle in steps, not gliding."""
    context, lab = opened(browser, lab_file, reduced_motion="reduce")
    page = lab.go("view=cycle")
    page.get_by_role("button", name="Play").click()
    seen = set()
    for _ in range(20):
        page.wait_for_timeout(50)
        seen.add(page.locator(".cycle-now").first.get_attribute("r"))
    context.close()
    assert len(seen) <= 3
