"""The lab's JavaScript reads scenarios, runs arms and judges claims as Python does, in Node.js and in Chromium."""

import json
import re

import numpy as np
import pytest

import lab_runs
import metabosim as ms
from metabosim.claims import evaluate, knock_out
from metabosim.claims.bench import output_minutes
from metabosim.claims.evaluate import bench_of
from metabosim.claims.verdict import number, quantity
from metabosim.errors import InputError
from metabosim.exchange.lab_data import lab_data
from metabosim.plots.style import shown_number
from metabosim.plots.words import claim_sentence, duration, in_words
from metabosim.protocol import STEPS
from metabosim.scenario import list_scenarios, load_scenario
from metabosim.scenario.checks import CHECKS, FEATURES
from metabosim.units import parse_for_column, parse_quantity

KEPT = lab_runs.load()
FAULTY = {  # what is wrong: the field that is named, and a word of the message
    "no mapping": ([], "", "fields"),
    "an unknown lever": ({"context": {"levers": {"insulin_acton": 1}}}, "context.levers.insulin_acton", "lever"),
    "a lever out of range": ({"context": {"levers": {"insulin_action": 7}}}, "context.levers.insulin_action", "0 to 3"),
    "a prototype": ({"context": {"__proto__": {"x": 1}}}, "context.__proto__", "unknown field"),
    "a wrong unit": ({"context": {"duration": "3 kg"}}, "context.duration", "mass"),
    "a third arm": ({"control": "nobody"}, "control", "unknown arm"),
    "no checks": ({"checks": []}, "checks", "list"),
    "an unknown check": ({"checks": [{"rices": {}}]}, "checks.0", "unknown check"),
    "an unknown step": ({"context": {"protocol": [{"meel": {}}]}}, "context.protocol.0", "unknown step"),
    "a reversed window": (
        {"context": {"protocol": [{"diet": {"energy": 0.5, "start": "2 d", "stop": "1 d"}}]}},
        "context.protocol.0.diet.stop",
        "reversed",
    ),
}  # fmt: skip


@pytest.fixture(scope="session")
def data():
    """What a page has."""
    return lab_data()


@pytest.fixture(scope="session")
def short(data):
    """The same without scenarios but one, so that messages to the browser are small."""
    (one,) = [item for item in data["scenarios"] if item["id"] == "meal-homeostasis"]
    return {**data, "scenarios": [one]}


def with_only(data, name):
    """The data with one scenario."""
    return {**data, "scenarios": [item for item in data["scenarios"] if item["id"] == name]}


def alike(ours, theirs):
    """Whether two pieces of JSON say the same, numbers to the last digits."""
    if isinstance(ours, dict):
        return ours.keys() == theirs.keys() and all(alike(ours[key], theirs[key]) for key in ours)
    if isinstance(ours, list):
        return len(ours) == len(theirs) and all(map(alike, ours, theirs))
    if isinstance(ours, float | int) and not isinstance(ours, bool):
        return theirs == pytest.approx(ours, rel=1e-14, abs=0)
    return ours == theirs


def without_dust(text):
    """A sentence in which what is left of a difference of equal numbers is 0, whatever the order they are added in."""
    return re.sub(r"-?\d(\.\d+)?e-1[4-9]", "0", text)


def test_every_scenario_is_read_as_python_reads_it(engine, data):
    """Arms, knock-outs, and the minutes that are looked at are the same."""
    (read,) = engine({"task": "scenarios", "data": data})
    assert [one["id"] for one in read] == list_scenarios()
    for one in read:
        scenario = load_scenario(one["id"])
        for name, arms in [
            ("", scenario.arms), *((out.name, scenario.knocked_out(out)) for out in scenario.must_fail_when)
        ]:  # fmt: skip
            theirs = one["knockOuts"][name] if name else one["arms"]
            assert alike(
                json.loads(json.dumps({k: lab_runs.arm_json(v) for k, v in arms.items()})), theirs
            )
        bench = bench_of(scenario)
        for name, arm in scenario.arms.items():
            windows = [window for window in bench.windows if not window.arms or name in window.arms]
            replayed = any(name in other.references() for other in scenario.arms.values())
            np.testing.assert_array_equal(
                one["minutes"][name], output_minutes(arm.duration, windows, replayed=replayed)
            )


def test_every_kind_is_known(engine):
    """No check, feature or step of the vocabulary is missing."""
    (known,) = engine({"task": "known"})
    assert set(known["checks"]) == set(CHECKS)
    assert set(known["features"]) == set(FEATURES)
    assert set(known["steps"]) == set(STEPS)


def test_kept_runs_are_of_todays_scenarios():
    """Run `python tools/lab_record.py NAME` for a scenario that was changed."""
    assert {name: content["claim"] for name, content in KEPT.items()} == {
        name: load_scenario(name).claim_hash for name in list_scenarios()
    }
    assert lab_runs.FILE.stat().st_size < 1_500_000


@pytest.mark.parametrize("name", list(KEPT))
def test_python_still_judges_kept_runs_so(name):
    """Run `python tools/lab_record.py --judge` after a change of judges or words."""
    found = lab_runs.claims(load_scenario(name), lab_runs.Replay(lab_runs.unpacked(KEPT[name])))
    assert alike(KEPT[name]["claims"], json.loads(json.dumps(found)))


@pytest.mark.parametrize("name", list(KEPT))
def test_both_judge_kept_runs_alike(in_node_or_skip, data, name):
    """Verdicts and sentences are the same, and margins to one part in 10^9: of the claim and of its knock-outs."""
    content = KEPT[name]
    (claims,) = in_node_or_skip(
        {"task": "kept", "data": with_only(data, name), "id": name, "content": content}
    )
    assert claims.keys() == content["claims"].keys()
    for variant, ours in content["claims"].items():
        theirs = claims[variant]
        pairs = [
            *zip(ours["checks"], theirs["checks"], strict=True),
            (ours["positive_control"], theirs["positive_control"]),
        ]
        for one, other in pairs:
            told = (name, variant, one["id"])
            for key in ("id", "kind", "verdict", "unit"):
                assert one[key] == other[key], told
            assert without_dust(one["says"]) == without_dust(other["says"]), told
            if one["margin"] is None:
                assert other["margin"] is None, told
                continue
            scale = abs(one["margin"] / one["relative"]) if one["relative"] else abs(one["margin"])
            assert other["margin"] == pytest.approx(one["margin"], rel=1e-9, abs=1e-9 * scale), told
            assert other["marginRelative"] == pytest.approx(one["relative"], rel=1e-9, abs=1e-9), (
                told
            )


LIVE = [
    "no-hypoglycaemia", "incretin-effect", "vicious-cycle", "inflammation-falls-with-vat", "hard-to-break",
    "muscle-is-the-sink",
]  # fmt: skip


@pytest.mark.parametrize("name", LIVE)
def test_claims_judged_on_the_pages_own_runs(engine, data, name):
    """Runs, clamps, holds and verdicts made in the page are those of `metabosim run`, and so is the sentence."""
    scenario = load_scenario(name)
    claim = evaluate(scenario, numerical_error=False).claims[0]
    (judged,) = engine({"task": "judge", "data": with_only(data, name), "id": name})
    assert judged["verdict"] == claim.verdict
    assert judged["deciding"] == claim.deciding.id
    assert judged["notJudged"] == []
    for ours, theirs in zip(
        (*claim.checks, claim.positive_control),
        (*judged["checks"], judged["positiveControl"]),
        strict=True,
    ):
        assert theirs["verdict"] == ours.verdict
        assert theirs["marginRelative"] == pytest.approx(ours.margin_relative, rel=1e-3, abs=1e-3)
    assert judged["sentence"] == claim_sentence(claim, scenario.arms)


@pytest.mark.parametrize("name", ["no-hypoglycaemia", "pulsatile-beats-continuous"])
def test_a_knock_out_breaks_the_claim_in_the_page_too(engine, data, name):
    """The verdicts of checks with a mechanism gone are Python's."""
    scenario = load_scenario(name)
    for change in scenario.must_fail_when:
        ours = knock_out(scenario, change)
        job = {
            "task": "judge",
            "data": with_only(data, name),
            "id": name,
            "changes": {"knockOut": change.name},
        }
        (judged,) = engine(job)
        assert [check["verdict"] for check in judged["checks"]] == [
            check.verdict for check in ours.checks
        ]
        assert judged["positiveControl"]["verdict"] == ours.positive_control


def test_numerical_error_is_measured_when_asked(engine, data):
    """Judged again at a tenth of the tolerance, as `metabosim run` does."""
    name = "delayed-gastric-emptying"
    claim = evaluate(load_scenario(name)).claims[0]
    (judged,) = engine({"task": "judge", "data": with_only(data, name), "id": name, "exact": True})
    assert judged["verdict"] == claim.verdict
    for ours, theirs in zip(claim.checks, judged["checks"], strict=True):
        assert theirs["numericalError"] == pytest.approx(ours.numerical_error, rel=0.5, abs=1e-6)


def test_a_trial_is_taken_over_and_said_so(engine, data):
    """Hundreds of people are not run on a page: what was recorded is shown; with other arms, nothing is claimed."""
    name = "benefit-follows-vat-loss"
    job = {"task": "judge", "data": with_only(data, name), "id": name}
    changes = {"context": {"levers": {"insulin_action": 0.9}}}
    plain, changed = engine(job, {**job, "changes": changes})
    (recorded,) = [one["recorded"] for one in data["scenarios"] if one["id"] == name]
    assert plain["notJudged"]
    for check in plain["checks"]:
        if check["id"] in plain["notJudged"]:
            (same,) = [one for one in recorded["checks"] if one["id"] == check["id"]]
            assert check["recorded"]
            assert (check["verdict"], check["margin"]) == (same["verdict"], same["margin"])
            assert check["says"] == f"recorded, not run here: {same['says']}"
    left = [check for check in changed["checks"] if check["id"] in changed["notJudged"]]
    assert {check["verdict"] for check in left} == {"vacuous"}
    assert all("not run on this page" in check["says"] for check in left)


EVERYTHING = [
    {
        "daily_meals": {
            "times": ["7 h", "12.5 h", "18 h"], "carbohydrate": ["40 g", "60 g", "80 g"], "start": "1 d", "stop": "3 d",
        }
    },
    {"fast": {"start": "3 d", "stop": "3.5 d"}},
    {"meal": {"at": "3.2 d", "carbohydrate": "50 g"}},
    {"oral_glucose": {"at": "3.3 d", "amount": "75 g"}},
    {"dose": {"therapy": "semaglutide", "amount": "0.5 mg", "start": "6 h", "every": "1 d", "stop": "3 d"}},
    {"dose": {"therapy": "ipamorelin", "amount": "0.3 mg", "start": "22.5 h"}},
    {"glucose_bolus": {"at": "2 d", "amount": "20 g"}},
    {"glucose_infusion": {"rate": "4 mg/kg/min", "start": "27 h", "stop": 1621.0}},
    {"insulin_infusion": {"rate": "0.2 mU/kg/min", "start": "27 h", "stop": "28 h"}},
    {"hormone_infusion": {"name": "gh", "rate": 0.01, "start": "30 h", "stop": "31 h"}},
    {"activity": {"energy": "1 MJ", "start": "33 h", "stop": "34 h"}},
    {"diet": {"energy": "75 %", "start": "2 d", "stop": "4 d"}},
    {"hold": {"name": "glp1_drive", "at": "baseline", "start": "2 d", "stop": "3 d"}},
    {"hold": {"name": "glucose_mmol_l", "at": "130 mg/dL", "start": "36 h", "stop": "38 h"}},
]  # fmt: skip
ARMS = {
    "everything": {
        "subject": "type-2-diabetes", "duration": "4 d", "protocol": EVERYTHING, "levers": {"gh_secretion": 2.0},
    },
    "a clamp in steps": {
        "duration": "6 h", "start": "fasting",
        "protocol": [{"glucose_clamp": {"levels": ["5 mmol/L", "8 mmol/L"], "stop": "6 h"}}],
    },
    "for life": {"subject": "visceral-obese", "duration": "2 d", "lifelong": {"insulin_secretion": 1.2}},
    "another body": {"subject": "lean-healthy", "duration": "2 d", "parameters": {"habitual_intake": 11.5}},
    "a variant": {"duration": "1 d", "variants": ["pka-epac2-sum"], "protocol": [EVERYTHING[4]]},
    "averaged, for life": {
        "duration": "40 d", "lifelong": {"ffa_resistance": 0.5}, "protocol": [{"diet": {"energy": 0.8}}],
    },
}  # fmt: skip
SEEN = [
    "glucose_mmol_l",
    "insulin_pmol_l",
    "vat_kg",
    "appetite_index",
    "drug_semaglutide_nmol_l",
    "glp1_drive",
]


@pytest.mark.parametrize("case", ARMS)
def test_an_arm_of_ones_own_runs_as_in_python(engine, short, case):
    """Every step, in a page's own plan of it; rests that nobody solved before are found."""
    arm = ARMS[case]
    protocol = [
        ms.protocol.make_step(*next(iter(step.items()))) for step in arm.get("protocol", [])
    ]
    run = ms.simulate(
        **{**arm, "subject": arm.get("subject", "lean-healthy"), "protocol": protocol}
    )
    job = {
        "task": "runs",
        "data": short,
        "arms": [arm],
        "minutes": run.time_min.tolist(),
        "columns": SEEN,
    }
    ((found,),) = engine(job)
    assert found["resolution"] == run.resolution
    # where JavaScript found the rest, its Jacobian is another, and so are the steps across days
    within = 1e-6 if run.resolution == "full" else 2e-3
    for name in SEEN:
        scale = max(np.abs(run[name]).max(), 1e-9)
        assert np.abs(np.array(found["columns"][name]) - run[name]).max() <= within * scale, name


def test_a_quick_rest_is_good_for_a_picture(engine, short):
    """While a lifelong lever is dragged, curves are within a thousandth of what they will be."""
    arm = {"subject": "lean-healthy", "duration": "1 d", "lifelong": {"ffa_resistance": 0.5}}
    run = ms.simulate(**arm)
    job = {
        "task": "runs",
        "data": short,
        "arms": [arm],
        "minutes": 30,
        "columns": SEEN[:4],
        "quick": True,
    }
    ((found,),) = engine(job)
    for name in SEEN[:4]:
        np.testing.assert_allclose(found["columns"][name], run[name][::30], rtol=1e-3, atol=1e-6)


@pytest.mark.parametrize("case", FAULTY)
def test_a_scenario_with_a_fault_is_refused_with_its_place(engine, short, case):
    """Nothing of it is run, and the message says where it is and what was expected."""
    change, field, word = FAULTY[case]
    good = short["scenarios"][0]["written"]
    bad = change
    if isinstance(change, dict):
        bad = {
            **good,
            **{k: {**good[k], **v} if isinstance(v, dict) else v for k, v in change.items()},
        }
    good_one, bad_one = engine({"task": "read", "data": short, "written": [good, bad]})[0]
    assert good_one == {"value": "meal-homeostasis"}
    (fault,) = bad_one["faults"]
    assert (fault.get("field") or "") == field
    assert word in fault["message"]


QUANTITIES = [
    ("75 g", "mmol", None), ("8 h", "min", None), ("1 week", "min", None), ("30 %", "1", None), ("0.5", "1", None),
    ("500 kcal", "MJ", None), ("100 mg/dL", "", "glucose_mmol_l"), ("20 uU/mL", "", "insulin_pmol_l"), (5, "min", None),
    ("2 mmol", "mmol", None), ("0,5 h", "min", None), ("12:30", "min", None), ("0123", "min", None),
    ("3 kg", "min", None),
    ("1_000", "1", None), ("3 months", "min", None), ("1e400", "1", None), ("", "min", None), (True, "min", None),
    ("5 parsecs", "min", None), ("1 mg/kg/min", "mg/kg/min", None),
]  # fmt: skip


def test_quantities_are_read_alike(engine):
    """The same numbers, and what Python refuses is refused with the same words."""
    cases = [{"text": text, "unit": unit, "column": column} for text, unit, column in QUANTITIES]
    (answers,) = engine({"task": "quantities", "cases": cases})
    for (text, unit, column), answer in zip(QUANTITIES, answers, strict=True):
        try:
            value = parse_for_column(text, column) if column else parse_quantity(text, unit)
        except InputError as error:
            (fault,) = error.faults
            assert answer["faults"][0]["message"] == fault.message
        else:
            assert answer["value"] == pytest.approx(value, rel=1e-15)


def test_numbers_are_written_alike(engine):
    """Four digits, half way to the even one, exponents and all; times and sizes in words."""
    random = np.random.default_rng(5)
    numbers = [
        0.0, 1.0, -1.0, 0.5, 2.5, 0.125, 112.5, 1234.5, 12345.0, 99999.5, 1e-5, 9.9995e-5, 1e16, 123456.5, 0.00012345,
        -0.03, 1440.0, 20160.0, 6.5, 0.05, 0.9995, 999.95, 59.95,
        *(random.normal(size=300) * 10 ** random.uniform(-8, 8, 300)).tolist(),
        *np.round(random.normal(size=200) * 100, 1).tolist(),
    ]  # fmt: skip
    (answers,) = engine({"task": "words", "numbers": numbers})
    for x, answer in zip(numbers, answers, strict=True):
        assert answer == {
            "number": number(x),
            "general": f"{x:.6g}",
            "fixed": [f"{x:.{places}f}" for places in (0, 1, 3)],
            "signed": f"{x:+.3g}",
            "shown": shown_number(x),
            "duration": duration(abs(x)),
            "quantity": quantity(x, "min"),
        }, x


def test_what_judges_say_is_read_alike(engine, data, short):
    """Names, moments and units as one says them, the same in both, for every check of every scenario."""
    texts = [
        {"text": check["says"], "arms": list(load_scenario(one["id"]).arms)}
        for one in data["scenarios"]
        for check in (*one["recorded"]["checks"], one["recorded"]["positive_control"])
    ]
    (answers,) = engine({"task": "said", "data": short, "texts": texts})
    for said, answer in zip(texts, answers, strict=True):
        assert answer == in_words(said["text"], said["arms"])
        assert not re.search(r"[a-z]_[a-z]|\bug/|\*min|e[+-]\d", answer)


RAW = {
    "2e+06 pmol in 'gh_pulse'": "2\u202f000\u202f000 pmol in 'GH pulse'",
    "peak of glucose_mmol_l (glp1) at 2.628e+06 min": "peak of plasma glucose (GLP-1) at 5 years",
    "mean of drug_semaglutide_nmol_l from 90 min on": "mean of semaglutide in the blood from 90 min on",
    "iauc of insulin_pmol_l 4 pmol/L*min, 9.1e-05 ug/L": (
        "area above the baseline of plasma insulin 4 pmol/L·min, less than 0.0001 µg/L"
    ),
    "total +0.5 1 = +0.4 (81 % through)": "total +0.5 = +0.4 (81 % through)",
    "within 1 mmol/L of its baseline 5.07 (left at 500 min)": (
        "within 1 mmol/L of its baseline 5.07 mmol/L (left at 8.333 h)"
    ),
    "not_ours stays, and so does gh_pulses": "not_ours stays, and so does gh_pulses",
}


@pytest.mark.parametrize("raw", RAW)
def test_raw_words_are_mended(raw):
    """No unit, name or exponent is left as a program writes it; other words are left alone."""
    assert in_words(raw, ["gh_pulse", "glp1"]) == RAW[raw]


def test_the_last_of_many_requests_wins(engine, short):
    """Of requests on one channel only the last is answered; one on another channel is not hindered."""
    request = {
        "task": "run",
        "scenario": "meal-homeostasis",
        "minutes": 60,
        "columns": ["glucose_mmol_l"],
    }
    scenario = load_scenario("meal-homeostasis")
    arm = next(name for name in scenario.arms if name != scenario.control)
    drags = [
        {**request, "arm": arm, "channel": "lever", "change": {"levers": {"insulin_action": value}}}
        for value in (0.2, 0.5, 0.8)
    ]
    other = {**request, "arm": scenario.control, "channel": "other"}
    (answers,) = engine(
        {"task": "served", "data": short, "requests": [*drags, other], "waiting": False}
    )
    assert answers[:2] == [None, None]
    (alone,) = engine({"task": "served", "data": short, "requests": [drags[2]], "waiting": True})
    assert answers[2]["columns"] == alone[0]["columns"]
    assert (
        answers[2]["time"]
        == np.append(
            np.arange(0.0, scenario.arms[arm].duration, 60), scenario.arms[arm].duration
        ).tolist()
    )
    assert answers[3]["name"] == scenario.control


def test_runs_come_before_the_verdict_for_who_asks_for_parts(engine, short):
    """Each run is sent once, as it is in the answer, in the order of the arms."""
    judge = {"task": "judge", "scenario": "meal-homeostasis", "parts": True}
    ((answer,),) = engine({"task": "served", "data": short, "requests": [judge], "waiting": True})
    assert [run["name"] for run in answer["came"]] == list(load_scenario("meal-homeostasis").arms)
    for run in answer["came"]:
        assert run == answer["runs"][run["name"]]


def test_a_worker_judges_and_goes_on_after_a_fault(engine, short):
    """A wrong request is answered with what is wrong, and the next one as if nothing had been."""
    judge = {"task": "judge", "scenario": "meal-homeostasis"}
    requests = [
        {"task": "run", "scenario": "no-such-scenario"},
        {**judge, "context": {"levers": {"insulin_action": 9}}},
        {"task": "dance"},
        {**judge, "context": {"levers": {"insulin_action": 0}}},
        judge,
    ]
    ((unknown, wild, dance, broken, whole),) = engine(
        {"task": "served", "data": short, "requests": requests, "waiting": True}
    )
    assert "unknown scenario" in unknown["fault"]
    assert "0 to 3" in wild["fault"]
    assert "task" in dance["fault"]
    claim = evaluate(load_scenario("meal-homeostasis"), numerical_error=False).claims[0]
    assert whole["judged"]["verdict"] == claim.verdict == "holds"
    assert broken["judged"]["verdict"] != "holds"
    assert set(whole["runs"]) == set(load_scenario("meal-homeostasis").arms)
    for run in whole["runs"].values():
        assert len(run["columns"]["glucose_mmol_l"]) == len(run["time"])
