"""From a scenario's result to a picture: courses, marks of the check, words, computed panels."""

from __future__ import annotations

import re
from io import StringIO
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from ruamel.yaml import YAML

from metabosim.claims import ScenarioResult, evaluate
from metabosim.claims.evaluate import bench_of, judge_claim
from metabosim.errors import InputError
from metabosim.output import Stamp
from metabosim.plots import picture_of
from metabosim.plots.computed import computed_panels
from metabosim.plots.daily import by_day, swings
from metabosim.plots.marks import joined
from metabosim.plots.picture import (
    BarPanel,
    CurvePanel,
    Difference,
    Event,
    Level,
    LinePanel,
    Picture,
    Point,
    Range,
    TablePanel,
    Threshold,
    Window,
)
from metabosim.plots.words import arms_in_words, step_words
from metabosim.protocol import Diet, Dose, GlucoseClamp, Hold, OralGlucose
from metabosim.scenario import Arm, parse_scenario, template
from metabosim.scenario.checks import CHECKS
from metabosim.subjects import load_subject

STAMP = Stamp("my-claim", "abc")


@pytest.fixture(scope="module")
def result() -> Any:
    """The template's scenario, run and judged."""
    return evaluate(parse_scenario(template("my-claim"), "my-claim.yaml"), numerical_error=False)


def panels(picture: Picture) -> list[LinePanel]:
    """The panels, all of which show courses."""
    assert all(isinstance(panel, LinePanel) for panel in picture.panels)
    return [panel for panel in picture.panels if isinstance(panel, LinePanel)]


def marks(panel: LinePanel, kind: type) -> list[Any]:
    """The marks of one kind."""
    return [mark for mark in panel.marks if isinstance(mark, kind)]


def test_courses_are_the_runs(result: Any) -> None:
    """Each panel shows its observable of every arm, the control first, over its own stretch."""
    glucose, insulin = panels(picture_of(result, STAMP))
    assert [line.arm for line in glucose.lines] == ["small", "large"]
    assert np.array_equal(glucose.lines[1].values, result.arms["large"]["glucose_mmol_l"])
    assert (glucose.start, glucose.stop, glucose.unit, glucose.clock) == (420, 780, "mmol/L", True)
    assert insulin.title == "Plasma insulin"


def test_the_check_is_drawn(result: Any) -> None:
    """Window, both peaks and their difference stand in the panel that names the check."""
    glucose, insulin = panels(picture_of(result, STAMP))
    assert marks(insulin, Window) == [Window(480, 720)]
    small, large = sorted(marks(insulin, Point), key=lambda point: point.value)
    assert small.arm == "small"
    assert large.value == pytest.approx(result.arms["large"]["insulin_pmol_l"][480:721].max())
    (difference,) = marks(insulin, Difference)
    assert (difference.low, difference.high) == (small.value, large.value)
    assert f"at least {result.scenario.checks[0].by_at_least}" in difference.label
    assert not marks(glucose, Point)


def test_overlapping_windows_are_one() -> None:
    """Windows that overlap are shaded once; others stay apart."""
    windows = [Window(480, 840), Window(480, 960), Window(1000, 1100), Window(480, 840)]
    assert joined(windows) == [Window(480, 960), Window(1000, 1100)]


def test_events_are_named_once(result: Any) -> None:
    """The meal is marked in the first panel only."""
    glucose, insulin = panels(picture_of(result, STAMP))
    assert marks(glucose, Event) == [Event(480, "meal")]
    assert not marks(insulin, Event)


def test_words(result: Any) -> None:
    """Title, claim, verdict, what sets the arms apart, and the notes."""
    picture = picture_of(result, STAMP)
    assert picture.title == "A larger meal draws more insulin"
    assert picture.verdict == "holds"
    assert picture.margin.endswith("pmol/L to spare")
    assert picture.arms == {
        "small": "lean-healthy, meal with 50 g carbohydrate",
        "large": "meal with 100 g carbohydrate",
    }
    assert "In reality (supported)" in picture.footer[0]
    assert picture.footer[1] == STAMP.line


def test_us_units_everywhere(result: Any) -> None:
    """Courses, marks and labels change unit together."""
    _, insulin = panels(picture_of(result, STAMP, us=True))
    assert insulin.unit == "uU/mL"
    peak = result.arms["large"]["insulin_pmol_l"][480:721].max() / 6
    assert max(point.value for point in marks(insulin, Point)) == pytest.approx(peak)
    (difference,) = marks(insulin, Difference)
    least = result.scenario.checks[0].what.measure.parse(result.scenario.checks[0].by_at_least)
    assert f"at least {least / 6:.3g} µU/mL" in difference.label


@pytest.mark.parametrize(
    ("step", "words"),
    [
        (Dose("semaglutide", "1 mg", every="7 d"), "semaglutide 1 mg weekly"),
        (Dose("tesamorelin", "2 mg", every="1 d"), "tesamorelin 2 mg daily"),
        (OralGlucose("8 h", "75 g"), "75 g glucose by mouth"),
        (GlucoseClamp(["5 mmol/L", "10 mmol/L"], 0, 60), "glucose held at 5, 10 mmol/L"),
        (Diet("75 %", 0), "eating 75 %"),
        (Hold("vat_kg", "baseline"), "visceral fat held"),
    ],
)
def test_steps_in_words(step: Any, words: str) -> None:
    """What is done is told as one would say it."""
    assert step_words(step) == words


def test_one_number_a_day() -> None:
    """A day's mean is its mean, a fasting value that of the morning, and a swing is noticed."""
    time = np.arange(0.0, 30 * 1440 + 1, 60)
    wave = 5 + np.sin(2 * np.pi * time / 1440) + time / 1440
    at, means = by_day(time, wave, None)
    assert len(at) == 30
    assert means == pytest.approx(5 + np.arange(30) + 0.5, abs=1e-9)
    at, mornings = by_day(time, wave, 420.0)
    assert at[0] == 420
    assert mornings[0] == pytest.approx(wave[7])
    assert swings(time, wave)
    assert not swings(time, 5 + time / 1e6)


def check(kind: str, **fields: Any) -> Any:
    """A check of the vocabulary, by the names that a scenario file uses."""
    return CHECKS[kind].model_validate(fields)


def drawn(one: Any, evidence: dict[str, Any], us: bool = False) -> Any:
    """The only panel of a check with this evidence."""
    (panel,) = computed_panels(one, SimpleNamespace(evidence=evidence), us)
    return panel


FINAL = {"final": "glucose_mmol_l"}


def test_shares_as_bars() -> None:
    """Each mechanism's share in per cent, with the least that is asked for."""
    one = check(
        "share_of", feature=FINAL, levers=["glp1_appetite", "pka_arm"],
        minimum_effect="0.1 mmol/L", at_least="5 %",
    )  # fmt: skip
    panel = drawn(one, {"shares": {"glp1_appetite": 0.7, "pka_arm": 0.3}})
    assert isinstance(panel, BarPanel)
    assert [(bar.label, bar.value) for bar in panel.bars] == [
        ("GLP-1 appetite", pytest.approx(70)),
        ("PKA arm", pytest.approx(30)),
    ]
    assert panel.thresholds[0].level == pytest.approx(5)


def test_paths_as_bars() -> None:
    """The whole effect and its two paths, in the outcome's unit, converted if asked."""
    one = check(
        "mediated_by", feature=FINAL, mediator=["vat_kg", "lean_kg"],
        minimum_effect="0.1 mmol/L", through_at_least="30 %",
    )  # fmt: skip
    evidence = {"total_effect": -1.0, "total_through": -1.5, "pure_direct": 0.5}
    assert [bar.value for bar in drawn(one, evidence).bars] == [-1.0, -1.5, 0.5]
    assert drawn(one, evidence).bars[1].label == "through visceral fat and lean mass"
    panel = drawn(one, evidence, us=True)
    assert panel.unit == "mg/dL"
    assert panel.bars[0].value == pytest.approx(-18.0156)


def test_doses_as_a_curve() -> None:
    """Effect over dose."""
    one = check(
        "dose_response", feature=FINAL, unit="mg", minimum_effect="0.1 mmol/L",
        doses=[{"dose": n, "arm": f"a{n}"} for n in (0, 1, 2)],
    )  # fmt: skip
    evidence = {"doses": [0, 1, 2], "effects": [5, 6, 6.5], "arms": ["a0", "a1", "a2"]}
    panel = drawn(one, evidence)
    assert isinstance(panel, CurvePanel)
    assert panel.curves[0].values == (5, 6, 6.5)
    assert (panel.across, panel.across_unit) == ("dose", "mg")


def test_tables_as_tables() -> None:
    """Signs and sizes stand beside the article's; the longer side goes down the page."""
    columns = {name: {"feature": FINAL, "minimum": "0.1 mmol/L"} for name in ("fasting", "evening")}
    one = check(
        "table", columns=columns, rows={"drug": {"treated": "t", "expect": {"fasting": "-"}}}
    )
    cell = {"shows": "-", "effect": -0.6, "effect_share": -0.1, "unit": "mmol/L"}
    evidence = {
        "cells": {
            "drug": {"fasting": {**cell, "article": "-"}, "evening": {**cell, "article": None}}
        }
    }
    panel = drawn(one, evidence)
    assert isinstance(panel, TablePanel)
    assert panel.rows == ("fasting", "evening")
    assert panel.cells["fasting", "drug"].agrees is True
    assert panel.cells["fasting", "drug"].text == "−0.6 mmol/L"
    assert panel.cells["evening", "drug"].agrees is None


def test_no_evidence_no_panel() -> None:
    """A check whose run failed draws nothing, and breaks nothing."""
    one = check(
        "share_of", feature=FINAL, levers=["glp1_appetite", "pka_arm"],
        minimum_effect="0.1 mmol/L", at_least="5 %",
    )  # fmt: skip
    assert list(computed_panels(one, SimpleNamespace(evidence={"why": "failed"}), False)) == []


def test_means_do_not_depend_on_how_finely_a_day_was_recorded() -> None:
    """A jump at a meal weighs the same on days recorded coarsely and finely."""
    time = np.union1d(np.arange(0.0, 20 * 1440 + 1, 20), np.arange(10 * 1440, 20 * 1440, 3))
    of_day = time % 1440
    jump = np.where((of_day >= 490) & (of_day < 1000), 8.0, 5.0)
    _, means = by_day(time, jump, None)
    assert len(means) == 20
    assert means == pytest.approx(means[0])


def arm(*protocol: Any, **fields: Any) -> Any:
    """An arm of half a year with this protocol."""
    return Arm(load_subject("lean-healthy"), 183 * 1440.0, protocol=protocol, **fields)


def test_what_sets_arms_apart_is_said() -> None:
    """A dose stepped up is one entry, so that what differs beside it is not cut off."""
    steps = [
        Dose("semaglutide", f"{mg} mg", start=28 * n * 1440, every="7 d", stop=28 * (n + 1) * 1440)
        for n, mg in enumerate((0.25, 0.5, 1, 1.7, 2.4))
    ]
    held = [Hold(name, "baseline") for name in ("vat_kg", "lean_kg")]
    assert arms_in_words({"none": arm(), "drug": arm(*steps), "held": arm(*steps, *held)}) == {
        "none": "lean-healthy",
        "drug": "semaglutide 0.25→2.4 mg weekly",
        "held": "semaglutide 0.25→2.4 mg weekly, visceral fat and lean mass held",
    }


def test_arms_that_differ_in_how_long() -> None:
    """Where two arms would read alike, the one that stops earlier says when."""
    words = arms_in_words(
        {
            "none": arm(),
            "goes-on": arm(Dose("semaglutide", "1 mg", every="7 d")),
            "stops": arm(Dose("semaglutide", "1 mg", every="7 d", stop=91 * 1440)),
        }
    )
    assert words["goes-on"] == "semaglutide 1 mg weekly"
    assert words["stops"] == "semaglutide 1 mg weekly, until 13 weeks"


def scenario_with(check: dict[str, Any], **panel: Any) -> Any:
    """The template's scenario with another check, drawn into the panel of its observable."""
    (kind,) = check
    data = YAML(typ="safe", pure=True).load(template("my-claim"))
    data["checks"] = [{kind: {"id": "it", **check[kind]}}]
    data["plot"]["panels"] = [{"observables": ["glucose_mmol_l"], "from": "7 h", "to": "13 h",
                               "checks": ["it"], **panel}]  # fmt: skip
    text = StringIO()
    YAML().dump(data, text)
    return parse_scenario(text.getvalue(), "my-claim.yaml")


def redrawn(result: Any, check: dict[str, Any], **panel: Any) -> Picture:
    """The picture of the same runs under another check."""
    scenario = scenario_with(check, **panel)
    bench = bench_of(scenario, tolerance=1e-6)
    bench.runs.update(result.arms)
    claim = judge_claim(scenario, bench, None)
    return picture_of(ScenarioResult(scenario, (claim,), result.arms), STAMP)


MEAL_PEAK = {"peak": "glucose_mmol_l", "from": "8 h", "to": "12 h"}


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ({"by_fold": 1.01}, r"× 1\.\d+\n\(at least × 1\.01\)"),
        ({"by_at_least": "2 %"}, r"[\d.]+ %\n\(at least 2 %\)"),
        ({"by_at_least": "0.1 mmol/L"}, r"[\d.]+ mmol/L\n\(at least 0\.1 mmol/L\)"),
    ],
)
def test_sizes_are_told_in_the_checks_own_terms(
    result: Any, asked: dict[str, Any], shown: str
) -> None:
    """A fold beside a fold, a percentage beside a percentage, a quantity beside a quantity."""
    check = {"compare": {"feature": MEAL_PEAK, "higher": "large", "lower": "small", **asked}}
    (panel,) = panels(redrawn(result, check))
    (difference,) = marks(panel, Difference)
    assert re.fullmatch(shown, difference.label)


def test_levels_keep_to_the_window(result: Any) -> None:
    """A level that holds from 9 to 11 h is drawn from 9 to 11 h."""
    check = {"stays_above": {"observable": "glucose_mmol_l", "level": "3 mmol/L", "arm": "large",
                             "from": "9 h", "to": "11 h"}}  # fmt: skip
    (panel,) = panels(redrawn(result, check))
    (level,) = marks(panel, Threshold)
    assert (level.start, level.stop) == (540, 660)


def test_what_is_unchanged_has_a_band(result: Any) -> None:
    """The band allowed lies around the value of the arm that is compared with."""
    feature = {"mean": "glucose_mmol_l", "from": "7 h", "to": "8 h"}
    check = {"unchanged": {"feature": feature, "within": "0.4 mmol/L"}}
    (panel,) = panels(redrawn(result, check))
    (band,) = marks(panel, Range)
    small = next(mark for mark in marks(panel, Level) if mark.arm == "small")
    assert band.high - band.low == pytest.approx(0.8)
    assert (band.low + band.high) / 2 == pytest.approx(small.value)
    assert (band.start, band.stop) == (420, 480)


def test_the_deciding_check_is_drawn_in_any_case(result: Any) -> None:
    """One that no course shows, here a ratio, stands beneath in a bar beside its bounds."""
    ratio = {"of": {**MEAL_PEAK, "arm": "large"}, "to": {**MEAL_PEAK, "arm": "small"}}
    check = {"lies_between": {"feature": {"ratio": ratio}, "at_least": 1.01, "at_most": 3}}
    course, strip = redrawn(result, check).panels
    assert isinstance(course, LinePanel)
    assert isinstance(strip, BarPanel)
    assert strip.wide
    assert [mark.level for mark in strip.thresholds] == pytest.approx([1.01, 3])
    assert strip.bars[0].value > 1.01


def test_a_panel_may_show_some_arms_only(result: Any) -> None:
    """Arms on another scale may be left to a panel of their own."""
    check = {"lies_between": {"feature": MEAL_PEAK, "arm": "large", "at_most": "30 mmol/L"}}
    (panel,) = panels(redrawn(result, check, arms=["large"]))
    assert [line.arm for line in panel.lines] == ["large"]
    with pytest.raises(InputError, match="unknown arm 'lage'"):
        scenario_with(check, arms=["lage"])


def test_noise_in_a_table_is_no_digits() -> None:
    """An effect far below the least that counts is told as about 0."""
    columns = {"fasting": {"feature": FINAL, "minimum": "0.1 mmol/L"}}
    one = check(
        "table", columns=columns, rows={"drug": {"treated": "t", "expect": {"fasting": "0"}}}
    )
    cell = {"shows": "0", "effect": -1e-5, "effect_share": 0.0, "minimum": 0.1, "article": None}
    panel = drawn(one, {"cells": {"drug": {"fasting": cell}}})
    assert panel.cells["drug", "fasting"].text == "about 0"


def test_early_and_late_are_moments() -> None:
    """Bars of a course that turns are named by when they were read."""
    early, late = ({"value": "glucose_mmol_l", "at": at} for at in ("2 weeks", "52 weeks"))
    one = check("biphasic", early=early, late=late, early_by="0.1 mmol/L", late_by=0)
    evidence = {name: {"value": 6.0, "reference": 5.0} for name in ("early", "late")}
    assert [bar.label for bar in drawn(one, evidence).bars] == ["2 weeks", "52 weeks"]


TRIAL = {"n": 20, "seed": 1, "spread": {"vat_return": 0.1}}
VAT = {"final": "vat_kg"}


@pytest.mark.parametrize(
    ("one", "evidence", "values", "levels"),
    [
        (check("conserved", left=VAT, right=5, within="10 %"), {"left": 4.0, "right": 5.0},
         [4, 5], [4.5, 5.5]),
        (check("loop_gain", feature=VAT, closed="a", open="b", at_least=0.1, at_most=0.9,
               minimum_effect=0.1), {"gain": 0.4}, [0.4], [0.1, 0.9]),
        (check("lag", follower="vat_kg", leader="lean_kg", at_least="2 d", at_most="42 d"),
         {"lag_min": 7 * 1440.0}, [7], [2, 42]),
        (check("steeper", observable="vat_kg", early={"from": "0 d", "to": "10 d"}, times=2,
               late={"from": "10 d", "to": "20 d"}, minimum_change=0.1),
         {"arm": "a", "early_per_day": 0.1, "late_per_day": 0.5, "least_per_day": 0.01},
         [0.1, 0.5], [0.2]),
        (check("correlates", x=VAT, y=VAT, rho_at_least=0.3, trial=TRIAL,
               through={"hold": ["vat_kg"], "carried_at_least": 0.5}),
         {"rho_lower": 0.4, "share_carried": 0.7}, [0.4, 0.7], [0.3, 0.5]),
        (check("precedes", by_at_least="1 d", first={"time_to_peak": "vat_kg", "arm": "a"},
               then={"time_to_peak": "vat_kg", "arm": "b"}),
         {"first": {"value": 1440.0}, "then": {"value": 4320.0}}, [24, 72], [48]),
        (check("falls", feature=VAT, versus="control", at_least="10 %"),
         {"arm": "a", "seen": {"value": 4.0}, "reference": 5.0, "least": 0.5}, [5, 4], [4.5]),
        (check("stays_below", observable="vat_kg", level=5),
         {"arm": "a", "nearest": 4.0, "bound": 5.0}, [4], [5]),
    ],
)  # fmt: skip
def test_what_no_course_shows_is_told_in_bars(
    one: Any, evidence: dict[str, Any], values: list[float], levels: list[float]
) -> None:
    """What a check read stands in bars, what it asks for in levels, both in one unit."""
    panel = drawn(one, evidence)
    assert [bar.value for bar in panel.bars] == pytest.approx(values)
    assert [mark.level for mark in panel.thresholds] == pytest.approx(levels)
