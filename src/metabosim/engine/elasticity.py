"""Which parameters move a quantity most: per cent for one per cent of each, at rest and after a meal.

At rest the whole habitual day is solved anew, by the implicit function theorem: where a day leads back to its
beginning, y0 = day(y0, p), a parameter moves the beginning by dy0 = (1 - d day/dy0)^-1 d day/dp. Both derivatives
come from the variational equations, so nothing is solved twice and no step size is chosen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from metabosim.body import vector
from metabosim.engine import plan as planning
from metabosim.engine.plan import Plan
from metabosim.engine.rest import RESTING
from metabosim.engine.run import FASTING, Body, simulate_from, starting_state
from metabosim.engine.variational import Varied, planned
from metabosim.protocol import OralGlucose
from metabosim.protocol.meals import DAY
from metabosim.subjects import settable_parameters

GLUCOSE_LOAD = "75 g"  # of the oral glucose tolerance test
LOOKED_AT = 240.0  # min after it


@dataclass(frozen=True)
class Elasticity:
    """A quantity at one moment, `at_min` after the glucose (None: at rest), and what moves it.

    `per_cent` is its change for 1 % more of each parameter; empty where it is 0, of which nothing is a share.
    """

    at_min: float | None
    value: float
    per_cent: Mapping[str, float]


def free_parameters(own: Mapping[str, float]) -> tuple[str, ...]:
    """The parameters that can differ between people, and differ from 0, so that they can be changed by per cent."""
    return tuple(
        name for name, kind in settable_parameters().items() if kind.low < kind.high and own[name]
    )


def resting_slopes(body: Body) -> Varied:
    """07:00 of the habitual day, and how it answers to each free parameter, the whole rest with it."""
    names = free_parameters(body.parameters)

    def day(parameters: dict[str, float]) -> list[tuple[float, int, int, float]]:
        plan = Plan(DAY)
        planning.habitual(plan, parameters, True)
        return plan.timeline()

    habits = planned(day, body.parameters, names)
    active = np.flatnonzero(RESTING)
    y = body.rest.states[0]
    begun = np.zeros((y.size, active.size + len(names)))
    begun[active, np.arange(active.size)] = y[active]
    midnight = Varied(y, body.c, begun, np.zeros(begun.shape[1]), names)
    morning = midnight.carried(habits, 0.0, FASTING)
    after = morning.carried(habits, FASTING, DAY)
    by_state, by_parameter = np.split(after.slopes[active], [active.size], axis=1)
    moved = np.linalg.solve(np.diag(y[active]) - by_state, by_parameter)
    slopes = morning.slopes[:, : active.size] @ moved + morning.slopes[:, active.size :]
    return replace(morning, slopes=slopes, meal_slopes=np.zeros(len(names)))


def elasticities(name: str, body: Body) -> tuple[Elasticity, Elasticity]:
    """Of a state, observable or signal at rest, and where GLUCOSE_LOAD then moves it furthest.

    Within LOOKED_AT minutes after drinking it at 07:00, fasting. Raises InputError for an unknown name.
    """
    test = [OralGlucose(0.0, GLUCOSE_LOAD)]
    run = simulate_from(
        body,
        starting_state(body, "fasting"),
        test,
        FASTING,
        LOOKED_AT,
        meals=False,
        start="fasting",
    )
    away = np.abs(run[name] - body.at_clock(name, FASTING))
    furthest = float(run.time_min[int(np.argmax(away))])
    rest = resting_slopes(body)

    def drinking(parameters: dict[str, float]) -> list[tuple[float, int, int, float]]:
        other = replace(body, parameters=parameters)
        return other.planned(test, LOOKED_AT, FASTING, False)[0].timeline()

    meal = planned(drinking, body.parameters, rest.parameters)
    return _of(name, rest, None), _of(name, rest.carried(meal, 0.0, furthest), furthest)


def _of(name: str, moment: Varied, at_min: float | None) -> Elasticity:
    if name in vector.READING:
        i = vector.READING[name]
        value, slopes = moment.readings()[i], moment.readings_slopes()[i]
    else:
        i = vector.STATE[name]
        value, slopes = moment.y[i], moment.slopes[i]
    shares = slopes / value if value else np.zeros(0)
    return Elasticity(
        at_min,
        float(value),
        {n: float(s) for n, s in zip(moment.parameters, shares, strict=False)},
    )
