"""`metabosim export`: what it writes, and what it says when it cannot."""

import sys
import zipfile
from pathlib import Path

import libsbml
import pytest

import metabosim as ms
from metabosim import cli
from metabosim.exchange.arms import refusals
from metabosim.scenario import list_scenarios

ROOT = Path(__file__).resolve().parents[2]

SBML = ["export", "--format", "sbml"]
OMEX = ["export", "--format", "omex"]


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    """An empty folder, which is the current one."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def model_in(path):
    """The document in a file, free of errors."""
    document = libsbml.readSBMLFromFile(str(path))
    assert document.getNumErrors() == 0
    return document


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "Subject: lean-healthy"),
        (["--subject", "visceral-obese"], "Subject: visceral-obese"),
        (["meal-homeostasis"], "arm small"),
        (["insulin-resistance", "--arm", "resistant"], "Subject: insulin-resistant"),
        (["combo-synergy", "--arm", "both", "--subject", "visceral-obese"], "Subject: visceral"),
    ],
)
def test_it_writes_a_document(arguments, said, elsewhere, capsys):
    """A subject's habitual day, or an arm of a scenario, by default its control."""
    assert cli.execute([*SBML, *arguments, "--out", "made/body.xml"]) == 0
    assert "body.xml written" in capsys.readouterr().out
    document = model_in(elsewhere / "made" / "body.xml")
    assert said in document.getModel().getNotesString()
    assert [path.name for path in (elsewhere / "made").iterdir()] == ["body.xml"]


def test_only_ours_is_replaced(elsewhere, capsys):
    """Our own document may be written again, another's file only by force."""
    ours, theirs = elsewhere / "ours.xml", elsewhere / "theirs.xml"
    theirs.write_text("<sbml/>")
    assert cli.execute([*SBML, "--out", "ours.xml"]) == 0
    assert cli.execute([*SBML, "--out", "ours.xml"]) == 0
    assert cli.execute([*SBML, "--out", "theirs.xml"]) == 2
    assert "exists and was not written by metabosim" in capsys.readouterr().err
    assert theirs.read_text() == "<sbml/>"
    assert cli.execute([*SBML, "--out", "theirs.xml", "--force"]) == 0
    assert theirs.read_bytes() == ours.read_bytes()


@pytest.mark.parametrize(
    ("arguments", "wanted"),
    [
        (["meal-homeostasis", "--arm", "smal"], "did you mean 'small'?"),
        (["--arm", "small"], "no scenario is given"),
        (["no-such-claim"], "unknown scenario 'no-such-claim'"),
        (["--subject", "lean-helthy"], "did you mean 'lean-healthy'?"),
        (["incretin-effect", "--arm", "by-vein"], "arms.by-vein.protocol: replays the glucose of"),
        (["vicious-cycle", "--arm", "all-held"], "holds 'vat_gh_brake' at baseline"),
    ],
)
def test_bad_input_is_told_and_nothing_written(arguments, wanted, elsewhere, capsys):
    """Exit code 2, a sentence that helps, and an empty folder."""
    assert cli.execute([*SBML, *arguments, "--out", "made/body.xml"]) == 2
    assert wanted in capsys.readouterr().err
    assert list(elsewhere.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "wanted"),
    [
        ([], "no scenario is given; an archive is of one"),
        (["meal-homeostass"], "did you mean 'meal-homeostasis'?"),
        (["missing.yaml"], "missing.yaml: no such file"),
        (["meal-homeostasis", "--arm", "small"], "--arm: an archive holds a scenario as it is"),
        (["meal-homeostasis", "--subject", "visceral-obese"], "--subject: an archive holds"),
        (["inflammation-blocks-insulin"], "arms.calm.protocol: holds 'vat' at baseline"),
    ],
)
def test_bad_input_for_an_archive(arguments, wanted, elsewhere, capsys):
    """The same, where an archive is asked for."""
    assert cli.execute([*OMEX, *arguments, "--out", "made/all.omex"]) == 2
    assert wanted in capsys.readouterr().err
    assert list(elsewhere.iterdir()) == []


def test_it_writes_an_archive(elsewhere, capsys):
    """Of all arms that can be exported; the others are named, and our own may be written again."""
    assert cli.execute([*OMEX, "incretin-effect", "--out", "made/all.omex"]) == 0
    said = capsys.readouterr()
    assert "all.omex written: " in said.out
    assert ": 3 arms" in said.out
    assert "arm 'by-vein' is not in the archive as SBML: it replays the glucose of" in said.err
    written = (elsewhere / "made" / "all.omex").read_bytes()
    assert cli.execute([*OMEX, "incretin-effect", "--out", "made/all.omex"]) == 0
    assert (elsewhere / "made" / "all.omex").read_bytes() == written
    assert [path.name for path in (elsewhere / "made").iterdir()] == ["all.omex"]


def test_an_archive_of_somebody_else_is_kept(elsewhere, capsys):
    """A ZIP file that metabosim did not write is replaced only by force."""
    with zipfile.ZipFile("theirs.omex", "w") as file:
        file.writestr("manifest.xml", "<omexManifest/>")
    before = (elsewhere / "theirs.omex").read_bytes()
    assert cli.execute([*OMEX, "meal-homeostasis", "--out", "theirs.omex"]) == 2
    assert "exists and was not written by metabosim" in capsys.readouterr().err
    assert (elsewhere / "theirs.omex").read_bytes() == before


@pytest.mark.parametrize("command", [SBML, [*OMEX, "meal-homeostasis"]])
def test_where_nothing_can_be_written(command, elsewhere, capsys):
    """A file in the place of the folder: told, and left as it is."""
    (elsewhere / "made").write_text("a file")
    assert cli.execute([*command, "--out", "made/it"]) == 2
    assert "cannot be written" in capsys.readouterr().err
    assert (elsewhere / "made").read_text() == "a file"


@pytest.mark.parametrize(
    ("command", "package"),
    [
        (SBML, "libsbml"),
        (SBML, "sympy"),
        ([*OMEX, "meal-homeostasis"], "libsbml"),
        ([*OMEX, "meal-homeostasis"], "libsedml"),
    ],
)
def test_without_its_packages_nothing_is_written(command, package, elsewhere, monkeypatch, capsys):
    """The error is the command that installs what is missing; exit code 2."""
    monkeypatch.setitem(sys.modules, package, None)
    assert cli.execute([*command, "--out", "body.xml"]) == 2
    assert "pip install 'metabosim[exchange]'" in capsys.readouterr().err
    assert list(elsewhere.iterdir()) == []


def test_the_documentation_lists_what_cannot_be_exported():
    """Every arm of a bundled scenario that follows a course, and no other."""
    wanted = []
    for name in list_scenarios():
        arms = ms.load_scenario(name).arms
        out = [f"`{arm}`" for arm in arms if refusals(arms[arm])]
        if out:
            wanted.append(f"| `{name}` | {'all' if len(out) == len(arms) else ', '.join(out)} |")
    text = (ROOT / "docs" / "exchange.md").read_text(encoding="utf-8")
    _, _, table = text.partition("| scenario | arms without SBML |\n|---|---|\n")
    assert table.partition("\n\n")[0].splitlines() == wanted
