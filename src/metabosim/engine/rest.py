"""The rest of a body: the day that repeats itself under the habitual meals and pulses.

Found by Newton's method on the map from one midnight to the next, in the logarithm of the states, so that
no state can turn negative on the way.
"""

from collections import OrderedDict
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from metabosim.body import STATES, vector
from metabosim.engine import known_rests
from metabosim.engine import plan as planning
from metabosim.engine.integrate import DONE, NON_FINITE, Courses, Events, integrate
from metabosim.engine.plan import Plan
from metabosim.errors import NonFinite, RestNotFound
from metabosim.protocol.meals import DAY

Day: TypeAlias = tuple[Events, Courses]  # what happens on a habitual day, or on many

TOLERANCE = 1e-9  # of the integration
ROUGH, NUDGE = 1e-7, 3e-3  # of the integrations behind a Jacobian, and its relative step
CLOSE = 1e-8  # relative change a day that counts as rest
BUDGET = 400_000  # evaluations a day: about a hundred times what a day needs
SETTLING_DAYS = 120.0  # lived through between attempts, where Newton's method gets stuck
ATTEMPTS = 12
SCALE = np.array([item.kind.scale for item in STATES.values()])
RESTING = np.array([item.kind.lasting for item in STATES.values()])


@dataclass(frozen=True)
class Rest:
    """The habitual day: `time` (n,), `states` (n, s), `readings` (n, r).

    Each `every` minutes from 0 to 1440, and twice each moment of a meal or pulse, before and after it; `minute`
    (1440 / every + 1,) are the rows of these minutes (after).
    """

    time: NDArray[np.float64]
    states: NDArray[np.float64]
    readings: NDArray[np.float64]
    minute: NDArray[np.int64]
    jacobian: NDArray[np.float64]  # how a day answers to the states, for a neighbour's search
    every: int = 1


def _start(parameters: dict[str, float]) -> NDArray[np.float64]:
    """Where the search begins: with beta cells grown as far as they can.

    Where a body has two rests, one compensated and one in which glucose has worn the islet down, it is the
    first that a habitual life leads to.
    """
    y = SCALE.copy()
    put = {
        "fat": parameters["habitual_fat"],
        "lean": parameters["habitual_lean"],
        "igf1": parameters["habitual_igf1"],
        "stomach": 5.0,
        "intestine": 10.0,
        "food_energy": 1.0,
        "vat": parameters["vat_share"] * parameters["habitual_fat"],
        "beta_mass": parameters["mass_ceiling"],
        "beta_function": parameters["function_capacity"],
        "workload": parameters["habitual_workload"],
    }
    for name, value in put.items():
        y[vector.STATE[name]] = value
    y[~RESTING] = 0.0
    return y


def _day(
    y: NDArray[Any],
    c: NDArray[Any],
    events: Day,
    days: float = 1.0,
    tolerance: float = TOLERANCE,
) -> tuple[int, NDArray[Any], str, float]:
    """Days lived from midnight `y`: status, the state after them, and the state and minute of a failure."""
    state = y.copy()
    status, at, fault, _, _, _ = integrate(
        0.0,
        state,
        c.copy(),
        days * DAY,
        *events,
        np.empty(0),
        tolerance,
        SCALE,
        int(BUDGET * max(1.0, days)),
    )
    return status, state, list(STATES)[fault], at


_known: OrderedDict[bytes, Rest] = OrderedDict()


def find_rest(
    name: str, parameters: dict[str, float], c: NDArray[np.float64], near: Rest | None = None
) -> Rest:
    """The rest under constants `c`; remembered, since many arms share it.

    The search starts from a rest `near` by, if one is given (which also decides between two rests). Raises
    RestNotFound when days do not come to repeat themselves.
    """
    # where the search began is in its last digits: without it a rest would depend on what was asked before
    key = c.tobytes() + (b"" if near is None else near.states[0].tobytes())
    if key in _known:
        _known.move_to_end(key)
        return _known[key]
    kept = known_rests.of(c) if near is None else None
    if kept is None:
        rest = search_rest(name, parameters, c, near)
    else:
        rest = _record(kept.midnight, c, _habitual(parameters, DAY), kept.jacobian)
    _known[key] = rest
    if len(_known) > 256:
        _known.popitem(last=False)
    return rest


def search_rest(
    name: str, parameters: dict[str, float], c: NDArray[np.float64], near: Rest | None = None
) -> Rest:
    """What `find_rest` gives, searched for even where it is known."""
    day = _habitual(parameters, DAY)
    active = np.flatnonzero(RESTING)
    if near is not None:
        y, residual, jacobian = _settle(near.states[0].copy(), c, day, active, 1e6, near.jacobian)
        if residual < CLOSE and way_out(_jacobian(y, c, day, active)) is None:
            return _record(y, c, day, jacobian)
    season = _habitual(parameters, SETTLING_DAYS * DAY)
    return _solve(name, _start(parameters), c, day, season, active)


def _habitual(parameters: dict[str, float], duration: float) -> Day:
    """What happens on habitual days."""
    plan = Plan(duration)
    planning.habitual(plan, parameters, True)
    return plan.arrays()


def _solve(
    name: str,
    y: NDArray[Any],
    c: NDArray[Any],
    day: Day,
    season: Day,
    active: NDArray[Any],
) -> Rest:
    status, y, state, at = _day(y, c, day)
    for _ in range(ATTEMPTS):
        if status == DONE:
            y, residual, _ = _settle(y, c, day, active, 30.0, None)
            if residual < CLOSE:
                jacobian = _jacobian(y, c, day, active)
                away = way_out(jacobian)
                if away is None:
                    return _record(y, c, day, jacobian)
                y[active] *= np.exp(NUDGE * away)  # a rest on a ridge: nobody stays there
        status, y, state, at = _day(y, c, season, SETTLING_DAYS, ROUGH)
        if status == NON_FINITE:
            raise NonFinite(state, at)
        if status != DONE or not np.all(np.isfinite(y)):
            raise RestNotFound(
                name, f"its habitual day does not settle: '{state}' leaves every bound"
            )
    worst = list(STATES)[int(np.argmax(np.abs(_change(y, c, day, active)[1])))]
    raise RestNotFound(
        name, f"its habitual days do not come to repeat themselves ('{worst}' keeps drifting)"
    )


def way_out(jacobian: NDArray[np.float64]) -> NDArray[np.float64] | None:
    """The direction in which days lead away from a rest that does not draw its neighbours in, or None.

    Of its two senses the one in which fat falls: what a lighter body comes to is the milder of two rests.
    """
    modes, shapes = np.linalg.eig(np.eye(len(jacobian)) + jacobian)
    longest = int(np.argmax(np.abs(modes)))
    if np.abs(modes[longest]) < 1.0:
        return None
    way = np.real(shapes[:, longest])
    fat = np.flatnonzero(RESTING).tolist().index(vector.STATE["fat"])
    away: NDArray[np.float64] = way / np.max(np.abs(way)) * (-1.0 if way[fat] > 0.0 else 1.0)
    return away


def _record(y: NDArray[Any], c: NDArray[Any], day: Day, jacobian: NDArray[np.float64]) -> Rest:
    """The day from midnight `y`, each event's moment recorded twice."""
    out, time, minute = recorded_minutes(day[0][0])
    _, _, _, _, states, readings = integrate(
        0.0, y.copy(), c.copy(), DAY, *day, out, TOLERANCE, SCALE, BUDGET
    )
    return Rest(time, states, readings, minute, jacobian)


def recorded_minutes(
    event_time: NDArray[np.float64], every: int = 1
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]]:
    """When to look at a habitual day, the times this stands for, and which of them are whole minutes (after)."""
    moments = np.unique(event_time)
    moments = moments[moments > 0.0]
    grid = np.union1d(np.arange(0.0, DAY + 1.0, every), moments)
    before = np.nextafter(moments, -np.inf)
    out = np.sort(np.concatenate([grid, before]))
    time = np.where(np.isin(out, before), np.nextafter(out, np.inf), out)
    after = ~np.isin(out, before)
    return out, time, np.flatnonzero(after & (time % every == 0.0))


def _change(
    y: NDArray[Any],
    c: NDArray[Any],
    day: Day,
    active: NDArray[Any],
    tolerance: float = TOLERANCE,
) -> tuple[int, NDArray[Any]]:
    """Status, and how far a day moves each state relative to its size."""
    status, after, _, _ = _day(y, c, day, 1.0, tolerance)
    return status, (after[active] - y[active]) / np.maximum(np.abs(y[active]), 1e-6 * SCALE[active])


def _jacobian(
    y: NDArray[Any], c: NDArray[Any], day: Day, active: NDArray[Any]
) -> NDArray[np.float64]:
    """How the relative change over a day answers to the logarithm of each state (finite differences)."""
    _, base = _change(y, c, day, active, ROUGH)
    columns = []
    for k in active:
        moved = y.copy()
        moved[k] *= 1.0 + NUDGE
        columns.append((_change(moved, c, day, active, ROUGH)[1] - base) / np.log1p(NUDGE))
    return np.array(columns).T


def _settle(
    y: NDArray[Any],
    c: NDArray[Any],
    day: Day,
    active: NDArray[Any],
    days: float,
    jacobian: NDArray[np.float64] | None,
) -> tuple[NDArray[Any], float, NDArray[np.float64]]:
    """Implicit steps of growing length along the slow drift, then Newton's: (1/days - J) step = change a day.

    A step of few days follows the drift, even past where a rest has nearly vanished; a long one is Newton's.
    Starts with steps of `days` and a `jacobian`, if one is known; gives the state, how far it still drifts in
    a day, and the last Jacobian.
    """
    status, change = _change(y, c, day, active)
    for _ in range(90):
        size = float(np.max(np.abs(change)))
        if status != DONE or size < CLOSE:
            break
        if jacobian is None:
            jacobian = _jacobian(y, c, day, active)
        if not np.all(np.isfinite(jacobian)):
            break
        step = np.linalg.solve(np.eye(active.size) / days - jacobian, change)
        longest = float(np.max(np.abs(step)))
        if longest > 1.0 and days > 1.0:
            days *= max(0.1, 0.5 / longest)
            continue
        trial = y.copy()
        trial[active] *= np.exp(np.clip(step, -1.0, 1.0))
        status, changed = _change(trial, c, day, active)
        worse = float(np.linalg.norm(changed)) > 3.0 * float(np.linalg.norm(change))
        if (status != DONE or worse) and days > 1.0:
            days, status, jacobian = days * 0.2, DONE, None
            continue
        near = days > 1e3 and float(np.linalg.norm(changed)) < 0.2 * float(np.linalg.norm(change))
        moved = np.log(trial[active] / y[active])
        # Close to rest, Broyden's update spares a Jacobian; further out the drift bends too much.
        jacobian = (
            jacobian + np.outer(changed - change - jacobian @ moved, moved) / (moved @ moved)
            if near
            else None
        )
        y, change = trial, changed
        days = min(days * 5.0, 1e12)
    if jacobian is None:
        jacobian = _jacobian(y, c, day, active)
    drift = float(np.max(np.abs(change))) if status == DONE else np.inf
    return y, drift, jacobian
