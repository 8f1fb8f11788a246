"""`metabosim export`: what it writes, and what it says when it cannot."""

import sys

import libsbml
import pytest

from metabosim import cli

SBML = ["export", "--format", "sbml"]


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


def test_without_libsbml_nothing_is_written(elsewhere, monkeypatch, capsys):
    """The error is the command that installs what is missing; exit code 2."""
    monkeypatch.setitem(sys.modules, "libsbml", None)
    assert cli.execute([*SBML, "--out", "body.xml"]) == 2
    assert "pip install 'metabosim[sbml]'" in capsys.readouterr().err
    assert list(elsewhere.iterdir()) == []
