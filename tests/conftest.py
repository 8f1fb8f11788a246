"""Profiles of hypothesis for every test (no deadlines, random, a blob to repeat a failure with), and a browser."""

import shutil

import pytest
from hypothesis import settings

from strategies import PROFILE

settings.load_profile(PROFILE)

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
# the first for containers, where a sandbox within cannot be made; the others keep it from the network
OPTIONS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
OPTIONS += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]


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
