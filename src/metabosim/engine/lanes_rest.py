"""The rests of many bodies, found abreast: Newton's method from the rest of the one they are all near.

Each body's Jacobian begins as that one's and learns from its own steps (Broyden), so that a rest costs some ten days
instead of forty. Who is too far away for that is reached in stages, by bodies between the two. Who is not reached
then has no rest that goes over into the known one, or none at all.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from metabosim.engine import plan as planning
from metabosim.engine.integrate import Floats
from metabosim.engine.lanes import Alike, alike, run_block
from metabosim.engine.lanes_kernel import LANES
from metabosim.engine.plan import Plan
from metabosim.engine.rest import BUDGET, RESTING, SCALE, Rest, recorded_minutes, way_out
from metabosim.levers import constants
from metabosim.protocol.meals import DAY

STAGES = (1, 4)  # between the known rest and the wanted one, until it works
ROUNDS = 30
NEARLY = 1e-4  # relative change a day with which a stage is left
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
) -> list[Rest | None]:
    """The rest of each of `people` (parameters in declared units); None for who is not reached.

    `near` is the rest of somebody with parameters `known` and the same `lifelong` levers. A rest repeats itself to
    ten times the `tolerance` of the integration.
    """
    found: dict[int, Rest] = {}
    waiting = list(range(len(people)))
    for stages in STAGES:
        for first in range(0, len(waiting), LANES):
            here = waiting[first : first + LANES]
            block = [people[i] for i in here]
            rests = _reached(block, lifelong, known, near, stages, tolerance)
            found |= {i: rest for i, rest in zip(here, rests, strict=True) if rest is not None}
        waiting = [i for i in waiting if i not in found]
    return [found.get(i) for i in range(len(people))]


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
) -> list[Rest | None]:
    """The rests of a block, in stages from the known one; None for whom that does not work."""
    y = np.tile(near.states[0], (len(block), 1))
    jacobian = np.tile(near.jacobian, (len(block), 1, 1))
    settled = np.ones(len(block), bool)
    for stage in range(1, stages + 1):
        people = [_between(one, known, stage / stages) for one in block]
        day = alike([_habitual_day(one) for one in people])
        if day is None:  # pulses differ in number
            return [None] * len(block)
        c = np.array([constants(one, lifelong) for one in people])
        close = 10.0 * tolerance if stage == stages else NEARLY
        y, jacobian, settled = _settled(day, c, y, jacobian, settled, close, tolerance)
        if not np.any(settled):
            return [None] * len(block)
    assert day is not None  # there is a last stage, and it was come to
    out, time, minute = recorded_minutes(day.events[0])
    lived = run_block(day, y, c, out, tolerance, BUDGET)
    return [
        Rest(time, lived.states[i], lived.readings[i], minute, jacobian[i])
        if settled[i] and way_out(jacobian[i]) is None
        else None
        for i in range(len(block))
    ]


def _habitual_day(parameters: Parameters) -> Plan:
    plan = Plan(DAY)
    planning.habitual(plan, parameters, True, lambda at: False)
    return plan


def _settled(
    day: Alike,
    c: Floats,
    y: Floats,
    jacobian: Floats,
    settling: NDArray[np.bool_],
    close: float,
    tolerance: float,
) -> tuple[Floats, Floats, NDArray[np.bool_]]:
    """States (bodies, s) and Jacobians (bodies, a, a) at rest, and who of the `settling` came to rest."""
    y, jacobian, settling = y.copy(), jacobian.copy(), settling.copy()

    def change(y: Floats) -> Floats:
        after = run_block(day, y, c, np.array([DAY]), tolerance, BUDGET).states[:, 0]
        moved: Floats = (after - y)[:, ACTIVE] / np.maximum(np.abs(y), SMALL * SCALE)[:, ACTIVE]
        return moved

    drift = change(y)
    for _ in range(ROUNDS):
        size = np.max(np.abs(drift), axis=1)
        settling &= np.isfinite(size)
        going = settling & (size > close)
        if not np.any(going):
            return y, jacobian, settling
        step = np.zeros_like(drift)
        try:
            step[going] = np.linalg.solve(-jacobian[going], drift[going][..., None])[..., 0]
        except np.linalg.LinAlgError:
            break
        longest = np.max(np.abs(step), axis=1)
        step *= np.minimum(1.0, LONGEST / np.maximum(longest, LONGEST))[:, None]
        trial = y.copy()
        trial[:, ACTIVE] *= np.exp(step)
        drifted = change(trial)
        norm = np.linalg.norm(drifted, axis=1)
        settling &= ~going | (norm < 3.0 * np.linalg.norm(drift, axis=1))  # NaN is no smaller
        going &= settling
        # Broyden: the smallest change of a Jacobian that explains what the step did
        missed = drifted - drift - np.einsum("bij,bj->bi", jacobian, step)
        length = np.einsum("bi,bi->b", step, step)
        learned = (
            missed[:, :, None] * step[:, None, :] / np.where(going, length, 1.0)[:, None, None]
        )
        jacobian[going] += learned[going]
        y[going], drift[going] = trial[going], drifted[going]
    return y, jacobian, settling & (np.max(np.abs(drift), axis=1) <= close)
