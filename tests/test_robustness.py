"""How far claims can be trusted: crowds, draws, classes, bounds, the falsifier, and what was measured."""

from __future__ import annotations

import json

import numpy as np
import pytest

import robustness_page
from metabosim.body import LEVERS
from metabosim.claims import Verdict, bench_of, evaluate, judge_claim
from metabosim.cli import execute
from metabosim.engine.run import parameters_of
from metabosim.population.sampler import load_sampler
from metabosim.report.trust import percent, sentences
from metabosim.robustness import draws, falsify, measuring, record, summary
from metabosim.robustness.crowd import Answer, answer_of, asked
from metabosim.robustness.decoys import DECOYS
from metabosim.robustness.status import Bound, breaking, deciding, measured
from metabosim.scenario import list_scenarios, load_scenario
from metabosim.subjects import settable_parameters

SHORT = ("meal-homeostasis", "pka-epac2-synergy", "acute-gh-is-diabetogenic")


@pytest.mark.parametrize("name", [*SHORT, "tesamorelin-cuts-vat", "vat-inflames"])
def test_a_crowd_answers_as_each_does_alone(name):
    """Bodies lived abreast, averaged or not, give the verdicts and margins that they give one by one."""
    scenario, sampler = load_scenario(name), load_sampler()
    crowd = [scenario.arms] + [
        draws.as_person(scenario, sampler, sampler.factors(3, number)) for number in range(2)
    ]
    for arms, answer in zip(crowd, asked(scenario, crowd), strict=True):
        alone = answer_of(judge_claim(scenario, bench_of(scenario).fresh(dict(arms)), None))
        assert (answer.verdict, answer.control, answer.decides) == (
            alone.verdict, alone.control, alone.decides,
        )  # fmt: skip
        assert answer.margin == pytest.approx(alone.margin, rel=2e-2, abs=2e-3)


def test_a_body_without_a_rest_is_not_judged():
    """A body far outside anybody's range is an error with its reason, and its neighbours are judged."""
    scenario = load_scenario("meal-homeostasis")
    dead = draws.wide(scenario, ("habitual_intake", "muscle_uptake", "gluconeogenesis"), {
        "habitual_intake": 0.0, "muscle_uptake": 0.0, "gluconeogenesis": 1.0,
    })  # fmt: skip
    broken = {
        name: type(arm)(**{**arm.arguments(), "parameters": {**arm.parameters, "ffa_volume": 1e-9}})
        for name, arm in dead.items()
    }
    lost, fine = asked(scenario, [broken, scenario.arms])
    assert not lost.judged
    assert lost.why
    assert fine.holds


def test_wide_draws_stay_in_their_ranges_and_are_the_same_everywhere():
    """Each parameter is within a third and three times its own and its declared range, whatever else is asked."""
    scenario, kinds = load_scenario("insulin-resistance"), settable_parameters()
    names = draws.varied(scenario)
    assert len(names) > 150
    assert draws.places(20, 7) == draws.places(20, 7) != draws.places(20, 8)
    arms = draws.wide(scenario, names, draws.places(20, 7))
    for name, arm in arms.items():
        own = parameters_of(scenario.arms[name].subject)
        for one in names:
            low, high = sorted((own[one] / draws.WIDE, own[one] * draws.WIDE))
            value = arm.parameters[one]
            assert low * (1 - 1e-12) <= value <= high * (1 + 1e-12)
            assert kinds[one].low * (1 - 1e-12) <= value <= kinds[one].high * (1 + 1e-12)


def test_a_cut_mechanism_is_cut_in_every_arm_and_nothing_else_is():
    """Levers that arms set themselves are the experiment, and are not offered."""
    scenario = load_scenario("tesamorelin-cuts-vat")
    names = draws.mechanisms(scenario)
    assert set(names) <= set(LEVERS)
    for name, arm in draws.without(scenario, names[0]).items():
        assert arm.levers == {**scenario.arms[name].levers, names[0]: 0.0}
        assert arm.parameters == scenario.arms[name].parameters


def answer(verdict, control=Verdict.HOLDS, margin=0.0):
    """An answer with these."""
    return Answer(verdict, control, margin, "check", "")


def test_a_trial_is_asked_of_all_its_subjects_before_a_mechanism_is_said_to_break_it(monkeypatch):
    """Few subjects leave a wide bound: what they do not show, all are asked for; who has no rest is not."""
    trial = load_scenario("benefit-follows-vat-loss")
    first, second, third = list(draws.mechanisms(trial))[:3]
    few = {first: Verdict.FAILS, second: Verdict.ERROR, third: Verdict.FAILS}
    all_of_them = {first: Verdict.HOLDS, third: Verdict.FAILS}
    sizes = []

    def answered(scenario, crowd):
        (n,) = {check.trial.n for check in scenario.checks}
        sizes.append((n, len(crowd)))
        named = list(all_of_them.values()) if n == 400 else [*few.values()]
        verdicts = [*named, *[Verdict.HOLDS] * (len(crowd) - len(named))]
        return [Answer(one, Verdict.HOLDS, 0.1, "", "") for one in verdicts]

    monkeypatch.setattr(measuring, "asked", answered)
    found = {name: answer.verdict for name, answer in measuring.cut(trial).items()}
    assert sizes == [(measuring.OF_A_TRIAL, len(found)), (400, 2)]
    assert [found[name] for name in (first, second, third)] == [
        Verdict.HOLDS, Verdict.ERROR, Verdict.FAILS,
    ]  # fmt: skip


def test_what_breaks_a_claim_leaves_its_positive_control():
    """A mechanism without which the control fails too, or nothing could be judged, does not count."""
    cut = {
        "it": answer(Verdict.FAILS),
        "everything": answer(Verdict.FAILS, Verdict.FAILS),
        "nothing": answer(Verdict.HOLDS),
        "unclear": answer(Verdict.VACUOUS),
    }
    assert breaking(cut) == ("it",)


@pytest.mark.parametrize(
    ("share", "breaks", "kind"),
    [
        (0.97, ("a",), "imposed"),
        (0.97, (), "imposed"),
        (0.97, ("a", "b"), "emergent"),
        (0.5, ("a", "b"), "emergent"),
        (0.5, ("a",), "contingent"),
        (0.04, ("a", "b"), "fine-tuned"),
    ],
)
def test_classes_follow_share_and_mechanisms(share, breaks, kind):
    """Imposed: nearly always, by one; emergent: by several; contingent: between; fine-tuned: hardly ever."""
    assert measured(share, breaks) == kind


@pytest.mark.parametrize(("n", "required"), [(29, 0.9), (59, 0.95), (299, 0.99), (2995, 0.999)])
def test_the_bounds_are_clopper_and_pearson_s(n, required):
    """Without a failure, just so many are needed (Clopper and Pearson, 1934): at least 0.05^(1/n)."""
    assert Bound(n, n, 0.95).lower == pytest.approx(0.05 ** (1 / n))
    assert Bound(n, n, 0.95).verdict(required) is Verdict.HOLDS
    assert Bound(n - 1, n - 1, 0.95).verdict(required) is Verdict.INCONCLUSIVE
    assert Bound(0, n, 0.95).upper == pytest.approx(1 - 0.05 ** (1 / n))
    assert Bound(n // 2, n, 0.95).verdict(required) is Verdict.FAILS
    assert Bound(n, n, 0.95).upper == 1.0
    assert Bound(0, n, 0.95).lower == 0.0


def test_the_parameters_that_decide_are_found():
    """Of twenty numbers, the two of which the margin is made, the stronger first, with their signs."""
    rng = np.random.default_rng(1)
    at = rng.random((300, 20))
    margins = 3.0 * at[:, 4] - 1.0 * at[:, 9] + 0.1 * rng.standard_normal(300)
    names = [f"p{i}" for i in range(20)]
    found = deciding(names, at, [answer(Verdict.HOLDS, margin=float(m)) for m in margins])
    assert [name for name, _ in found[:2]] == ["p4", "p9"]
    assert found[0][1] > 0.8 > 0.0 > found[1][1]


def test_virtual_people_are_plausible_and_the_same_in_any_piece():
    """People are decided by seed and number: a piece of some is the part of a piece of all."""
    scenario, sampler = load_scenario("meal-homeostasis"), load_sampler()
    both = measuring.people(scenario, sampler, range(6), {})
    some = measuring.people(scenario, sampler, range(3, 6), {})
    assert [refused for _, refused in some] == [refused for _, refused in both[3:]]
    for (one, _), (other, _) in zip(some, both[3:], strict=True):
        assert one.verdict is other.verdict
        assert one.margin == pytest.approx(other.margin, rel=1e-4, abs=1e-6)


def test_the_falsifier_finds_somebody_worse_and_their_file_runs(tmp_path):
    """A claim that holds with room to spare has less in the person found; the file gives that margin again."""
    scenario, sampler = load_scenario("tesamorelin-cuts-vat"), load_sampler()
    counts = []
    found = falsify.falsify(scenario, sampler, 48, 1, counts.append)
    assert found.own.margin is not None
    assert found.answer.margin is not None
    assert found.answer.margin < found.own.margin
    assert counts[-1] == found.asked >= found.plausible > 0
    assert set(found.doses) == {"tesamorelin"}
    assert all(1 / falsify.DOSES <= dose <= falsify.DOSES for dose in found.doses.values())
    ((name, text),) = falsify.as_files(scenario, found, sampler, "worst-of-all")
    (tmp_path / name).write_text(text, encoding="utf-8")
    again = evaluate(load_scenario(tmp_path / name), numerical_error=False).claims[0]
    assert min(c.margin_relative for c in again.checks) == pytest.approx(
        found.answer.margin, rel=2e-2, abs=5e-3
    )


def test_the_worst_person_takes_own_therapies_along(tmp_path):
    """A file that names a therapy beside it has it beside it in its new folder as well."""
    scenario, sampler = load_scenario("cjc-lasts"), load_sampler()
    whole = Answer(Verdict.HOLDS, Verdict.HOLDS, 1.0, "check", "")
    found = falsify.Worst(whole, np.ones(len(sampler.names)), {}, 0, 0, whole)
    for name, text in falsify.as_files(scenario, found, sampler, "worst-of-all"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert load_scenario(tmp_path / "worst-of-all.yaml").own_files == scenario.own_files


def test_the_command_says_who_is_worst(tmp_path, capsys):
    """`metabosim falsify` ends with 0 where the claim holds in all it asked, and its file gives the margin again."""
    ask = ["falsify", "pka-epac2-synergy", "--budget", "24", "--out", str(tmp_path), "--json"]
    assert execute(ask) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["margin"] <= told["own_margin"]
    assert told["note"]
    path = tmp_path / "pka-epac2-synergy-worst.yaml"
    again = evaluate(load_scenario(path), numerical_error=False).claims[0]
    assert min(c.margin_relative for c in again.checks) == pytest.approx(told["margin"], rel=1e-3)
    assert execute(ask) == 2  # what was written is not overwritten unasked
    assert "--force" in capsys.readouterr().err


def test_a_trial_is_not_searched(tmp_path, capsys):
    """Each question would be hundreds of runs: it is refused before anything is run."""
    assert execute(["falsify", "benefit-follows-vat-loss", "--out", str(tmp_path)]) == 2
    assert "virtual subjects" in capsys.readouterr().err


def test_decoys_have_beliefs():
    """At least the five wrong explanations: a common cause, directly, no feedback, added, one arm."""
    assert {"common-cause", "gh-directly", "no-feedback", "secretion-added", "one-arm"} <= set(
        DECOYS
    )
    assert all(one.title and one.text for one in DECOYS.values())


CLAIMS = list_scenarios()
TRIAL = "benefit-follows-vat-loss"  # asks hundreds of subjects itself
OTHERS = [name for name in CLAIMS if name != TRIAL]
PARTS = {"broken", "cut", "decoys", "prior", "people", "worst"}


@pytest.mark.parametrize("name", CLAIMS)
def test_everything_is_measured_on_the_claim_and_the_body_as_they_are(name):
    """Every claim's measurements have their hashes: else `python tools/measure.py`."""
    found = record.read(name)
    assert record.is_fresh(found, load_scenario(name)), "measured on another body or claim"
    assert set(found) >= PARTS


@pytest.mark.parametrize("decoy", DECOYS)
def test_the_claims_together_reject_every_wrong_body(decoy):
    """Some claim fails in it; others hold, for a body in which nothing works would be no rival."""
    verdicts = [record.read(name)["decoys"][decoy] for name in CLAIMS]
    assert verdicts.count("fails") >= 1
    assert verdicts.count("holds") >= len(CLAIMS) / 3


@pytest.mark.parametrize("name", CLAIMS)
def test_the_worst_person_is_kept_as_a_file_that_runs(name):
    """It loads as that claim in another body, which is no better than the scenario's own."""
    found, own = record.read(name)["worst"], load_scenario(name)
    worst = load_scenario(record.worst_file_of(name))
    assert worst.arms.keys() == own.arms.keys()
    assert any(arm.parameters != own.arms[id].parameters for id, arm in worst.arms.items()) or (
        found["margin"] == found["own"]
    )
    assert found["margin"] <= found["own"]
    assert (found["margin"] >= 0.0) == (found["verdict"] == Verdict.HOLDS)


@pytest.mark.parametrize("name", CLAIMS)
def test_a_status_is_the_measured_one(name):
    """`python tools/robustness_page.py` writes it into the file."""
    scenario = load_scenario(name)
    assert scenario.status == summary.of_claim(scenario)["measured_status"]


@pytest.mark.parametrize("name", OTHERS)
def test_subjects_were_those_the_file_asks_for(name):
    """So many, drawn with this seed, and judged by this rate: else `python tools/measure.py people`."""
    asked, found = load_scenario(name).population, record.read(name)["people"]
    assert asked is not None
    assert (found["n"], found["seed"]) == (asked.n, asked.seed)
    assert found["missed"] or found["holds"] == found["n"]
    bound = Bound(found["holds"], found["n"], asked.confidence)
    assert found["at_least"] == pytest.approx(bound.lower, abs=1e-4)
    assert found["verdict"] == bound.verdict(asked.required_pass_rate)


@pytest.mark.parametrize("name", OTHERS)
def test_a_claim_that_too_few_subjects_show_says_where_it_ends(name):
    """Its file has the domain of validity, and only such a file."""
    short = record.read(name)["people"]["verdict"] != Verdict.HOLDS
    scenario = load_scenario(name)
    assert (scenario.population.domain is not None) == short
    told = dict(sentences(summary.of_claim(scenario)))
    assert ("Where it ends" in told) == short
    assert not told.get("Where it ends", "").endswith(".")


def test_a_trial_tells_its_own_correlations():
    """Of simulated subjects it has its own, so many as its checks ask, and the bound of each correlation."""
    scenario, found = load_scenario(TRIAL), record.read(TRIAL)["people"]["trial"]
    for check, one in zip(scenario.checks, found, strict=True):
        assert (one["check"], one["n"], one["seed"]) == (check.id, check.trial.n, check.trial.seed)
        assert one["at_least"] < one["rho"]
        assert (one["at_least"] >= one["required"]) == (one["verdict"] == Verdict.HOLDS)
    said = dict(sentences(summary.of_claim(scenario)))["Among simulated subjects"]
    assert said.startswith("itself a trial of 400 simulated subjects")


def test_of_a_changed_claim_nothing_is_said():
    """What was measured of a claim is not shown of one with another threshold, or other levers."""
    scenario = load_scenario("meal-homeostasis")
    assert summary.of_claim(scenario)["prior_share"] is not None
    for other in (
        scenario.model_copy(update={"checks": scenario.checks[:1]}),
        load_scenario("meal-homeostasis", levers={"insulin_action": 0.5}),
    ):
        assert all(value is None for value in summary.of_claim(other).values())


def test_the_command_tells_how_far_a_claim_can_be_trusted(capsys):
    """`check --robustness` says shares with their counts, of simulated subjects, and has it all as JSON."""
    name = "pathways-compared"
    assert execute(["check", name, "--robustness"]) == 0
    said = capsys.readouterr().out
    found = record.read(name)
    assert f"{found['people']['holds']} of {found['people']['n']} simulated subjects" in said
    assert f"{found['prior']['holds']} of the {found['prior']['judged']} bodies" in said
    assert "people" not in said.partition("how far")[2]
    assert execute(["check", name, "--robustness", "--json"]) == 0
    (one,) = json.loads(capsys.readouterr().out)["scenarios"]
    assert one["robustness"]["population"]["at_least"] == found["people"]["at_least"]


def test_percentages_are_never_rounded_up():
    """99.96 % is not all of them."""
    assert [percent(share) for share in (1.0, 0.9996, 0.9, 0.57, 0.0)] == [
        "100 %",
        "99.9 %",
        "90 %",
        "57 %",
        "0 %",
    ]


def test_the_page_has_what_was_measured():
    """docs/robustness.md is written anew by `python tools/robustness_page.py`."""
    assert robustness_page.PAGE.read_text(encoding="utf-8") == robustness_page.page()


def test_hashes_follow_what_decides():
    """Words around a claim do not count; a threshold does."""
    scenario = load_scenario("meal-homeostasis")
    other = scenario.model_copy(update={"title": "Another title"})
    assert other.claim_hash == scenario.claim_hash
    fewer = scenario.model_copy(update={"checks": scenario.checks[:1]})
    assert fewer.claim_hash != scenario.claim_hash
