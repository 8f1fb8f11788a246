"""Run in a mutant's own copy by mutant_judge.py: the laws of tests/laws, uncompiled, for some bodies at their rests.

Reads {subject: state at midnight} and prints a line of JSON: the first law that is broken, or null.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from functools import partial
from inspect import signature
from typing import Any

import numpy as np

import metabosim as ms
from laws import test_days, test_directions, test_hypoglycaemia
from laws.pool import rest_day
from metabosim.engine import Body
from metabosim.engine.run import parameters_of
from metabosim.levers import constants
from metabosim.protocol.meals import DAY
from metabosim.subjects import load_subject
from mutant_equations import SUBJECTS, told

# A day with much in it, and levers far from 1.
BUSY = [
    ms.OralGlucose("8 h", "75 g"),
    ms.InsulinInfusion("1 mU/kg/min", "10 h", "11 h"),
    ms.Activity("1 MJ", "14 h", "15 h"),
    ms.Dose("tesamorelin", "2 mg", "6 h"),
    ms.Dose("semaglutide", "1 mg", "1 h"),
    ms.HormoneInfusion("glucagon", 300.0, "16 h", "17 h"),
]
MOMENTS = 5  # of each subject
LEVERS = {
    "glp1_gastric_emptying": 2.0,
    "gh_acute_resistance": 3.0,
    "gh_acute_lipolysis": 2.0,
    "vat_lipid_spill": 3.0,
    "beta_cell_compensation": 0.0,
    "epac2_arm": 2.0,
}


def body_of(subject: str, midnight: list[float]) -> Body:
    """A bundled subject at the rest that was found for it."""
    parameters = parameters_of(load_subject(subject))
    c = constants(parameters)
    rest = rest_day(parameters, c, np.array(midnight))
    return Body(load_subject(subject), parameters, {}, (), c, rest)


def laws(rests: dict[str, list[float]]) -> Iterator[tuple[str, Any]]:
    """The laws by name, each to be called."""
    people = [body_of(name, rests[name]) for name in SUBJECTS]
    balance = test_days.test_nothing_is_negative_and_every_balance_closes.hypothesis.inner_test
    fasting, clamped = (
        law.hypothesis.inner_test
        for law in (
            test_hypoglycaemia.test_no_agonist_takes_a_fasting_person_into_hypoglycaemia,
            test_hypoglycaemia.test_potentiation_is_gone_at_the_threshold,
        )
    )
    agonist = ms.Dose("semaglutide", "10 mg", 0.0, DAY)
    yield "balances", partial(balance, people, 1, {}, BUSY, False)
    yield "balances with levers", partial(balance, people, 0, LEVERS, BUSY[:2], False)
    yield "potentiation is gone at 3.5 mmol/L", partial(clamped, people, 0, {}, agonist)
    yield "no hypoglycaemia", partial(fasting, people, 1, {}, agonist)
    yield from at_a_moment()


def at_a_moment() -> Iterator[tuple[str, Any]]:
    """The laws of the equations at one moment, at a few moments drawn."""
    drawn = {
        "amount": 2.0, "gives": [1.0, 2.0, 3.0, 4.0, 5.0, 6.0], "seed": 7, "slope": -0.02, "times": 1.5, "share": 0.8,
        "exponent": 1.4,
    }  # fmt: skip
    moments = [
        test_directions.Moment(subject, seed) for subject in SUBJECTS for seed in range(MOMENTS)
    ]
    for name, test in vars(test_directions).items():
        if not name.startswith("test_"):
            continue
        law = test.hypothesis.inner_test
        asked = signature(law).parameters
        for pushed in test_directions.DIRECTIONS if "cause" in asked else [("", "", 0)]:
            given = drawn | dict(zip(("cause", "effect", "sign"), pushed, strict=True))
            called = " pushes ".join(pushed[:2]) if "cause" in asked else name.removeprefix("test_")
            for now in moments:
                yield (
                    called.replace("_", " "),
                    partial(law, **{one: (given | {"now": now})[one] for one in asked}),
                )


def main() -> None:
    """Says which law is broken."""
    from hypothesis.errors import UnsatisfiedAssumption

    broken = None
    for name, law in laws(json.load(sys.stdin)):
        try:
            law()
        except UnsatisfiedAssumption:
            continue  # the law is about others
        except Exception as error:  # that it cannot be lived at all breaks a law, too
            broken = [name, told(error)]
            break
    print(json.dumps(broken))


if __name__ == "__main__":
    main()
