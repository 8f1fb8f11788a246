"""Reports to look at: of every bundled claim without running any, and of one scenario of one's own, run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from metabosim import cli
from metabosim.plots.exhibit import Exhibit
from metabosim.report import Settings, claim_entry, report_content
from metabosim.scenario import list_scenarios, load_scenario, template
from reports import HOSTILE, band, exhibit_of_nothing, judged


@pytest.fixture(scope="session")
def everything() -> tuple[dict[str, Any], dict[str, Exhibit]]:
    """The content and the exhibits of a report of every bundled scenario, as if all had been run."""
    scenarios = [load_scenario(name) for name in list_scenarios()]
    bands = [band("A1"), band("A2", float("nan"), "never comes")]
    content = report_content(
        [claim_entry(one, judged(one)) for one in scenarios], bands, Settings("averaged", True)
    )
    tabled = ("pathways-compared", "protocols-compared")
    exhibits = {one.id: exhibit_of_nothing(one.id in tabled) for one in scenarios}
    return content | {"changes": None}, exhibits


@pytest.fixture(scope="session")
def own(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a report of a hostile scenario, run by the command."""
    folder = tmp_path_factory.mktemp("own")
    text = template("mine")
    title = "A larger meal draws more insulin"
    assert title in text
    text = text.replace(title, json.dumps(HOSTILE), 1)
    (folder / "mine.yaml").write_text(text)
    assert cli.execute(["report", str(folder / "mine.yaml"), "--out", str(folder / "out")]) == 0
    return folder / "out"
