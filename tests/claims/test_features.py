"""Features on traces whose answers are known on paper."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydantic import TypeAdapter

from claims.fakes import FakeRun, bench_of_runs, run_of
from metabosim.claims.features import CannotJudge, Look, Void, read
from metabosim.scenario.checks import FEATURES, Feature

T = np.arange(0.0, 601.0)
TRIANGLE = 5.0 + np.interp(T, [100, 200, 400], [0, 4, 0], left=0, right=0)
ADAPTER: Any = TypeAdapter(Feature)


def value(feature: Any, **runs: FakeRun) -> float:
    """The number a feature gives in the (first) arm of a bench."""
    bench = bench_of_runs(next(iter(runs)), **runs)
    return read(ADAPTER.validate_python(feature), Look(bench, next(iter(runs)))).value


def glucose(**changes: Any) -> FakeRun:
    """A triangular meal: 5, up to 9 at 200 min, back to 5 at 400."""
    return run_of(T, glucose_mmol_l=TRIANGLE, **changes)


G = "glucose_mmol_l"


@pytest.mark.parametrize(
    ("feature", "expected"),
    [
        ({"peak": G}, 9.0),
        ({"peak": G, "from": "5 h", "to": "10 h"}, 7.0),
        ({"time_to_peak": G, "from": 100}, 100.0),
        ({"trough": G, "from": 150, "to": 250}, 7.0),
        ({"time_to_trough": G, "from": 150, "to": 240}, 0.0),
        ({"mean": G, "from": 100, "to": 400}, 7.0),
        ({"mean": G, "from": 150.5, "to": 150.5 + 1e-3}, 7.02002),
        ({"auc": G, "from": 0, "to": 100}, 500.0),
        ({"iauc": G}, 600.0),
        ({"iauc": G, "from": 200, "to": 400, "baseline": "start"}, 0.0),
        ({"iauc": G, "from": 200, "to": 400, "baseline": "mean"}, 400.0),
        ({"value": G, "at": 125}, 6.0),
        ({"final": G}, 5.0),
        ({"at_rest": G}, 5.0),
        ({"fasting": G}, 5.0),
        ({"change_from_baseline": G, "at": 200}, 4.0),
        ({"change_from_baseline": G, "at": 200, "as": "share"}, 0.8),
        ({"change_from_baseline": G, "from": 100, "to": 400}, 2.0),
        ({"fold_change": G, "at": 200}, 1.8),
        ({"change": G, "from": 100, "to": 300}, 2.0),
        ({"change": G, "from": 100, "to": 300, "as": "share"}, 0.4),
        ({"settling_time": G, "band": "1 mmol/L", "from": 100}, 250.0),
        ({"settling_time": G, "band": "20 %", "around": "baseline"}, 350.0),
        ({"time_above": G, "level": "7 mmol/L"}, 150.0),
        ({"time_above": G, "level": "140 % of baseline"}, 150.0),
        ({"time_above": G, "level": "baseline + 2 mmol/L"}, 150.0),
        ({"time_below": G, "level": "7 mmol/L"}, 450.0),
        ({"time_in_range": G, "low": "6 mmol/L", "high": "8 mmol/L"}, 150.0),
        ({"half_effect_time": G, "from": 100, "to": 200}, 50.0),
        ({"peak_to_trough": G}, 4.0),
        ({"ripple": G}, 0.0),
        ({"slope": G, "from": 100, "to": 200}, 4.0 / 100 * 1440),
        ({"pulse_count": G, "rise": "1 mmol/L"}, 1.0),
        ({"pulse_mass": G, "rise": "1 mmol/L"}, 600.0),
        ({"times": {"of": {"peak": G}, "by": 2}}, 18.0),
        ({"ratio": {"of": {"peak": G}, "to": {"final": G}}}, 1.8),
        ({"difference": {"of": {"peak": G}, "minus": {"final": G}}}, 4.0),
        ({"sum": [{"peak": G}, {"final": G}]}, 14.0),
    ],
)
def test_feature_of_a_triangle(feature: Any, expected: float) -> None:
    """Every feature of a triangular meal has the value worked out by hand."""
    assert value(feature, only=glucose()) == pytest.approx(expected, rel=1e-9, abs=1e-9)


def test_every_kind_of_feature_is_tested_here() -> None:
    """No feature goes without a test with a known answer in this file."""
    text = Path(__file__).read_text(encoding="utf-8")
    missing = [kind for kind in FEATURES if f'"{kind}"' not in text]
    assert not missing


def test_half_life_of_a_decay() -> None:
    """The terminal half-life of an exponential after its peak is its own."""
    t = np.arange(0.0, 10001.0, 10)
    x = np.where(t < 500, t / 500, np.exp(-np.log(2) * (t - 500) / 720))
    assert value({"half_life": "drug_x_nmol_l"}, a=run_of(t, drug_x_nmol_l=x)) == pytest.approx(720)


def test_half_life_needs_a_decay() -> None:
    """What only rises has no half-life: void, not a number."""
    with pytest.raises(Void):
        value({"half_life": G}, a=run_of(T, **{G: 5 + T}))


@pytest.mark.parametrize("by", ["half_effect", "best_shift"])
def test_lag_of_a_shifted_ramp(by: str) -> None:
    """An S-shaped rise repeated 60 min later lags by 60 min."""
    t = np.arange(0.0, 2001.0)
    lead = np.tanh((t - 800) / 100)
    follow = np.tanh((t - 860) / 100)
    run = run_of(t, vat_kg=lead, inflammation_index=follow)
    feature = {"lag": "inflammation_index", "behind": "vat_kg", "by": by}
    assert value(feature, a=run) == pytest.approx(60, abs=2.0)


def test_half_effect_time_ignores_the_dip_before_the_rise() -> None:
    """Down first and up later: half of the final rise is reached on the way up."""
    t = np.arange(0.0, 1001.0)
    x = 10 + np.interp(t, [0, 200, 1000], [0, -4, 4])
    run = run_of(t, vat_kg=x)
    assert value({"half_effect_time": "vat_kg"}, a=run) == pytest.approx(800)


def test_half_effect_time_against_another_arm() -> None:
    """The effect may be the difference from another arm."""
    t = np.arange(0.0, 1001.0)
    treated, control = run_of(t, vat_kg=5 + 2 * t / 1000), run_of(t, vat_kg=5 + t / 1000)
    feature = {"half_effect_time": "vat_kg", "versus": "control"}
    assert value(feature, treated=treated, control=control) == pytest.approx(500)


def test_half_effect_time_of_m_is_measured_by_clamps() -> None:
    """M is no column: it is measured every so often."""
    run = run_of([0.0, 1000.0], weight_kg=70, m=lambda at: 5 + at / 1000)
    feature = {"half_effect_time": "m_value", "every": "100 min"}
    assert value(feature, a=run) == pytest.approx(500)


def test_pulses_are_counted_by_how_far_they_stand_out() -> None:
    """Six pulses and a ripple of a tenth: six; a pulse cut by the edge is none."""
    t = np.arange(0.0, 1201.0)
    x = 1 + np.maximum(0, np.sin(2 * np.pi * t / 200)) * 4 + 0.1 * np.sin(t)
    run = run_of(t, gh_ug_l=x)
    assert value({"pulse_count": "gh_ug_l", "rise": "2 ug/L"}, a=run) == 6
    cut = {"pulse_count": "gh_ug_l", "rise": "2 ug/L", "from": 50, "to": 1200}
    assert value(cut, a=run) == 5


def test_ripple_sees_a_second_peak() -> None:
    """Two peaks: the rise out of the valley between them is the ripple."""
    x = np.interp(T, [0, 100, 200, 300, 600], [5, 9, 6, 8, 5])
    assert value({"ripple": G}, a=run_of(T, **{G: x})) == pytest.approx(2.0)


def test_first_to_second_phase() -> None:
    """40 above baseline for 10 min, then 10: a ratio of 4, up to the edge between them."""
    t = np.arange(0.0, 61.0, 0.01)
    x = 60 + np.where(t < 10, 40.0, 10.0) * (t > 0)
    feature = {"first_to_second_phase": "insulin_pmol_l"}
    assert value(feature, a=run_of(t, insulin_pmol_l=x)) == pytest.approx(4.0, rel=2e-3)


def test_homa_ir() -> None:
    """5 mmol/L and 60 pmol/L (10 uU/mL) make 2.22."""
    run = run_of(T, **{G: 5.0}, insulin_pmol_l=60.0)
    assert value({"homa_ir": True}, a=run) == pytest.approx(50 / 22.5)
    assert value("homa_ir", a=run) == pytest.approx(50 / 22.5)


def test_m_value_and_infusion() -> None:
    """M comes from the run's clamp; an infusion of 1 mmol/min in 90 kg is 2 mg/kg/min."""
    run = run_of(T, glucose_infusion_mmol_min=1.0, weight_kg=90.078, m=lambda at: 7.5 + at)
    assert value({"m_value": True, "at": 2}, a=run) == pytest.approx(9.5)
    assert value("infusion", a=run) == pytest.approx(2.0)


def test_features_of_a_clamp() -> None:
    """M/I and a mean are read at the end of a clamp on a copy of the body."""

    class Clamped(FakeRun):
        def clamp(self, at_min: float, **_: Any) -> FakeRun:
            t = np.arange(0.0, 181.0)
            return run_of(t, insulin_pmol_l=np.where(t < 100, 0, 400), vat_kg=at_min)

    run = Clamped(T, {"vat_kg": T}, {}, lambda at: 8.0)
    assert value("insulin_sensitivity", a=run) == pytest.approx(2.0)
    assert value({"clamp_mean": "vat_kg", "at": 77}, a=run) == pytest.approx(77.0)


def test_half_effect_level_is_the_drivers_level_half_way() -> None:
    """Uptake goes half its way while insulin passes 300."""
    insulin = np.interp(T, [0, 600], [0, 600])
    uptake = np.clip((insulin - 200) / 200, 0, 1)
    run = run_of(T, insulin_pmol_l=insulin, glucose_uptake_mmol_min=uptake)
    feature = {"half_effect_level": "glucose_uptake_mmol_min", "of": "insulin_pmol_l"}
    assert value(feature, a=run) == pytest.approx(300)


def test_share_lost_and_half_effect_dose_span_arms() -> None:
    """A block that leaves 1 of 4 loses 75 %; half of the range is reached between two doses."""
    runs = {
        name: run_of(T, vat_kg=x)
        for name, x in {"zero": 0.0, "one": 1.0, "two": 3.0, "four": 4.0}.items()
    }
    lost = {
        "share_lost": {
            "feature": {"final": "vat_kg"}, "control": "zero", "treated": "four", "blocked": "one",
        }
    }  # fmt: skip
    assert value(lost, **runs) == pytest.approx(0.75)
    nothing = dict.fromkeys(runs, run_of(T, vat_kg=0.0))
    with pytest.raises(Void, match="no effect to lose"):
        value(lost, **nothing)
    dose = {
        "half_effect_dose": {
            "feature": {"final": "vat_kg"}, "unit": "mg",
            "doses": {"zero": 0, "one": "1 mg", "two": 2, "four": 4},
        }
    }  # fmt: skip
    assert value(dose, **runs) == pytest.approx(1.5)


def test_daily_numbers() -> None:
    """One number a day: mean, maximum and the value at 07:00, of whole days only."""
    t = np.arange(0.0, 3.5 * 1440 + 1, 10)
    x = np.floor(t / 1440 + 1e-9) + (np.abs(t % 1440 - 420) < 1) * 0.5
    run = run_of(t, vat_kg=x)
    assert value({"peak": "vat_kg", "daily": "fasting"}, a=run) == pytest.approx(3.5)
    assert value({"trough": "vat_kg", "daily": "max"}, a=run) == pytest.approx(1.0)
    assert value({"change": "vat_kg", "daily": "mean"}, a=run) == pytest.approx(2.0, abs=0.01)


def test_the_clock_of_a_run_that_starts_fasting() -> None:
    """Its time 0 is 07:00, so that is its first morning."""
    run = run_of(T, **{G: 5 + T})
    assert value({"fasting": G}, a=run) == pytest.approx(425)
    run.start = "fasting"
    assert value({"fasting": G}, a=run) == pytest.approx(5)


@pytest.mark.parametrize("window", [{"from": -1}, {"to": 601}, {"from": 700, "to": 800}])
def test_a_window_outside_the_run_is_an_error(window: Any) -> None:
    """It is never cut to what there is."""
    with pytest.raises(CannotJudge, match="not inside the run"):
        value({"peak": G} | window, only=glucose())


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_number_that_is_none_is_an_error(bad: float) -> None:
    """One NaN in the window is enough; outside it does not matter."""
    x = TRIANGLE.copy()
    x[300] = bad
    run = run_of(T, **{G: x})
    with pytest.raises(CannotJudge, match="300 min"):
        value({"peak": G}, a=run)
    assert value({"peak": G, "to": 299}, a=run) == 9.0


def test_edges_are_interpolated() -> None:
    """A window that starts and ends between two samples is read at its own edges."""
    run = run_of([0.0, 10.0, 20.0], **{G: [0.0, 10.0, 0.0]})
    assert value({"auc": G, "from": 5, "to": 15}, a=run) == pytest.approx(75.0)
    assert value({"peak": G, "from": 2, "to": 7}, a=run) == pytest.approx(7.0)
