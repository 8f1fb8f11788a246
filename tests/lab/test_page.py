"""The page as a file: what it is made of, what it may do, and that its parts are fresh."""

import json
import re
import shutil
import subprocess

import pytest

import lab_bundle
import lab_texts
from metabosim.body import LEVERS, OBSERVABLES
from metabosim.cli import execute
from metabosim.exchange.lab_data import lab_data
from metabosim.lab import pages
from metabosim.output import is_own
from metabosim.subjects import list_subjects
from metabosim.therapies import list_therapies

NODE = shutil.which("node")
TSC = lab_bundle.TOOLS / "node_modules" / ".bin" / "tsc"
TEXTS = {path.stem: json.loads(path.read_text()) for path in (pages.PAGE / "text").glob("*.json")}


def gaps(phrase):
    """The names of what is filled into a phrase."""
    return set(re.findall(r"\{(\w+)\}", phrase))


@pytest.mark.parametrize("name", list(lab_bundle.ENTRIES))
def test_a_bundle_is_fresh(name):
    """Rewrite the bundles with python tools/lab_bundle.py."""
    written = (lab_bundle.BUNDLE / name).read_text(encoding="utf-8")
    assert written.splitlines()[0] == lab_bundle.head(name)
    if not lab_bundle.ESBUILD.exists():
        pytest.skip("esbuild is not there to make it anew: npm ci --prefix tools/page")
    assert written == lab_bundle.bundle(name)


@pytest.mark.skipif(not TSC.exists(), reason="TypeScript is not there: npm ci --prefix tools/page")
def test_the_types_of_the_page():
    """TypeScript finds nothing to say of the page's modules."""
    done = subprocess.run([TSC, "-p", lab_bundle.TOOLS], capture_output=True, text=True)
    ours = [line for line in done.stdout.splitlines() if "src/metabosim/lab/page/" in line]
    assert ours == []


@pytest.mark.skipif(NODE is None, reason="Node.js is not installed")
def test_the_modules_in_node():
    """The tests of what needs no browser pass."""
    tests = sorted(lab_bundle.ROOT.glob("tests/lab/*.test.mjs"))
    assert tests
    done = subprocess.run([NODE, "--test", *map(str, tests)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("code", sorted(TEXTS))
def test_a_language_is_complete(code):
    """It has English's phrases with the same gaps, and a name for everything that has a slider or a graph."""
    text, english = TEXTS[code], TEXTS["en"]
    assert {key: gaps(phrase) for key, phrase in text["phrases"].items()} == {
        key: gaps(phrase) for key, phrase in english["phrases"].items()
    }
    assert set(text["names"]["organs"]) == {item.organ for item in LEVERS.values()} | {"drugs"}
    if code == "en":
        return  # other names are the body's own
    wanted = {
        "levers": set(LEVERS),
        "observables": set(OBSERVABLES),
        "subjects": set(list_subjects()),
        "therapies": set(list_therapies()),
        "paths": {path["id"] for path in lab_data()["wiring"]["paths"]},
    }
    for kind, names in wanted.items():
        assert set(text["names"][kind]) == names, kind
    assert list(text["texts"]) == lab_texts.texts(), f"python tools/lab_texts.py {code}"
    assert all(text["texts"].values())
    frames = text["computed"]["frames"]
    assert {key: gaps(phrase) for key, phrase in frames.items()} == {
        key: gaps(key) for key in frames
    }


def test_every_phrase_is_said_somewhere():
    """No phrase is asked for that there is not, and none is kept that nobody asks for."""
    source = "\n".join(path.read_text() for path in pages.PAGE.glob("*.js"))
    asked = set(re.findall(r"\bt\('([\w-]+)'", source))
    phrases = set(TEXTS["en"]["phrases"])
    assert asked <= phrases
    # others are put together or handed on: their beginning or they themselves stand in the source
    quoted = set(re.findall(r"'([a-z][\w-]+)'", source))
    starts = tuple(re.findall(r"`([a-z]+-)\$\{", source))
    ends = tuple(re.findall(r"\}(-[a-z]+)`", source))
    assert [
        key
        for key in phrases - asked - quoted
        if not (key.startswith(starts) or key.endswith(ends))
    ] == []


def test_the_file_is_whole_small_and_closed(lab_file):
    """It is ours, below 2 MB, says what it is, and names nothing to load; its policy begins with nothing at all."""
    text = lab_file.read_text(encoding="utf-8")
    assert is_own(lab_file)
    assert lab_file.stat().st_size < 2_000_000
    assert "illustrative, not clinical" in text[:2000]
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]+)"', text)[1]
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe" not in policy
    assert "http" not in policy
    head = text[: text.index('id="lab-data"')] + "<body>"
    assert re.findall(
        r'(?:src|href)="([^"]+)"', re.sub(r"<style>.*?</style>", "", head, flags=re.S)
    ) == ["data:,"]
    assert (
        len(re.findall(r"<script", text)) == 4
    )  # data, texts, the worker's source, and the one that runs
    for script in re.findall(r"<script[^>]*>(.*?)</script>", text, re.S):
        assert not re.search(
            r"\b(eval|Function|fetch|XMLHttpRequest|WebSocket|EventSource)\s*\(", script
        )
        assert "sendBeacon" not in script
    for path in pages.PAGE.glob("*.js"):  # d3 could set markup; nobody here asks it to
        assert not re.search(
            r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\.html\(", path.read_text()
        )


def test_the_same_sources_give_the_same_file(lab_file):
    """Nothing in it depends on when it was made."""
    assert pages.lab_page() == lab_file.read_text(encoding="utf-8")


def test_the_command_opens_the_file_and_spares_others(tmp_path, monkeypatch, capsys):
    """--open shows it in the browser; a file that is not ours is replaced only with --force."""
    shown = []
    monkeypatch.setattr("webbrowser.open", shown.append)
    path = tmp_path / "lab.html"
    path.write_text("somebody's notes")
    assert execute(["lab", "--out", str(path)]) == 2
    assert path.read_text() == "somebody's notes"
    assert "--force" in capsys.readouterr().err
    assert execute(["lab", "--out", str(path), "--force", "--open"]) == 0
    assert is_own(path)
    assert shown == [path.as_uri()]
