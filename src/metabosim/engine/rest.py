"""The rest of a body: the day that repeats itself under the habitual meals and pulses.

Found by Newton's method on the map from one midnight to the next, in the logarithm of the states, so that
no state can turn negative on the way.
"""

from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from metabosim.body import STATES, vector
from metabosim.engine import plan as planning
from metabosim.engine.integrate import DONE, integrate
from metabosim.engine.plan import DAY, Plan
from metabosim.errors import RestNotFound

TOLERANCE = 1e-9  # of the integration
ROUGH, NUDGE = 1e-7, 3e-3  # of the integrations behind a Jacobian, and its relative step
CLOSE = 1e-8  # relative change a day that counts as rest
BUDGET = 400_000  # evaluations a day: about a hundred times what a day needs
SETTLING_DAYS = 120.0  # lived through between attempts, where Newton's method gets stuck
ATTEMPTS = 12
SCALE = np.array([item.kind.scale for item in STATES.values()])
RESTING = np.array([not name.startswith("drug") for name in STATES])


@dataclass(frozen=True)
class Rest:
    """The habitual day, minute by minute: `states` (1441, s), `readings` (1441, r)."""

    states: NDArray[np.float64]
    readings: NDArray[np.float64]


def _start(parameters: dict[str, float]) -> NDArray[np.float64]:
    y = SCALE.copy()
    put = {
        "fat": parameters["habitual_fat"], "lean": parameters["habitual_lean"],
        "igf1": parameters["habitual_igf1"], "stomach": 5.0, "intestine": 10.0, "food_energy": 1.0,
        "vat": parameters["vat_share"] * parameters["habitual_fat"],
        "beta_function": parameters["function_capacity"], "workload": parameters["habitual_workload"],
    }
    for name, value in put.items():
        y[vector.STATE[name]] = value
    y[~RESTING] = 0.0
    return y


def _day(
    y: NDArray[Any], c: NDArray[Any], events: tuple[NDArray[Any], ...], days: float = 1.0,
    out: NDArray[Any] | None = None, tolerance: float = TOLERANCE,
) -> tuple[int, NDArray[Any], NDArray[Any], NDArray[Any]]:
    state = y.copy()
    times = np.empty(0) if out is None else out
    status, _, _, _, states, readings = integrate(
        0.0, state, c.copy(), days * DAY, *events, times, tolerance, SCALE, int(BUDGET * max(1.0, days))
    )
    return status, state, states, readings


_known: OrderedDict[bytes, Rest] = OrderedDict()


def find_rest(name: str, parameters: dict[str, float], c: NDArray[np.float64]) -> Rest:
    """The rest under constants `c`; remembered, since many arms share it.

    Raises RestNotFound when days do not come to repeat themselves.
    """
    key = c.tobytes()
    if key in _known:
        _known.move_to_end(key)
        return _known[key]
    day = Plan(DAY)
    planning.habitual(day, parameters, True, lambda at: False)
    long = Plan(SETTLING_DAYS * DAY)
    planning.habitual(long, parameters, True, lambda at: False)
    rest = _solve(name, _start(parameters), c, day.arrays(), long.arrays())
    _known[key] = rest
    if len(_known) > 256:
        _known.popitem(last=False)
    return rest


def _solve(
    name: str, y: NDArray[Any], c: NDArray[Any], day: tuple[NDArray[Any], ...], season: tuple[NDArray[Any], ...]
) -> Rest:
    active = np.flatnonzero(RESTING)
    # The fast states settle first, so that Newton starts near.
    status, y, _, _ = _day(y, c, day)
    for _ in range(ATTEMPTS):
        if status == DONE:
            y, residual = _newton(y, c, day, active)
            if residual < CLOSE:
                out = np.arange(0.0, DAY + 1.0)
                _, _, states, readings = _day(y, c, day, out=out)
                return Rest(states, readings)
        status, y, _, _ = _day(y, c, season, SETTLING_DAYS, tolerance=ROUGH)
        if status != DONE or not np.all(np.isfinite(y)):
            raise RestNotFound(name, "its habitual day does not settle: a state leaves every bound")
    worst = list(STATES)[int(np.argmax(_change(y, c, day, active)[1]))]
    raise RestNotFound(name, f"its habitual days do not come to repeat themselves ('{worst}' keeps drifting)")


def _change(
    y: NDArray[Any], c: NDArray[Any], day: tuple[NDArray[Any], ...], active: NDArray[Any], tolerance: float = TOLERANCE
) -> tuple[int, NDArray[Any]]:
    """Status, and how far a day moves each state relative to its size."""
    status, after, _, _ = _day(y, c, day, tolerance=tolerance)
    return status, (after[active] - y[active]) / np.maximum(np.abs(y[active]), 1e-6 * SCALE[active])


def _jacobian(
    y: NDArray[Any], c: NDArray[Any], day: tuple[NDArray[Any], ...], active: NDArray[Any]
) -> NDArray[np.float64]:
    """How the relative change over a day answers to the logarithm of each state (finite differences)."""
    _, base = _change(y, c, day, active, ROUGH)
    columns = []
    for k in active:
        moved = y.copy()
        moved[k] *= 1.0 + NUDGE
        columns.append((_change(moved, c, day, active, ROUGH)[1] - base) / np.log1p(NUDGE))
    return np.array(columns).T


def _newton(
    y: NDArray[Any], c: NDArray[Any], day: tuple[NDArray[Any], ...], active: NDArray[Any]
) -> tuple[NDArray[Any], float]:
    """Newton's method with Broyden's update; a Jacobian is computed anew only where progress is slow."""
    status, residual = _change(y, c, day, active)
    jacobian = None
    for _ in range(60):
        size = float(np.max(np.abs(residual)))
        if status != DONE or size < CLOSE:
            break
        fresh = jacobian is None
        if jacobian is None:
            jacobian = _jacobian(y, c, day, active)
            if not np.all(np.isfinite(jacobian)):
                break
        step = np.linalg.lstsq(jacobian, -residual, rcond=1e-14)[0]
        step *= min(1.0, 1.0 / max(float(np.max(np.abs(step))), 1e-300))
        for _ in range(6 if fresh else 1):
            trial = y.copy()
            trial[active] *= np.exp(step)
            status, changed = _change(trial, c, day, active)
            if status == DONE and float(np.linalg.norm(changed)) < 0.9 * float(np.linalg.norm(residual)):
                break
            step *= 0.4
        else:
            if fresh:
                return y, size
            jacobian, status = None, DONE
            continue
        slow = float(np.linalg.norm(changed)) > 0.3 * float(np.linalg.norm(residual))
        jacobian = None if slow else jacobian + np.outer(changed - residual - jacobian @ step, step) / (step @ step)
        y, residual = trial, changed
    return y, float(np.max(np.abs(residual)))
