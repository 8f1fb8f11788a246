"""The rests of many bodies, found abreast: Newton's method from the rest of the one they are all near.

Each body's Jacobian begins as that one's and learns from its own steps (Broyden), so that a rest costs some ten days
instead of forty. Who is too far away for that is reached in stages, by bodies between the two. Who is not reached
then has no rest that goes over into the known one, or none at all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from metabosim.engine import plan as planning
from metabosim.engine.integrate import DONE, Floats
from metabosim.engine.lanes import Alike, groups, run_abreast
from metabosim.engine.plan import Plan
from metabosim.engine.rest import BUDGET, RESTING, SCALE, Rest, recorded_minutes, way_out
from metabosim.levers import constants
from metabosim.protocol.meals import DAY

STAGES = (1, 4)  # between the known rest and the wanted one, until it works
ROUNDS = 30
EVERY = 10  # minutes between what is recorded of a rest; 07:00 is among them
ROUGHLY = 1e-4  # tolerance of the integrations until a body is nearly at rest
NEARLY = 1e-3  # relative change a day with which it is, and a stage is left
LONGEST = 0.7  # of a step, in the logarithm of a state
SMALL = 1e-6  # states below this share of their scale are measured by it
ACTIVE = np.flatnonzero(RESTING)

Parameters = dict[str, float]


def find_rests(
    people: Sequence[Parameters],
    lifelong: Mapping[str, float],
    known: Parameters,
    near: Rest,
    tolerance: float,
    every: int = EVERY,
) -> list[Rest | None]:
    """The rest of each of `people` (parameters in declared units); None for who is not reached.

    `near` is the rest of somebody with parameters `known` and the same `lifelong` levers. A rest repeats itself to
    ten times the `tolerance` of the integration, and is recorded
    `every` so many minutes.
    """
    found: list[Rest | None] = [None] * len(people)
    for stages in STAGES:
        waiting = [i for i, rest in enumerate(found) if rest is None]
        for mine, day in groups([_habitual_day(people[i]) for i in waiting]):
            if day is None:
                continue  # nothing is held on a habitual day
            here = [waiting[i] for i in mine]
            block = [people[i] for i in here]
            rests = _reached(block, lifelong, known, near, stages, tolerance, every)
            for i, rest in zip(here, rests, strict=True):
                found[i] = rest
    return found


def _between(one: Parameters, known: Parameters, share: float) -> Parameters:
    """Somebody on the way from `known` to `one`: each parameter by its logarithm where it has one."""
    return {
        name: known[name] * (value / known[name]) ** share
        if value > 0.0 and known[name] > 0.0
        else known[name] + share * (value - known[name])
        for name, value in one.items()
    }


def _reached(
    block: Sequence[Parameters],
    lifelong: Mapping[str, float],
    known: Parameters,
    near: Rest,
    stages: int,
    tolerance: float,
    every: int,
) -> list[Rest | None]:
    """Rests of people whose habitual days have the same times, in stages from the known one; None if not reached."""
    found: list[Rest | None] = [None] * len(block)
    search = _Search(
        np.arange(len(block)),
        np.tile(near.states[0], (len(block), 1)),
        np.tile(near.jacobian, (len(block), 1, 1)),
    )
    for stage in range(1, stages + 1):
        people = [_between(block[i], known, stage / stages) for i in search.who]
        habits = groups([_habitual_day(one) for one in people])
        if len(habits) != 1 or habits[0][1] is None:  # on the way pulses differ in number
            return found
        day = habits[0][1]
        c = np.array([constants(one, lifelong) for one in people])
        search, c, day = _settled(search, day, c, ROUGHLY, NEARLY)
        if stage == stages and search.who.size:
            search, c, day = _settled(search, day, c, tolerance, 10.0 * tolerance)
        if not search.who.size:
            return found
    out, time, minute = recorded_minutes(day.events[0], every)
    lived = run_abreast(day, search.y, c, out, tolerance, BUDGET)
    for i, who in enumerate(search.who):
        if way_out(search.jacobian[i]) is None:
            # what was learned on the way tells whether it lasts; for days to come the known one's is better
            found[who] = Rest(
                time, lived.states[i], lived.readings[i], minute, near.jacobian, every
            )
    return found


def _habitual_day(parameters: Parameters) -> Plan:
    plan = Plan(DAY)
    planning.habitual(plan, parameters, True)
    return plan


@dataclass(frozen=True)
class _Search:
    """`who` (n,) is still searched for, their states `y` (n, s) and how a day answers to these (n, a, a)."""

    who: NDArray[np.int64]
    y: Floats
    jacobian: Floats

    def of(self, some: NDArray[np.bool_]) -> _Search:
        return _Search(self.who[some], self.y[some], self.jacobian[some])


def _settled(
    search: _Search, day: Alike, c: Floats, tolerance: float, close: float
) -> tuple[_Search, Floats, Alike]:
    """Who came to rest, with their constants and days: those whom a day moves by less than `close`, relatively."""

    def change(y: Floats, who: NDArray[np.int64]) -> Floats:
        after = run_abreast(day.some(who), y, c[who], np.empty(0), tolerance, BUDGET)
        size = np.maximum(np.abs(y), SMALL * SCALE)
        moved: Floats = ((after.last - y) / size)[:, ACTIVE]
        moved[after.status != DONE] = np.nan
        return moved

    y, jacobian = search.y.copy(), search.jacobian.copy()
    everybody = np.arange(len(y))
    drift = change(y, everybody)
    lost = ~np.all(np.isfinite(drift), axis=1)
    for _ in range(ROUNDS):
        who = np.flatnonzero(~lost & (np.max(np.abs(drift), axis=1) > close))
        if not who.size:
            break
        try:
            step = np.linalg.solve(-jacobian[who], drift[who][..., None])[..., 0]
        except np.linalg.LinAlgError:
            lost[who] = True
            break
        longest = np.max(np.abs(step), axis=1)
        step *= np.minimum(1.0, LONGEST / np.maximum(longest, LONGEST))[:, None]
        trial = y[who].copy()
        trial[:, ACTIVE] *= np.exp(step)
        drifted = change(trial, who)
        norm, before = (np.linalg.norm(some, axis=1) for some in (drifted, drift[who]))
        better = norm < 3.0 * before  # NaN is no smaller
        lost[who[~better]] = True
        who, step, drifted, trial = who[better], step[better], drifted[better], trial[better]
        # Broyden: the smallest change of a Jacobian that explains what the step did
        missed = drifted - drift[who] - np.einsum("bij,bj->bi", jacobian[who], step)
        length = np.einsum("bi,bi->b", step, step)[:, None, None]
        jacobian[who] += missed[:, :, None] * step[:, None, :] / length
        y[who], drift[who] = trial, drifted
    there = ~lost & (np.max(np.abs(drift), axis=1) <= close)
    return _Search(search.who, y, jacobian).of(there), c[there], day.some(np.flatnonzero(there))
