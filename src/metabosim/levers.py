"""The table of levers, and the constants of a body with its levers set."""

from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from metabosim.body import INPUTS, LEVERS, PARAMETERS, VARIANTS, vector
from metabosim.body.quantities import inside_factor
from metabosim.errors import Fault, InputError, did_you_mean

LOWEST, HIGHEST = 0.0, 3.0


def checked_levers(levers: Mapping[str, float]) -> dict[str, float]:
    """The levers as floats; InputError names every unknown one and every value outside 0 to 3."""
    faults = []
    for name, value in levers.items():
        if name not in LEVERS:
            faults.append(
                Fault(
                    f"unknown lever '{name}'",
                    field=f"levers.{name}",
                    hint=did_you_mean(name, LEVERS),
                )
            )
        elif (
            isinstance(value, bool)
            or not isinstance(value, int | float)
            or not LOWEST <= value <= HIGHEST
        ):
            faults.append(
                Fault(
                    f"must be a number from {LOWEST:g} to {HIGHEST:g}, got {value}",
                    field=f"levers.{name}",
                )
            )
    if faults:
        raise InputError(faults)
    return {name: float(value) for name, value in levers.items()}


def constants(
    parameters: Mapping[str, float], levers: Mapping[str, float] = {}, variants: Iterable[str] = ()
) -> NDArray[np.float64]:
    """The vector of constants: `parameters` (declared units) over the defaults, levers, variants, idle inputs."""
    c = np.zeros(len(vector.CONSTANT))
    for name, item in PARAMETERS.items():
        value = parameters.get(name, item.default)
        if value is None:
            raise TypeError(f"parameter {name} is declared without a value")
        c[vector.CONSTANT["parameter", name]] = value * inside_factor(item.unit)
    for name in LEVERS:
        c[vector.CONSTANT["lever", name]] = levers.get(name, 1.0)
    for name in variants:
        key = name.replace("-", "_")
        if key not in VARIANTS:
            known = [n.replace("_", "-") for n in VARIANTS]
            raise InputError(
                Fault(f"unknown variant '{name}'", field="variants", hint=did_you_mean(name, known))
            )
        c[vector.CONSTANT["variant", key]] = 1.0
    for name, item in INPUTS.items():
        c[vector.CONSTANT["input", name]] = item.default
    return c
