"""What several tests share: archives, and the engines for JavaScript (Node.js, and Chromium where there is one)."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

import metabosim as ms
from metabosim.cli.jobs import stamp_of
from metabosim.exchange import combine_archive
from metabosim.exchange.javascript import FOLDER
from metabosim.scenario import template

HERE = Path(__file__).parent
SITE = "http://metabosim.test"  # answered from these folders, and from nowhere else
NODE = shutil.which("node")


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
def in_chromium(browser):
    """Chromium's answers to some jobs, asked on a page that has the modules."""

    def serve(route, request):
        name = request.url.removeprefix(f"{SITE}/")
        places = {"": (b"<!doctype html><title>test</title>", "text/html")}
        for path in (HERE / "answers.mjs", HERE / "lab_answers.mjs", *FOLDER.rglob("*.js")):
            place = path.relative_to(FOLDER if path.suffix == ".js" else HERE).as_posix()
            places[place] = (path.read_bytes(), "text/javascript")
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
                    return JSON.stringify(await (await answering(site))(JSON.parse(jobs)));
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


# --- a scenario of one's own, with a subject and a therapy of one's own, and archives ---

SUBJECT = """
id: me
title: Somebody's subject
text: Heavier than most.
parameters: {habitual_fat: 30}
sources: [assumption]
"""
THERAPY = """
id: brief
title: A drug that is gone within minutes
text: "Absorbed and cleared faster than any, so that after days next to nothing is left."
kind: contrast
molar_mass_g_mol: 3000.0
parameters:
  {absorption: 20.0, elimination: 30.0, volume: 10.0, equilibration: 6.0, glp1_affinity: 0.5, glp1_efficacy: 1.0}
sources: [assumption]
"""
CHANGES = {
    "subject: lean-healthy": "subject: people/me.yaml",
    "duration: 1 d ": "duration: 20 d",
    "large: {protocol: [": "large: {protocol: [{dose: {therapy: brief.yaml, amount: 1 mg, start: 7 h}}, ",
    "panels:": """panels:
    - {title: Somebody's weight, observables: [weight_kg]}
    - {observables: [glucose_mmol_l], from: 18 d, to: 19 d, kind: bars}
    - {observables: [drug_brief_nmol_l], from: 6 h, to: 12 h, arms: [large]}""",
}


@pytest.fixture(scope="session")
def own_scenario(tmp_path_factory):
    """The file of a scenario that runs for weeks and names two files of one's own."""
    folder = tmp_path_factory.mktemp("own")
    text = template("mine")
    for before, after in CHANGES.items():
        assert before in text
        text = text.replace(before, after, 1)
    (folder / "people").mkdir()
    (folder / "people" / "me.yaml").write_text(SUBJECT)
    (folder / "brief.yaml").write_text(THERAPY)
    (folder / "mine.yaml").write_text(text)
    return folder / "mine.yaml"


@pytest.fixture(scope="session")
def archives(own_scenario, tmp_path_factory):
    """By name, the files of archives: of minutes, of a fasting morning and arms left out, and one's own."""
    folder = tmp_path_factory.mktemp("archives")
    files = {}
    for name in ("meal-homeostasis", "incretin-effect", own_scenario):
        scenario = ms.load_scenario(name)
        files[scenario.id] = folder / f"{scenario.id}.omex"
        files[scenario.id].write_bytes(combine_archive(scenario, stamp_of(scenario)).content)
    return files


@pytest.fixture
def in_node_or_skip():
    """Node.js alone, for what would take long in a browser as well."""
    if NODE is None:
        pytest.skip("Node.js is not installed")
    return in_node
