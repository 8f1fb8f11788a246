"""Every check on traces with known answers: margin, verdict, void, and the other direction."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydantic import TypeAdapter

from claims.fakes import FakeRun, bench_of_runs, run_of
from metabosim.claims.bench import Bench
from metabosim.claims.evaluate import judge_check
from metabosim.claims.judging import judge
from metabosim.claims.verdict import CheckResult, Verdict
from metabosim.scenario.checks import CHECKS, Check

ADAPTER: Any = TypeAdapter(Check)
T = np.arange(0.0, 601.0)
G = "glucose_mmol_l"


def result(check: Any, bench: Bench) -> CheckResult:
    """A check judged on a bench, once."""
    return judge_check(ADAPTER.validate_python(check), "it", bench, None)


def margin(check: Any, bench: Bench) -> float:
    """The margin of a check."""
    return judge(ADAPTER.validate_python(check), bench).margin


def meal(top: float, base: float = 5.0, at: float = 200.0) -> FakeRun:
    """A triangular meal."""
    x = base + np.interp(T, [at - 100, at, at + 200], [0, top - base, 0])
    return run_of(T, **{G: x, "dose": np.full(len(T), top)})


def steady(**values: float) -> FakeRun:
    """A run in which nothing moves; `dose` tells runs apart."""
    return run_of(T, **{name: np.full(len(T), v) for name, v in values.items()})


def levels(name: str = "vat_kg", **arms: float) -> Bench:
    """A bench of steady arms."""
    return bench_of_runs(**{arm: steady(**{name: value}) for arm, value in arms.items()})


TWO = bench_of_runs(control=meal(9), treated=meal(8))
PEAK = {"peak": G}
FINAL = {"final": "vat_kg"}


def test_every_kind_of_check_is_tested_here() -> None:
    """No check goes without a test with a known answer beside this one."""
    files = Path(__file__).parent.glob("test_*.py")
    text = "".join(file.read_text(encoding="utf-8") for file in files)
    assert not [kind for kind in CHECKS if f'"{kind}":' not in text]


@pytest.mark.parametrize(
    ("check", "expected"),
    [
        ({"stays_above": {"observable": G, "level": "4 mmol/L"}}, 1.0),
        ({"stays_above": {"observable": G, "level": "72.0624 mg/dL"}}, 1.0),
        ({"stays_below": {"observable": G, "level": "7 mmol/L"}}, -1.0),
        ({"stays_below": {"observable": G, "level": 7, "arms": ["control", "treated"]}}, -2.0),
        ({"stays_between": {"observable": G, "low": 3, "high": "200 % of baseline"}}, 2.0),
        ({"lies_between": {"feature": PEAK, "at_least": "6 mmol/L", "at_most": 10}}, 2.0),
        ({"lies_between": {"feature": PEAK, "at_most": "150 % of baseline"}}, -0.5),
        ({"rises": {"feature": PEAK, "at_least": "1 mmol/L"}}, 2.0),
        ({"rises": {"feature": PEAK, "at_least": "20 %", "at_most": "30 %"}}, -1.5),
        ({"falls": {"feature": PEAK, "versus": "control", "at_least": 0.4}}, 0.6),
        ({"falls": {"feature": PEAK, "versus": "control", "at_least": "10 %"}}, 0.1),
        ({"rises": {"observable": G, "at": 200, "at_least": "50 %"}}, 0.5),
        ({"compare": {"feature": PEAK, "higher": "control", "lower": "treated",
                      "by_at_least": "0.3 mmol/L"}}, 0.7),
        ({"compare": {"feature": PEAK, "higher": "control", "lower": "treated",
                      "by_fold": 1.1}}, 9 / 8 - 1.1),
        ({"compare": {"higher": PEAK | {"arm": "control"}, "lower": {"final": G, "arm": "treated"},
                      "by_at_least": 1}}, 3.0),
        ({"unchanged": {"feature": PEAK, "within": "1.5 mmol/L"}}, 0.5),
        ({"unchanged": {"feature": PEAK, "within": "5 %"}}, -0.55),
        ({"unchanged": {"feature": {"final": G}, "arm": "treated", "versus": "baseline",
                        "within": 0.2}}, 0.2),
        ({"conserved": {"left": {"auc": G, "arm": "treated"}, "right": 3450,
                        "within": "1 %"}}, 34.5),
        ({"conserved": {"left": {"mean": G, "arm": "treated"},
                        "right": {"mean": G, "arm": "control"}, "within": 0.1}}, 0.6 - 150 / 600),
        ({"returns_within": {"observable": G, "of_baseline": "1 mmol/L", "within": "5 h",
                             "after": 100}}, 1.0),
        ({"returns_within": {"observable": G, "of_baseline": "1 mmol/L", "within": 170,
                             "after": 100}}, -0.92),  # best as it leaves, from 134 to 164 min
        ({"when_then": {"when": {"observable": G, "above": 6},
                        "then": {"observable": G, "below": 10}}}, 2.0),
        ({"when_then": {"when": {"observable": G, "above": 7}, "within": 200,
                        "then": {"observable": G, "below": 6}}}, 0.5),
        ({"precedes": {"first": {"time_to_peak": G, "arm": "treated"}, "by_at_least": 10,
                       "then": {"settling_time": G, "arm": "treated"}}}, 190 - 100 / 3),
        ({"refuted": {"check": {"stays_below": {"observable": G, "level": 7}}}}, 1.0),
    ],
)  # fmt: skip
def test_margin_on_two_meals(check: Any, expected: float) -> None:
    """Margins on two triangular meals (peaks 9 and 8, treated is the lower) are those on paper."""
    assert margin(check, TWO) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("by", [{"by_fold": 1.3}, {"by_at_least": "20 %"}])
def test_nothing_against_nothing_fails(by: Any) -> None:
    """Where the knock-out leaves both at 0, neither is larger: it fails, and is not on the line."""
    bench = bench_of_runs(
        control=steady(vat_kg=1e-23, dose=0.0), treated=steady(vat_kg=2e-23, dose=1.0)
    )
    check = {"compare": {"feature": FINAL, "higher": "treated", "lower": "control", **by}}
    assert result(check, bench).verdict is Verdict.FAILS


@pytest.mark.parametrize(
    ("by", "said"),
    [
        ({"by_at_least": "0.3 mmol/L"}, "1 higher, 0.3 mmol/L asked for"),
        ({"by_at_least": "5 %"}, "12.5 % higher, 5 % asked for"),
        ({"by_fold": 1.1}, "1.125 times, 1.1 times asked for"),
        ({"by_at_least": "5 %", "by_fold": 1.1}, "12.5 % higher and 1.125 times, 5 % and 1.1 times asked for"),
    ],
)  # fmt: skip
def test_what_was_found_is_said_as_it_was_asked(by: Any, said: str) -> None:
    """A difference in the unit where that is asked, a percentage or so many times where those are."""
    check = {"compare": {"feature": PEAK, "higher": "control", "lower": "treated", **by}}
    assert result(check, TWO).statement_rendered.endswith(said)


def test_order_of_three_arms() -> None:
    """The smallest gap between neighbours counts."""
    bench = levels(control=1.0, middle=3.0, top=4.0)
    check = {
        "compare": {"feature": FINAL, "order": ["top", "middle", "control"], "by_at_least": 0.4}
    }
    assert margin(check, bench) == pytest.approx(0.6)
    check["compare"]["order"] = ["top", "control", "middle"]
    assert result(check, bench).verdict is Verdict.FAILS


def test_percent_of_an_observables_change_is_of_its_baseline() -> None:
    """VAT down from 5 to 4 is 20 %, against the rest or against an untreated arm."""
    treated = run_of(T, vat_kg=5 - T / 600)
    control = run_of(T, vat_kg=np.full(601, 5.0))
    bench = bench_of_runs(treated=treated, control=control)
    for versus in ("baseline", "control"):
        check = {"falls": {"observable": "vat_kg", "at_least": "15 %", "versus": versus}}
        assert margin(check, bench) == pytest.approx(0.25)


def test_order_of_events() -> None:
    """Sensitivity falls, secretion rises, falls from its height, glucose climbs, each in turn."""
    t = np.arange(0.0, 1001.0)
    run = run_of(
        t,
        insulin_sensitivity_index=np.interp(t, [100, 200], [1.0, 0.5]),
        insulin_secretion_pmol_min=np.interp(t, [300, 400, 600, 700], [100, 200, 200, 50]),
        glucose_mmol_l=np.interp(t, [800, 900], [5, 9]),
    )
    events = [
        {"falls": "insulin_sensitivity_index", "by": "20 %"},
        {"rises": "insulin_secretion_pmol_min", "by": "50 %"},
        {"falls": "insulin_secretion_pmol_min", "by": "50 %", "since": "highest"},
        {"rises": G, "by": "2 mmol/L"},
    ]
    bench = bench_of_runs("only", only=run)
    check = {"order": {"events": events, "apart_at_least": 50}}
    # at 140, 350, 666.7, 850
    assert margin(check, bench) == pytest.approx(850 - (600 + 100 * 100 / 150) - 50)
    turned = ADAPTER.validate_python(check).opposite()
    assert judge(turned, bench).margin < 0


def test_an_event_that_does_not_come_fails_by_its_shortfall() -> None:
    """Glucose that climbs by 1 where 2 were said is half a way short."""
    run = run_of(T, **{G: 5 + T / 600, "vat_kg": 5 + T})
    events = [{"rises": "vat_kg", "by": 10}, {"rises": G, "by": "2 mmol/L"}]
    found = result({"order": {"events": events, "apart_at_least": 5}}, bench_of_runs("a", a=run))
    assert found.verdict is Verdict.FAILS
    assert found.margin == pytest.approx(-1.0)
    assert found.evidence["reached_share"] == pytest.approx(0.5)


def test_lag_check() -> None:
    """A lag of 60 min lies 20 above the least and 40 below the most."""
    t = np.arange(0.0, 2001.0)
    run = run_of(t, vat_kg=np.tanh((t - 800) / 99), inflammation_index=np.tanh((t - 860) / 99))
    check = {"lag": {"follower": "inflammation_index", "leader": "vat_kg", "at_least": 40,
                     "at_most": 100}}  # fmt: skip
    bench = bench_of_runs("a", a=run)
    assert margin(check, bench) == pytest.approx(20, abs=0.5)
    turned = ADAPTER.validate_python(check).opposite()
    assert judge(turned, bench).margin < 0


def test_steeper() -> None:
    """1 a year, then 5 a year: five times, where three are asked for."""
    t = np.linspace(0, 10 * 525600, 2001)
    x = 5 + np.interp(t / 525600, [0, 7, 10], [0, 7, 22])
    bench = bench_of_runs("a", a=run_of(t, **{G: x}))
    check = {"steeper": {"observable": G, "early": {"from": 0, "to": "7 years"},
                         "late": {"from": "7 years", "to": "10 years"}, "times": 3,
                         "minimum_change": "1 mmol/L"}}  # fmt: skip
    assert margin(check, bench) == pytest.approx(2 / 365, rel=1e-6)
    check["steeper"]["times"] = 6
    assert result(check, bench).verdict is Verdict.FAILS


def test_dose_response() -> None:
    """Every step up, by at least a share of the range; the last slope under 40 % of the first."""
    bench = levels(d0=0.0, d1=4.0, d2=6.0, d3=7.0)
    doses = [{"dose": i, "arm": f"d{i}"} for i in range(4)]
    check = {"dose_response": {"feature": FINAL, "doses": doses, "minimum_effect": "2 kg",
                               "step_at_least": "10 %", "levels_off": "40 %"}}  # fmt: skip
    assert margin(check, bench) == pytest.approx(min(1 - 0.7, 7 - 2, 0.4 * 4 - 1))
    check["dose_response"]["direction"] = "falls"
    assert result(check, bench).verdict is Verdict.FAILS


def test_biphasic() -> None:
    """Up by 0.3 first, down by 0.5 later; turned round it fails."""
    x = 5 + np.interp(T, [0, 100, 600], [0, 0.3, -0.5])
    bench = bench_of_runs("a", a=run_of(T, **{G: x}))
    check = {"biphasic": {"early": {"value": G, "at": 100}, "late": {"value": G, "at": 600},
                          "early_by": "0.1 mmol/L", "late_by": "0.4 mmol/L"}}  # fmt: skip
    assert margin(check, bench) == pytest.approx(0.1)
    assert judge(ADAPTER.validate_python(check).opposite(), bench).margin < 0


def test_biphasic_of_m_values_starts_from_the_runs_start() -> None:
    """M falls early and is above its start late."""
    run = run_of(T, vat_kg=5, m=lambda at: 6 + np.interp(at, [0, 100, 600], [0, -1, 0.5]))
    check = {"biphasic": {"early": {"m_value": True, "at": 100}, "late": {"m_value": True},
                          "first": "falls", "early_by": "0.2 mg/kg/min", "late_by": 0}}  # fmt: skip
    assert margin(check, bench_of_runs("a", a=run)) == pytest.approx(0.5)


def test_depends_on() -> None:
    """The effect is 3 in one setting and 1 in the other: three times, 2 more."""
    bench = levels(a0=2.0, a1=5.0, b0=4.0, b1=5.0)
    check = {"depends_on": {"feature": FINAL, "high": {"treated": "a1", "control": "a0"},
                            "low": {"treated": "b1", "control": "b0"}, "minimum_effect": "1 kg",
                            "times": 2}}  # fmt: skip
    assert margin(check, bench) == pytest.approx(1.0)
    assert judge(ADAPTER.validate_python(check).opposite(), bench).margin < 0
    del check["depends_on"]["times"]
    assert margin({"depends_on": check["depends_on"] | {"more_by": 1.5}}, bench) == pytest.approx(
        0.5
    )
    fold = check["depends_on"] | {"as": "fold", "times": 4, "minimum_effect": 0.5}
    assert margin({"depends_on": fold}, bench) == pytest.approx(1.5 - 4 * 0.25)


def test_crossing_interaction() -> None:
    """Each does better with its own treatment."""
    bench = levels(ap=3.0, aq=1.0, bp=2.0, bq=2.5)
    one = {"feature": FINAL, "which_is": "higher", "by_at_least": "0.2 kg"}
    check = {"crossing_interaction": {"advantages": [
        one | {"better": "ap", "worse": "aq"}, one | {"better": "bq", "worse": "bp"},
    ]}}  # fmt: skip
    assert margin(check, bench) == pytest.approx(0.3)
    assert judge(ADAPTER.validate_python(check).opposite(), bench).margin < 0


@pytest.mark.parametrize(
    ("null", "expected"), [("additive", 4 - 3), ("highest_single_agent", 4 - 2), ("bliss", 4 - 2.8)]
)
def test_synergy_depends_on_its_null(null: str, expected: float) -> None:
    """The same four arms exceed each null by another amount."""
    bench = levels(none=1.0, a=2.0, b=3.0, both=5.0)
    check = {"feature": FINAL, "none": "none", "a": "a", "b": "b", "both": "both",
             "null_model": null, "by_at_least": "0.1 kg"}  # fmt: skip
    if null == "bliss":
        check["full"] = "10 kg"
    assert margin({"synergy": check}, bench) == pytest.approx(expected - 0.1)


def test_synergy_with_an_inert_partner_is_void() -> None:
    """What does nothing alone is no partner of a synergy, unless that is allowed."""
    bench = levels(none=1.0, a=1.0, b=2.0, both=5.0)
    check = {"feature": FINAL, "none": "none", "a": "a", "b": "b", "both": "both",
             "null_model": "additive", "by_at_least": 1}  # fmt: skip
    assert result({"synergy": check}, bench).verdict is Verdict.VACUOUS
    assert result({"synergy": check | {"allow_inert": True}}, bench).verdict is Verdict.HOLDS


def test_self_reinforcing_and_loop_gain() -> None:
    """A push of 2 that is 1.5 and 1.8 with a link held: gain 0.4 with all links held."""
    bench = levels(control=5.0, pushed=7.0, a=6.5, b=6.8, every=6.2)
    check = {"feature": FINAL, "closed": "pushed", "control": "control", "minimum_effect": "0.5 kg"}
    loop = {"self_reinforcing": check | {"opened": ["a", "b"], "by_at_least": "5 %"}}
    assert margin(loop, bench) == pytest.approx(0.05)
    gain = {"loop_gain": check | {"open": "every", "at_least": 0.1, "at_most": 0.9}}
    assert margin(gain, bench) == pytest.approx(0.3)
    # without the reinforcement the margin fails, it is not void: the push is still there
    cut = levels(control=5.0, pushed=6.0, a=6.0, b=6.0, every=6.0)
    assert result(loop, cut).verdict is Verdict.FAILS
    assert result(loop, levels(control=5.0, pushed=5.1, a=5.0, b=5.0)).verdict is Verdict.VACUOUS


def test_table_of_signs_and_of_paths() -> None:
    """Signs need a minimum; a path is direct if cutting the other leaves at least half."""
    bench = levels(control=5.0, up=7.0, same=5.1, half=6.6, third=5.5)
    columns = {"VAT": {"feature": FINAL, "minimum": "0.5 kg"}}
    rows: dict[str, Any] = {
        "up": {"treated": "up", "expect": {"VAT": "+"}, "article": {"VAT": "up"}},
        "same": {"treated": "same", "expect": {"VAT": 0}},
        "direct": {"treated": "up", "cut_treated": "half", "expect": {"VAT": "direct"}},
        "indirect": {"treated": "up", "cut_treated": "third", "expect": {"VAT": "indirect"}},
        "none": {"treated": "same", "cut_treated": "third", "expect": {"VAT": "none"}},
    }
    found = result({"table": {"columns": columns, "rows": rows}}, bench)
    assert found.verdict is Verdict.HOLDS
    assert found.margin == pytest.approx(0.4)
    shows = {name: row["VAT"]["shows"] for name, row in found.evidence["cells"].items()}
    assert shows == {
        "up": "+",
        "same": "0",
        "direct": "direct",
        "indirect": "indirect",
        "none": "none",
    }
    assert found.evidence["cells"]["up"]["VAT"]["article"] == "up"
    rows["same"]["expect"]["VAT"] = "+"
    assert result({"table": {"columns": columns, "rows": rows}}, bench).verdict is Verdict.FAILS


@pytest.mark.parametrize(
    "check",
    [
        {"compare": {"feature": PEAK, "higher": "control", "lower": "treated", "by_at_least": 1}},
        {"unchanged": {"feature": PEAK, "within": "5 %"}},
        {"falls": {"feature": PEAK, "versus": "control", "at_least": 1}},
        {"returns_within": {"observable": G, "of_baseline": "300 %", "within": 100}},
        {"stays_above": {"observable": G, "level": 4, "to": 90}},
        {"when_then": {"when": {"observable": G, "above": 20},
                       "then": {"observable": G, "below": 1}}},
        {"depends_on": {"feature": PEAK, "high": {"treated": "treated", "control": "control"},
                        "low": {"treated": "treated", "control": "control"},
                        "minimum_effect": 1, "times": 2}},
        {"precedes": {"first": {"half_effect_time": "dose", "arm": "treated"}, "by_at_least": 1,
                      "then": {"time_to_peak": G, "arm": "treated"}}},
    ],
)  # fmt: skip
def test_where_nothing_happens_a_check_is_void(check: Any) -> None:
    """Arms that are the same run, a band never left, a condition never met: vacuous, no pass."""
    bench = bench_of_runs(control=meal(9), treated=meal(9))
    assert result(check, bench).verdict is Verdict.VACUOUS


@pytest.mark.parametrize(
    "check",
    [
        {"stays_above": {"observable": G, "level": 4}},
        {"compare": {"feature": PEAK, "higher": "control", "lower": "treated", "by_at_least": 1}},
        {"returns_within": {"observable": G, "of_baseline": 1, "within": 400}},
        {
            "when_then": {
                "when": {"observable": G, "above": 6},
                "then": {"observable": G, "above": 1},
            }
        },
    ],
)
def test_nan_is_an_error_never_a_pass(check: Any) -> None:
    """A single NaN in what is looked at gives the verdict error, whatever the rest says."""
    broken = meal(8)
    broken.columns[G] = broken.columns[G].copy()
    broken.columns[G][250] = np.nan
    found = result(check, bench_of_runs(control=meal(9), treated=broken))
    assert found.verdict is Verdict.ERROR
    assert "not a finite number at 250 min" in found.statement_rendered


def test_a_return_that_reaches_beyond_the_run_is_an_error() -> None:
    """What the run does not show is not judged."""
    check = {"returns_within": {"observable": G, "of_baseline": 1, "within": "10 h"}}
    assert result(check, TWO).verdict is Verdict.ERROR


def test_an_immediate_return_before_the_rise_does_not_count() -> None:
    """Glucose that is still at its baseline when the meal starts has not come back yet."""
    x = 5 + np.interp(T, [40, 100], [0, 4])
    check = {"returns_within": {"observable": G, "of_baseline": 1, "within": 500, "and_stays": 30}}
    assert result(check, bench_of_runs("a", a=run_of(T, **{G: x}))).verdict is Verdict.FAILS


def test_two_windows_of_one_arm_are_told_apart() -> None:
    """The same feature at two times keeps both values, and the sentence names both."""
    early = {"mean": G, "from": 0, "to": 100, "arm": "treated"}
    late = {"mean": G, "from": 150, "to": 250, "arm": "treated"}
    for check in (
        {"compare": {"higher": late, "lower": early, "by_at_least": 0.1}},
        {"unchanged": {"between": [late, early], "within": 9}},
    ):
        found = result(check, TWO)
        values = {name: x["value"] for name, x in found.evidence.items() if isinstance(x, dict)}
        assert values == {
            f"mean of {G} (treated), 2.5 to 4.167 h": pytest.approx(7.4375),
            f"mean of {G} (treated), 0 to 100 min": pytest.approx(5.0),
        }
        assert all(name in found.statement_rendered for name in values)


def test_the_same_feature_at_one_time_is_numbered() -> None:
    """Two areas above different levels in one window are both kept."""
    over = [{"time_above": G, "level": level, "arm": "treated"} for level in (6, 7)]
    found = result({"compare": {"higher": over[0], "lower": over[1], "by_at_least": 1}}, TWO)
    assert len([x for x in found.evidence.values() if isinstance(x, dict)]) == 2


def test_advantages_in_one_feature_are_all_kept() -> None:
    """Two pairs of arms compared in the same feature are two entries of the evidence."""
    bench = levels(a=1.0, b=2.0, c=4.0, control=8.0)
    pairs = [("a", "b"), ("c", "control")]
    advantages = [
        {"feature": FINAL, "better": x, "worse": y, "which_is": "lower", "by_at_least": 0.5}
        for x, y in pairs
    ]
    found = result({"crossing_interaction": {"advantages": advantages}}, bench)
    assert [tuple(x) for x in found.evidence.values()] == pairs


def test_events_of_one_observable_are_told_apart() -> None:
    """A peak in one arm before the peak in another: the sentence says which is which."""
    peaks = [{"time_to_peak": G, "arm": arm} for arm in ("control", "treated")]
    bench = bench_of_runs(control=meal(9), treated=meal(8, at=300))
    check = {"precedes": {"first": peaks[0], "then": peaks[1], "by_at_least": 1}}
    said = result(check, bench).statement_rendered
    assert "(control)" in said
    assert "(treated)" in said
