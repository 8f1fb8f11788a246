"""The rests of many bodies, found abreast: Newton's method from the rest of the one they are all near.

Each body's Jacobian begins as that one's and learns from its own steps (Broyden), so that a rest costs some ten days
instead of forty. Whom this does not bring to a rest is searched for alone, as any other body is (rest.py).
"""

from collections.abc import Sequence

import numpy as np

from metabosim.engine import plan as planning
from metabosim.engine.integrate import Floats
from metabosim.engine.lanes import run_block
from metabosim.engine.lanes_kernel import LANES
from metabosim.engine.plan import Plan
from metabosim.engine.rest import BUDGET, RESTING, SCALE, Rest, find_rest, recorded_minutes, way_out
from metabosim.errors import SimulationError
from metabosim.protocol.meals import DAY

ROUNDS = 30
LONGEST = 0.7  # of a step, in the logarithm of a state
SMALL = 1e-6  # states below this share of their scale are measured by it


def find_rests(
    name: str,
    parameters: Sequence[dict[str, float]],
    c: Floats,
    near: Rest,
    tolerance: float,
) -> list[Rest | SimulationError]:
    """The rest under each row of constants `c` (bodies, k), or why there is none; in blocks of LANES.

    A rest repeats itself to ten times the `tolerance` of the integration.
    """
    found: list[Rest | SimulationError] = []
    for first in range(0, len(parameters), LANES):
        here = slice(first, first + LANES)
        found += _block(name, parameters[here], c[here], near, tolerance)
    return found


def _block(
    name: str, parameters: Sequence[dict[str, float]], c: Floats, near: Rest, tolerance: float
) -> list[Rest | SimulationError]:
    days = []
    for one in parameters:
        plan = Plan(DAY)
        planning.habitual(plan, one, True, lambda at: False)
        days.append(plan)
    y, jacobian, settled = _settled(days, c, near, tolerance)
    out, time, minute = recorded_minutes(days[0].arrays()[0][0])
    block = run_block(days, y, c, out, tolerance, BUDGET)
    found: list[Rest | SimulationError] = []
    for i, one in enumerate(parameters):
        if settled[i] and way_out(jacobian[i]) is None:
            found.append(Rest(time, block.states[i], block.readings[i], minute, jacobian[i]))
            continue
        try:
            found.append(find_rest(name, one, c[i], near))
        except SimulationError as error:
            found.append(error)
    return found


def _settled(
    days: Sequence[Plan], c: Floats, near: Rest, tolerance: float
) -> tuple[Floats, Floats, np.ndarray[tuple[int], np.dtype[np.bool_]]]:
    """States (bodies, s), Jacobians (bodies, a, a), and who came to rest."""
    bodies, active = len(days), np.flatnonzero(RESTING)
    y = np.tile(near.states[0], (bodies, 1))
    jacobian = np.tile(near.jacobian, (bodies, 1, 1))
    given_up = np.zeros(bodies, bool)

    def change(y: Floats) -> Floats:
        after = run_block(days, y, c, np.array([DAY]), tolerance, BUDGET).states[:, 0]
        moved: Floats = (after - y)[:, active] / np.maximum(np.abs(y), SMALL * SCALE)[:, active]
        return moved

    drift = change(y)
    for _ in range(ROUNDS):
        size = np.max(np.abs(drift), axis=1)
        given_up |= ~np.isfinite(size)
        going = ~given_up & (size > 10.0 * tolerance)
        if not np.any(going):
            break
        step = np.zeros_like(drift)
        try:
            step[going] = np.linalg.solve(-jacobian[going], drift[going][..., None])[..., 0]
        except np.linalg.LinAlgError:
            given_up |= going
            break
        longest = np.max(np.abs(step), axis=1)
        step *= np.minimum(1.0, LONGEST / np.maximum(longest, LONGEST))[:, None]
        trial = y.copy()
        trial[:, active] *= np.exp(step)
        drifted = change(trial)
        grown = np.linalg.norm(drifted, axis=1) > 3.0 * np.linalg.norm(drift, axis=1)
        given_up |= going & (grown | ~np.isfinite(grown))
        going &= ~given_up
        # Broyden: the smallest change of a Jacobian that explains what the step did
        missed = drifted - drift - np.einsum("bij,bj->bi", jacobian, step)
        length = np.einsum("bi,bi->b", step, step)
        learned = (
            missed[:, :, None] * step[:, None, :] / np.where(going, length, 1.0)[:, None, None]
        )
        jacobian[going] += learned[going]
        y[going], drift[going] = trial[going], drifted[going]
    size = np.max(np.abs(drift), axis=1)
    return y, jacobian, ~given_up & (size <= 10.0 * tolerance)
