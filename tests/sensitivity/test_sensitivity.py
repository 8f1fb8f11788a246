"""Which mechanisms decide: known functions give known indices, runs without a margin stay out, repeatable bytes."""

from __future__ import annotations

import json
import sys

import numpy as np
import pandas as pd
import pytest

from metabosim.body import LEVERS
from metabosim.claims import Verdict, evaluate
from metabosim.cli import execute
from metabosim.errors import InputError, SimulationError
from metabosim.scenario import load_scenario
from metabosim.sensitivity import (
    Factor,
    Judged,
    Question,
    factors_of,
    finding,
    judged,
    morris,
    sobol,
)

SCENARIO = "primed-granules-first"  # runs of three hours
CUBE = tuple(Factor(name, name, "1", 0.5, 0.0, 1.0) for name in "abcd")


def answering(function, broken=lambda x: False):
    """What is asked of a known function; where `broken`, a run has no margin."""

    def ask(settings):
        return [
            Judged(Verdict.ERROR, None, "check", "it broke")
            if broken(x)
            else Judged(Verdict.HOLDS, float(function(x)), "check", "")
            for x in settings
        ]

    return ask


def linear(x):
    """Coefficients 4, -2, 1 and 0."""
    return 4.0 * x[0] - 2.0 * x[1] + x[2]


def rows_of(table):
    """The table by factor name."""
    return {
        factor.name: dict(zip(table.columns, values, strict=True)) for factor, values in table.rows
    }


def test_morris_finds_the_slopes_of_a_line():
    """Every effect of a linear function is its coefficient times the span, without spread."""
    found = rows_of(morris(CUBE, 6, 1, answering(linear)))
    for name, slope in zip("abcd", (4.0, -2.0, 1.0, 0.0), strict=True):
        assert found[name]["mu"] == pytest.approx(slope, abs=1e-12)
        assert found[name]["mu_star"] == pytest.approx(abs(slope), abs=1e-12)
        assert found[name]["sigma"] == pytest.approx(0.0, abs=1e-12)
    assert list(found) == list("abcd")


def test_sobol_finds_the_shares_of_a_line():
    """Independent uniform terms share the variance as the squares of their coefficients, alone and in all."""
    found = rows_of(sobol(CUBE, 512, 1, answering(linear)))
    for name, square in zip("abcd", (16.0, 4.0, 1.0, 0.0), strict=True):
        assert found[name]["S1"] == pytest.approx(square / 21.0, abs=0.02)
        assert found[name]["ST"] == pytest.approx(square / 21.0, abs=0.02)


def test_sobol_tells_alone_from_together():
    """Of a product of two centred factors neither does anything alone."""
    found = rows_of(sobol(CUBE, 1024, 1, answering(lambda x: (x[0] - 0.5) * (x[1] - 0.5))))
    for name in "ab":
        assert found[name]["S1"] == pytest.approx(0.0, abs=0.1)
        assert found[name]["ST"] == pytest.approx(1.0, abs=0.1)


def test_runs_without_a_margin_change_no_effect_of_others():
    """Morris leaves out the effects of broken runs, counts the rest, and these are what they were."""
    table = morris(CUBE, 12, 3, answering(linear, lambda x: x[3] > 0.9))
    found = rows_of(table)
    assert table.kept == sum(int(row["effects"]) for row in found.values()) < table.of == 48
    for name, slope in zip("abc", (4.0, -2.0, 1.0), strict=True):
        assert 2 <= found[name]["effects"] < 12
        assert found[name]["mu"] == pytest.approx(slope, abs=1e-12)


def test_a_base_point_is_left_out_whole():
    """Sobol's indices stay near what they are when some base points are lost, and the loss is counted."""
    table = sobol(CUBE, 512, 1, answering(linear, lambda x: 0.3 < x[3] < 0.31))
    assert 400 < table.kept < table.of == 512
    assert rows_of(table)["a"]["ST"] == pytest.approx(16.0 / 21.0, abs=0.08)


@pytest.mark.parametrize("method", [morris, sobol])
def test_nothing_is_said_of_nothing(method):
    """Where no run has a margin, an error says why the first has none."""
    with pytest.raises(SimulationError, match="it broke; vary less"):
        method(CUBE, 4, 1, answering(linear, lambda x: True))


def test_a_margin_that_never_changes_has_no_shares():
    """It is told, rather than divided by its variance."""
    with pytest.raises(SimulationError, match="the same in all runs"):
        sobol(CUBE, 8, 1, answering(lambda x: 1.0))


def test_what_the_arms_differ_in_is_left_alone():
    """Levers that an arm sets, and parameters in which subjects differ, are the experiment."""
    resistance = load_scenario("insulin-resistance")
    names = {factor.name for factor in factors_of(resistance, "parameters", 0.3)}
    differ = set(resistance.arms["resistant"].subject.parameters)
    assert differ
    assert not names & differ
    with pytest.raises(InputError, match="cannot be varied"):
        factors_of(resistance, "parameters", 0.3, [min(differ)])
    for name in ("pka-epac2-synergy", "hyperinsulinaemia-inflames"):
        scenario = load_scenario(name)
        kept = {factor.name for factor in factors_of(scenario, "levers", 0.5)}
        for arm in scenario.arms.values():
            assert not kept & (arm.levers | arm.lifelong).keys()


def test_the_share_of_the_range():
    """Half the way is from halved to doubled for levers; the whole way is what is declared."""
    scenario = load_scenario(SCENARIO)
    assert {(f.low, f.high) for f in factors_of(scenario, "levers", 0.5)} == {(0.5, 2.0)}
    assert len(factors_of(scenario, "levers", 0.5)) == len(LEVERS)
    for factor in factors_of(scenario, "parameters", 1.0):
        assert factor.low <= factor.own <= factor.high


def test_a_run_is_the_scenario_with_these_levers():
    """The margin of a run is the one that the claim has with the levers set in the file."""
    scenario = load_scenario(SCENARIO)
    factors = factors_of(scenario, "levers", 0.5, ["pka_arm", "insulin_secretion"])
    question = Question(scenario, "levers", factors)
    settings = np.array([[1.0, 1.0], [0.5, 2.0], [2.0, 0.7]])
    found = judged(question, settings, workers=1)
    for row, one in zip(settings, found, strict=True):
        levers = {f.name: float(v) for f, v in zip(factors, row, strict=True)}
        changed_file = load_scenario(SCENARIO, levers=levers)
        claim = evaluate(changed_file, numerical_error=False).claims[0]
        assert one.margin == min(check.margin_relative for check in claim.checks)
    assert len({one.margin for one in found}) == 3


def test_a_trial_within_is_refused():
    """A scenario whose check is itself hundreds of runs is not run hundreds of times."""
    assert execute(["sensitivity", "benefit-follows-vat-loss"]) == 2


def run(tmp_path, *options):
    """The command on two levers, few runs."""
    only = ["--only", "insulin_secretion", "--only", "pka_arm", "--only", "epac2_arm"]
    return execute(["sensitivity", SCENARIO, "--out", str(tmp_path), *only, *options])


def test_the_command_repeats_whatever_the_workers(tmp_path, capsys):
    """One worker and two write the same bytes; another seed writes others; the files say what they are."""
    folders = [tmp_path / name for name in ("one", "two", "other")]
    for folder, workers, seed in zip(folders, "121", "778", strict=True):
        assert run(folder, "--samples", "3", "--workers", workers, "--seed", seed) == 0
    inside = f"{SCENARIO}-morris-levers"
    names = sorted(path.name for path in (folders[0] / inside).iterdir())
    assert names == ["plot.png", "plot.svg", "runs.csv", "sensitivity.csv", "sensitivity.json"]
    for name in names:
        one, two, other = ((folder / inside / name).read_bytes() for folder in folders)
        assert one == two
        assert one != other
        assert b"illustrative, not clinical" in one
    content = json.loads((folders[0] / inside / "sensitivity.json").read_text())
    assert content["runs"] == 3 * 4 == sum(content["verdicts"].values())
    runs = pd.read_csv(folders[0] / inside / "runs.csv", comment="#")
    assert len(runs) == 12
    assert runs["margin_relative"].notna().sum() == 12 - content["without_margin"]
    assert "illustrative" in (folders[0] / inside / "sensitivity.csv").read_text().splitlines()[0]


def test_sobol_screens_first(tmp_path, capsys, monkeypatch):
    """Of all levers the strongest are taken, and the command says from how many."""
    monkeypatch.setitem(finding.TRAJECTORIES, "levers", 2)
    given = ["--method", "sobol", "--samples", "4", "--most", "2", "--json", "--workers", "1"]
    assert execute(["sensitivity", SCENARIO, "--out", str(tmp_path), *given]) == 0
    content = json.loads(capsys.readouterr().out)
    assert content["screened_from"] == len(LEVERS)
    assert len(content["factors"]) == 2
    assert content["runs"] == 4 * (2 + 2)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--method", "sobol", "--samples", "12"), "such as 8 or 16"),
        (("--only", "insulin_secretio"), "did you mean 'insulin_secretion'"),
        (("--over", "parameters", "--only", "lipolysis"), "none of the parameters"),
    ],
)
def test_what_cannot_be_done_is_told(tmp_path, capsys, options, said):
    """Exit 2, what is wrong and what to do; nothing is written."""
    assert run(tmp_path / "out", *options) == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_without_salib_the_command_says_how_to_get_it(tmp_path, capsys, monkeypatch):
    """The exact pip command, exit 2, nothing written."""
    monkeypatch.setitem(sys.modules, "SALib", None)
    assert run(tmp_path / "out") == 2
    assert "pip install 'metabosim[sensitivity]'" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
