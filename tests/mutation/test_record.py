"""Wrong bodies are noticed: what was measured of mutants is fresh, enough, drawn and explained."""

from __future__ import annotations

import pytest

import mutate
from metabosim.yamlfile import load_yaml
from mutants import couplings, of_code

AGAIN = "run `python tools/mutate.py` (goes on where it was stopped, and keeps what is still true)"


def test_what_was_measured_is_of_the_body_the_claims_and_the_laws_as_they_are():
    """The record has the hash of the equations, of everybody's numbers, of each claim and of the laws."""
    record = mutate.read()
    assert record["body"] == mutate.physiology_hash(), (
        f"mutants were judged of another body: {AGAIN}"
    )
    now = mutate.claims()
    others = {
        name for name in now | record["claims"] if now.get(name) != record["claims"].get(name)
    }
    assert not others, f"mutants were judged by other claims, {sorted(others)}: {AGAIN}"
    assert record["laws"] == mutate.laws(), f"mutants were judged by other laws: {AGAIN}"


def test_nine_in_ten_wrong_bodies_are_noticed():
    """Of each kind, and of all; reckoned from the rows, of which there are as many as were to be."""
    rows = mutate.read()["mutants"]
    assert len({row["id"] for row in rows}) == len(rows)
    assert {row["id"] for row in rows if row["kind"] == "coupling"} == {
        one.id for one in couplings()
    }
    code = [row for row in rows if row["kind"] == "code"]
    assert sum(row["fate"] in ("killed", "survived") for row in code) >= mutate.CODE
    for some in (rows, code, [row for row in rows if row["kind"] == "coupling"]):
        assert mutate.rate(some) >= mutate.REQUIRED, mutate.counts(some)


def test_the_sample_was_drawn_and_not_chosen():
    """Mutations of the code are the first of all in the order that the seed gives."""
    pytest.importorskip("mutmut", reason="mutmut, of the extra dev, is not installed")
    record = mutate.read()
    drawn = [row["id"] for row in record["mutants"] if row["kind"] == "code"]
    assert drawn == [one.id for one in of_code(record["seed"])[: len(drawn)]]


def test_every_survivor_is_explained():
    """tests/mutation/survivors.yaml says of each why nothing notices it, and of nobody else."""
    survived = {row["id"] for row in mutate.read()["mutants"] if row["fate"] == "survived"}
    explained = load_yaml(mutate.SURVIVORS).data
    assert set(explained) == survived
    assert all(len(str(why).split()) >= 5 for why in explained.values())
