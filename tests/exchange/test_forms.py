"""The readable forms: whole, correct in their own language, and saying what they are."""

import json
import re
import shutil
import subprocess
import sys
from xml.etree import ElementTree

import antimony
import numpy as np
import pytest

import metabosim as ms
from metabosim import cli
from metabosim.body import LEVERS, PARAMETERS, STATES, VARIANTS
from metabosim.engine import make_body
from metabosim.exchange.arms import habitual_day
from metabosim.exchange.formats import FORMATS
from metabosim.exchange.latex import escaped
from metabosim.exchange.named import named
from metabosim.exchange.readable import readable, sections
from metabosim.exchange.symbols import quantities
from metabosim.output import OWN_MARK, Stamp
from metabosim.scenario.model import Arm
from metabosim.subjects import load_subject
from metabosim.version import NOTE
from simulators import apart, minutes_of, own, roadrunner

STAMP = Stamp("a-scenario", "0123456789ab", 7)
ARM = Arm(
    load_subject("visceral-obese"),
    1440.0,
    levers={"glucose_gating": 0.25},
    variants=("common-cause",),
    parameters={"satiety": 0.777},
    protocol=(ms.Dose("semaglutide", "1 mg", "8 h"), ms.Meal("10 h", "60 g")),
)
PDFLATEX, NODE = shutil.which("pdflatex"), shutil.which("node")
XHTML = "{http://www.w3.org/1999/xhtml}"
MATHML = "{http://www.w3.org/1998/Math/MathML}"


@pytest.fixture(scope="module", params=["latex", "mathml"])
def form(request):
    """The body of an arm in one of the forms for readers."""
    return request.param, FORMATS[request.param](ARM, STAMP, "A busy arm")


@pytest.fixture(scope="module")
def page():
    """The page, as an XML parser reads it."""
    return ElementTree.fromstring(FORMATS["mathml"](ARM, STAMP, "A busy arm"))


def test_it_says_what_it_is(form):
    """Title, subject, disclaimer and stamp."""
    kind, text = form
    for wanted in ("A busy arm", "Illustrative, not clinical", NOTE, "visceral-obese", STAMP.hash):
        assert wanted in text, (kind, wanted)
    assert OWN_MARK.search(text.encode()[:4096])


def test_nothing_is_left_out(form):
    """Every state, term, parameter, lever and variant is in it by its name, each equation once."""
    kind, text = form
    plain = str if kind == "mathml" else escaped
    for name in (*STATES, *named().terms):
        mark = f"<code>{name}</code>" if kind == "mathml" else rf"\texttt{{{plain(name)}}}"
        assert text.count(mark) == 1 + (name in PARAMETERS), name  # inflammation_load is two things
    for name in (*PARAMETERS, *LEVERS, *VARIANTS):
        assert plain(name) in text, name
    placed = [q.name for section in sections() for q in section.equations]
    assert len(placed) == len(set(placed))


def test_values_are_those_of_the_arm():
    """The subject's parameters, the arm's own, its levers and variants, and its drug's slot."""
    rows = {
        row.quantity.name: row.value
        for _, group in readable(ARM, STAMP, "").constants
        for row in group
    }
    body = make_body("visceral-obese")
    assert rows["parameter.vat_share"] == body.parameters["vat_share"]
    assert rows["parameter.satiety"] == 0.777
    assert rows["lever.glucose_gating"] == 0.25
    assert rows["lever.insulin_action"] == 1.0
    assert rows["variant.common_cause"] == 1.0
    assert rows["parameter.drug1_glp1_affinity"] > 0.0
    assert rows["parameter.drug2_glp1_affinity"] == 0.0


def test_the_page_is_mathml(page):
    """Valid XML, in whose equations there is nothing but elements of MathML 3's presentation."""
    known = {
        "math", "mrow", "mi", "mn", "mo", "mfrac", "msub", "msup", "msubsup", "msqrt", "mover", "mspace", "mtext",
    }  # fmt: skip
    maths = list(page.iter(f"{MATHML}math"))
    assert len(maths) > len(named().terms) + len(STATES)
    for math in maths:
        for element in math.iter():
            assert element.tag.removeprefix(MATHML) in known
            assert r"\\" not in (element.text or "")
    names = [element.get("id") for element in page.iter() if element.get("id")]
    assert len(names) == len(set(names))


def test_every_equation_of_the_page_has_a_unit_if_it_has_one(page):
    """In the caption of its figure."""
    figures = {
        figure.get("id"): figure.find(f"{XHTML}figcaption")
        for figure in page.iter(f"{XHTML}figure")
    }
    for quantity in quantities().values():
        if quantity.kind in ("term", "signal"):
            caption = figures[f"{quantity.kind}-{quantity.name.replace('.', '-')}"]
            assert (caption.find(f"{MATHML}math") is not None) == bool(quantity.unit.powers)


def test_latex_is_balanced(form):
    """Braces close, environments end, and no sign is left that LaTeX would choke on."""
    kind, text = form
    if kind != "latex":
        return
    bare = text.replace(r"\{", "").replace(r"\}", "")
    assert bare.count("{") == bare.count("}")
    assert (
        re.findall(r"\\begin\{(\w+)\}", text)
        == re.findall(r"\\end\{(\w+)\}", text)[-1:] + (re.findall(r"\\end\{(\w+)\}", text)[:-1])
    )
    assert text.isascii() or not set(text) - set(map(chr, range(0x250)))


@pytest.mark.skipif(PDFLATEX is None, reason="pdflatex is not installed")
def test_latex_compiles(form, tmp_path):
    """Without an error, and without a line that runs off the page by more than a millimetre."""
    kind, text = form
    if kind != "latex":
        return
    (tmp_path / "body.tex").write_text(text, encoding="utf-8")
    command = [PDFLATEX, "-interaction=nonstopmode", "-halt-on-error", "body.tex"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-2000:]
    log = (tmp_path / "body.log").read_text(errors="replace")
    over = [float(points) for points in re.findall(r"Overfull \\hbox \(([\d.]+)pt", log)]
    assert max(over, default=0.0) < 3.0


def test_special_characters_are_written_as_text():
    """None of them means anything to LaTeX any more."""
    assert escaped("50 % of $x_1 & {y} # ~^") == (
        r"50 \% of \$x\_1 \& \{y\} \# \textasciitilde{}\textasciicircum{}"
    )


def test_antimony_is_the_same_body():
    """Antimony reads it back, and what it then makes of it runs as metabosim runs."""
    arm = habitual_day(load_subject("lean-healthy"))
    text = FORMATS["antimony"](arm, STAMP, "A day")
    assert text.startswith(f"// {STAMP.line}")
    antimony.clearPreviousLoads()
    assert antimony.loadAntimonyString(text) >= 0, antimony.getLastError()
    minutes = minutes_of(1440.0, 5.0)
    far, where = apart(own(arm, minutes), roadrunner(antimony.getSBMLString("body"), minutes))
    assert far <= 1e-6, where


@pytest.mark.skipif(NODE is None, reason="Node.js is not installed")
def test_the_javascript_runs_as_it_is_written(tmp_path, monkeypatch):
    """A folder of modules that needs nothing else: in Node.js the body stands where Python's does."""
    monkeypatch.chdir(tmp_path)
    command = ["export", "--format", "javascript", "--subject", "visceral-obese", "--out", "page"]
    assert cli.execute(command) == 0
    script = (
        "import { readFileSync } from 'node:fs';"
        "import * as kernel from './page/kernel.js';"
        "import { findRest } from './page/rest.js';"
        "const body = JSON.parse(readFileSync('page/body.json', 'utf8'));"
        "const h = new Float64Array(kernel.HOISTED), seen = new Float64Array(kernel.READINGS.length);"
        "const c = Float64Array.from(body.constants);"
        "kernel.prepare(c, h); kernel.observe(Float64Array.from(body.rest), c, h, seen);"
        "console.log(JSON.stringify([Array.from(seen), typeof findRest]));"
    )
    (tmp_path / "try.mjs").write_text(script)
    done = subprocess.run([NODE, "try.mjs"], capture_output=True, text=True, check=True)
    seen, kind = json.loads(done.stdout)
    rest = make_body("visceral-obese").rest
    assert kind == "function"
    np.testing.assert_allclose(seen[0], rest.states[0][list(STATES).index("glucose")], rtol=1e-12)
    for path in (tmp_path / "page").iterdir():
        assert OWN_MARK.search(path.read_bytes()[:4096]), path.name
        assert NOTE in path.read_text(), path.name


@pytest.mark.parametrize(
    ("kind", "package"),
    [("latex", "sympy"), ("mathml", "latex2mathml"), ("antimony", "antimony")],
)
def test_without_its_package_nothing_is_written(kind, package, tmp_path, monkeypatch, capsys):
    """The error is the command that installs what is missing; exit code 2."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(sys.modules, package, None)
    assert cli.execute(["export", "--format", kind, "--out", "body"]) == 2
    assert "pip install 'metabosim[exchange]'" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kind", ["latex", "javascript"])
def test_what_is_not_ours_stays(kind, tmp_path, monkeypatch, capsys):
    """A file of somebody else's, alone or in the folder, is not replaced, and nothing is written beside it."""
    monkeypatch.chdir(tmp_path)
    theirs = tmp_path / "out" / "kernel.js" if kind == "javascript" else tmp_path / "out"
    theirs.parent.mkdir(exist_ok=True)
    theirs.write_text("theirs")
    assert cli.execute(["export", "--format", kind, "--out", "out"]) == 2
    assert "was not written by metabosim" in capsys.readouterr().err
    assert [path.name for path in theirs.parent.iterdir()] == [theirs.name]
    assert cli.execute(["export", "--format", kind, "--out", "out", "--force"]) == 0
    assert cli.execute(["export", "--format", kind, "--out", "out"]) == 0
