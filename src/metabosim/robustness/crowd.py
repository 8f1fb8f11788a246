"""A claim judged in many bodies at once: their rests found abreast, their arms lived abreast, each judged by itself.

What cannot go abreast (something is held at another run's course, an arm is replayed) each bench runs by itself, so
that a crowd changes how long it takes and nothing else. A body whose rest is not reached from its subject's is not
judged.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from metabosim.claims import Bench, ClaimResult, Verdict, bench_of, judge_claim
from metabosim.claims.trial import is_a_trial
from metabosim.engine import Body, Run, make_body
from metabosim.engine.abreast import Life, Lived, lived_abreast
from metabosim.engine.integrate import TOLERANCE
from metabosim.engine.lanes_kernel import LANES
from metabosim.engine.lanes_rest import find_rests
from metabosim.engine.rest import Rest
from metabosim.engine.run import parameters_of, simulate_body
from metabosim.errors import MetabosimError, RestNotFound, SimulationError
from metabosim.levers import constants
from metabosim.scenario import Arm, Scenario

Arms: TypeAlias = Mapping[str, Arm]
Floats: TypeAlias = NDArray[np.float64]
Key: TypeAlias = tuple[str, tuple[tuple[str, float], ...], tuple[float, ...]]
Rests: TypeAlias = dict[Key, Rest | None]
"""Rests by subject, lifelong levers and parameters."""

REST_TOLERANCE = 1e-7
TOGETHER = 2 * LANES  # averaged at a time: each is recorded in full, which is much
MEASURED = (Verdict.HOLDS, Verdict.FAILS, Verdict.INCONCLUSIVE)
NO_REST = "no rest is reached from the subject's"


@dataclass(frozen=True)
class Answer:
    """What became of a claim in one body.

    `margin` is the smallest relative margin of its checks and `decides` names that check; where a run failed or there
    was nothing to judge there is none, and `why` says so. `control` is what became of the positive control.
    `missed` are the checks that do not hold.
    """

    verdict: Verdict
    control: Verdict
    margin: float | None
    decides: str
    why: str
    missed: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether the claim holds, its positive control included."""
        return self.verdict is Verdict.HOLDS

    @property
    def judged(self) -> bool:
        """Whether there was a body, and it could be run."""
        return self.verdict is not Verdict.ERROR


def answer_of(claim: ClaimResult) -> Answer:
    """A judged claim in short."""
    found = [
        (check.margin_relative, check.id)
        for check in claim.checks
        if check.verdict in MEASURED and check.margin_relative is not None
    ]
    control = claim.positive_control.verdict
    every = [*claim.checks, claim.positive_control]
    missed = tuple(one.id for one in every if one.verdict is not Verdict.HOLDS)
    if claim.verdict in MEASURED and found:
        margin, decides = min(found)
        return Answer(claim.verdict, control, margin, decides, "", missed)
    why = next((one for one in every if one.verdict is claim.verdict), claim.positive_control)
    return Answer(claim.verdict, control, None, why.id, why.statement_rendered, missed)


def asked(scenario: Scenario, crowd: Sequence[Arms], rests: Rests | None = None) -> list[Answer]:
    """What becomes of a scenario's claim with its arms as each of the `crowd` has them, in their order.

    `rests` are known ones, to which those found are added.
    """
    known: Rests = {} if rests is None else rests
    bench = bench_of(scenario, partial(_simulate, known))
    benches = [bench.fresh(dict(arms)) for arms in crowd]
    resting = np.ones(len(crowd), bool)
    for name in scenario.arms:
        bodies = bodies_of([one.arms[name] for one in benches], known)
        if name == scenario.control and is_a_trial(scenario):
            benches = [
                replace(one, simulate=partial(_simulate, {}, near=body))
                for one, body in zip(benches, bodies, strict=True)
            ]
        resting &= [body is not None for body in bodies]
        fit = [
            (one, body)
            for one, body, rests_ in zip(benches, bodies, resting, strict=True)
            if body is not None and rests_
        ]
        if not any(one.arms[name].references() for one, _ in fit):
            _live(name, fit)
    return [
        _judged(scenario, one)
        if rests_
        else Answer(Verdict.ERROR, Verdict.ERROR, None, "", NO_REST)
        for one, rests_ in zip(benches, resting, strict=True)
    ]


def _simulate(
    known: Rests, *, output: Floats, tolerance: float, near: Body | None = None, **arguments: Any
) -> Run:
    """What a bench runs by itself: as the engine's `simulate`, with rests found as the crowd's are.

    Those of a trial's subjects are looked for `near` the body in their middle.
    """
    arm = Arm(**arguments)
    (body,) = bodies_of([arm], known, near)
    if body is None:
        raise RestNotFound(arm.subject.id, NO_REST)
    return simulate_body(
        body, arm.protocol, arm.duration, start=arm.start, output=output, tolerance=tolerance
    )


def _judged(scenario: Scenario, bench: Bench) -> Answer:
    try:
        return answer_of(judge_claim(scenario, bench, None))
    except MetabosimError as error:
        return Answer(Verdict.ERROR, Verdict.ERROR, None, "", str(error))
    finally:  # runs are large, and nobody asks again
        bench.runs.clear()
        bench.more.clear()


# --- at rest --------------------------------------------------------------------------------------


def bodies_of(arms: Sequence[Arm], known: Rests, near: Body | None = None) -> list[Body | None]:
    """The body of each arm; None for whom no rest is reached from its subject's, or from that of `near`."""
    found: list[Body | None] = [None] * len(arms)
    alike: dict[tuple[str, tuple[tuple[str, float], ...]], list[int]] = defaultdict(list)
    for i, arm in enumerate(arms):
        alike[arm.subject.id, tuple(sorted(arm.lifelong.items()))].append(i)
    for (subject, lifelong), here in alike.items():
        beside = near
        if beside is None or beside.subject.id != subject or lifelong:
            try:
                beside = make_body(arms[here[0]].subject, lifelong=dict(lifelong))
            except SimulationError:
                continue
        own = parameters_of(beside.subject)
        people = {i: own | arms[i].parameters for i in here}
        keys = {i: (subject, lifelong, tuple(one.values())) for i, one in people.items()}
        _find(beside, lifelong, {keys[i]: people[i] for i in here}, known)
        for i in here:
            rest = known[keys[i]]
            if rest is not None:
                levers = arms[i].lifelong | arms[i].levers
                c = constants(people[i], levers, arms[i].variants)
                found[i] = Body(beside.subject, people[i], levers, arms[i].variants, c, rest)
    return found


def in_every_arm(crowd: Sequence[Arms], known: Rests) -> list[dict[str, Body] | None]:
    """Everybody's body in each arm; None for whom one of them has no rest."""
    names = list(crowd[0]) if crowd else []
    columns = [bodies_of([arms[name] for arms in crowd], known) for name in names]
    return [
        None if None in bodies else {n: b for n, b in zip(names, bodies, strict=True) if b}
        for bodies in zip(*columns, strict=True)
    ]


def _find(
    near: Body,
    lifelong: tuple[tuple[str, float], ...],
    people: Mapping[Key, dict[str, float]],
    known: Rests,
) -> None:
    """Puts the rests of `people` among the known ones."""
    wanted = {key: one for key, one in people.items() if key not in known}
    for key in [key for key, one in wanted.items() if one == near.parameters]:
        known[key] = near.rest
        del wanted[key]
    if wanted:
        rests = find_rests(
            [*wanted.values()], dict(lifelong), near.parameters, near.rest, REST_TOLERANCE, every=1
        )
        known.update(zip(wanted, rests, strict=True))


# --- living ---------------------------------------------------------------------------------------


def _live(name: str, people: Sequence[tuple[Bench, Body]]) -> None:
    """Puts everybody's run of an arm on their bench; one that fails is left for the bench, which says why."""
    if not people:
        return
    lives = []
    for bench, body in people:
        arm = bench.arms[name]
        lives.append(Life(body, *body.planned_from(arm.start, arm.protocol, arm.duration)))
    first = people[0][0]
    out = first.output(name)
    for place, lived in lived_abreast(lives, first.arms[name].start, out, together=TOGETHER):
        if isinstance(lived, Lived):
            bench, life = people[place][0], lives[place]
            bench.runs[name] = _run(bench.arms[name], life, out, lived)


def _run(arm: Arm, life: Life, out: Floats, lived: Lived) -> Run:
    return Run(
        life.body, tuple(arm.protocol), arm.duration, arm.start, TOLERANCE, out,
        lived.states, lived.readings, life.slots, life.c, life.plan,
        lived.averaged.evaluations if lived.averaged else 0, lived.averaged,
    )  # fmt: skip
