"""Mutants of the body are killed by what is wrong with them, and by nothing else."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

import mutate
from metabosim.exchange.lab_data import lab_json
from mutant_judge import Fate, Judge
from mutants import BODY, Mutant, couplings

INCRETIN, VAT = ("incretin-effect", False), ("vat-inflames", False)


def row(kind: str, fate: str) -> dict[str, str]:
    """A row of the record."""
    return {"kind": kind, "fate": fate}


def test_mutants_that_are_no_other_body_do_not_count():
    """The rate is of those that could have survived."""
    rows = [
        row("code", fate) for fate in ("killed", "killed", "survived", "stillborn", "equivalent")
    ]
    assert mutate.rate(rows) == pytest.approx(2 / 3)
    assert mutate.counts(rows)["code"] == {
        "equivalent": 1, "killed": 2, "stillborn": 1, "survived": 1,
    }  # fmt: skip


def test_a_sample_ends_with_the_mutant_that_makes_it_full():
    """Those that are no body of their own are gone through, and nobody is judged whom it does not need."""
    asked: list[str] = []

    def fates(some: Sequence[Mutant]) -> list[Fate]:
        asked.extend(one.id for one in some)
        return [{"fate": "stillborn" if int(one.id) % 2 else "killed"} for one in some]

    many = [Mutant(str(i), "code", "", "", str) for i in range(20)]
    found = mutate.sampled(many, 4, fates)
    assert [one.id for one, _ in found] == asked == [str(i) for i in range(7)]


def changed(file: str, before: str, after: str) -> Mutant:
    """The body with a piece of its code replaced."""
    text = (BODY / file).read_text(encoding="utf-8")
    assert text.count(before) == 1
    return Mutant("mine", "code", "", file, lambda: text.replace(before, after))


@pytest.fixture(scope="module")
def judge(tmp_path_factory: pytest.TempPathFactory) -> Judge:
    """A judge with a copy of the package."""
    if shutil.which("node") is None:
        pytest.skip("Node.js is not installed")
    return Judge(tmp_path_factory.mktemp("judge") / "copy", lab_json())


DRIVE = "p.vat_inflammation_gain * vat / (1.0 + vat / p.vat_inflammation_half)"
SAME = "vat / (1.0 / p.vat_inflammation_gain + vat / p.vat_inflammation_half / p.vat_inflammation_gain)"
FED = "inflammation=(calmed - s.inflammation) / p.inflammation_time"


@pytest.mark.parametrize(
    ("file", "before", "after", "fate"),
    [
        ("immune.py", DRIVE, DRIVE.replace("(1.0 + vat", "(None + vat"), ("stillborn", "equations", None)),
        ("immune.py", DRIVE, SAME, ("equivalent", "equations", None)),
        ("immune.py", FED, FED.replace(" / p", " * p"), ("killed", "dimensions", None)),
        ("immune.py", DRIVE, f"0.0 * {DRIVE}", ("killed", "claim", "vat-inflames")),
        # fails no claim here, but half of the glycogen comes from nowhere
        ("liver.py", "stored - flow.glycogenolysis", "stored - 0.9 * flow.glycogenolysis",
         ("killed", "law", "balances")),
    ],
)  # fmt: skip
def test_wrong_bodies_are_killed_by_what_is_wrong_with_them(judge, file, before, after, fate):
    """By dimensions, a claim or a law; one without equations, or with the same ones, is said to be so."""
    found = judge.fate(changed(file, before, after), [VAT, INCRETIN], [])
    assert (found["fate"], found["by"], found.get("of")) == fate, found


def test_a_body_is_judged_as_if_no_other_had_been(judge):
    """The body as it is stands, with knock-outs, after another was killed by a claim at once."""
    (deaf,) = [one for one in couplings() if one.id == "lever.glp1_insulin_secretion:dropped"]
    killed = judge.fate(deaf, [INCRETIN], [])
    assert (killed["fate"], killed["by"], killed["of"]) == ("killed", "claim", "incretin-effect")
    standing = judge.fate(None, [INCRETIN], [("incretin-effect", True)])
    assert standing["fate"] == "survived", standing


def test_what_is_known_of_a_mutant_is_not_judged_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """A kill stands as long as its claim or law does; a survivor is judged by new claims, or by all after new laws."""
    asked: list[list[str]] = []

    class Silent:
        def fate(self, mutant, claims, knock_outs):
            asked.append([name for name, _ in claims])
            return {"fate": "survived", "seconds": [0.0] * len(claims + knock_outs)}

    monkeypatch.setattr(mutate, "SCRATCH", tmp_path)
    monkeypatch.setattr(mutate.Work, "_lab", lambda self: "")
    monkeypatch.setattr(mutate, "Judge", lambda *_: Silent())
    monkeypatch.setattr(mutate, "claims", lambda: {"one": "new", "other": "old"})
    work = mutate.Work(1)
    before, now = {"one": "old", "other": "old"}, mutate.claims()
    same, old = {"laws": mutate.laws()}, {"laws": "old"}
    known = [
        {"fate": "killed", "by": "claim", "of": "other", "claims": before} | old,
        {"fate": "killed", "by": "claim", "of": "one", "claims": before} | same,
        {"fate": "survived", "claims": before} | same,
        {"fate": "killed", "by": "dimensions", "claims": before} | old,
        {"fate": "survived", "claims": now} | same,
        {"fate": "survived", "claims": now} | old,
        {"fate": "killed", "by": "law", "of": "a law", "claims": now} | old,
    ]
    mutants = [Mutant(str(i), "code", "", "", str) for i in range(len(known))]
    del asked[:]
    work.fates(mutants, {one.id: fate for one, fate in zip(mutants, known, strict=True)})
    assert asked == [["one", "other"], ["one"], ["one", "other"], ["one", "other"]]
    work.fates([mutants[i] for i in (1, 2, 5, 6)], {})
    assert len(asked) == 4
