"""The page in Chromium, opened from disk with the network off."""

import base64
import csv
import io
import random
import re
import zlib

import numpy as np
import pytest

import metabosim as ms
from metabosim import claims, engine
from metabosim.exchange.lab_data import lab_data
from metabosim.scenario import list_scenarios, load_scenario, template

RAN_HERE = ("meal-homeostasis", "combo-synergy", "tesamorelin-cuts-vat")
TRIALS = {"correlates"}  # hundreds of virtual people are not run on a page


def scenario_link(name, **more):
    """A link to a scenario whose curves are shown."""
    return "&".join(
        ["view=scenario", f"scenario={name}", "seen=1", *(f"{k}={v}" for k, v in more.items())]
    )


def link_of(text):
    """A link to a scenario of one's own."""
    squeezed = zlib.compress(text.encode(), 9)[2:-4]
    own = base64.urlsafe_b64encode(squeezed).decode().rstrip("=")
    return f"view=scenario&scenario=mine&seen=1&own={own}"


@pytest.mark.parametrize("name", list_scenarios())
def test_a_scenario_opens_with_pythons_verdict(lab, name):
    """Its verdict and sentence are those that Python found, computed anew in the page; every graph has lines."""
    page = lab.go(scenario_link(name), main=".see .verdict .badge")
    entry = next(one for one in lab_data()["scenarios"] if one["id"] == name)
    found = entry["recorded"]
    assert page.locator(".trouble").inner_text() == ""
    if not {check["kind"] for check in found["checks"]} & TRIALS:
        assert page.locator(".see .verdict .sentence").inner_text() == found["sentence"]
    assert page.locator(".see .verdict .badge").inner_text().split()[-1] == found["verdict"]
    charts = page.locator(".see .chart")
    for i in range(charts.count()):
        assert charts.nth(i).locator(".curve.now").count() >= 1
    assert page.locator(".break").count() == len(load_scenario(name).must_fail_when)


@pytest.mark.parametrize("name", RAN_HERE)
def test_the_verdict_is_that_of_a_run(lab, name):
    """What the page says of a claim is what a run in Python says now, check by check."""
    page = lab.go(scenario_link(name), main=".see .verdict .badge")
    page.locator(".checks-box summary").click()
    result = claims.evaluate(load_scenario(name), simulate=engine.simulate).claims[0]
    rows = page.locator(".checks tbody tr")
    assert rows.count() == len(result.checks) + 1
    for i, check in enumerate((*result.checks, result.positive_control)):
        assert rows.nth(i).locator(".badge").inner_text().split()[-1] == str(check.verdict)


@pytest.mark.parametrize("name", ["glucose-dependent-secretion", "insulin-resistance"])
def test_breaking_it(lab, name):
    """Each button knocks something out: the claim fails, the intact run stays behind it, and mending brings it back."""
    page = lab.go(scenario_link(name), main=".see .verdict .badge")
    whole = lab.curves()
    for i in range(page.locator(".break").count()):
        page.locator(".break").nth(i).click()
        lab.rest()
        assert page.locator(".see .verdict .badge").inner_text().endswith("fails")
        assert lab.curves("ghost") == whole
        assert page.locator(".outcome").inner_text() != ""
    page.get_by_role("button", name="Mend it").click()
    lab.rest()
    assert lab.curves() == whole


def test_levers_move_curves_and_leave_a_ghost(lab):
    """A lever moves the curves, the run before stays, a pin stays longer, and reset goes back."""
    page = lab.go(scenario_link("meal-homeostasis"), main=".see .verdict .badge")
    first = lab.curves()
    lab.slide("Insulin signalling in every tissue", 0.5)
    second = lab.curves()
    assert second != first
    assert lab.curves("ghost") != []
    page.get_by_role("button", name="Pin this run").click()
    lab.slide("Insulin secretion altogether", 2)
    assert lab.curves() not in (first, second)
    assert len(lab.curves("pin")) == len(first)
    assert "insulin_action%3A0.5%2Cinsulin_secretion%3A2" in lab.link("insulin_secretion")
    page.get_by_role("button", name="Reset all").click()
    lab.rest()
    assert page.get_by_label("Insulin secretion altogether", exact=True).first.input_value() == "1"
    assert page.locator(".see .verdict .badge").inner_text().endswith("holds")


def test_the_keyboard_pulls_a_lever(lab):
    """Arrow keys move a lever, which speaks its value, and the curves follow."""
    page = lab.go(scenario_link("meal-homeostasis"), main=".see .verdict .badge")
    before = lab.curves()
    lever = page.get_by_label("Insulin signalling in every tissue", exact=True).first
    lever.focus()
    for _ in range(8):
        page.keyboard.press("ArrowLeft")
    lab.rest()
    assert lever.get_attribute("aria-valuetext").startswith("× 0.")
    assert lab.curves() != before


def test_predict_first(lab):
    """No curve is seen before a prediction, or before one does without; the answer and the drawing come along."""
    page = lab.go("view=scenario&scenario=delayed-gastric-emptying")
    assert page.locator(".ask .chart .curve.now").count() == 0
    assert (
        page.locator("main").inner_text().count("three months on") == 0
    )  # the title would give it away
    page.get_by_label("lower and later peak, the same is absorbed").check()
    pad = page.locator(".ask .chart")
    box = pad.bounding_box()
    page.mouse.move(box["x"] + 120, box["y"] + 100)
    page.mouse.down()
    page.mouse.move(box["x"] + 300, box["y"] + 60, steps=8)
    page.mouse.up()
    page.get_by_role("button", name="Run the model", exact=True).click()
    lab.rest()
    assert page.locator(".yours .right").count() == 1
    assert page.locator(".curve.sketch").count() >= 1
    assert page.locator(".see .curve.now").count() > 3


def tables(text):
    """A CSV as {arm: {column: numbers}}."""
    rows = list(
        csv.DictReader(io.StringIO("\n".join(line for line in text.splitlines() if line[0] != "#")))
    )
    arms = {}
    for row in rows:
        arms.setdefault(row["arm"], []).append(row)
    return {
        arm: {
            column: np.array([float(row[column]) for row in found])
            for column in found[0]
            if column != "arm"
        }
        for arm, found in arms.items()
    }


@pytest.mark.parametrize(
    ("name", "link"),
    [
        ("meal-homeostasis", {"levers": "insulin_action:0.6", "meals": "1.5", "snack": "720:40"}),
        (
            "glucose-dependent-secretion",
            {"drugs": "liraglutide:liraglutide:0.5", "subject": "type-2-diabetes"},
        ),
        ("combo-synergy", {"levers": "ghrp_drive:2", "drugs": "ipamorelin:ipamorelin:0.3"}),
    ],
)
def test_a_saved_scenario_gives_the_same_curves(lab, tmp_path, name, link):
    """The YAML that is saved runs in Python, and every column of every arm is the page's CSV to one in a thousand."""
    lab.go(scenario_link(name, **link), main=".see .verdict .badge")
    file = tmp_path / f"{name}.yaml"
    lab.save("YAML").save_as(file)
    lab.save("CSV").save_as(tmp_path / "page.csv")
    shown = tables((tmp_path / "page.csv").read_text())
    scenario = load_scenario(file)
    assert set(shown) == set(scenario.arms)
    for arm, columns in shown.items():
        run = engine.simulate(**scenario.arms[arm].arguments(), output=columns["time_min"])
        for column, values in columns.items():
            if column != "time_min":
                own = np.asarray(run[column], float)
                assert np.max(np.abs(own - values)) <= 1e-3 * np.max(np.abs(own)), (arm, column)


def test_a_scenario_with_a_drug_of_its_own_is_saved_with_it(lab, tmp_path):
    """Two files come, side by side, and Python reads them."""
    page = lab.go(scenario_link("cjc-lasts"), main=".see .verdict .badge")
    saved = []
    page.on("download", lambda one: saved.append(one))
    page.get_by_role("button", name="Save as YAML", exact=True).click()
    page.wait_for_timeout(1500)
    for one in saved:
        one.save_as(tmp_path / one.suggested_filename)
    assert {path.name for path in tmp_path.iterdir()} == {
        "cjc-lasts.yaml",
        "cjc-1295-short-lived.yaml",
    }
    ours, theirs = load_scenario("cjc-lasts"), load_scenario(tmp_path / "cjc-lasts.yaml")
    assert theirs.arms == ours.arms


def test_pictures_are_saved(lab, tmp_path):
    """PNG and SVG hold the title, the stamp and every graph."""
    lab.go(scenario_link("meal-homeostasis"), main=".see .verdict .badge")
    lab.save("PNG").save_as(tmp_path / "a.png")
    lab.save("SVG").save_as(tmp_path / "a.svg")
    assert (tmp_path / "a.png").read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
    assert (tmp_path / "a.png").stat().st_size > 20_000
    svg = (tmp_path / "a.svg").read_text()
    assert "illustrative, not clinical" in svg
    assert "A meal raises glucose" in svg
    assert svg.count("<clipPath") == lab.page.locator(".see .chart").count()


def drop(lab, name, text):
    """Drop a file on the page."""
    lab.page.evaluate(
        """([name, text]) => {
            const data = new DataTransfer();
            data.items.add(new File([text], name));
            dispatchEvent(new DragEvent('drop', {dataTransfer: data, bubbles: true, cancelable: true}));
        }""",
        [name, text],
    )
    lab.page.wait_for_timeout(250)


def test_a_scenario_of_ones_own(lab):
    """A dropped file opens, runs, is in the link, and comes back from it."""
    page = lab.go()
    drop(lab, "mine.yaml", template("mine"))
    lab.rest()
    page.get_by_role("button", name="Run the model without a prediction").click()
    lab.rest()
    assert page.locator(".see .verdict .badge").inner_text().endswith("holds")
    page.wait_for_timeout(400)
    link = page.evaluate("location.hash")
    assert "own=" in link
    lab.go(link[1:], main=".see .verdict .badge")
    assert page.locator("main h1").first.inner_text() == "A larger meal draws more insulin"


EVIL = "<img src=x onerror=document.title='owned'>"
BROKEN = {
    "no YAML": "a: [1,\n b: }",
    "not a scenario": "just: text",
    "a list": "- 1\n- 2",
    "an alias": "a: &x 1\nb: *x",
    "a tag": "a: !!js/function 'function () {}'",
    "a prototype": "__proto__: {polluted: true}",
    "too large": "a: " + "x" * 70_000,
    "nothing": "",
    "a bad lever": template("mine").replace(
        "levers: {insulin_secretion: 0}", "levers: {insulin_secretion: 7}"
    ),
    "a bad unit": template("mine").replace("carbohydrate: 50 g", "carbohydrate: 50 parsecs"),
    "an unknown subject": template("mine").replace("subject: lean-healthy", "subject: nobody"),
    "a subject elsewhere": template("mine").replace(
        "subject: lean-healthy", "subject: ../../etc/passwd.yaml"
    ),
    "a very long run": template("mine").replace("duration: 1 d", "duration: 90000 years"),
}


@pytest.mark.parametrize("why", list(BROKEN))
def test_a_broken_file_is_refused_and_the_page_goes_on(lab, why):
    """It says what is wrong, nothing is run of it, and what was open works on."""
    page = lab.go(scenario_link("meal-homeostasis"), main=".see .verdict .badge")
    drop(lab, "mine.yaml", BROKEN[why])
    page.locator(".notice p").wait_for(timeout=10_000)
    assert len(page.locator(".notice").inner_text()) > 25
    before = lab.curves()
    lab.slide("Insulin signalling in every tissue", 0.5)
    assert lab.curves() != before
    assert page.evaluate("({}).polluted === undefined")


def test_names_and_texts_are_never_markup(lab):
    """Markup in every text of a file is shown as text."""
    page = lab.go()
    text = template("mine")
    for field in (
        "title: A larger meal draws more insulin",
        "mechanism: glucose from the meal",
        "question: The meal is doubled.",
    ):
        assert field in text
        text = text.replace(field, field.split(":")[0] + f': "{EVIL}" #')
    text = text.replace("choices: [rise, stay, fall]", f'choices: [rise, "{EVIL}"]')
    drop(lab, "mine.yaml", text)
    page.get_by_role("button", name="Run the model without a prediction").click()
    lab.rest()
    assert EVIL in page.locator("main h1").first.inner_text()
    assert page.locator("main img").count() == 0
    assert "owned" not in page.evaluate(
        "[document.title, document.querySelector('img')].join()"
    ).replace(EVIL, "")


def test_hostile_links(lab):
    """Links with pieces of others, nonsense and markup in them open a page that works and says what it left out."""
    pieces = [
        "view=scenario", "scenario=meal-homeostasis", "seen=1", "levers=insulin_action:0.5", "levers=x:1",
        "levers=insulin_action:-1", f"subject={EVIL}", "drugs=a:b:c", "meals=NaN", "snack=1:2:3", "zoom=9:1",
        "zoom=a:b", "own=AAAA", "without=x", "view=cycle", "held=vat", "view=compare", "two=a:b", "weeks=1e300",
        "units=us", "theme=dark", "lang=xx", "pin=levers%3D1", "sketch=zzzz", "answer=99", "__proto__=1", "%",
        "&&==", "hidden=usual,__proto__",
    ]  # fmt: skip
    rng = random.Random(5)
    page = lab.go()
    for _ in range(25):
        lab.page.evaluate(
            "link => { location.hash = link; }", "&".join(rng.sample(pieces, rng.randint(1, 7)))
        )
        page.wait_for_timeout(60)
        lab.rest()
        assert page.locator("main h1").count() == 1
    assert page.locator("main img").count() == 0
    lab.go("view=scenario&scenario=gone&levers=x:1")
    assert "gone" in page.locator(".notice").inner_text()
    page.wait_for_timeout(100)


def test_units_and_language(lab):
    """mg/dL and German are one choice each, and the numbers follow."""
    page = lab.go(scenario_link("meal-homeostasis"), main=".see .verdict .badge")
    page.get_by_label("Units").select_option("us")
    assert page.locator(".chart-unit").first.inner_text() == "mg/dL"
    assert "mg/dL" in page.locator(".see .verdict .sentence").inner_text()
    page.get_by_label("Language").select_option("de")
    page.locator(".see .verdict .badge").wait_for()
    assert page.locator(".see .verdict .badge").inner_text().endswith("trifft zu")
    assert page.evaluate("document.documentElement.lang") == "de"
    assert page.locator("main h1").first.get_attribute("lang") is None
    assert (
        page.locator("main [lang=en]").all_inner_texts()
        == page.locator("ul.sources").all_inner_texts()
    )
    sentence = page.locator(".see .verdict .sentence").inner_text()
    assert sentence.startswith("Trifft zu (")
    assert "mg/dL" in sentence
    assert not re.search(r"\d\.\d", sentence)


def test_the_cycle_moves_and_is_cut(lab):
    """Playing moves the circles; an arrow is a button, also for the keyboard, and cutting it leaves less fat."""
    page = lab.go("view=cycle")
    before = page.locator(".cycle-now").first.get_attribute("r")
    page.get_by_role("button", name="Play").click()
    page.wait_for_timeout(1500)
    page.get_by_role("button", name="Pause").click()
    assert page.locator(".cycle-now").first.get_attribute("r") != before
    link = page.get_by_role("button", name="Belly fat feeds inflammation.")
    link.focus()
    page.keyboard.press("Enter")
    lab.rest()
    assert link.get_attribute("aria-pressed") == "true"
    words = page.locator(".readout.big").inner_text()
    cut, whole = (
        float(words.split(mark)[1].split(" kg")[0].split()[-1]) for mark in (":", "whole loop")
    )
    assert 0 < cut < whole


def test_two_people_side_by_side(lab):
    """Both columns have the same axes, and a zoom goes down to meals for both."""
    page = lab.go(
        "view=compare&two=visceral-obese:semaglutide:1,ageing-low-gh:tesamorelin:1&weeks=8"
    )
    charts = page.locator(".compare .chart")
    axes = [charts.nth(i).locator(".axis").all_text_contents() for i in (0, 1)]
    assert axes[0] == axes[1]
    page.get_by_role("button", name="Last day").click()
    lab.rest()
    texts = [charts.nth(i).locator(".axis-x").text_content() for i in (0, 1)]
    assert texts[0] == texts[1]
    assert ":" in texts[0]


@pytest.mark.parametrize(
    ("name", "more"),
    [
        ("meal-homeostasis", ""),
        ("no-hypoglycaemia", ""),  # these have the most to say
        ("hard-to-break", "&lang=de"),
        ("protocol-fits-the-person", "&lang=de"),
    ],
)
def test_a_handout_has_two_pages(lab, name, more):
    """Printed, a scenario is the question with blank axes, and on the back the answer; nothing is cut off."""
    page = lab.go(scenario_link(name) + more, main=".see .verdict .badge")
    sheets = page.locator(".sheet")
    sheets.nth(1).wait_for(state="attached")
    assert len(re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True))) == 2
    page.set_viewport_size(
        {"width": 680, "height": 900}
    )  # as wide as the paper between its margins
    page.emulate_media(media="print")
    assert sheets.count() == 2
    for sheet in sheets.all():
        assert sheet.evaluate("one => one.scrollHeight - one.clientHeight") <= 1
    graphs = page.locator(".sheet .chart").evaluate_all(
        "all => all.map(one => one.getBoundingClientRect().height)"
    )
    assert min(graphs) > 90
    assert sheets.nth(0).locator(".chart .curve.now").count() == 0
    assert sheets.nth(1).locator(".chart .curve.now").count() > 0
    assert not page.locator(".settings").is_visible()


def test_the_model_is_the_same_as_in_python(lab):
    """A run that no scenario has agrees with Python's, so that a link means the same there."""
    lab.go(
        scenario_link("meal-homeostasis", subject="insulin-resistant"), main=".see .verdict .badge"
    )
    shown = tables(lab.save("CSV").path().read_text())["usual"]
    arm = load_scenario("meal-homeostasis", subject="insulin-resistant").arms["usual"]
    run = ms.simulate(**arm.arguments(), output=shown["time_min"])
    assert np.max(np.abs(run["glucose_mmol_l"] - shown["glucose_mmol_l"])) < 1e-3
