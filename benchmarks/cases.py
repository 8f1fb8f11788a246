"""What is measured: cases, and the problem that each engine is given, the same for all of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from metabosim.body import vector
from metabosim.engine.lanes_rest import find_rests
from metabosim.engine.plan import Plan
from metabosim.engine.run import FASTING, Body, make_body, starting_state
from metabosim.levers import constants
from metabosim.population import load_sampler
from metabosim.protocol.meals import DAY
from metabosim.scenario import load_scenario
from metabosim.scenario.model import Arm

Floats = NDArray[np.float64]

SEED = 2
REST_TOLERANCE = 1e-7
TOGETHER_DRAWN = 64  # people
# What is compared between engines: two fast states, and all that change over weeks and years.
SLOW = ("fat", "vat", "lean", "beta_mass", "beta_function", "inflammation", "igf1")
WATCHED = ("glucose", "insulin", *SLOW)
COLUMNS = np.array([vector.STATE[name] for name in WATCHED])


@dataclass(frozen=True)
class Case:
    """An arm of a bundled scenario, for `days`, looked at every `minutes`.

    `people` are so many virtual people around the arm's subject; 0 is the subject itself.
    """

    name: str
    title: str
    scenario: str
    arm: str
    days: int
    minutes: float
    people: int = 0


_UNTREATED = ("tesamorelin-cuts-vat", "untreated")
_WEEKLY = ("somatotropic-axis-untouched", "agonist")
_WORSENING = ("resistance-precedes-diabetes", "eating-more-each-year")
WEEKS = 26 * 7

DAY_ALONE = Case("day", "one day", *_UNTREATED, 1, 5.0)
WEEKS_ALONE = Case("weeks", "26 weeks without a drug", *_UNTREATED, WEEKS, 60.0)
WEEKLY_ALONE = Case("weekly", "26 weeks, a GLP-1 agonist weekly", *_WEEKLY, WEEKS, 60.0)
YEARS_ALONE = Case("years", "ten years, eating more each year", *_WORSENING, 3650, 360.0)
ALONE = (DAY_ALONE, WEEKS_ALONE, WEEKLY_ALONE, YEARS_ALONE)
TOGETHER = tuple(
    replace(case, name=f"{case.name}-1000", title=f"1,000 people, {case.title}", people=1000)
    for case in (DAY_ALONE, WEEKS_ALONE, WEEKLY_ALONE)
)
CASES = {case.name: case for case in (*ALONE, *TOGETHER)}


@dataclass(frozen=True)
class Problem:
    """Bodies, what is done to them, and when they are looked at.

    `y` (people, s) and `c` (people, k) are what each begins with; `out` (n,) minutes from 0 to `duration`.
    """

    arm: Arm
    bodies: tuple[Body, ...]
    plans: tuple[Plan, ...]
    drugs: dict[str, int]
    y: Floats
    c: Floats
    out: Floats
    duration: float

    def only(self, person: int) -> Problem:
        """The problem of one of the people."""
        here = slice(person, person + 1)
        return replace(
            self, bodies=self.bodies[here], plans=self.plans[here], y=self.y[here], c=self.c[here]
        )


def problem_of(case: Case, days: int, people: int = 0, first: int = 0) -> Problem:
    """The first `days` of a case for `people` from number `first` on, or (0) for the subject itself."""
    arm = replace(load_scenario(case.scenario).arms[case.arm], duration=days * DAY)
    bodies = tuple(_people(arm, people, first)) if people else (_body(arm),)
    made = [body.planned(arm.protocol, arm.duration, 0.0, True) for body in bodies]
    return Problem(
        arm,
        bodies,
        tuple(plan for plan, _, _ in made),
        made[0][1],
        np.array([starting_state(body, arm.start) for body in bodies]),
        np.array([c for _, _, c in made]),
        np.arange(0.0, arm.duration + 1.0, case.minutes),
        arm.duration,
    )


def _body(arm: Arm) -> Body:
    return make_body(
        arm.subject, levers=arm.levers, lifelong=arm.lifelong, parameters=arm.parameters
    )


def _people(arm: Arm, count: int, first: int) -> Iterator[Body]:
    """Virtual people as `metabosim population` draws them, at rest."""
    sampler, own = load_sampler(), _body(arm)
    at_seven = _at_seven(own, tuple(sampler.plausible))
    found, number = 0, first
    while found < count:
        drawn = range(
            number, number + TOGETHER_DRAWN
        )  # in fixed blocks, so that nobody depends on `count`
        number = drawn.stop
        full = [
            own.parameters | sampler.person(own.parameters, sampler.factors(SEED, n)) for n in drawn
        ]
        rests = find_rests(full, arm.lifelong, own.parameters, own.rest, REST_TOLERANCE)
        for parameters, rest in zip(full, rests, strict=True):
            if rest is None or found == count:
                continue
            c = constants(parameters, own.levers, own.variants)
            body = replace(own, parameters=parameters, c=c, rest=rest)
            if sampler.accepts(_at_seven(body, tuple(sampler.plausible)), at_seven):
                found += 1
                yield body


def _at_seven(body: Body, names: tuple[str, ...]) -> dict[str, float]:
    return {name: body.at_clock(name, FASTING) for name in names}
