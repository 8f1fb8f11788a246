"""What is kept of a measurement, and what a claim's measurements say together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from metabosim.claims import ClaimResult, Verdict
from metabosim.population.sampler import load_sampler
from metabosim.robustness import record as kept
from metabosim.robustness.crowd import Answer
from metabosim.robustness.draws import WIDE, places, varied
from metabosim.robustness.falsify import Worst
from metabosim.robustness.measuring import SEED
from metabosim.robustness.status import Bound, breaking, deciding, measured
from metabosim.scenario import Scenario
from metabosim.scenario.vocabulary.checks_cause import Correlates

Record = dict[str, Any]


def of_prior(scenario: Scenario, answers: Sequence[Answer]) -> Record:
    """Of the draws, those that are a body (they rest, and can be run), and which parameters the margin goes with."""
    judged = [(i, one) for i, one in enumerate(answers) if one.judged]
    names = varied(scenario)
    drawn_at = [places(SEED, i) for i, _ in judged]
    at = np.array([[one[name] for name in names] for one in drawn_at])
    found = [one for _, one in judged]
    return {
        "width": WIDE,
        "seed": SEED,
        "parameters": len(names),
        "drawn": len(answers),
        "judged": len(found),
        "holds": sum(one.holds for one in found),
        "verdicts": _counted(found),
        "margins": [one.margin for one in found],
        "decide": _rounded(deciding(names, at, found)),
    }


def of_people(scenario: Scenario, answers: Sequence[Answer], refused: Sequence[int]) -> Record:
    """How many virtual people the claim holds in, with the exact bounds, and where it ends: which checks are missed
    in how many, and with which of the sampler's numbers the margin goes.

    Who could not be run counts against it. `refused` are the draws before each that were implausible.
    """
    asked = scenario.population
    assert asked is not None, "every bundled claim says in whom it must hold"
    required = asked.required_pass_rate
    bound = Bound(sum(one.holds for one in answers), len(answers), asked.confidence)
    sampler = load_sampler()
    drawn = enumerate(refused)
    at = np.log([sampler.factors(asked.seed, i, attempt) for i, attempt in drawn])
    worst = min(
        (i for i, one in enumerate(answers) if one.margin is not None),
        key=lambda i: answers[i].margin or 0.0,
        default=None,
    )
    return {
        "sampler": sampler.id,
        "seed": asked.seed,
        "n": len(answers),
        "refused": int(sum(refused)),
        "holds": bound.holds,
        "verdicts": _counted(answers),
        "required": required,
        "confidence": asked.confidence,
        "at_least": round(bound.lower, 4),
        "at_most": round(bound.upper, 4),
        "verdict": str(bound.verdict(required)),
        "lowest": worst,
        "missed": dict(Counter(name for one in answers for name in one.missed).most_common()),
        "decide": _rounded(deciding(sampler.names, at, answers)),
        "margins": [one.margin for one in answers],
    }


def of_trial(scenario: Scenario, claim: ClaimResult) -> Record:
    """Of a claim that is itself a trial: each correlation over its simulated subjects, with its lower bound."""
    asked = {one.id: one for one in scenario.checks if isinstance(one, Correlates)}
    found = [
        {
            "check": one.id,
            "n": one.evidence["n"],
            "seed": asked[one.id].trial.seed,
            "rho": _short(one.evidence["rho"]),
            "at_least": _short(one.evidence["rho_lower"]),
            "confidence": one.evidence["confidence"],
            "required": asked[one.id].rho_at_least,
            "verdict": str(one.verdict),
        }
        for one in claim.checks
        if one.id in asked
    ]
    return {"trial": found}


def of_cut(cut: Mapping[str, Answer]) -> Record:
    """Verdict, positive control and margin without each mechanism, and which of them break the claim."""
    return {
        "levers": {
            name: [str(one.verdict), str(one.control), _short(one.margin)]
            for name, one in cut.items()
        },
        "breaking": list(breaking(cut)),
    }


def of_worst(found: Worst, budget: int, seed: int) -> Record:
    """The smallest margin that was found, and how long it was looked for."""
    return {
        "budget": budget,
        "seed": seed,
        "asked": found.asked,
        "plausible": found.plausible,
        "own": _short(found.own.margin),
        "margin": _short(found.answer.margin),
        "verdict": str(found.answer.verdict),
        "decides": found.answer.decides,
        "doses": {name: round(value, 4) for name, value in found.doses.items()},
    }


def _rounded(decide: Sequence[tuple[str, float]]) -> list[list[Any]]:
    return [[name, round(rho, 3)] for name, rho in decide]


def _short(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.4g}")


def _counted(answers: Sequence[Answer]) -> dict[str, int]:
    return dict(sorted(Counter(str(one.verdict) for one in answers).items()))


# --- together -------------------------------------------------------------------------------------


def of_claim(scenario: Scenario) -> Record:
    """What is shown of a scenario's claim: nothing, if what was measured is of another claim or body."""
    found = kept.read(scenario.id)
    if not found or not kept.is_fresh(found, scenario):
        return trust({})
    return trust(found, scenario.population.domain if scenario.population else None)


def trust(record: Mapping[str, Any], domain: str | None = None) -> Record:
    """What is shown of a claim's record: null where a part was not measured.

    `severity` is 1 minus the share of wrong bodies and knock-outs in which it holds; `domain` says where it ends.
    A claim that is itself a trial has `trial` in the place of `population`.
    """
    prior, people, cut = record.get("prior"), record.get("people"), record.get("cut")
    trial = people.get("trial") if people else None
    share = prior["holds"] / prior["judged"] if prior and prior["judged"] else None
    breaks = cut["breaking"] if cut else None
    outs = [*record.get("broken", {}).values(), *record.get("decoys", {}).values()]
    tried = "broken" in record and "decoys" in record
    return {
        "measured_status": None if share is None or breaks is None else measured(share, breaks),
        "prior_share": share,
        "prior": prior and _but_margins(prior),
        "breaking": breaks,
        "population": None if trial else people and _but_margins(people),
        "trial": trial,
        "domain": domain,
        "severity": 1.0 - outs.count(str(Verdict.HOLDS)) / len(outs) if tried else None,
        "decoys": record.get("decoys"),
        "worst": record.get("worst"),
    }


def _but_margins(part: Mapping[str, Any]) -> Record:
    return {key: value for key, value in part.items() if key != "margins"}
