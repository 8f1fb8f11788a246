"""Who a claim is asked of: bodies from a wide prior, bodies with one mechanism cut, virtual people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from metabosim.body import LEVERS
from metabosim.engine import Body
from metabosim.engine.elasticity import free_parameters
from metabosim.engine.run import FASTING, parameters_of
from metabosim.population.sampler import Sampler
from metabosim.robustness.crowd import Arms
from metabosim.scenario import Arm, Scenario
from metabosim.subjects import settable_parameters

WIDE = 3.0  # what each parameter is multiplied or divided by, at most
Floats = NDArray[np.float64]


def varied(scenario: Scenario) -> tuple[str, ...]:
    """The parameters that a wide draw changes: free in every arm's subject, and set by no arm."""
    arms = scenario.arms.values()
    given = {name for arm in arms for name in arm.parameters}
    free = [set(free_parameters(parameters_of(arm.subject))) for arm in arms]
    return tuple(
        name for name in settable_parameters() if name not in given and all(name in f for f in free)
    )


def places(seed: int, number: int) -> dict[str, float]:
    """Where a draw is between a parameter's lowest (0) and highest (1), for all of them.

    By seed and number alone, so that a parameter is drawn alike in every scenario.
    """
    names = tuple(settable_parameters())
    drawn = np.random.default_rng((seed, number)).random(len(names))
    return dict(zip(names, map(float, drawn), strict=True))


def wide(scenario: Scenario, names: tuple[str, ...], at: Mapping[str, float]) -> Arms:
    """The arms in a body of the wide prior: log-uniform from a WIDE-th to WIDE times its own, within its range."""
    kinds = settable_parameters()

    def moved(arm: Arm) -> Arm:
        own, new = parameters_of(arm.subject), {}
        for name in names:
            value, kind = own[name], kinds[name]
            low, high = max(kind.low, value / WIDE), min(kind.high, value * WIDE)
            new[name] = (
                float(low * (high / low) ** at[name])
                if low > 0.0
                else float(low + (high - low) * at[name])
            )
        return replace(arm, parameters=new | arm.parameters)

    return {name: moved(arm) for name, arm in scenario.arms.items()}


def without(scenario: Scenario, lever: str) -> Arms:
    """The arms with one mechanism cut in all of them."""
    return {
        name: replace(arm, levers={**arm.levers, lever: 0.0}) for name, arm in scenario.arms.items()
    }


def mechanisms(scenario: Scenario) -> tuple[str, ...]:
    """The levers that can be cut: those that no arm sets."""
    given = {name for arm in scenario.arms.values() for name in arm.levers | arm.lifelong}
    return tuple(name for name in LEVERS if name not in given)


def as_person(scenario: Scenario, sampler: Sampler, factors: Floats) -> Arms:
    """The arms with a virtual person in the place of each arm's subject; what an arm sets differs by as much."""
    return {
        name: replace(
            arm,
            parameters=arm.parameters
            | sampler.person(parameters_of(arm.subject) | arm.parameters, factors),
        )
        for name, arm in scenario.arms.items()
    }


def at_seven(sampler: Sampler, body: Body) -> dict[str, float]:
    """What a sampler bounds, at 07:00 of the habitual day."""
    return {name: body.at_clock(name, FASTING) for name in sampler.plausible}
