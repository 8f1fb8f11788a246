"""The package as others get it: the wheel's content, and the commands that the README gives."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from metabosim.version import __version__

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel built from the repository."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (path,) = folder.glob("*.whl")
    return path


def test_the_wheel_carries_the_data(wheel: Path) -> None:
    """All data files, the template, the schema, the type marker and the licence are in it."""
    names = set(zipfile.ZipFile(wheel).namelist())
    for folder, inside in (
        ("scenarios", "metabosim/scenarios"),
        ("src/metabosim/subjects", "metabosim/subjects"),
        ("src/metabosim/therapies", "metabosim/therapies"),
    ):
        files = {f"{inside}/{path.name}" for path in (ROOT / folder).glob("*.yaml")}
        assert files
        assert files <= names
    modules = ROOT / "src/metabosim"
    for module in (modules / "exchange/js").rglob("*.js*"):
        assert f"metabosim/{module.relative_to(modules).as_posix()}" in names
    page = {p.name for p in (ROOT / "src/metabosim/lab/page").glob("*.*")}
    assert {f"metabosim/lab/page/{name}" for name in page} <= names
    pictures = {p.name for p in (ROOT / "docs/img/wiring").iterdir()}
    assert {f"metabosim/lab/wiring/{name}" for name in pictures} <= names
    assert {
        "metabosim/lab/bundle/LICENCES.txt",
        "metabosim/lab/bundle/page.js",
        "metabosim/lab/bundle/worker.js",
        "metabosim/lab/page/text/de.json",
        "metabosim/bands/bands.csv",
        "metabosim/exchange/annotations.csv",
        "metabosim/exchange/symbols.csv",
        "metabosim/exchange/wiring.yaml",
        "metabosim/py.typed",
        "metabosim/report/not_modelled.yaml",
        "metabosim/report/templates/report.css",
        "metabosim/report/templates/report.html",
        "metabosim/scenario/families.yaml",
        "metabosim/scenario/scenario.schema.json",
        "metabosim/scenario/template.yaml",
    } <= names
    assert any(name.endswith("licenses/LICENSE") for name in names)
    assert not any("__pycache__" in name or name.startswith("tests") for name in names)


def test_the_wheel_works_from_an_empty_folder(wheel: Path, tmp_path: Path) -> None:
    """Installed anywhere, it finds its scenarios without the repository."""
    zipfile.ZipFile(wheel).extractall(tmp_path / "site")
    done = subprocess.run(
        [sys.executable, "-m", "metabosim", "list", "scenarios"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(tmp_path / "site")},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) == len(list((ROOT / "scenarios").glob("*.yaml")))


def test_the_readme_has_its_two_commands() -> None:
    """Each is one line to paste, marked so that .ci/run can find it."""
    readme = (ROOT / "README.md").read_text()
    for name, wanted in (("run", "metabosim demo"), ("test", "tools/check.py")):
        match = re.search(rf"<!-- command: {name} -->\n```sh\n([^\n]+)\n```", readme)
        assert match
        assert match[1].startswith("python3 -m venv ")
        assert wanted in match[1]


def test_links_in_the_documents_lead_somewhere() -> None:
    """Every relative link of the documents names a file that is there."""
    for document in ROOT.glob("*.md"):
        for target in re.findall(r"\]\(([^)#:]+)\)", document.read_text()):
            assert (ROOT / target).exists(), f"{document.name}: {target}"


def test_one_version() -> None:
    """The citation file and the changelog speak of the version there is."""
    assert f"version: {__version__}" in (ROOT / "CITATION.cff").read_text()
    assert f"## {__version__}" in (ROOT / "CHANGELOG.md").read_text()
