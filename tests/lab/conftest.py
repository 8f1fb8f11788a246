"""The lab's page as a user gets it, and a browser that has it open from disk with the network off."""

import json
from dataclasses import dataclass, field

import pytest

from metabosim.cli import execute


@pytest.fixture(scope="session")
def lab_file(tmp_path_factory):
    """The page, written by the command."""
    path = tmp_path_factory.mktemp("lab") / "lab.html"
    assert execute(["lab", "--out", str(path)]) == 0
    return path


@dataclass
class Lab:
    """A tab with the page in it; what went wrong in it, and what it asked for."""

    page: object
    address: str
    faults: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def go(self, link="", *, main="main h1"):
        """Open the page at a link, and wait until the model has run."""
        self.page.goto("about:blank")
        self.page.goto(f"{self.address}#{link}")
        self.page.locator(main).first.wait_for(timeout=60_000)
        self.rest()
        return self.page

    def rest(self):
        """Wait until nothing is being computed."""
        self.page.wait_for_timeout(120)
        self.page.locator(".waiting").wait_for(state="detached", timeout=120_000)

    def curves(self, role="now"):
        """The lines of the first graph, as they are drawn."""
        found = self.page.locator(".see .chart").first.locator(f".curve.{role}")
        return [found.nth(i).get_attribute("d") for i in range(found.count())]

    def link(self, part):
        """The page's link, once it has `part` in it: it is written a moment after the last change."""
        self.page.wait_for_function("part => location.hash.includes(part)", arg=part)
        return self.page.evaluate("location.hash")

    def save(self, name):
        """What a button saves, as text or bytes."""
        with self.page.expect_download() as waiting:
            self.page.get_by_role("button", name=f"Save as {name}", exact=True).click()
        return waiting.value

    def slide(self, label, value):
        """Pull a slider to a value and let it go."""
        self.page.get_by_label(label, exact=True).first.evaluate(
            "(input, value) => { input.value = value;"
            "for (const kind of ['input', 'change']) input.dispatchEvent(new Event(kind, {bubbles: true})); }",
            str(value),
        )
        self.rest()

    def data(self):
        """The model's data that the page carries."""
        return json.loads(self.page.locator("#lab-data").text_content())


def opened(browser, lab_file, **options):
    """A tab of its own, and the context to close."""
    context = browser.new_context(offline=True, accept_downloads=True, **options)
    page = context.new_page()
    lab = Lab(page, lab_file.as_uri())
    page.on("pageerror", lambda error: lab.faults.append(str(error)))
    page.on(
        "console",
        lambda said: lab.faults.append(said.text) if said.type in ("error", "warning") else None,
    )
    page.on("request", lambda request: lab.asked.append(request.url))
    return context, lab


@pytest.fixture
def lab(browser, lab_file):
    """The page in a tab; afterwards nothing may have gone wrong in it, and nothing been asked for from elsewhere."""
    context, lab = opened(browser, lab_file)
    yield lab
    context.close()
    assert lab.faults == []
    assert {url.split(":")[0] for url in lab.asked} <= {"file", "blob", "about", "data"}
