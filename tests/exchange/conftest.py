"""The two engines that JavaScript is run in: Node.js, and Chromium where there is one."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from metabosim.exchange.javascript import FOLDER

HERE = Path(__file__).parent
SITE = "http://metabosim.test"  # answered from these folders, and from nowhere else
NODE = shutil.which("node")
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
# the first for containers, where a sandbox within cannot be made; the others keep it from the network
OPTIONS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
OPTIONS += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]


def in_node(*jobs):
    """Node.js's answers to some jobs."""
    done = subprocess.run(
        [NODE, str(HERE / "driver.mjs")],
        input=json.dumps({"folder": str(FOLDER), "jobs": jobs}),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="session")
def browser():
    """Debian's Chromium, without a window."""
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed (Debian's package is 'chromium')")
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with playwright.sync_playwright() as driver:
        launched = driver.chromium.launch(executable_path=CHROMIUM, args=OPTIONS)
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def in_chromium(browser):
    """Chromium's answers to some jobs, asked on a page that has the modules."""

    def serve(route, request):
        name = request.url.removeprefix(f"{SITE}/")
        places = {"": (b"<!doctype html><title>test</title>", "text/html")}
        for path in (HERE / "answers.mjs", *FOLDER.glob("*.js")):
            places[path.name] = (path.read_bytes(), "text/javascript")
        if name not in places:
            return route.abort()
        content, kind = places[name]
        return route.fulfill(body=content, content_type=kind)

    page = browser.new_page()
    page.route("**", serve)
    page.goto(f"{SITE}/")

    def answers(*jobs):
        return json.loads(
            page.evaluate(
                """async ([site, jobs]) => {
                    const { answering } = await import(`${site}/answers.mjs`);
                    return JSON.stringify((await answering(site))(JSON.parse(jobs)));
                }""",
                [SITE, json.dumps(jobs)],
            )
        )

    return answers


@pytest.fixture(params=["node", "chromium"])
def engine(request):
    """What answers the jobs of a test."""
    if request.param == "chromium":
        return request.getfixturevalue("in_chromium")
    if NODE is None:
        pytest.skip("Node.js is not installed")
    return in_node
