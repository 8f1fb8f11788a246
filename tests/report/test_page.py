"""report.html: all that it must say, nothing that it might load or run, for every kind of eye."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from metabosim.output import is_own
from metabosim.plots import style
from metabosim.report import report_page
from metabosim.report.page import FOLDER
from metabosim.scenario import families, list_scenarios
from metabosim.version import NOTE, __version__
from reports import HOSTILE

VOID = {"meta", "link", "br", "img", "input", "hr"}


class Page(HTMLParser):
    """A page taken apart: elements, ids, and the text outside the style sheet."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.unbalanced: list[str] = []
        self.text = ""
        self.style = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element that is empty."""
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        """Close an element, which must be the last one opened."""
        if not self.open or self.open.pop() != tag:
            self.unbalanced.append(tag)

    def handle_data(self, data: str) -> None:
        """Gather text."""
        if self.open and self.open[-1] == "style":
            self.style += data
        else:
            self.text += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        """The attributes of every element of a kind."""
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.fixture(scope="module")
def html(everything: Any) -> str:
    """The page of every bundled claim."""
    return report_page(*everything)


@pytest.fixture(scope="module", params=["everything", "own"])
def page(request: pytest.FixtureRequest, html: str, own: Path) -> Page:
    """The page of all bundled claims, and that of somebody's hostile scenario."""
    return Page(html if request.param == "everything" else (own / "report.html").read_text())


def test_it_loads_and_runs_nothing(page: Page) -> None:
    """No script, no frame, no handler, no style in an attribute, no address but links to papers."""
    tags = {tag for tag, _ in page.elements}
    assert not tags & {
        "script",
        "iframe",
        "object",
        "embed",
        "img",
        "image",
        "base",
        "form",
        "foreignobject",
    }
    for tag, attributes in page.elements:
        assert not [
            name for name in attributes if name.startswith("on") or name in ("src", "style")
        ]
        for name in ("href", "xlink:href"):
            if (target := attributes.get(name)) is not None:
                papers = tag == "a" and target.startswith(("https://doi.org/", "https://pubmed."))
                assert target.startswith("#") or papers or (tag == "link" and target == "data:,")
    assert "@import" not in page.style
    assert "url(" not in page.style
    assert not page.unbalanced


def test_the_policy_allows_this_style_sheet_and_nothing_else(page: Page) -> None:
    """The hash in the policy is that of the sheet in the page."""
    (policy,) = (a["content"] for a in page.all("meta") if "http-equiv" in a)
    assert policy is not None
    digest = base64.b64encode(hashlib.sha256(page.style.encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    assert "script" not in policy


def test_ids_are_single_and_references_lead_somewhere(page: Page) -> None:
    """Every id once; every link within the page, every shape used and every label that is named exists."""
    ids = [a["id"] for _, a in page.elements if "id" in a]
    assert len(ids) == len(set(ids))
    for _, attributes in page.elements:
        targets = [t[1:] for n in ("href",) if (t := attributes.get(n) or "").startswith("#")]
        targets += re.findall(r"url\(#(.+?)\)", attributes.get("clip-path") or "")
        targets += (attributes.get("aria-labelledby") or "").split()
        assert set(targets) <= set(ids)


def test_hostile_text_is_text(own: Path) -> None:
    """What a user's scenario says stands on the page letter by letter, and is nothing else."""
    page = Page((own / "report.html").read_text())
    assert page.text.count(HOSTILE) >= 2
    assert "49" not in re.findall(r"\{\{.*?\}\}|\b49\b", page.text)


def test_the_page_is_stamped(own: Path, html: str) -> None:
    """Version and note are in it, and the file is known as ours."""
    page = Page(html)
    assert NOTE.lower() in page.text.lower()
    assert f"metabosim {__version__}" in page.text
    assert is_own(own / "report.html")
    assert is_own(own / "report.json")


def test_every_claim_is_told(html: str, everything: Any) -> None:
    """Each has a card with statement, verdict, margin, grade, status, knock-outs, reality and citations."""
    content, _ = everything
    for claim in content["claims"]:
        start = html.index(f'<article id="{claim["id"]}"')
        card = Page(html[start : html.index("</article>", start) + len("</article>")])
        said = " ".join(card.text.split())
        for text in (claim["title"], claim["statement"], claim["in_reality"]["text"]):
            assert " ".join(text.split()) in said
        for text in (
            "holds",
            "0.25 mmol/L to spare",
            claim["status"],
            claim["article"]["section"],
            claim["hash"][:12],
        ):
            assert text in said
        assert {"S": "supported", "C": "contested", "X": "contradicted", "I": "inference"}[
            claim["grade"]
        ] in said
        assert said.count("fails, as it must") == len(claim["must_fail_when"])
        measured = claim["population"]
        assert measured is None or (
            f"{measured['holds']} of {measured['n']} simulated subjects" in said
        )
        assert claim["prior"] is None or (
            f"{claim['prior']['holds']} of the {claim['prior']['judged']} bodies" in said
        )
        assert len(card.all("svg")) >= 2
        for one in claim["in_reality"]["citations"]:
            assert f"{one['authors']} ({one['year']})" in said


def test_one_look_sorts_the_claims(html: str, everything: Any) -> None:
    """The overview links every claim once, under what human studies found, with the model's verdict in words."""
    content, _ = everything
    overview = html[
        html.index('<section id="overview"') : html.index("Where the article says more than")
    ]
    columns = overview.split('<div class="column ')[1:]
    assert len(columns) == 4
    for column, grade in zip(columns, "SCXI", strict=True):
        linked = re.findall(r'<a href="#([a-z0-9-]+)"><span class="unseen">holds: </span>', column)
        assert sorted(linked) == sorted(c["id"] for c in content["claims"] if c["grade"] == grade)
        assert f'<b class="count">{len(linked)}</b>' in column
    assert Page(overview).text.count("(the article is silent)") == 3


def test_families_hold_every_scenario_once() -> None:
    """The families are a partition of the bundled scenarios, and the page shows all of them in order."""
    ids = [claim for family in families() for claim in family.claims]
    assert sorted(ids) == list_scenarios()


def test_claims_come_in_the_order_in_which_they_are_taught(html: str) -> None:
    """Cards follow the families' order."""
    ids = re.findall(r'<article id="([a-z0-9-]+)"', html)
    assert ids == [claim for family in families() for claim in family.claims]


def test_tables_say_where_the_article_agrees(html: str) -> None:
    """Each cell says in words what the runs have and whether the article says so."""
    part = Page(html[html.index('<section id="tables"') : html.index('<section id="foundations"')])
    said = " ".join(part.text.split())
    assert "falls: −0.5 mmol/L article agrees" in said
    assert "rises: +2 kg article differs: falls" in said
    assert "no change that counts: about 0 article is silent" in said
    assert "direct article differs: indirect" in said
    assert len(part.all("table")) == 2


def test_sizes_and_what_is_left_out(html: str) -> None:
    """A published size says in words whether it is met; one that never comes has a dash."""
    said = " ".join(Page(html[html.index('<section id="sizes"') :]).text.split())
    assert "1 of 2 published sizes are met" in said
    assert re.search(r"A1 .* 7 inside", said)
    assert re.search(r"A2 .* – outside never comes", said)
    assert "Sleep quality" in said
    assert "runs longer than four weeks by sample days" in said


def test_other_verdicts_are_told_apart(everything: Any) -> None:
    """Claims that fail are counted and marked; a knock-out that holds is called wrong; none run says so."""
    content, exhibits = json.loads(json.dumps(everything[0])), everything[1]
    first, second, third = content["claims"][:3]
    first |= {"verdict": "fails", "margin": -0.1}
    second["must_fail_when"][0]["verdict"] = "holds"
    second["unbroken"] = ["it holds though it must not <b>"]
    third["must_fail_when"][0] |= {"verdict": None}
    content["summary"]["verdicts"] |= {"holds": 55, "fails": 1}
    html = report_page(content, exhibits)
    said = " ".join(Page(html).text.split())
    assert "the model shows 55; 1 fails" in said
    assert "0.1 mmol/L short" in said
    assert "holds, though it must not, with" in said
    assert "Wrong: it holds though it must not <b>" in said
    assert "not run with" in said


def test_changes_are_shown(everything: Any) -> None:
    """What changed since an earlier report stands at the top, in words."""
    side = {"verdict": "fails", "margin": -0.1, "unit": "mmol/L"}
    changes = {
        "file": "old<1>.json", "version": "0.0.9",
        "claims": [
            {"id": "vicious-cycle", "what": "verdict", "definition": True, "before": side,
             "after": side | {"verdict": "holds", "margin": 0.2}},
            {"id": "gone-one", "what": "gone", "definition": False, "before": side, "after": None},
        ],
        "bands": [],
    }  # fmt: skip
    html = report_page(everything[0] | {"changes": changes}, everything[1])
    part = Page(html[html.index('<section id="changes"') : html.index('<section id="tables"')])
    said = " ".join(part.text.split())
    assert "old<1>.json" in said
    assert (
        "vicious-cycle verdict changed (the scenario was changed) fails, margin −0.1 mmol/L holds, margin 0.2"
        in said
    )
    assert "gone-one gone fails" in said
    assert "Sizes: nothing changed." in said


# --- colours ------------------------------------------------------------------------------------


def luminance(colour: str) -> float:
    """Relative luminance, as WCAG 2 has it."""
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio, from 1 to 21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_plots_can_be_read_in_the_dark() -> None:
    """Every colour of the plots has a dark one; lines stand out from the page, letters more so."""
    constants = {
        v
        for n, v in vars(style).items()
        if n.isupper() and isinstance(v, str) and v.startswith("#")
    }
    used = {*constants, *style.LETTER_COLOURS.values(), *style.COLOURS} - {style.NIGHT}
    assert used <= set(style.DARK)
    for light, dark in style.DARK.items():
        faint = light in (style.FAINT, style.EXPECTED, "#ffffff")
        assert faint or contrast(dark, style.NIGHT) >= 4.5, light


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_has_contrast(scheme: str) -> None:
    """Every colour of text reaches 4.5 on everything it may stand on."""
    roots = re.findall(r":root \{(.+?)\}", (FOLDER / "report.css").read_text(), re.DOTALL)
    colours = dict(re.findall(r"--(\w+): (#\w{6})", roots[scheme == "dark"]))
    assert (scheme == "dark") == (colours["page"] == style.NIGHT)
    for text in ("ink", "quiet", "link", "good", "bad", "doubt", "none"):
        for ground in ("page", "card"):
            assert contrast(colours[text], colours[ground]) >= 4.5, (text, ground)
    for ground in ("agrees", "differs", "silent"):
        assert contrast(colours["ink"], colours[ground]) >= 4.5
