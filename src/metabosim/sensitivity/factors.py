"""What is varied: levers or parameters, each between two values around its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from metabosim.body import LEVERS, PARAMETERS
from metabosim.engine.elasticity import free_parameters
from metabosim.engine.run import parameters_of
from metabosim.errors import Fault, InputError, did_you_mean
from metabosim.levers import HIGHEST, LOWEST
from metabosim.scenario import Arm, Scenario
from metabosim.subjects import settable_parameters

Over = Literal["levers", "parameters"]

# How much of the way to the ends of its declared range each goes, where nothing else is asked for. Levers are halved
# or doubled. Parameters at the ends of all their ranges at once are nobody's: half of such bodies can hardly be run.
SHARE: Final[dict[str, float]] = {"levers": 0.5, "parameters": 0.3}


@dataclass(frozen=True)
class Factor:
    """A lever or a parameter (declared unit), its value in every arm, and what it is varied between."""

    name: str
    text: str
    unit: str
    own: float
    low: float
    high: float


def factors_of(
    scenario: Scenario, over: Over, share: float, only: Sequence[str] = ()
) -> tuple[Factor, ...]:
    """All levers or free parameters that every arm has alike, or `only` some of them.

    Each from `share` of the way down to the lowest declared value to that share of the way up to the highest. What an
    arm sets itself, or what the arms' subjects differ in, is the experiment, and is left as it is. InputError for a
    name that cannot be varied.
    """
    made = _levers(scenario) if over == "levers" else _parameters(scenario)
    names = PARAMETERS if over == "parameters" else LEVERS
    faults = []
    for name in only:
        if name not in names:
            hint = did_you_mean(name, names) or f"see 'metabosim list {over}'"
            fault = f"'{name}' is none of the {over}"
        elif name not in made:
            hint = "it is what the arms differ in, or fixed"
            fault = f"'{name}' cannot be varied in '{scenario.id}'"
        else:
            continue
        faults.append(Fault(fault, field="--only", hint=hint))
    if faults:
        raise InputError(faults)
    chosen = [factor for name, factor in made.items() if not only or name in only]
    return tuple(
        replace(
            factor,
            low=factor.own - share * (factor.own - min(factor.low, factor.own)),
            high=factor.own + share * (max(factor.high, factor.own) - factor.own),
        )
        for factor in chosen
    )


def _levers(scenario: Scenario) -> dict[str, Factor]:
    set_by_arms = {name for arm in scenario.arms.values() for name in arm.levers | arm.lifelong}
    return {
        name: Factor(name, item.text, "1", 1.0, LOWEST, HIGHEST)
        for name, item in LEVERS.items()
        if name not in set_by_arms
    }


def _parameters(scenario: Scenario) -> dict[str, Factor]:
    own = [parameters_of(arm.subject) | arm.parameters for arm in scenario.arms.values()]
    set_by_arms = {name for arm in scenario.arms.values() for name in arm.parameters}
    kinds = settable_parameters()
    return {
        name: Factor(
            name,
            PARAMETERS[name].text,
            PARAMETERS[name].unit,
            own[0][name],
            kinds[name].low,
            kinds[name].high,
        )
        for name in free_parameters(own[0])
        if name not in set_by_arms and len({values[name] for values in own}) == 1
    }


def changed(arms: Mapping[str, Arm], over: Over, values: Mapping[str, float]) -> dict[str, Arm]:
    """The arms with these levers or parameters in each of them."""
    return {
        name: replace(arm, levers={**arm.levers, **values})
        if over == "levers"
        else replace(arm, parameters={**arm.parameters, **values})
        for name, arm in arms.items()
    }
